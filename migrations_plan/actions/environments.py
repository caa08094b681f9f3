"""Which environment an account is, where the rules say it wrong."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from inventory.models import AwsAccount, Environment
from migrations_plan import journal
from migrations_plan.actions.permission import require_lead, require_reason
from migrations_plan.models import PortalUser
from migrations_plan.passes import findings


@transaction.atomic
def override_environment(
    *, by: PortalUser, account: AwsAccount, environment: str, reason: str, now: datetime
) -> None:
    """Sets an account's environment by hand; the rules leave it alone from then on."""
    require_lead(by)
    text = require_reason(reason)
    if environment not in Environment.values:
        raise ValidationError(f"{environment} is not an environment.")
    details = {"before": account.environment, "after": environment}
    AwsAccount.objects.filter(pk=account.pk).update(
        environment=environment, environment_reason=text[:200], environment_set_by_lead=True
    )
    findings.look_again(account.account_id)
    journal.write(
        actor=by,
        action="override-environment",
        subject=account.account_id,
        reason=text,
        details=details,
        now=now,
    )

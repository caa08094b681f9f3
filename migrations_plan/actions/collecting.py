"""Reading again at once: sources of facts, and logs that could not be read."""

from datetime import datetime

from django.db import transaction

from inventory import jobs
from inventory.models import TrailObject
from inventory.usage import worklist
from migrations_plan import journal
from migrations_plan.actions.permission import MOST_SUBJECT, require_lead
from migrations_plan.models import PortalUser


@transaction.atomic
def collect_now(
    *,
    by: PortalUser,
    now: datetime,
    source: str | None = None,
    account_id: str | None = None,
) -> int:
    """Puts reads on the work list: everything, one source, or one source in one account.

    Returns how many were added; what is already waiting is not added again.
    """
    require_lead(by)
    added = jobs.request(now=now, by=by.username, sources=source, account_ids=account_id)
    subject = f"{source or 'everything'} {account_id or ''}".strip()
    journal.write(actor=by, action="collect-now", subject=subject, details={"jobs": added}, now=now)
    return added


@transaction.atomic
def retry_logs(*, by: PortalUser, now: datetime, object_id: int | None = None) -> int:
    """Puts quarantined log objects back on the work list: one, or all. Returns how many."""
    require_lead(by)
    subject = "all"
    if object_id is not None:
        subject = TrailObject.objects.get(pk=object_id).uri[-MOST_SUBJECT:]
    count = worklist.retry(now, object_id=object_id)
    journal.write(
        actor=by, action="retry-logs", subject=subject, details={"objects": count}, now=now
    )
    return count

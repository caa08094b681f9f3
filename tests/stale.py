"""Rows and passes that tests of findings share."""

from datetime import timedelta

from inventory.models import ActorDay, UsageActor
from migrations_plan.models import Finding
from migrations_plan.passes import findings
from tests import builders

MINUTES = timedelta(minutes=20)


def company(now, **more):
    """An account read whole, with one user; gives both."""
    account = builders.account(**{"environment": "prod", **more})
    user = builders.iam_user("ana", account=account, active_keys=1, observed_at=now - MINUTES)
    builders.read_everything(account, at=now - MINUTES)
    return account, user


def key(user, now, *, age=10, used=1, **more):
    """A key made and used so many days ago; used None: never."""
    values = {
        "created_at": now - timedelta(days=age, minutes=1),
        "last_used_at": None if used is None else now - timedelta(days=used, minutes=1),
        "observed_at": now - MINUTES,
        **more,
    }
    return builders.access_key(user, **values)


def seen(user, at, *, access_key_id="", credential="access_key", path="old"):
    """A day on which CloudTrail saw the credential work."""
    actor = UsageActor.objects.create(
        digest=f"{builders.number():032d}",
        path=path,
        kind="IAMUser",
        arn=user.arn,
        account_id=user.account_id,
        credential=credential,
        access_key_id=access_key_id,
    )
    return ActorDay.objects.create(
        day=at.date(),
        account_id=user.account_id,
        actor=actor,
        events=1,
        direct_events=1,
        first_at=at,
        last_at=at,
        succeeded_at=at,
    )


def evaluate(now, accounts=None):
    return findings.evaluate_findings(now, accounts)


def standing():
    """rule, subject and verdict of whatever is not closed."""
    rows = Finding.objects.present().order_by("rule", "subject")
    return list(rows.values_list("rule", "subject", "verdict"))


def rules_of(subject):
    found = Finding.objects.present().filter(subject=subject).order_by("rule")
    return {row.rule: row.verdict for row in found}

"""A company under which the controls about people and logs are met, on a fixed day."""

from datetime import UTC, datetime, timedelta

from inventory.models import Trail, UsageCoverage
from migrations_plan.models import ControlDay, IdentityClass
from tests import builders
from tests.usage_rows import at as instant

TODAY = datetime(2026, 11, 22, tzinfo=UTC).date()
MORNING = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SSO, TRAIL, NONE = "access-by-sso", "full-audit-trail", "no-human-iam-users"


def classify(user, kind, **more):
    return IdentityClass.objects.update_or_create(
        subject=user.arn,
        defaults={
            "user_arn": user.arn,
            "kind": kind,
            "judged": kind,
            "made_at": MORNING,
            **more,
        },
    )[0]


def read_logs(account, now, days=30):
    """Every day before now, whole."""
    for number in range(1, days + 1):
        day = now.date() - timedelta(days=number)
        UsageCoverage.objects.update_or_create(
            account_id=account.account_id,
            region="us-east-1",
            day=day,
            defaults={
                "objects_read": 24,
                "events": 9,
                "read_through": instant(day, 0) + timedelta(hours=26),
                "closed_at": instant(day, 0) + timedelta(hours=50),
            },
        )


def company():
    """One account, read whole an hour before; one program, and nothing else."""
    account = builders.account(is_management=True)
    user = builders.iam_user("ci", account=account, active_keys=1, console_password=False)
    classify(user, "workload")
    builders.read_everything(account, at=MORNING - HOUR)
    Trail.objects.create(
        **builders._fact(),
        arn="arn:aws:cloudtrail:us-east-1:1:trail/org",
        account_id=account.account_id,
        name="org",
        home_region="us-east-1",
        is_multi_region=True,
        is_organization=True,
        log_file_validation=True,
        is_logging=True,
        management_events=True,
    )
    read_logs(account, MORNING)
    return account, user


def row(name, day=TODAY):
    return ControlDay.objects.get(control=name, day=day)

"""A company with counted calls, for tests of owners, classes and targets."""

from datetime import timedelta

from django.utils import timezone

from migrations_plan.passes import classifying, suggesting
from tests import builders, usage_rows

WINDOW = 30
ALLOW_S3 = {"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
ALLOW_ALL = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def company(**more):
    """An account read whole, with a month of logs."""
    account = builders.account(**more)
    builders.read_everything(account, at=timezone.now() - timedelta(minutes=20))
    usage_rows.read_all(account, days=WINDOW + 2)
    return account


def program(account, name="nightly", **more):
    """A user whose key is used every night."""
    user = builders.iam_user(name, account=account, active_keys=1, **more)
    key = builders.access_key(user, last_used_at=timezone.now() - timedelta(hours=20))
    who = usage_rows.actor_of(user, access_key_id=key.access_key_id)
    days = [usage_rows.days_ago(number) for number in range(1, WINDOW)]
    usage_rows.used_daily(
        who, days, 20, hours={2: 20}, network="203.0.113.0/24", family="boto3", name="PutObject"
    )
    return user


def console_user(account, name="ana", **more):
    """A user whose password is used on some days."""
    user = builders.iam_user(name, account=account, console_password=True, **more)
    opened(user)
    return user


def opened(user, days=(2, 5, 9)):
    """Console sessions of the user."""
    who = usage_rows.actor_of(user, credential="console")
    for number in days:
        day = usage_rows.days_ago(number)
        usage_rows.used(who, day, 8, hours={9: 8})
        usage_rows.came_from(who, day, "198.51.100.0/24", "browser", 8)
        usage_rows.called(who, day, "ListBuckets", 8)


def passes(now=None):
    """Everything derived is brought up to date."""
    now = now or timezone.now()
    classifying.make_classes(now)
    suggesting.suggest_all(now)

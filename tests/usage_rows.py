"""Rows of usage with dull defaults, as counting leaves them: a day of a credential at a time."""

import hashlib
from datetime import UTC, datetime, time, timedelta

from django.db.models import F
from django.utils import timezone

from inventory.models import (
    ActorDay,
    DailyUsage,
    PathDay,
    UsageActor,
    UsageCorrection,
    UsageCoverage,
    UsageOperation,
    UsageOrigin,
    UsageSession,
)
from tests import builders


def today():
    return timezone.now().date()


def days_ago(number):
    return today() - timedelta(days=number)


def at(day, hour=9):
    return datetime.combine(day, time(hour), UTC)


def digest(*parts):
    return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:32]


def actor(path="old", **more):
    values = {"kind": "IAMUser", "credential": "access_key", **more}
    key = digest(path, *sorted(values.items()))
    return UsageActor.objects.get_or_create(digest=key, defaults={"path": path, **values})[0]


def actor_of(user, credential="access_key", **more):
    """What an IAM user does over the old path."""
    return actor(
        arn=user.arn,
        user_name=user.user_name,
        principal_id=user.user_id,
        account_id=user.account_id,
        credential=credential,
        **more,
    )


def sso_actor(user_id="", permission_set="Developer", **more):
    """A session of a permission set; with user_id '' nobody knows whose."""
    arn = f"identitystore:{user_id}" if user_id else "arn:aws:iam::1:role/AWSReservedSSO_x"
    return actor(
        "new",
        kind="AssumedRole",
        arn=arn,
        user_id=user_id,
        credential="permission_set",
        permission_set=permission_set,
        **more,
    )


def used(who, day, events=10, *, direct=None, **more):
    """A credential's day, with its share of the totals by path. hours: {2: 8, 14: 2}."""
    row = _actor_day(who, day, events, direct=direct, **more)
    row.save(force_insert=True)
    path_day(day, row.account_id, who.path, events, direct)
    return row


def _actor_day(who, day, events, *, account_id="", hours=None, direct=None, failed=False, **more):
    hours = hours or {9: events}
    moment = at(day, max(hours))
    return ActorDay(
        day=day,
        account_id=account_id or who.account_id,
        actor=who,
        events=events,
        direct_events=events if direct is None else direct,
        first_at=at(day, min(hours)),
        last_at=moment,
        succeeded_at=None if failed else moment,
        errors=events if failed else 0,
        **{f"h{hour:02}": count for hour, count in hours.items()},
        **more,
    )


def path_day(day, account_id, path, events=10, direct=None):
    path_days([day], account_id, path, events, direct)


def path_days(days, account_id, path, events=10, direct=None):
    """Adds to the totals of each of these days."""
    direct = events if direct is None else direct
    mine = PathDay.objects.filter(account_id=account_id, path=path, day__in=days)
    known = set(mine.values_list("day", flat=True))
    if known:
        mine.update(events=F("events") + events, direct_events=F("direct_events") + direct)
    PathDay.objects.bulk_create(
        PathDay(day=day, account_id=account_id, path=path, events=events, direct_events=direct)
        for day in days
        if day not in known
    )


def used_daily(who, days, events, *, hours, network, family, name):
    """One operation from one place on each of these days: used, came_from and called in one."""
    ActorDay.objects.bulk_create(_actor_day(who, day, events, hours=hours) for day in days)
    path_days(days, who.account_id, who.path, events)
    UsageOrigin.objects.bulk_create(_origin(who, day, network, family, events) for day in days)
    operation = _operation(name)
    DailyUsage.objects.bulk_create(_daily(who, day, operation, events) for day in days)


def called(who, day, name="GetObject", events=10, *, source="s3.amazonaws.com", error="", **more):
    """Calls of one operation."""
    row = _daily(who, day, _operation(name, source, error), events, **more)
    row.save(force_insert=True)
    return row


def _operation(name, source="s3.amazonaws.com", error=""):
    return UsageOperation.objects.get_or_create(
        digest=digest(source, name, error),
        defaults={
            "event_source": source,
            "event_name": name,
            "region": "eu-west-1",
            "error": error,
        },
    )[0]


def _daily(who, day, operation, events, *, account_id=None, **more):
    return DailyUsage(
        day=day,
        account_id=who.account_id if account_id is None else account_id,
        actor=who,
        operation=operation,
        events=events,
        direct_events=events,
        first_at=at(day),
        last_at=at(day),
        **more,
    )


def came_from(who, day, network="198.51.100.0/24", family="boto3", events=10, **more):
    row = _origin(who, day, network, family, events, **more)
    row.save(force_insert=True)
    return row


def _origin(who, day, network, family, events, **more):
    values = {
        "agent_version": "1",
        "direct_events": events,
        "first_at": at(day),
        "last_at": at(day),
        **more,
    }
    return UsageOrigin(
        day=day, actor=who, network=network, agent_family=family, events=events, **values
    )


def session(who, started_at, kind="session_token", **more):
    values = {"account_id": who.account_id, "issued": True, **more}
    key = f"ASIA{builders.number():016d}"
    return UsageSession.objects.create(
        key=key, kind=kind, started_at=started_at, actor=who, **values
    )


def correction(day, account_id="", events=-3, reason="joined", **more):
    values = {
        "at": timezone.now(),
        "path": "old",
        "sentence": "3 calls turned out to be ana's.",
        **more,
    }
    return UsageCorrection.objects.create(
        day=day, account_id=account_id, events=events, reason=reason, **values
    )


def read(account, days, *, region="us-east-1", whole=True, **more):
    """Coverage of an account on these days. whole False: loose files, for which nothing vouches."""
    rows = []
    for day in days:
        over = at(day, 0) + timedelta(hours=26) if day < today() else timezone.now()
        values = {
            "objects_read": 24,
            "events": 100,
            "first_at": at(day),
            "last_at": at(day),
            "read_through": over if whole else None,
            "closed_at": over if whole and day < days_ago(1) else None,
            **more,
        }
        rows.append(UsageCoverage(account_id=account.account_id, region=region, day=day, **values))
    UsageCoverage.objects.bulk_create(rows)


def read_all(*accounts, days=70):
    """Every day up to now, in whole."""
    for account in accounts:
        read(account, [days_ago(number) for number in range(days)])

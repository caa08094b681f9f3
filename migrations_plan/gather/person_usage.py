"""What the logs show of people: last use of the old path, sign-ins, tools; and how whole they are.

Seven columns of three tables, summed by the database: four queries for anybody or everybody.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import Max, Min, Q, QuerySet, Sum

from inventory.cloudtrail.records import Path
from inventory.models import ActorDay, AwsAccount, UsageActor, UsageOrigin
from migrations_plan.gather.usage_coverage import whole_days
from migrations_plan.rules.person_facts import COUNTED_AFTER, LogFact, ToolUse
from migrations_plan.rules.sso_use import COMMAND_LINE, first_use, kind_of

SIGN_IN, SESSION = "sign-in to the access portal", "session of a permission set"


@dataclass(slots=True)
class Seen:
    """What was seen of one identity: an IAM user over the old path, or an Identity Center user.

    used_at: its last success. accounts: those used in the window, with the number of calls. firsts:
    (user agent family, first time). signed_in: first time and how.
    """

    used_at: datetime | None = None
    accounts: dict[str, int] = field(default_factory=dict)
    firsts: list[tuple[str, datetime]] = field(default_factory=list)
    tools: list[ToolUse] = field(default_factory=list)
    signed_in: tuple[datetime, str] | None = None
    cli: bool = False


NOTHING_SEEN = Seen()


@dataclass(frozen=True, slots=True)
class Usage:
    """By ARN of the IAM user, and by Identity Center user id."""

    users: Mapping[str, Seen]
    people: Mapping[str, Seen]


def usage(since: datetime, arns: Collection[str] | None, user_ids: Collection[str] | None) -> Usage:
    """Of these identities, or of all. since: where the window begins. Three queries."""
    users: dict[str, Seen] = defaultdict(Seen)
    people: dict[str, Seen] = defaultdict(Seen)
    owner: dict[int, tuple[Seen, str]] = {}
    for pk, path, arn, user_id in _actors(arns, user_ids):
        if path == Path.OLD and arn:
            owner[pk] = (users[arn], path)
        elif user_id:
            owner[pk] = (people[user_id], path)
    chosen = None if arns is None else list(owner)
    _add_days(owner, _of(ActorDay, chosen), since)
    _add_origins(owner, _of(UsageOrigin, chosen), since)
    return Usage(dict(users), dict(people))


def _actors(
    arns: Collection[str] | None, user_ids: Collection[str] | None
) -> Iterable[tuple[int, str, str, str]]:
    ours = Q(path=Path.OLD) | Q(path__in=[Path.NEW, Path.SIGNIN]) & ~Q(user_id="")
    if arns is not None and user_ids is not None:
        ours = Q(path=Path.OLD, arn__in=list(arns)) | Q(
            path__in=[Path.NEW, Path.SIGNIN], user_id__in=list(user_ids)
        )
    rows = UsageActor.objects.filter(ours).order_by()
    return rows.values_list("pk", "path", "arn", "user_id").iterator(chunk_size=5000)


def _of(model: Any, actor_ids: Collection[int] | None) -> QuerySet[Any, Any]:
    rows: QuerySet[Any, Any] = model.objects.order_by()
    return rows if actor_ids is None else rows.filter(actor_id__in=actor_ids)


def _add_days(
    owner: Mapping[int, tuple[Seen, str]], rows: QuerySet[Any, Any], since: datetime
) -> None:
    sums = rows.values_list("actor_id", "account_id").annotate(
        first=Min("first_at", filter=Q(succeeded_at__isnull=False)),
        last=Max("succeeded_at"),
        calls=Sum("events", filter=Q(day__gte=since.date(), succeeded_at__isnull=False), default=0),
    )
    for actor_id, account_id, first, last, calls in sums.iterator(chunk_size=5000):
        if actor_id not in owner or last is None:
            continue
        seen, path = owner[actor_id]
        seen.used_at = max(filter(None, (seen.used_at, last)))
        if calls:
            seen.accounts[account_id] = seen.accounts.get(account_id, 0) + int(calls)
        how = SIGN_IN if path == Path.SIGNIN else SESSION
        if path != Path.OLD and (seen.signed_in is None or first < seen.signed_in[0]):
            seen.signed_in = (first, how)


def _add_origins(
    owner: Mapping[int, tuple[Seen, str]], rows: QuerySet[Any, Any], since: datetime
) -> None:
    sums = rows.values_list("actor_id", "agent_family", "agent_version").annotate(
        first=Min("first_at"), last=Max("last_at")
    )
    for actor_id, family, version, first, last in sums.iterator(chunk_size=5000):
        if actor_id not in owner:
            continue
        seen, path = owner[actor_id]
        if path == Path.NEW:
            seen.firsts.append((family, first))
        if last >= since:
            seen.tools.append(ToolUse(family, version, last))
            seen.cli = seen.cli or (path == Path.OLD and kind_of(family) == COMMAND_LINE)


def firsts_of(seen: Seen) -> dict[str, datetime | None]:
    """The first use of Identity Center by console, command line, other tools."""
    return first_use(seen.firsts)


@dataclass(frozen=True, slots=True)
class ReadBack:
    """How far back the logs of each account are read without a break, up to last_day. days: by
    account; one that nobody knows has none."""

    last_day: date
    days: Mapping[str, int]
    window: int
    names: Mapping[str, str]

    def of(self, account_ids: Iterable[str]) -> LogFact:
        """Over these accounts together: the worst of them."""
        runs = sorted((self.days.get(one, 0), one) for one in set(account_ids))
        if not runs:
            return LogFact(last_day=self.last_day, read_days=None)
        least, account_id = runs[0]
        whole = least >= self.window
        return LogFact(
            last_day=self.last_day,
            read_days=least,
            gap=None if whole else self.last_day - timedelta(days=least),
            gap_account="" if whole else self.names.get(account_id) or account_id,
        )


def read_back(
    now: datetime, window: int, account_ids: Collection[str], accounts: Mapping[str, AwsAccount]
) -> ReadBack:
    """Of these accounts. Days before an account joined the organization are no gap. One query."""
    last = last_counted(now)
    every = [last - timedelta(days=number) for number in range(window)]
    whole = whole_days(every, sorted(account_ids), today=now.date())
    days = {
        account_id: _run(every, found, accounts.get(account_id))
        for account_id, found in whole.items()
    }
    return ReadBack(last, days, window, {pk: str(one) for pk, one in accounts.items()})


def last_counted(now: datetime) -> date:
    """The last day whose logs are counted by now, where nothing is late."""
    return (now - COUNTED_AFTER).date() - timedelta(days=1)


def _run(days: Iterable[date], whole: Collection[date], account: AwsAccount | None) -> int:
    joined = account.joined_at.date() if account and account.joined_at else None
    number = 0
    for day in days:
        if day not in whole and not (joined and day < joined):
            break
        number += 1
    return number


def window_start(now: datetime, window: int) -> datetime:
    """Midnight (UTC) of the first whole day of the window."""
    first = last_counted(now) - timedelta(days=window - 1)
    return datetime.combine(first, time.min, UTC)

"""Rows -> what classes stand on. A fixed number of queries, whatever the number of users."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from inventory.cloudtrail.records import Path
from inventory.models import (
    ActorDay,
    DailyUsage,
    IamUser,
    ServiceSpecificCredential,
    SshPublicKey,
    UsageActor,
    UsageOrigin,
)
from inventory.usage.coverage_facts import coverage
from inventory.usage.covered import Coverage
from migrations_plan.gather.credentials import gather as gather_credentials
from migrations_plan.gather.identity_usage import HOURS
from migrations_plan.models import thresholds
from migrations_plan.passes.findings import limits
from migrations_plan.rules.class_facts import (
    ActionUse,
    CredentialUse,
    KeyFacts,
    OriginDay,
    UserFacts,
)
from migrations_plan.rules.facts import ACCESS_KEY, PASSWORD, CredentialFacts
from migrations_plan.rules.person_facts import COUNTED_AFTER
from migrations_plan.rules.usage_days import Window, last_days
from migrations_plan.rules.usage_words import DayHours

SUNDAY, SATURDAY = 1, 7  # as the database numbers them
CHUNK = 5000


@dataclass(slots=True)
class Used:
    """What was counted of one user, or of one Identity Center user, in the window."""

    by_credential: dict[tuple[str, str], dict[str, list[Any]]] = field(default_factory=dict)
    last_at: datetime | None = None

    def rows(self, key: tuple[str, str], what: str) -> list[Any]:
        """The list to which rows of one kind are added."""
        parts = self.by_credential.setdefault(key, {"days": [], "origins": [], "actions": []})
        return parts[what]

    def uses(self) -> tuple[CredentialUse, ...]:
        """In a stable order, whatever that of the rows was."""
        return tuple(
            CredentialUse(
                credential=credential,
                access_key_id=key_id,
                days=_merged(parts["days"]),
                origins=tuple(sorted(parts["origins"], key=_origin_order)),
                actions=tuple(sorted(parts["actions"], key=lambda one: (one.source, one.name))),
            )
            for (credential, key_id), parts in sorted(self.by_credential.items())
            if parts["days"]
        )


def _origin_order(one: OriginDay) -> tuple[Any, ...]:
    return (one.day, one.network, one.family, one.first, one.last, one.events)


def _merged(days: Iterable[DayHours]) -> tuple[DayHours, ...]:
    """One row a day, though a credential may have been used in several accounts."""
    sums: dict[date, list[int]] = {}
    for one in days:
        known = sums.setdefault(one.day, [0] * len(one.hours))
        for hour, count in enumerate(one.hours):
            known[hour] += count
    return tuple(DayHours(day, tuple(sums[day])) for day in sorted(sums))


@dataclass(frozen=True, slots=True)
class Gathered:
    """Everything that a pass over classes needs."""

    users: tuple[IamUser, ...]
    facts: Mapping[str, UserFacts]
    used: Mapping[str, Used]
    window: Window
    stale_after: Mapping[str, datetime | None]


def gather(now: datetime, arns: Collection[str] | None = None) -> Gathered:
    """Of these users, or of all that are present."""
    window = last_days(thresholds().window_days, now.date())
    found = IamUser.objects.present().select_related("account").order_by("arn")
    users = tuple(found if arns is None else found.filter(arn__in=list(arns)))
    account_ids = sorted({user.account_id for user in users})
    credentials = _credentials(now, account_ids, whole=arns is None)
    # Just after midnight the logs of the day before are still under way: it is not missed yet.
    due = last_days(thresholds().window_days, (now - COUNTED_AFTER).date())
    read = read_days(account_ids, due)
    used = usage(window, None if arns is None else Q(arn__in=list(arns)))
    others = _others()
    facts = {
        user.arn: _facts(user, credentials.get(user.arn, []), used, read, window, others)
        for user in users
    }
    until = {arn: _until(rows) for arn, rows in credentials.items()}
    return Gathered(users, facts, used, window, until)


def read_days(account_ids: Collection[str], window: Window) -> dict[str, tuple[int, int]]:
    """By account: of the window's days that are over, how many were read whole, and how many at
    all. Five queries."""
    days = window.over
    if not account_ids or not days:
        return {}
    found = coverage(account_ids, days[0], days[-1])
    return {
        one.account_id: (
            sum(day.state == Coverage.COVERED for day in one.days),
            sum(day.state != Coverage.NOT_READ for day in one.days),
        )
        for one in found
    }


def _credentials(
    now: datetime, account_ids: list[str], *, whole: bool
) -> dict[str, list[CredentialFacts]]:
    gathered = gather_credentials(now, None if whole else account_ids, limits())
    found: dict[str, list[CredentialFacts]] = defaultdict(list)
    for one in gathered.credentials:
        found[one.user_arn].append(one)
    return found


def _until(rows: Iterable[CredentialFacts]) -> datetime | None:
    """The reads of its keys and password are believed until then."""
    ends = [one.told.until for one in rows if one.kind in (ACCESS_KEY, PASSWORD)]
    return min((end for end in ends if end), default=None)


def _others() -> set[int]:
    """Users with something active of which AWS keeps no last use. Two queries."""
    found: set[int] = set()
    for model in (SshPublicKey, ServiceSpecificCredential):
        rows: QuerySet[Any] = model.objects.present().filter(status="Active")
        found.update(rows.order_by().values_list("user_id", flat=True))
    return found


def _facts(
    user: IamUser,
    credentials: Iterable[CredentialFacts],
    used: Mapping[str, Used],
    read: Mapping[str, tuple[int, int]],
    window: Window,
    others: Collection[int],
) -> UserFacts:
    known = list(credentials)
    password = next((one for one in known if one.kind == PASSWORD), None)
    keys = [one for one in known if one.kind == ACCESS_KEY]
    mine = used.get(user.arn)
    return UserFacts(
        arn=user.arn,
        user_name=user.user_name,
        path=user.path,
        tags=user.tags,
        console_password=user.console_password,
        mfa=user.mfa,
        keys=tuple(_key(one) for one in keys) if user.active_keys is not None else None,
        password_used_at=password.last_use()[0] if password else None,
        password_use_known=password.use_is_known() if password else False,
        others_use=user.pk in others,
        first_day=window.first,
        whole_days=read.get(user.account_id, (0, 0))[0],
        read_days=read.get(user.account_id, (0, 0))[1],
        window_days=len(window.over),
        uses=mine.uses() if mine else (),
    )


def _key(one: CredentialFacts) -> KeyFacts:
    return KeyFacts(one.subject, one.active, one.last_use()[0], one.use_is_known())


def usage(window: Window, who: Q | None = None, *, new_path: bool = False) -> dict[str, Used]:
    """What was counted over the old path, by ARN; with new_path over the new one, by Identity
    Center user. Four queries."""
    actors = UsageActor.objects.filter(path=Path.NEW if new_path else Path.OLD).order_by()
    actors = actors.exclude(user_id="") if new_path else actors
    chosen = actors if who is None else actors.filter(who)
    name = "user_id" if new_path else "arn"
    keys = {
        pk: (owner, (credential, key_id))
        for pk, owner, credential, key_id in chosen.values_list(
            "pk", name, "credential", "access_key_id"
        )
    }
    inside = Q(day__range=(window.first, window.last))
    inside &= Q(actor__in=chosen) if who is None else Q(actor_id__in=list(keys))
    found: dict[str, Used] = defaultdict(Used)
    worked = _add_days(found, keys, inside)
    _add_origins(found, keys, inside, worked)
    _add_actions(found, keys, inside)
    return found


Keys = Mapping[int, tuple[str, tuple[str, str]]]


def _add_days(found: dict[str, Used], keys: Keys, inside: Q) -> set[tuple[int, date]]:
    """Days of failures only are no use: anybody can mistype a name. Gives the others."""
    rows: QuerySet[Any] = ActorDay.objects.filter(inside, succeeded_at__isnull=False).order_by()
    worked: set[tuple[int, date]] = set()
    columns = ("actor_id", "day", "succeeded_at", *HOURS)
    for actor_id, day, at, *hours in rows.values_list(*columns).iterator(chunk_size=CHUNK):
        if actor_id not in keys:
            continue
        owner, key = keys[actor_id]
        used = found[owner]
        used.last_at = max(used.last_at, at) if used.last_at else at
        used.rows(key, "days").append(DayHours(day, tuple(hours)))
        worked.add((actor_id, day))
    return worked


def _add_origins(
    found: dict[str, Used], keys: Keys, inside: Q, worked: Collection[tuple[int, date]]
) -> None:
    rows: QuerySet[Any] = UsageOrigin.objects.filter(inside).order_by()
    columns = ("actor_id", "day", "network", "agent_family", "events", "first_at", "last_at")
    for actor_id, day, network, family, events, first, last in rows.values_list(*columns).iterator(
        chunk_size=CHUNK
    ):
        if (actor_id, day) in worked:
            owner, key = keys[actor_id]
            one = OriginDay(day, network, family, events, _minute(first), _minute(last))
            found[owner].rows(key, "origins").append(one)


def _minute(at: datetime) -> int:
    return at.hour * 60 + at.minute


def _add_actions(found: dict[str, Used], keys: Keys, inside: Q) -> None:
    weekend = Q(day__week_day__in=(SUNDAY, SATURDAY))
    rows: QuerySet[Any] = DailyUsage.objects.filter(inside).order_by()
    sums = rows.values_list("actor_id", "operation__event_source", "operation__event_name")
    counted = sums.annotate(
        calls=Sum("events"),
        on=Count("day", distinct=True),
        idle=Sum("events", filter=weekend, default=0),
    )
    for actor_id, source, name, events, on, idle in counted.iterator(chunk_size=CHUNK):
        if actor_id in keys:
            owner, key = keys[actor_id]
            action = ActionUse(source, name, int(events), int(on), int(idle))
            found[owner].rows(key, "actions").append(action)

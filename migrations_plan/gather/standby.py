"""Rows -> what those who were cut over meet: refusals over the new path, live sessions, and how far
the logs were read. Nine queries, whatever the number of people.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import Max

from inventory.models import AwsAccount, UsageCoverage
from migrations_plan.gather.plan import calendar_of
from migrations_plan.gather.refusals import OnBoard, Refusal, refusals
from migrations_plan.gather.watching import tails_of
from migrations_plan.gather.wave_users import account_of
from migrations_plan.models import (
    Handout,
    Person,
    Plan,
    WaveMember,
)
from migrations_plan.rules.watching import Tail

MOST_ROWS = 300


@dataclass(frozen=True, slots=True)
class ReadUntil:
    """How far the logs of an account were read. at None: nothing vouches for any time."""

    account_id: str
    account: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Board:
    """refusals: newest first. read: the account that was read least far first. users: names of
    IAM users by ARN."""

    people: Sequence[OnBoard]
    refusals: Sequence[Refusal]
    tails: Sequence[tuple[Tail, str]]
    read: Sequence[ReadUntil]

    @property
    def shown(self) -> Sequence[Refusal]:
        """The newest of them; all are counted."""
        return self.refusals[:MOST_ROWS]

    @property
    def more(self) -> int:
        """How many are not shown."""
        return len(self.refusals[MOST_ROWS:])

    @property
    def shown_tails(self) -> Sequence[tuple[Tail, str]]:
        """Those that may live longest."""
        return self.tails[:MOST_ROWS]

    @property
    def more_tails(self) -> int:
        """How many are not shown."""
        return len(self.tails[MOST_ROWS:])

    @property
    def blocked(self) -> int:
        """People with a refusal."""
        return len({one.who.person.pk for one in self.refusals})

    @property
    def regressed(self) -> list[OnBoard]:
        """Whose old path is in use again."""
        return [one for one in self.people if one.standing and one.standing.state == "regressed"]

    @property
    def read_until(self) -> datetime | None:
        """Up to when all logs in question were read; None: not known."""
        return self.read[0].at if self.read else None


def board(plan: Plan, now: datetime) -> Board:
    """Everything of a plan's standby board."""
    handouts = list(plan.handouts.filter(withdrawn_at=None).exclude(started_at=None))
    people = _people(plan, handouts, now)
    names = dict(AwsAccount.objects.values_list("account_id", "name"))
    owners = {
        one["arn"]: one["person"] or one["arn"].rsplit("/", 1)[-1]
        for handout in handouts
        for one in handout.users
    }
    found = refusals({one.person.pk: one for one in people}, names)
    places = {account_of(arn) for arn in owners} | {one.account_id for one in found}
    tails = [(one, owners[one.arn]) for one in tails_of(list(owners), now)]
    return Board(
        people,
        found,
        tails,
        _read(places, names, now),
    )


def _people(plan: Plan, handouts: Sequence[Handout], now: datetime) -> list[OnBoard]:
    """Of scripts that ran, and of waves whose day has come. Two queries."""
    on = calendar_of(plan)
    found: dict[int, OnBoard] = {}
    due = WaveMember.objects.filter(
        plan=plan, kind="person", wave__cutover_on__lte=on.date_of(now)
    ).select_related("person__standing", "wave")
    for member in due:
        since = on.instant(member.wave.cutover_on, time.min)
        found[member.person_id] = _on_board(member.person, since, member.wave.name, ran=False)
    ran: dict[int, tuple[datetime, str]] = {}
    for handout in handouts:
        name = handout.scripts[0]["wave"] if handout.scripts else ""
        for pk in {one.get("person_id") for one in handout.users} - {None}:
            at = handout.started_at or now
            ran[pk] = min(ran.get(pk, (at, name)), (at, name))
    for person in Person.objects.filter(pk__in=list(ran)).select_related("standing"):
        found[person.pk] = _on_board(person, *ran[person.pk], ran=True)
    return sorted(found.values(), key=lambda one: (str(one.person), one.person.pk))


def _on_board(person: Person, since: datetime, wave: str, *, ran: bool) -> OnBoard:
    return OnBoard(person, since, ran, wave, getattr(person, "standing", None))


def _read(account_ids: Collection[str], names: Mapping[str, str], now: datetime) -> list[ReadUntil]:
    """The region of each account that was read least far decides. One query."""
    rows = UsageCoverage.objects.filter(
        account_id__in=list(account_ids), day__gte=(now - timedelta(days=1)).date()
    )
    regions = rows.order_by().values_list("account_id", "region").annotate(Max("read_through"))
    through: dict[str, list[datetime | None]] = {}
    for account_id, _region, at in regions:
        through.setdefault(account_id, []).append(at)
    found = [ReadUntil(pk, names.get(pk) or pk, _least(through.get(pk, ()))) for pk in account_ids]
    return sorted(found, key=lambda one: (one.at is not None, one.at or now, one.account_id))


def _least(ends: Iterable[datetime | None]) -> datetime | None:
    known = list(ends)
    times = [one for one in known if one is not None]
    return min(times) if times and len(times) == len(known) else None

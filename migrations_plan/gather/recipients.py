"""People of a wave -> what a message tells each of them, in a fixed number of queries.

None and old reads: what was never read whole says that it is not known, what was read too long ago
says of when it is. No list is empty because a read failed.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from inventory.freshness import FRESH, freshness
from inventory.models import AccountAssignment, GroupMembership, IamUser
from inventory.sources import SOURCE_BY_NAME
from inventory.words import counted
from migrations_plan.artefacts.messages import Occasion, Recipient
from migrations_plan.gather.plan import calendar_of
from migrations_plan.gather.told import Reads, best, worst
from migrations_plan.models import (
    Assessment,
    IamUserLink,
    IdentityClass,
    IdentityKind,
    MemberKind,
    Person,
    Plan,
    Wave,
    WaveMember,
)
from migrations_plan.rules.facts import Told
from migrations_plan.rules.gate import BLOCKED, UNKNOWN
from migrations_plan.rules.gate_facts import moment
from migrations_plan.rules.readiness import GATE_BY_NAME

ACCESS_SOURCES = ("identity_store", "account_assignments", "permission_sets")
# What the words about an IAM user stand on.
USER_SOURCES = ("authorization_details", "credential_report", "access_keys", "login_profiles")
PAGE = "/my-access/"


@dataclass(frozen=True, slots=True)
class _Rows:
    """users: by person, the ARNs linked, each with its row where there is one. grants: by identity
    store user, 'Developer in dev'."""

    now: datetime
    reads: Reads
    users: Mapping[int, Sequence[tuple[str, Any]]]
    grants: Mapping[str, Sequence[str]]
    gates: Mapping[int, Sequence[Assessment]]


def people_of(wave: Wave) -> QuerySet[Person]:
    """Who is told about a wave: people in it, and whoever owns an IAM user of an account or a
    program in it, unless they are in another wave of the plan themselves. One query."""
    members = WaveMember.objects.filter(wave=wave).order_by()
    accounts = members.filter(kind=MemberKind.ACCOUNT).values("account_id")
    programs = members.filter(kind=MemberKind.WORKLOAD).values("user_arn")
    users = IamUser.objects.present().filter(account_id__in=accounts).order_by().values("arn")
    owned = IamUserLink.objects.filter(Q(iam_user_arn__in=users) | Q(iam_user_arn__in=programs))
    placed = WaveMember.objects.filter(plan=wave.plan_id, kind=MemberKind.PERSON).order_by()
    return Person.objects.filter(
        Q(pk__in=members.filter(kind=MemberKind.PERSON).values("person"))
        | (Q(pk__in=owned.values("person")) & ~Q(pk__in=placed.values("person")))
    ).order_by("name", "email", "pk")


@dataclass(frozen=True, slots=True)
class Gathered:
    """By person. as_of: the oldest of the fresh reads behind; what is older says so itself.
    still_on: people whose old access is not known to be off, with why."""

    recipients: Mapping[int, Recipient]
    as_of: datetime
    still_on: Mapping[int, str]


def recipients(people: Collection[Person], now: datetime, wave: Wave | None = None) -> Gathered:
    """Of these people. wave: of who is not in it as a person, only what is in it ends with it.
    Seven queries, six without a wave."""
    rows = _rows(people, now, wave)
    on = {person.pk: _still_on(rows.users.get(person.pk, ()), rows) for person in people}
    return Gathered(
        recipients={person.pk: _recipient(person, rows) for person in people},
        as_of=_as_of(rows.reads),
        still_on={pk: why for pk, why in on.items() if why},
    )


def occasion(plan: Plan, wave: Wave, as_of: datetime) -> Occasion:
    """What is the same for everybody of a wave: it ends at the plan's hour of the wave's day, and
    is to be tested by the same hour of the working day before. No query."""
    on, zone = calendar_of(plan), ZoneInfo(plan.time_zone)
    before = on.after(wave.cutover_on, -1)
    contact = plan.contact or "a security lead"
    no_address = f"ask {contact} for the address"
    return Occasion(
        start_url=settings.PORTAL_START_URL or no_address,
        portal_url=f"{settings.PORTAL_URL}{PAGE}" if settings.PORTAL_URL else no_address,
        contact=contact,
        test_by=on.instant(before, plan.cutover_at).astimezone(zone),
        ends_at=on.instant(wave.cutover_on, plan.cutover_at).astimezone(zone),
        as_of=as_of,
    )


def _rows(people: Collection[Person], now: datetime, wave: Wave | None) -> _Rows:
    pks = [person.pk for person in people]
    links = list(IamUserLink.objects.filter(person__in=pks).order_by("iam_user_arn"))
    if wave is not None:
        links = _ending_with(wave, links)
    found = _users([link.iam_user_arn for link in links], now)
    users: dict[int, list[tuple[str, Any]]] = defaultdict(list)
    for link in links:
        users[link.person_id].append((link.iam_user_arn, found.get(link.iam_user_arn)))
    gates: dict[int, list[Assessment]] = defaultdict(list)
    for one in Assessment.objects.current().filter(person__in=pks).order_by("pk"):
        gates[one.person_id].append(one)
    ids = [p.identity_center_user_id for p in people if p.identity_center_user_id]
    reads = _reads(now, {_account_id(arn) for arn in found}, found.values())
    return _Rows(now, reads, users, _grants(ids), gates)


def _ending_with(wave: Wave, links: Sequence[IamUserLink]) -> list[IamUserLink]:
    members = list(WaveMember.objects.filter(wave=wave))
    people = {one.person_id for one in members if one.person_id is not None}
    places = {one.account_id or one.user_arn for one in members}
    return [
        link
        for link in links
        if link.person_id in people
        or link.iam_user_arn in places
        or _account_id(link.iam_user_arn) in places - {""}
    ]


def _users(arns: Collection[str], now: datetime) -> dict[str, Any]:
    """By ARN, each with `excepted`: a lead declared that it stays as it is."""
    holds = Q(declared_until=None) | Q(declared_until__gt=now)
    kept = IdentityClass.objects.filter(
        holds, subject=OuterRef("arn"), kind=IdentityKind.EXCEPTION, declared=True
    )
    rows = IamUser.objects.filter(arn__in=arns).select_related("account")
    return {user.arn: user for user in rows.annotate(excepted=Exists(kept))}


def _reads(now: datetime, account_ids: Collection[str], users: Iterable[Any]) -> Reads:
    names = (*USER_SOURCES, *ACCESS_SOURCES)
    left = {user.account_id: user.account.why_not_read() for user in users}
    states = freshness(
        now, sources=[SOURCE_BY_NAME[one] for one in names], account_ids=account_ids, left=left
    )
    return Reads(now, {(one.source.name, one.account_id): one for one in states})


def _grants(user_ids: Collection[str]) -> dict[str, list[str]]:
    """What each may open, directly or through groups. Two queries."""
    holders: dict[str, list[str]] = {user_id: [user_id] for user_id in user_ids}
    members = GroupMembership.objects.present().filter(user_id__in=user_ids).order_by()
    for user_id, group_id in members.values_list("user_id", "group_id"):
        holders[user_id].append(group_id)
    principals = {one for ids in holders.values() for one in ids}
    rows = AccountAssignment.objects.present().filter(principal_id__in=principals)
    granted: dict[str, list[str]] = defaultdict(list)
    order = ("account__name", "account_id", "permission_set__name")
    for row in rows.select_related("account", "permission_set").order_by(*order):
        name = row.permission_set.name if row.permission_set else ""
        words = name or "A permission set whose name is not known"
        granted[row.principal_id].append(f"{words} in {row.account}")
    return {
        user_id: list(dict.fromkeys(text for one in ids for text in granted[one]))
        for user_id, ids in holders.items()
    }


def _recipient(person: Person, rows: _Rows) -> Recipient:
    return Recipient(
        name=person.name or person.email,
        email=person.email,
        old=tuple(
            _old_words(arn, user, rows)
            for arn, user in rows.users.get(person.pk, ())
            if user is None or (user.gone_at is None and not user.excepted)
        ),
        new=_new(person, rows),
        open_items=_open(rows.gates.get(person.pk, ()), rows.now),
    )


def _old_words(arn: str, user: Any, rows: _Rows) -> str:
    account_id = _account_id(arn)
    if user is None:
        return f"user {arn.rpartition('/')[2]} in {account_id}: what it has is not known"
    told = rows.reads.told
    report = told("credential_report", account_id)
    behind = worst(
        told("authorization_details", account_id),
        best(told("access_keys", account_id), report),
        best(told("login_profiles", account_id), report),
    )
    keys = _keys(user.active_keys)
    words = {True: ", a console password", None: ", whether it has a password is not known"}
    text = f"user {user.user_name} in {user.account}, {keys}{words.get(user.console_password, '')}"
    return f"{text}{_doubt(behind)}"


def _keys(number: int | None) -> str:
    return "how many keys is not known" if number is None else counted(number, "active key")


def _new(person: Person, rows: _Rows) -> tuple[str, ...]:
    """Nothing is said to be assigned only where all of it was read whole, and lately."""
    behind = worst(*(rows.reads.told(source, "") for source in ACCESS_SOURCES))
    found = rows.grants.get(person.identity_center_user_id or "", [])
    if not behind.why:
        return tuple(found)
    if not found:
        return (f"This is not known{_doubt(behind)}",)
    return (*found, f"Perhaps not all of it is here any more, or yet{_doubt(behind)}")


def _doubt(behind: Told) -> str:
    """Of when it is, where that matters."""
    if not behind.why:
        return ""
    if behind.observed_at is None:
        return " (AWS was not read yet)"
    return f" (as last read on {moment(behind.observed_at)})"


def _open(gates: Sequence[Assessment], now: datetime) -> tuple[str, ...] | None:
    if not gates:
        return None
    places = {name: number for number, name in enumerate(GATE_BY_NAME)}
    wanted = [one for one in gates if one.gate in places and one.reads(now) in (BLOCKED, UNKNOWN)]
    wanted.sort(key=lambda one: places[one.gate])
    return tuple(_gate_words(one, now) for one in wanted)


def _gate_words(one: Assessment, now: datetime) -> str:
    title = GATE_BY_NAME[one.gate].title
    if one.verdict in (BLOCKED, UNKNOWN):
        return f"{title}: {one.sentence}"
    return f"{title}: not known any more; it was so on {moment(one.seen_at)}."


def _still_on(users: Sequence[tuple[str, Any]], rows: _Rows) -> str:
    """Why nobody may say that all of these are switched off; '' when they are."""
    for arn, user in users:
        if user is not None and (user.gone_at is not None or user.excepted):
            continue
        if user is None or user.active_keys is None:
            return f"whether {arn.rpartition('/')[2]} has active keys is not known"
        if user.active_keys:
            return f"{user.user_name} in {user.account} has {_keys(user.active_keys)}"
        told, account_id = rows.reads.told, _account_id(arn)
        keys = best(told("access_keys", account_id), told("credential_report", account_id))
        if keys.why:
            return f"the keys of {user.user_name} in {user.account} were not read lately"
    return ""


def _as_of(known: Reads) -> datetime:
    used = {*ACCESS_SOURCES, *USER_SOURCES}
    return min(
        (
            one.observed_at
            for (source, _), one in known.states.items()
            if source in used and one.state == FRESH and one.observed_at
        ),
        default=known.now,
    )


def _account_id(arn: str) -> str:
    parts = arn.split(":")
    return parts[4] if len(parts) > 5 else ""

"""A wave resolved to its people and their IAM users. Eight queries for any number of waves.

A member is a person (all IAM users confirmed as theirs), an account (every IAM user in it, as it
stands), or a workload (one IAM user's ARN). What is named for itself goes with its own wave, not
with an account of another.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db.models import Q

from inventory.models import IamUser
from migrations_plan.gather.wave_users import facts, users_in
from migrations_plan.models import (
    Assessment,
    IamUserLink,
    MemberKind,
    Person,
    Wave,
    WaveMember,
)
from migrations_plan.rules.wave_facts import (
    EXCEPTION,
    WORKLOAD,
    GateReads,
    WaveFacts,
    WavePerson,
    WaveUser,
)


def resolve(wave: Wave, now: datetime) -> WaveFacts:
    """One wave."""
    return resolve_all([wave], now)[wave.pk]


def resolve_all(waves: Sequence[Wave], now: datetime) -> dict[int, WaveFacts]:
    """By the wave's key. Whoever is named as a person stands there with all of their users; an
    account brings in the users that stand in it, and so their owners."""
    everybody = list(
        WaveMember.objects.filter(plan__in={wave.plan_id for wave in waves})
        .select_related("person")
        .order_by("pk")
    )
    asked = {wave.pk for wave in waves}
    members = [one for one in everybody if one.wave_id in asked]
    users, links = _rows(members)
    arns = [*(link.iam_user_arn for link in links), *_arns(members)]
    known = facts(users, arns, now, links=links)
    owners = {link.person_id: link.person for link in links}
    owners |= {one.person_id: one.person for one in members if one.person is not None}
    gates = _gates(owners, now)
    by_wave: dict[int, list[WaveMember]] = defaultdict(list)
    for member in members:
        by_wave[member.wave_id].append(member)
    placed = _placed(everybody)
    return {
        wave.pk: _wave(by_wave[wave.pk], _left(known, placed, wave), owners, gates)
        for wave in waves
    }


def _placed(members: Collection[WaveMember]) -> dict[tuple[int, int | str], int]:
    """By plan and person, or plan and ARN: the wave in which they are named."""
    return {
        (one.plan_id, one.person_id or one.user_arn): one.wave_id
        for one in members
        if one.kind != MemberKind.ACCOUNT
    }


def _left(
    known: Mapping[str, WaveUser], placed: Mapping[tuple[int, int | str], int], wave: Wave
) -> dict[str, WaveUser]:
    """Users that do not go with another wave of the same plan."""

    def elsewhere(user: WaveUser) -> bool:
        own = placed.get((wave.plan_id, user.arn))
        if own is None and user.person_id is not None:
            own = placed.get((wave.plan_id, user.person_id))
        return own not in (None, wave.pk)

    return {arn: user for arn, user in known.items() if not elsewhere(user)}


def _people(members: Collection[WaveMember]) -> list[int]:
    return [one.person_id for one in members if one.person_id is not None]


def _accounts(members: Collection[WaveMember]) -> list[str]:
    return [one.account_id for one in members if one.kind == MemberKind.ACCOUNT]


def _arns(members: Collection[WaveMember]) -> list[str]:
    return [one.user_arn for one in members if one.kind == MemberKind.WORKLOAD]


def _rows(members: Collection[WaveMember]) -> tuple[list[IamUser], list[IamUserLink]]:
    theirs = IamUserLink.objects.filter(person__in=_people(members)).order_by()
    users = users_in(
        Q(arn__in=theirs.values("iam_user_arn"))
        | Q(account__in=_accounts(members), gone_at=None)
        | Q(arn__in=_arns(members))
    )
    arns = [user.arn for user in users]
    links = IamUserLink.objects.filter(Q(person__in=_people(members)) | Q(iam_user_arn__in=arns))
    return users, list(links.select_related("person").order_by("iam_user_arn"))


def _gates(people: Collection[int], now: datetime) -> dict[int, dict[str, GateReads]]:
    """As they read now: what is too old is unknown."""
    found: dict[int, dict[str, GateReads]] = defaultdict(dict)
    for row in Assessment.objects.current().filter(person__in=list(people)).order_by("pk"):
        found[row.person_id][row.gate] = GateReads(row.reads(now), row.sentence)
    return found


def _wave(
    members: Sequence[WaveMember],
    known: Mapping[str, WaveUser],
    owners: Mapping[int, Person],
    gates: Mapping[int, Mapping[str, GateReads]],
) -> WaveFacts:
    people, accounts, programs = _people(members), set(_accounts(members)), set(_arns(members))
    within = {
        arn: user
        for arn, user in known.items()
        if user.person_id in people or user.account_id in accounts or arn in programs
    }
    theirs: dict[int, list[WaveUser]] = {pk: [] for pk in people}
    apart: list[WaveUser] = []
    for arn, user in within.items():
        if arn in programs or (user.person_id is None and user.kind in (WORKLOAD, EXCEPTION)):
            programs.add(arn)
        elif user.person_id is None:
            apart.append(user)
        else:
            theirs.setdefault(user.person_id, []).append(user)
    named = sorted(theirs, key=lambda pk: (str(owners[pk]), pk))
    places = {user.account_id: user.account for user in within.values()}
    return WaveFacts(
        people=tuple(_person(owners[pk], theirs[pk], gates.get(pk, {})) for pk in named),
        programs=tuple(within[arn] for arn in sorted(programs)),
        loose=tuple(sorted(apart, key=lambda user: user.arn)),
        accounts={pk: places.get(pk, pk) for pk in sorted(accounts)},
    )


def _person(
    person: Person, users: Sequence[WaveUser], gates: Mapping[str, GateReads]
) -> WavePerson:
    return WavePerson(
        pk=person.pk,
        name=str(person),
        email=person.email,
        user_id=person.identity_center_user_id or "",
        users=tuple(sorted(users, key=lambda user: user.arn)),
        gates=gates,
    )

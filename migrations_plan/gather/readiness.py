"""Rows -> what gates and states are judged by, of everybody or of some, in about 25 queries."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from inventory.models import (
    AwsAccount,
    IamUser,
    IdentityStoreGroup,
    IdentityStoreUser,
    PermissionSet,
    RosterPerson,
)
from migrations_plan.gather import person_usage
from migrations_plan.gather.needs import needs_of, said_needs
from migrations_plan.gather.old_users import OldRows, classes_of, old_rows, old_user, program_of
from migrations_plan.gather.owners import owned_by
from migrations_plan.gather.person_usage import NOTHING_SEEN, ReadBack, Seen, Usage, firsts_of
from migrations_plan.gather.reach import NOTHING, Reach, reach_of
from migrations_plan.gather.told import Reads, reads, worst
from migrations_plan.models import ForecastSummary, IamUserLink, Person, TargetAccess
from migrations_plan.rules.person_facts import (
    AccessFact,
    ForecastFact,
    IdentityFact,
    OldUser,
    PersonFacts,
    UsageFact,
)
from migrations_plan.rules.thresholds import Thresholds

ACCESS_SOURCES = ("account_assignments", "permission_sets")


@dataclass(frozen=True, slots=True)
class LooseUser:
    """A present IAM user whom nobody is confirmed for. kind: '' while nobody has judged it."""

    user: IamUser
    kind: str
    used_at: datetime | None
    open: int | None
    team: str


@dataclass(frozen=True, slots=True)
class Gathered:
    """Facts by person, what rows need beside them, and IAM users that are nobody's (only where
    everybody was asked for). concerned: people whom the migration is about."""

    facts: Mapping[int, PersonFacts]
    people: Mapping[int, Person]
    teams: Mapping[int, Sequence[str]]
    concerned: Collection[int]
    loose: Sequence[LooseUser]


@dataclass(frozen=True, slots=True)
class _Rows:
    """What every person's facts are made of."""

    now: datetime
    accounts: Mapping[str, AwsAccount]
    reads: Reads
    store: Mapping[str, IdentityStoreUser]
    enabled: Mapping[str, bool | None]
    roster: Mapping[str, RosterPerson]
    reach: Mapping[str, Reach]
    set_names: Mapping[str, str]
    groups: Mapping[str, str]
    targets: Mapping[int, Sequence[TargetAccess]]
    said: Mapping[int, Sequence[str]]
    forecasts: Mapping[int, ForecastSummary]
    old: OldRows
    usage: Usage
    back: ReadBack
    domains: tuple[str, ...]


def gather(
    now: datetime,
    limits: Thresholds,
    domains: Sequence[str],
    person_ids: Collection[int] | None = None,
) -> Gathered:
    """Of these people, or of everybody. Some twenty-five queries."""
    chosen = Person.objects.order_by("pk")
    people = list(chosen if person_ids is None else chosen.filter(pk__in=list(person_ids)))
    rows = _rows(now, limits, tuple(one.lower() for one in domains), people, person_ids is None)
    facts = {person.pk: _facts(person, rows) for person in people}
    return Gathered(
        facts=facts,
        people={person.pk: person for person in people},
        teams={person.pk: _teams(person, rows) for person in people},
        concerned={person.pk for person in people if _concerns(facts[person.pk])},
        loose=list(_loose(rows)) if person_ids is None else [],
    )


def _rows(
    now: datetime,
    limits: Thresholds,
    domains: tuple[str, ...],
    people: Sequence[Person],
    everybody: bool,
) -> _Rows:
    accounts = {account.pk: account for account in AwsAccount.objects.order_by()}
    known = reads(now, list(accounts), also=ACCESS_SOURCES)
    ids = [person.identity_center_user_id for person in people if person.identity_center_user_id]
    pks = [person.pk for person in people]
    old = old_rows(None if everybody else pks, known)
    reach = reach_of(ids)
    since = person_usage.window_start(now, limits.window_days)
    arns = [link.iam_user_arn for link in old.links]
    seen = person_usage.usage(since, *((None, None) if everybody else (arns, ids)))
    store = {
        user.user_id: user
        for user in IdentityStoreUser.objects.present().filter(user_id__in=ids).order_by()
    }
    sets = PermissionSet.objects.order_by().values_list("arn", "name")
    groups = IdentityStoreGroup.objects.present().order_by()
    return _Rows(
        now=now,
        accounts=accounts,
        reads=known,
        store=store,
        enabled={user_id: user.enabled for user_id, user in store.items()},
        roster={line.email: line for line in RosterPerson.objects.present()},
        reach=reach,
        set_names=dict(sets),
        groups=dict(groups.values_list("group_id", "display_name")),
        targets=_targets(pks),
        said=said_needs(pks),
        forecasts={f.person_id: f for f in ForecastSummary.objects.filter(person_id__in=pks)},
        old=old,
        usage=seen,
        back=person_usage.read_back(now, limits.window_days, list(accounts), accounts),
        domains=domains,
    )


def _targets(person_ids: Collection[int]) -> Mapping[int, Sequence[TargetAccess]]:
    found: dict[int, list[TargetAccess]] = defaultdict(list)
    for target in TargetAccess.objects.filter(person_id__in=person_ids):
        found[target.person_id].append(target)
    return found


def _facts(person: Person, rows: _Rows) -> PersonFacts:
    links = rows.old.by_person.get(person.pk, ())
    users = tuple(old_user(link, rows.old, rows.usage, rows.accounts) for link in links)
    ours = _seen_of(person, rows)
    owner = owned_by(person, rows.enabled, rows.roster.get(person.email), rows.reads).owner
    access = _access(person, users, rows)
    here = {user.account_id for user in users if user.present is not False}
    # Where they were seen; what they only say they need shows nothing of what they did. Of whom
    # nothing of the old path is left, what they may open now shows it.
    seen = {one.account_id for one in access.needs if not (one.permission_set or one.said)}
    places = here | seen if here else {account_id for account_id, _ in access.granted}
    return PersonFacts(
        name=str(person),
        identity=_identity(person, rows),
        access=access,
        logs=rows.back.of(places),
        usage=_usage(users, ours, rows),
        forecast=_forecast(rows.forecasts.get(person.pk)),
        users=users,
        left=owner.left,
        left_how=owner.how,
        domains=rows.domains,
        runs=_runs(rows.reads, {user.account_id for user in users}),
    )


def _seen_of(person: Person, rows: _Rows) -> Seen:
    return rows.usage.people.get(person.identity_center_user_id or "", NOTHING_SEEN)


def _identity(person: Person, rows: _Rows) -> IdentityFact:
    told = rows.reads.told("identity_store", "")
    user = rows.store.get(person.identity_center_user_id or "")
    # Absent means absent only after a whole read.
    exists = True if user else None if told.observed_at is None else False
    return IdentityFact(
        exists=exists, enabled=user.enabled if user else None, email=person.email, told=told,
        program=program_of(rows.old, person.identity_center_user_id),
    )  # fmt: skip


def _access(person: Person, users: Sequence[OldUser], rows: _Rows) -> AccessFact:
    reach = rows.reach.get(person.identity_center_user_id or "", NOTHING)
    targets = rows.targets.get(person.pk, ())
    used = {
        account_id
        for user in users
        if user.present is not False and not user.excepted
        for account_id in rows.usage.users.get(user.arn, NOTHING_SEEN).accounts
    }
    said = rows.said.get(person.pk, ())
    granted = {
        (grant.account_id, rows.set_names.get(grant.permission_set_arn, ""))
        for grant in reach.grants
    }
    told = [rows.reads.told(source, "") for source in ("identity_store", *ACCESS_SOURCES)]
    return AccessFact(
        needs=needs_of(targets, used, said, lambda one: _name(rows, one)),
        granted=frozenset(granted),
        has_target=bool(targets),
        told=worst(*told),
    )


def _name(rows: _Rows, account_id: str) -> str:
    account = rows.accounts.get(account_id)
    return str(account) if account else account_id


def _usage(users: Sequence[OldUser], ours: Seen, rows: _Rows) -> UsageFact:
    counted = [one for one in users if one.present is not False and not one.excepted]
    old = [rows.usage.users.get(one.arn, NOTHING_SEEN) for one in counted]
    last = max((one for one in counted if one.used_at), key=_used_at, default=None)
    first, how = ours.signed_in or (None, "")
    firsts = firsts_of(ours)
    return UsageFact(
        used_at=last.used_at if last else None,
        used_by=last.used_by if last else "",
        old_events=sum(sum(seen.accounts.values()) for seen in old),
        old_cli=any(seen.cli for seen in old),
        signed_in_at=first,
        signed_in_how=how,
        console_at=firsts["console"],
        cli_at=firsts["command line"],
        tools=tuple(tool for seen in (ours, *old) for tool in seen.tools),
    )


def _used_at(user: OldUser) -> str:
    return user.used_at.isoformat() if user.used_at else ""


def _forecast(row: ForecastSummary | None) -> ForecastFact | None:
    if row is None:
        return None
    worst_call: Any = row.worst[0] if row.worst else {}
    return ForecastFact(
        calls=row.calls,
        denied=row.denied,
        unknown=row.unknown,
        denied_events=row.denied_events,
        worst=str(worst_call.get("action", ""))[:200],
        why=row.why,
        made_at=row.made_at,
        until=row.stale_after,
    )


def _runs(known: Reads, account_ids: Collection[str]) -> dict[str, tuple[int, ...]]:
    """Collection runs by gate."""
    store, iam = [("identity_store", "")], [("authorization_details", one) for one in account_ids]
    access = [*store, *((source, "") for source in ACCESS_SOURCES)]
    scopes = {"identity": store, "assigned": access, "owner": sorted(iam)}
    return {
        gate: tuple(
            state.last_run_id
            for scope in wanted
            if (state := known.states.get(scope)) and state.last_run_id
        )
        for gate, wanted in scopes.items()
    }


def _teams(person: Person, rows: _Rows) -> list[str]:
    reach = rows.reach.get(person.identity_center_user_id or "", NOTHING)
    groups = [rows.groups[one] for one in reach.group_ids if rows.groups.get(one)]
    tags = [rows.old.teams[link.iam_user_arn] for link in _links(person, rows)]
    return list(dict.fromkeys(one for one in (*groups, *tags) if one))


def _links(person: Person, rows: _Rows) -> list[IamUserLink]:
    links = rows.old.by_person.get(person.pk, ())
    return [link for link in links if link.iam_user_arn in rows.old.teams]


def _concerns(facts: PersonFacts) -> bool:
    return bool(facts.users or facts.access.needs or facts.access.granted)


def _loose(rows: _Rows) -> Iterator[LooseUser]:
    owned = {link.iam_user_arn for link in rows.old.links}
    for arn, user in rows.old.users.items():
        if arn in owned or user.gone_at is not None:
            continue
        kinds = classes_of(rows.old, arn)
        seen = rows.usage.users.get(arn, NOTHING_SEEN).used_at
        used = max(filter(None, (seen, user.last_seen_at)), default=None)
        kind = next((one.kind or "" for one in kinds if one.subject == arn), "")
        yield LooseUser(user, kind, used, rows.old.open_of(user), rows.old.teams.get(arn, ""))

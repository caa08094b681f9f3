"""Rows -> what the gates of plans are judged by, and whom each plan's items are about.

Cost: some hundred queries, whatever the number of people and accounts; plans add none but their
content. What concerns the whole organization is gathered once for all of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from inventory.freshness import freshness
from inventory.models import AwsAccount, IdentityStoreUser
from inventory.sources import SOURCE_BY_NAME
from migrations_plan.gather import controls, plan_accounts, plan_people, plan_usage, plan_users
from migrations_plan.gather.access import ORGANIZATION_SOURCES, shelf
from migrations_plan.gather.forecast import window
from migrations_plan.gather.plan import content_of
from migrations_plan.gather.plan_sets import exempt_roles, guarded, sets_of
from migrations_plan.gather.told import CREDENTIAL_SOURCES, Reads
from migrations_plan.gather.waves import resolve_all
from migrations_plan.models import Plan, ScimDrill, Wave
from migrations_plan.rules.plan_gates.facts import Drill, PlanFacts, User
from migrations_plan.rules.plan_gates.organization import ARRIVED_WITHIN
from migrations_plan.rules.plan_gates.users import EXCEPTION, WORKLOAD
from migrations_plan.rules.wave_facts import WaveFacts, WavePerson, WaveUser

ALSO = ("trails", "alternate_contacts", "identity_center", *ORGANIZATION_SOURCES)
# How far back new refusals are looked for.
REFUSED_DAYS = 14


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom or what an item is about. wave: its key; None: of no wave."""

    key: str
    name: str
    wave: int | None = None


@dataclass(frozen=True, slots=True)
class Judgeable:
    """One plan: its facts, and the subjects of its items by `per`."""

    plan: Plan
    waves: Sequence[Wave]
    facts: PlanFacts
    subjects: Mapping[str, Sequence[Subject]]


@dataclass(frozen=True, slots=True)
class _Common:
    """What every plan stands on."""

    facts: PlanFacts
    people: plan_people.Known
    drills: Mapping[int | None, Sequence[Drill]]
    made: plan_users.Decided


def gather(plans: Sequence[Plan], now: datetime) -> list[Judgeable]:
    """Of these plans."""
    waves = list(Wave.objects.filter(plan__in=plans).order_by("position", "pk"))
    resolved = resolve_all(waves, now) if waves else {}
    accounts = {one.account_id: one for one in AwsAccount.objects.order_by("account_id")}
    common = _common(plans, waves, resolved, accounts, now)
    return [
        _judgeable(plan, [one for one in waves if one.plan_id == plan.pk], resolved, common)
        for plan in plans
    ]


def _common(
    plans: Sequence[Plan],
    waves: Sequence[Wave],
    resolved: Mapping[int, WaveFacts],
    accounts: Mapping[str, AwsAccount],
    now: datetime,
) -> _Common:
    control = controls.gather(now)
    listed = [accounts[one.subject.id] for one in control.accounts]
    known = _reads(now, accounts)
    quiet = plan_usage.quiet(listed, now)
    judged = plan_accounts.accounts_of(listed, known, control.accounts, now)
    kept = [user.subject.id for user in control.users if user.kind == EXCEPTION]
    made = plan_users.decided(kept)
    within: dict[str, WaveUser] = {u.arn: u for one in resolved.values() for u in one.users}
    users = plan_users.users_of(control.users, judged, within, made, quiet.calls, now)
    facts = PlanFacts(
        now=now,
        settings={},
        control=control,
        accounts=judged,
        users=users,
        domains=tuple(getattr(settings, "PORTAL_EMAIL_DOMAINS", ())),
        start_url=getattr(settings, "PORTAL_START_URL", "") or "",
        volunteers=plan_usage.volunteers(),
        arrivals=_arrivals(now),
        guardrails=known.told("service_control_policies", ""),
        root_limit_days=settings.PORTAL_ROOT_USED_DAYS,
        regressed=made.regressed,
    )
    facts = _with_rights(_with_logs(facts, quiet, known), known, accounts, listed)
    people = [person for one in resolved.values() for person in one.people]
    names = {pk: str(one) for pk, one in accounts.items()}
    ends, tried = _ends(plans, waves, resolved), window(now, REFUSED_DAYS)
    facts_of = plan_people.known(people, [plan.pk for plan in plans], names, ends, tried, now)
    return _Common(facts, facts_of, _drills(plans), made)


def _ends(
    plans: Sequence[Plan], waves: Sequence[Wave], resolved: Mapping[int, WaveFacts]
) -> dict[tuple[int, int], str]:
    """By plan and person, when the old access ends, in the plan's zone, as messages write it."""
    hours = {plan.pk: plan.cutover_at for plan in plans}
    return {
        (wave.plan_id, person.pk): f"{wave.cutover_on:%Y-%m-%d}, {hours[wave.plan_id]:%H:%M}"
        for wave in waves
        for person in resolved[wave.pk].people
    }


def _with_logs(facts: PlanFacts, quiet: plan_usage.Quiet, known: Reads) -> PlanFacts:
    """With what the log shows, and with what the auditor's statements said."""
    statements, until = plan_accounts.statements(facts.now)
    off = [user.arn for user in facts.users if user.cut_at or user.off_since]
    return replace(
        facts,
        quiet_days=quiet.days,
        quiet_missing=quiet.missing,
        quiet_why=quiet.why,
        quiet_until=quiet.until,
        logs_through=quiet.through,
        strangers=_strangers(quiet.calls, facts.users),
        statements=statements,
        statements_until=until,
        moves=plan_usage.moves(known, window(facts.now, facts.control.window_days)),
        tails=plan_usage.tails(off, facts.now),
        trails=plan_accounts.trails(),
    )


def _with_rights(
    facts: PlanFacts,
    known: Reads,
    accounts: Mapping[str, AwsAccount],
    listed: Sequence[AwsAccount],
) -> PlanFacts:
    """With permission sets, guardrails, and uses of the sets for emergencies."""
    rights, control = shelf(known, accounts), facts.control
    sets = sets_of(control.sets, rights, known=_holders_known(known))
    since = facts.now - timedelta(days=control.window_days)
    return replace(
        facts,
        sets=sets,
        guarded=guarded(rights, listed),
        exempt=exempt_roles(accounts),
        uses=plan_usage.break_glass_uses([one.name for one in sets if one.breaks_glass], since),
    )


def _strangers(calls: Mapping[str, int], users: Sequence[User]) -> tuple[tuple[str, int], ...]:
    """Who came over the old path and is no user that is known here."""
    known = {user.arn for user in users}
    return tuple(
        (arn.rpartition("/")[2] or "somebody", calls[arn]) for arn in sorted(calls.keys() - known)
    )


def _reads(now: datetime, accounts: Mapping[str, AwsAccount]) -> Reads:
    sources = [SOURCE_BY_NAME[name] for name in dict.fromkeys((*CREDENTIAL_SOURCES, *ALSO))]
    left = {pk: account.why_not_read() for pk, account in accounts.items()}
    found = freshness(now, sources=sources, account_ids=sorted(accounts), left=left)
    return Reads(now, {(one.source.name, one.account_id): one for one in found})


def _holders_known(known: Reads) -> bool:
    told = [known.told(name, "") for name in ("account_assignments", "identity_store")]
    return all(one.observed_at is not None for one in told)


def _arrivals(now: datetime) -> tuple[tuple[str, datetime], ...]:
    """Users of the identity store with an id of a provider, made lately. One query."""
    rows = IdentityStoreUser.objects.present().filter(created_at__gte=now - ARRIVED_WITHIN)
    columns = ("user_name", "created_at", "external_ids")
    return tuple(
        (name, at) for name, at, ids in rows.order_by("created_at").values_list(*columns) if ids
    )


def _drills(plans: Sequence[Plan]) -> dict[int | None, list[Drill]]:
    """By plan; those of none count for all. One query."""
    wanted = {plan.pk for plan in plans} | {None}
    found: dict[int | None, list[Drill]] = {}
    for one in ScimDrill.objects.order_by("started_at", "pk"):
        if one.plan_id in wanted:
            drill = Drill(
                one.kind,
                one.user,
                one.started_at,
                one.seen_at,
                one.assignment_gone_at,
                one.residual_until,
            )
            found.setdefault(one.plan_id, []).append(drill)
    return found


def _judgeable(
    plan: Plan, waves: Sequence[Wave], resolved: Mapping[int, WaveFacts], common: _Common
) -> Judgeable:
    people: dict[int, tuple[WavePerson, int]] = {}
    users: dict[str, tuple[WaveUser, int]] = {}
    programs: dict[str, tuple[WaveUser, int]] = {}
    for wave in waves:
        found = resolved[wave.pk]
        for person in found.people:
            people.setdefault(person.pk, (person, wave.pk))
        apart = {one.arn for one in found.programs}
        for user in found.users:
            (programs if user.arn in apart else users).setdefault(user.arn, (user, wave.pk))
    facts = replace(
        common.facts,
        settings=content_of(plan).settings,
        people=plan_people.people_of(
            [one for one, _ in people.values()], plan.pk, common.people, common.made.cut_at
        ),
        mine=tuple(sorted(arn for arn, (user, _) in users.items() if not user.stays)),
        workloads=_workloads(common.facts, programs),
        drills=tuple(common.drills.get(plan.pk, ())) + tuple(common.drills.get(None, ())),
    )
    return Judgeable(plan, waves, facts, _subjects(facts, people, users, programs))


def _workloads(facts: PlanFacts, programs: Mapping[str, Any]) -> frozenset[str]:
    judged = {user.arn for user in facts.present if user.kind in (WORKLOAD, EXCEPTION)}
    return frozenset(judged | programs.keys())


def _subjects(
    facts: PlanFacts,
    people: Mapping[int, tuple[WavePerson, int]],
    users: Mapping[str, tuple[WaveUser, int]],
    programs: Mapping[str, tuple[WaveUser, int]],
) -> dict[str, list[Subject]]:
    known: Mapping[str, User] = facts.by_arn
    return {
        "person": [Subject(one.subject, one.name, wave) for one, wave in people.values()],
        "user": [
            Subject(arn, f"{one.name} in {one.account}", wave)
            for arn, (one, wave) in users.items()
            if not one.stays
        ],
        "account": [Subject(one.id, one.name) for one in facts.accounts],
        "permission-set": [Subject(one.arn, one.name) for one in facts.sets],
        "workload": [
            Subject(arn, known[arn].label, programs[arn][1] if arn in programs else None)
            for arn in sorted(facts.workloads)
            if arn in known
        ],
    }

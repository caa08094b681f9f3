"""Judges everybody, keeps what changed, and what was true on each UTC day: one pass in a fixed
number of queries.

A pass is idempotent. One runs at a time. What it is due for is found by comparing what it stands on
with what the last pass saw: reads, logs, decisions, classes and forecasts.
"""

import hashlib
import time
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Max

from inventory.jobs import LOG_IMPORT
from inventory.models import Heartbeat, LogState, ScopeState, TrailObject, UsageCoverage
from migrations_plan.gather import board
from migrations_plan.gather.readiness import Gathered, LooseUser, gather
from migrations_plan.models import (
    Assessment,
    AssessPass,
    ForecastSummary,
    IdentityClass,
    JournalEntry,
    Person,
    PersonState,
    ProgressDay,
    RankedCredential,
    Waiver,
    thresholds,
)
from migrations_plan.passes import assessed
from migrations_plan.rules.gate import BLOCKED, UNKNOWN, WAIVED, GateVerdict
from migrations_plan.rules.readiness import STEPS, judge
from migrations_plan.rules.states import (
    EXCEPTION,
    UNMAPPED,
    WORKLOAD,
    Reached,
    State,
    next_step,
    state_of,
)
from migrations_plan.rules.waivers import WaiverFact, waived

# Its row is the lock.
HEARTBEAT = "assessments"
# Quiet days pass and reads go stale without any event.
AGAIN_AFTER = timedelta(hours=1)
# In a large company something is read all the time; a pass takes at most this share of it.
MOST_OF_THE_TIME = 0.05
ONLY = 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a pass did. people: judged; rows: assessments that began; changes: states that began."""

    people: int = 0
    rows: int = 0
    changes: int = 0


@dataclass(frozen=True, slots=True)
class Judged:
    """One person with all verdicts and the state."""

    person: Person
    verdicts: dict[str, GateVerdict]
    state: State


def settle(now: datetime, accounts: Collection[str] = ()) -> None:
    """What inventory.after calls when work is over."""
    assess_due(now, also=bool(accounts))


@transaction.atomic
def assess_due(now: datetime, *, also: bool = False) -> Outcome:
    """A pass over everybody if anything changed, if an hour or a day has passed, or `also`. Nothing
    due: eight queries."""
    _one_at_a_time(now)
    last = AssessPass.objects.filter(pk=ONLY).first()
    decisions, inputs = _decisions(), _inputs(now)
    if not also and last is not None and not _due(last, decisions, inputs, now):
        return Outcome()
    return _everybody(now, decisions, inputs)


@transaction.atomic
def assess(now: datetime, person_ids: Collection[int] | None = None) -> Outcome:
    """A pass over everybody, or over these people, after a decision about them."""
    _one_at_a_time(now)
    if person_ids is None:
        return _everybody(now, _decisions(), _inputs(now))
    return _pass(now, person_ids)


def _one_at_a_time(now: datetime) -> None:
    Heartbeat.objects.get_or_create(name=HEARTBEAT, defaults={"at": now})
    beat = Heartbeat.objects.select_for_update().get(name=HEARTBEAT)
    beat.at = max(now, beat.at)
    beat.save(update_fields=["at"])


def _decisions() -> int:
    """Every human decision is a line of the journal."""
    return int(JournalEntry.objects.aggregate(last=Max("seq"))["last"] or 0)


def _inputs(now: datetime) -> str:
    """A digest of how far everything else is that verdicts stand on."""
    recent = UsageCoverage.objects.filter(day__gte=now.date() - timedelta(days=2)).order_by()
    waiting = TrailObject.objects.filter(state=LogState.PENDING).order_by()
    # What an import of logs brought, its objects and coverage tell; that it ran tells nothing.
    scopes = ScopeState.objects.exclude(source=LOG_IMPORT)
    found = [
        scopes.aggregate(a=Max("last_run_id"), b=Max("whole_observed_at")),
        TrailObject.objects.aggregate(a=Max("pk")),
        waiting.aggregate(a=Count("pk")),
        recent.aggregate(a=Max("read_through"), b=Count("pk")),
        IdentityClass.objects.aggregate(a=Max("made_at"), b=Count("pk")),
        ForecastSummary.objects.aggregate(a=Max("made_at"), b=Count("pk")),
        Person.objects.aggregate(a=Max("pk")),
    ]
    return hashlib.sha256(str(found).encode()).hexdigest()


def _due(last: AssessPass, decisions: int, inputs: str, now: datetime) -> bool:
    if last.decisions != decisions or last.at.date() != now.date() or now - last.at >= AGAIN_AFTER:
        return True
    rest = timedelta(seconds=last.seconds / MOST_OF_THE_TIME)
    return last.inputs != inputs and now - last.at >= rest


def _everybody(now: datetime, decisions: int, inputs: str) -> Outcome:
    started = time.monotonic()
    outcome = _pass(now, None)
    _note_day(now)
    seconds = time.monotonic() - started
    told = board.counts(board.board(PersonState.objects.all(), now, now))
    values = {
        "at": now,
        "decisions": decisions,
        "inputs": inputs,
        "seconds": seconds,
        "counts": told,
    }
    AssessPass.objects.update_or_create(pk=ONLY, defaults=values)
    return outcome


def _pass(now: datetime, person_ids: Collection[int] | None) -> Outcome:
    limits = thresholds()
    domains = getattr(settings, "PORTAL_EMAIL_DOMAINS", ())
    gathered = gather(now, limits, domains, person_ids)
    waivers = _waivers(gathered.people, now)
    before = assessed.states(person_ids)
    judged = []
    for pk, facts in gathered.facts.items():
        verdicts = waived(judge(facts, limits, now), waivers.get(pk, {}), now)
        reached = _reached(before.get(f"person:{pk}"))
        person = gathered.people[pk]
        judged.append(Judged(person, verdicts, state_of(facts, verdicts, reached, now)))
    rows = assessed.save_verdicts(_verdicts(judged, gathered), now, person_ids)
    wanted = [_standing(one, gathered) for one in judged]
    wanted += [_loose(one) for one in gathered.loose]
    changes = assessed.save_states(wanted, before, now)
    return Outcome(len(judged), rows, changes)


def _waivers(people: Collection[int], now: datetime) -> dict[int, dict[str, WaiverFact]]:
    """By person and gate, the newest that holds."""
    rows = Waiver.objects.filter(until__gt=now, ended_at=None).order_by("at", "pk")
    found: dict[int, dict[str, WaiverFact]] = {}
    for row in rows:
        if row.person_id in people:
            fact = WaiverFact(row.gate, row.by, row.at, row.reason, row.until)
            found.setdefault(row.person_id, {})[row.gate] = fact
    return found


def _reached(row: PersonState | None) -> Reached:
    if row is None:
        return Reached()
    return Reached(row.reached, row.reached_at, row.reached_used_at, row.early)


def _verdicts(judged: Iterable[Judged], gathered: Gathered) -> Iterable[Assessment]:
    for one in judged:
        runs = gathered.facts[one.person.pk].runs
        for name, verdict in one.verdicts.items():
            yield assessed.row(one.person.pk, name, verdict, runs.get(name, ()))


def _standing(one: Judged, gathered: Gathered) -> PersonState:
    facts, state = gathered.facts[one.person.pk], one.state
    counts = Counter(verdict.verdict for verdict in one.verdicts.values())
    accounts = {user.account_id for user in facts.users}
    accounts |= {need.account_id for need in facts.access.needs}
    return PersonState(
        person=one.person,
        name=str(one.person),
        email=one.person.email,
        concerned=one.person.pk in gathered.concerned,
        state=state.word,
        sentence=state.sentence,
        step=next_step(state.word, one.verdicts, STEPS, users=len(facts.users)),
        stale_after=state.until,
        blocked=counts[BLOCKED],
        unknown=counts[UNKNOWN],
        waived=counts[WAIVED],
        used_at=facts.usage.used_at,
        open=facts.open,
        users=len(facts.users),
        accounts=assessed.between_lines(accounts),
        teams=assessed.between_lines(gathered.teams[one.person.pk]),
        reached=state.reached.state,
        reached_at=state.reached.at,
        reached_used_at=state.reached.used_at,
        early=state.reached.early,
    )


LOOSE = {
    WORKLOAD: ("Programs use it, no person.", "move the program to a role"),
    EXCEPTION: ("A lead declared that it stays as it is.", "review the exception before it ends"),
    UNMAPPED: ("Nobody is confirmed as its owner.", "confirm an owner, or declare a workload"),
}


def _loose(one: LooseUser) -> PersonState:
    word = one.kind if one.kind in LOOSE else UNMAPPED
    sentence, step = LOOSE[word]
    return PersonState(
        user_arn=one.user.arn,
        iam_user=one.user,
        name=one.user.user_name,
        concerned=word != WORKLOAD,
        state=word,
        sentence=sentence,
        step=step,
        used_at=one.used_at,
        open=one.open,
        users=1,
        accounts=assessed.between_lines([one.user.account_id]),
        teams=assessed.between_lines([one.team] if one.team else []),
    )


def _note_day(now: datetime) -> None:
    """Today's row says what holds by now; it is not changed after the day is over."""
    counts = PersonState.objects.concerned().order_by().values_list("state").annotate(Count("pk"))
    states = dict(counts)
    keys = RankedCredential.objects.filter(kind="access_key").order_by()
    active = dict(keys.values_list("active").annotate(Count("pk")))
    values = {
        "at": now,
        "states": states,
        "subjects": sum(states.values()),
        "keys": active.get(True, 0),
        "keys_unknown": active.get(None, 0),
    }
    ProgressDay.objects.update_or_create(day=now.date(), defaults=values)

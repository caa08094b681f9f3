"""Judges every item of every live plan: one pass over everything that is known.

A pass is idempotent and one runs at a time. What stands otherwise than before leaves a
StandingChange. A decision makes the next pass due at once; reads and logs make it due as they do
other passes.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Max, Sum

from migrations_plan.artefacts.plan_template import Item
from migrations_plan.gather.plan import calendar_of, content_of
from migrations_plan.gather.plan_facts import Judgeable, Subject, gather
from migrations_plan.models import (
    Assessment,
    ControlDay,
    DerivedPass,
    Handout,
    IdentityClass,
    JournalEntry,
    Message,
    Plan,
    ScimDrill,
    Standing,
    TestConfirmation,
    Tick,
    Wave,
    WaveMember,
)
from migrations_plan.passes import derived, drills
from migrations_plan.passes.standings import row, save
from migrations_plan.rules.checklist import (
    DONE,
    WHOLE,
    Answers,
    Confirmed,
    ItemVerdict,
    judge_item,
)
from migrations_plan.rules.gate import WAIVED
from migrations_plan.rules.plan_calendar import Calendar, moved
from migrations_plan.rules.plan_gates import JUDGES

NAME = "planning"
# Its row remembers which decisions the last pass knew.
DECISIONS = "planning decisions"
CLOSED = (DONE, WAIVED)
# Items of these come with their waves.
IN_WAVES = ("person", "user", "workload")

Ticks = Mapping[tuple[int, str, str], Confirmed]


def settle(now: datetime, accounts: Collection[str] = ()) -> None:
    """What inventory.after calls when work is over. No plan: one query."""
    if not Plan.objects.live().exists():
        return
    _look_at_decisions(now)
    if accounts:
        # A file may bring facts without a trace in the state of its scopes.
        derived.look_again(NAME)
    derived.run_if_due(NAME, now, lambda: _state(now), lambda: _work(now))


def _look_at_decisions(now: datetime) -> None:
    """A decision never waits for a long pass to pay."""
    seen = derived.digest(_decided())
    known, _ = DerivedPass.objects.get_or_create(name=DECISIONS, defaults={"at": now})
    if known.stood_on != seen:
        derived.look_again(NAME)
        DerivedPass.objects.filter(pk=known.pk).update(stood_on=seen, at=now)


def _decided() -> list[object]:
    """Changes with every plan, tick, message, confirmation and handout, and with every line of the
    journal, which every other decision has."""
    plans = Plan.objects.aggregate(n=Count("pk"), last=Max("pk"), version=Sum("version"))
    members = WaveMember.objects.aggregate(n=Count("pk"), last=Max("pk"))
    waves = Wave.objects.order_by("pk").values_list("pk", "cutover_on")
    ended = {"n": Count("pk"), "last": Max("pk"), "ended": Max("ended_at")}
    handed = Handout.objects.aggregate(
        n=Count("pk"), started=Max("started_at"), withdrawn=Max("withdrawn_at")
    )
    states = Plan.objects.order_by("pk").values_list("pk", "state")
    messages = Message.objects.order_by("state").values_list("state").annotate(n=Count("pk"))
    return [
        plans, list(states), list(waves), members, handed, list(messages),
        Tick.objects.aggregate(**ended), TestConfirmation.objects.aggregate(**ended),
        ScimDrill.objects.aggregate(n=Count("pk"), last=Max("pk")),
        JournalEntry.objects.aggregate(last=Max("seq")),
    ]  # fmt: skip


def _state(now: datetime) -> list[object]:
    """Changes whenever something does that gates stand on, decisions aside."""
    results = ControlDay.objects.filter(day__gte=now.date()).order_by("control")
    return [
        now.date(),
        *derived.facts_state(),
        Assessment.objects.aggregate(last=Max("pk")),
        IdentityClass.objects.aggregate(n=Count("pk"), made=Max("made_at")),
        list(results.values_list("control", "verdict")),
    ]


def _work(now: datetime) -> None:
    judge_plans(now)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a pass did. rows: standings there are; changes: verdicts that began."""

    plans: int = 0
    rows: int = 0
    changes: int = 0


def judge_plans(now: datetime) -> Outcome:
    """A pass, due or not, in the caller's transaction."""
    plans = list(Plan.objects.live().order_by("pk"))
    if not plans:
        return Outcome()
    drills.follow(now)
    ticks = _ticks(plans)
    rows: list[Standing] = []
    closed: dict[int, bool] = {}
    for one in gather(plans, now):
        mine = list(_judged(one, ticks))
        rows += mine
        closed[one.plan.pk] = _all_closed(one.plan, mine)
    changes = save(rows, [plan.pk for plan in plans], now)
    for plan in plans:
        done_at = (plan.done_at or now) if closed[plan.pk] else None
        Plan.objects.filter(pk=plan.pk).update(judged_at=now, done_at=done_at)
    return Outcome(len(plans), len(rows), changes)


def _ticks(plans: Sequence[Plan]) -> dict[tuple[int, str, str], Confirmed]:
    """The newest that holds, by plan, item and subject. One query."""
    held = Tick.objects.filter(plan__in=plans, ended_at=None).order_by("at", "pk")
    return {
        (one.plan_id, one.item, one.subject): Confirmed(
            one.by, one.on.isoformat(), one.note, one.link
        )
        for one in held
    }


def _judged(one: Judgeable, ticks: Ticks) -> Iterable[Standing]:
    """Every item for each of its subjects."""
    content, on = content_of(one.plan), calendar_of(one.plan)
    gates = {gate for item in content.items for gate in item.gates}
    answers = {name: JUDGES[name](one.facts) for name in sorted(gates) if name in JUDGES}
    open_items: dict[str, str] = {}
    for day in content.days:
        for item in day.items:
            found = _of_item(one, item, answers, ticks)
            before = [open_items[name] for name in item.after if name in open_items]
            if any(verdict.verdict not in CLOSED for _, verdict in found):
                open_items[item.name] = item.title
            for subject, verdict in found:
                due = _due(item, day.on, subject, one.waves, on)
                yield row(one.plan, item, subject, verdict, due, before)


def _of_item(
    one: Judgeable, item: Item, answers: Mapping[str, Answers], ticks: Ticks
) -> list[tuple[Subject, ItemVerdict]]:
    # An item that is about nobody yet stands once, as its gates answer of the whole.
    subjects = one.subjects.get(item.per, ()) or [Subject(WHOLE, "")]
    return [
        (
            subject,
            judge_item(
                item.gates, item.confirm, subject.key, answers, _tick(one, item, subject, ticks)
            ),
        )
        for subject in subjects
    ]


def _tick(one: Judgeable, item: Item, subject: Subject, ticks: Ticks) -> Confirmed | None:
    """Of the subject itself, else of the item as a whole."""
    mine = ticks.get((one.plan.pk, item.name, subject.key))
    return mine or ticks.get((one.plan.pk, item.name, WHOLE))


def _due(item: Item, day: date, subject: Subject, waves: Sequence[Wave], on: Calendar) -> date:
    """Items of a later wave come as much later as it does."""
    mine = next((wave for wave in waves if wave.pk == subject.wave), None)
    if mine is None or item.per not in IN_WAVES or mine.pk == waves[0].pk:
        return day
    return moved(day, day, on.between(waves[0].cutover_on, mine.cutover_on), on)


def _all_closed(plan: Plan, rows: Iterable[Standing]) -> bool:
    """Every item that is not optional is done or waived, and there are some."""
    required = {item.name for item in content_of(plan).items if not item.optional}
    verdicts = [one.verdict for one in rows if one.item in required]
    return bool(verdicts) and all(verdict in CLOSED for verdict in verdicts)

"""How items of plans stand, as rows: written by difference, with what began to stand otherwise."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime

from inventory.codec import time_text
from inventory.saving import bulk
from migrations_plan.artefacts.plan_template import Item
from migrations_plan.gather.plan_facts import Subject
from migrations_plan.models import Plan, Standing, StandingChange
from migrations_plan.rules.checklist import ItemVerdict
from migrations_plan.rules.gate import named

MOST_FACTS = 12
TOLD = (
    "name", "wave_id", "verdict", "sentence", "gates", "facts", "due", "stale_after",
)  # fmt: skip
WRITTEN = ("name", "wave", "verdict", "sentence", "gates", "facts", "due", "since", "stale_after")


def row(
    plan: Plan,
    item: Item,
    subject: Subject,
    verdict: ItemVerdict,
    due: date,
    before: Sequence[str],
) -> Standing:
    """before: titles of items that come before this one, and are not closed: told, and no more."""
    sentence = verdict.sentence
    if before:
        titles = named(f"“{title}”" for title in before)
        sentence = f"{sentence} Still open before it: {titles}.".strip()
    return Standing(
        plan=plan,
        item=item.name,
        subject=subject.key,
        name=subject.name[:1024],
        wave_id=subject.wave,
        verdict=verdict.verdict,
        sentence=sentence,
        gates=[
            {"name": one.name, "verdict": one.verdict.verdict, "sentence": one.verdict.sentence}
            for one in verdict.gates
        ],
        facts=[
            {
                "name": fact.name,
                "value": fact.value,
                "source": fact.source,
                "at": time_text(fact.observed_at) if fact.observed_at else None,
            }
            for fact in verdict.facts[:MOST_FACTS]
        ],
        due=due,
        stale_after=verdict.until,
    )


def save(rows: Iterable[Standing], plan_ids: Collection[int], now: datetime) -> int:
    """Writes the standings of these plans by difference. Returns how many verdicts began."""
    known = {
        (one.plan_id, one.item, one.subject): one
        for one in Standing.objects.filter(plan__in=plan_ids).order_by()
    }
    fresh, changed, begun = list[Standing](), list[Standing](), list[StandingChange]()
    for one in rows:
        before = known.pop((one.plan_id, one.item, one.subject), None)
        same = before is not None and before.verdict == one.verdict
        one.since = before.since if before is not None and same else now
        if not same:
            begun.append(_change(one, before.verdict if before else "", now))
        if before is None:
            fresh.append(one)
        elif any(getattr(before, name) != getattr(one, name) for name in TOLD):
            one.pk = before.pk
            changed.append(one)
    _forget([one.pk for one in known.values()])
    Standing.objects.bulk_create(fresh, batch_size=bulk.BATCH)
    bulk.update(Standing, changed, WRITTEN)
    StandingChange.objects.bulk_create(begun, batch_size=bulk.BATCH)
    return len(begun)


def _change(one: Standing, before: str, now: datetime) -> StandingChange:
    return StandingChange(
        plan_id=one.plan_id,
        item=one.item,
        subject=one.subject,
        name=one.name,
        before=before,
        verdict=one.verdict,
        sentence=one.sentence,
        at=now,
    )


def _forget(keys: Sequence[int]) -> None:
    """Items and subjects that are no longer part of the plan. Their history stays."""
    for start in range(0, len(keys), bulk.BATCH):
        Standing.objects.filter(pk__in=keys[start : start + bulk.BATCH]).delete()

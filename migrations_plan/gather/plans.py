"""Plans as a list shows them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Min, Q

from migrations_plan.artefacts.plan_content import PlannedDay
from migrations_plan.gather.plan import content_of, today_of
from migrations_plan.models import Plan, Standing, Wave, WaveMember
from migrations_plan.rules.checklist import DONE
from migrations_plan.rules.gate import UNKNOWN, WAIVED


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A plan and how far it is. closed, unknown: of `required` items, as they read now. next_on:
    the next wave's cutover; None: none is to come. judged: there are standings at all."""

    plan: Plan
    required: int
    closed: int
    unknown: int
    members: int
    next_on: date | None
    today: date

    @property
    def judged(self) -> bool:
        return self.plan.judged_at is not None


@dataclass(frozen=True, slots=True)
class Today:
    """A live plan, and the day that is on or comes next; None: its last day is over."""

    plan: Plan
    day: PlannedDay | None
    today: date


def live_today(now: datetime) -> list[Today]:
    """One query."""
    found = []
    for plan in Plan.objects.live():
        today = today_of(plan, now)
        coming = (day for day in content_of(plan).days if day.on >= today)
        found.append(Today(plan, next(coming, None), today))
    return found


def plan_rows(plans: Iterable[Plan], now: datetime) -> list[PlanRow]:
    """Three queries, whatever the number of plans."""
    shown = list(plans)
    pks = [plan.pk for plan in shown]
    stale = Q(stale_after__isnull=False, stale_after__lte=now)
    standings = Standing.objects.filter(plan__in=pks).order_by()
    by_item: dict[tuple[int, str], set[str]] = {}
    for row in standings.values("plan", "item", "verdict").annotate(
        old=Count("pk", filter=stale), n=Count("pk")
    ):
        found = by_item.setdefault((row["plan"], row["item"]), set())
        found |= {UNKNOWN} if row["old"] else set()
        found |= {row["verdict"]} if row["n"] > row["old"] else set()
    members = dict(WaveMember.objects.filter(plan__in=pks).values_list("plan", Count("pk")))
    waves = Wave.objects.filter(plan__in=pks).order_by()
    coming = {plan.pk: today_of(plan, now) for plan in shown}
    first = min(coming.values(), default=None)
    following = dict(
        waves.filter(cutover_on__gte=first).values_list("plan").annotate(on=Min("cutover_on"))
        if first
        else ()
    )
    rows = []
    for plan in shown:
        names = [item.name for item in content_of(plan).items if not item.optional]
        words = [by_item.get((plan.pk, name), {UNKNOWN}) for name in names]
        rows.append(
            PlanRow(
                plan,
                len(names),
                sum(word <= {DONE, WAIVED} for word in words),
                sum(UNKNOWN in word for word in words),
                members.get(plan.pk, 0),
                following.get(plan.pk),
                coming[plan.pk],
            )
        )
    return rows

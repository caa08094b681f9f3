"""A plan is edited, shifted, paused, resumed, finished or cancelled."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

from django.core.exceptions import ValidationError

from migrations_plan.actions.plans.versions import change
from migrations_plan.artefacts.plan_content import Content, PlannedDay, shifted
from migrations_plan.artefacts.plan_template import MANUAL, Item
from migrations_plan.gather.plan import calendar_of, content_of
from migrations_plan.models import Plan, PlanState, PortalUser, Wave
from migrations_plan.rules.plan_calendar import moved

MOST_SHIFT = 250
MOST_ITEMS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What the form of a plan sends: all of it. dates: by the day's name. optional: names of items
    that may stay open. owners: by word; item_owners: by item; '' takes one away."""

    name: str
    contact: str
    cutover_at: time
    holidays: tuple[date, ...]
    working_days: tuple[int, ...]
    settings: Mapping[str, int]
    choices: Mapping[str, str]
    owners: Mapping[str, str]
    item_owners: Mapping[str, str]
    dates: Mapping[str, date]
    optional: frozenset[str]


@dataclass(frozen=True, slots=True)
class Who:
    """Who changes which plan, having seen which version, why and when."""

    by: PortalUser
    plan: Plan
    seen: int | None
    reason: str
    now: datetime


def changed(who: Who, action: str, work: Callable[[Plan], dict[str, Any] | None]) -> Plan:
    """Runs a change as one version of the plan; what work returns goes into the journal."""
    return change(
        work,
        by=who.by,
        plan=who.plan,
        seen_version=who.seen,
        action=action,
        reason=who.reason,
        now=who.now,
    )


def edit_plan(who: Who, edit: Edit) -> Plan:
    """Puts an edited plan in the place of the one before."""

    def work(plan: Plan) -> None:
        content = content_of(plan)
        plan.name = edit.name.strip() or plan.name
        plan.contact = edit.contact.strip()
        plan.cutover_at = edit.cutover_at
        plan.holidays = sorted(day.isoformat() for day in edit.holidays)
        plan.working_days = sorted(edit.working_days)
        plan.content = _edited(content, edit).as_json()

    return changed(who, "edit-plan", work)


def _edited(content: Content, edit: Edit) -> Content:
    days = tuple(
        replace(
            day,
            on=edit.dates.get(day.name, day.on),
            items=tuple(replace(item, optional=item.name in edit.optional) for item in day.items),
        )
        for day in content.days
    )
    named = {item.name for item in content.items}
    return replace(
        content,
        settings={name: edit.settings.get(name, n) for name, n in content.settings.items()},
        choices={name: edit.choices.get(name, word) for name, word in content.choices.items()},
        owners={word: name for word, name in edit.owners.items() if name},
        item_owners={
            item: name for item, name in edit.item_owners.items() if name and item in named
        },
        days=days,
    )


def add_item(who: Who, day: str, name: str, title: str, confirm: str, word: str) -> Plan:
    """An item of one's own, which somebody confirms by hand."""

    def work(plan: Plan) -> dict[str, Any]:
        content = content_of(plan)
        if len(content.items) >= MOST_ITEMS:
            raise ValidationError("This plan has as many items as a plan can have.")
        if name in {item.name for item in content.items}:
            raise ValidationError("An item of this name is there already.")
        added = Item(name, title, word, title, MANUAL, (), confirm, "plan", (), False, "own")
        plan.content = _with_items(content, day, lambda items: (*items, added)).as_json()
        return {"item": name, "title": title}

    return changed(who, "add-plan-item", work)


def remove_item(who: Who, name: str) -> Plan:
    """An item is left out. What stands after it no longer waits for it."""

    def work(plan: Plan) -> dict[str, Any]:
        content = content_of(plan)
        try:
            day = content.day_of_item(name)
        except KeyError:
            raise ValidationError("There is no such item in this plan.") from None
        left = _with_items(
            content, day.name, lambda items: tuple(one for one in items if one.name != name)
        )
        days = tuple(
            replace(
                day,
                items=tuple(
                    replace(one, after=tuple(n for n in one.after if n != name))
                    for one in day.items
                ),
            )
            for day in left.days
        )
        plan.content = replace(left, days=days).as_json()
        return {"item": name}

    return changed(who, "remove-plan-item", work)


def _with_items(
    content: Content, day: str, make: Callable[[tuple[Item, ...]], tuple[Item, ...]]
) -> Content:
    if day not in {one.name for one in content.days}:
        raise ValidationError("There is no such day in this plan.")
    days: tuple[PlannedDay, ...] = tuple(
        replace(one, items=make(one.items)) if one.name == day else one for one in content.days
    )
    return replace(content, days=days)


def shift_plan(who: Who, from_day: date, days: int) -> Plan:
    """Everything from a date on moves by so many working days, waves too."""
    if not days or abs(days) > MOST_SHIFT:
        raise ValidationError(f"Please give from 1 to {MOST_SHIFT} working days, or as many back.")

    def work(plan: Plan) -> dict[str, Any]:
        _shift(plan, from_day, days)
        return {"from": from_day, "working_days": days}

    return changed(who, "shift-plan", work)


def pause_plan(who: Who) -> Plan:
    """Nothing is late and no script is handed out until it goes on."""

    def work(plan: Plan) -> None:
        if plan.state == PlanState.PAUSED:
            raise ValidationError("This plan is paused already.")
        plan.state, plan.paused_on = PlanState.PAUSED, calendar_of(plan).date_of(who.now)

    return changed(who, "pause-plan", work)


def resume_plan(who: Who) -> Plan:
    """Goes on; what was to come moves by the working days that the pause took."""

    def work(plan: Plan) -> dict[str, Any]:
        if plan.paused_on is None:
            raise ValidationError("This plan is not paused.")
        on = calendar_of(plan)
        lost = on.between(plan.paused_on, on.date_of(who.now))
        if lost:
            _shift(plan, plan.paused_on, lost)
        plan.state, plan.paused_on = PlanState.RUNNING, None
        return {"working_days": lost}

    return changed(who, "resume-plan", work)


def _shift(plan: Plan, from_day: date, days: int) -> None:
    on = calendar_of(plan)
    plan.content = shifted(content_of(plan), from_day, days, on).as_json()
    for wave in Wave.objects.filter(plan=plan):
        wave.cutover_on = moved(wave.cutover_on, from_day, days, on)
        wave.save(update_fields=["cutover_on"])


def end_plan(who: Who, state: str) -> Plan:
    """Finished, when every required item is done; else cancelled."""

    def work(plan: Plan) -> None:
        if state == PlanState.FINISHED and plan.done_at is None:
            raise ValidationError("Something required is still open: see the plan's days.")
        plan.state, plan.ended_at, plan.paused_on = state, who.now, None

    if state == PlanState.FINISHED:
        return changed(who, "finish-plan", work)
    if state == PlanState.CANCELLED:
        return changed(who, "cancel-plan", work)
    raise ValidationError("A plan is finished or cancelled.")

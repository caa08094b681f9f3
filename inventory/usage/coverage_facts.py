"""Rows -> what covered.py decides on. Five queries, whatever is asked about."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from datetime import date, timedelta

from django.db.models import Count, Exists, OuterRef

from inventory.models import DigestedLog, LogState, Trail, TrailObject, UsageCoverage
from inventory.usage.covered import (
    RangeCoverage,
    RegionDay,
    TrailState,
    day_coverage,
    range_coverage,
)

Place = tuple[str, date, str]
ROW = ("objects_read", "events", "quarantined", "first_at", "last_at", "read_through")


def coverage(account_ids: Collection[str], first: date, last: date) -> list[RangeCoverage]:
    """Of each account, in their order, from the first day to the last, both included."""
    places = _places(account_ids, first, last)
    by_day: dict[tuple[str, date], list[RegionDay]] = defaultdict(list)
    for (account_id, day, _), region in sorted(places.items()):
        by_day[account_id, day].append(region)
    trails = _trails(account_ids)
    days = [first + timedelta(days=place) for place in range((last - first).days + 1)]
    return [
        range_coverage(
            account_id,
            [
                day_coverage(account_id, day, by_day[account_id, day], trails[account_id])
                for day in days
            ],
        )
        for account_id in account_ids
    ]


def _places(account_ids: Collection[str], first: date, last: date) -> dict[Place, RegionDay]:
    where = {"account_id__in": account_ids, "day__gte": first, "day__lte": last}
    places: dict[Place, RegionDay] = {}
    read = UsageCoverage.objects.filter(**where).values_list("account_id", "day", "region", *ROW)
    for account_id, day, region, objects, events, bad, first_at, last_at, through in read:
        places[account_id, day, region] = RegionDay(
            region,
            objects=objects,
            events=events,
            bad_events=bad,
            first_at=first_at,
            last_at=last_at,
            read_through=through,
        )
    objects = TrailObject.objects.filter(**where)
    done = TrailObject.objects.filter(name=OuterRef("name"), state=LogState.DONE)
    unread = DigestedLog.objects.filter(~Exists(done), **where)
    for name, rows in (
        ("pending", objects.filter(state=LogState.PENDING)),
        ("quarantined", objects.filter(state=LogState.QUARANTINED)),
        ("unread", unread),
    ):
        counted = rows.values_list("account_id", "day", "region").annotate(Count("pk"))
        for account_id, day, region, n in counted:
            known = places.get((account_id, day, region), RegionDay(region))
            places[account_id, day, region] = replace(known, **{name: n})
    return places


def _trails(account_ids: Collection[str]) -> dict[str, TrailState]:
    """By account: its own trails and those of the organization."""
    own: dict[str, list[tuple[bool, bool | None]]] = defaultdict(list)
    shared: list[tuple[bool, bool | None]] = []
    columns = ("account_id", "is_organization", "is_logging", "data_events")
    for account_id, organization, logging, data in Trail.objects.present().values_list(*columns):
        (shared if organization else own[account_id]).append((logging, data))
    return {account_id: _trail_state([*own[account_id], *shared]) for account_id in account_ids}


def _trail_state(trails: Collection[tuple[bool, bool | None]]) -> TrailState:
    if not trails:
        return TrailState()
    data = {data for logging, data in trails if logging}
    known = True if True in data else None if None in data else False
    return TrailState(logging=any(logging for logging, _ in trails), data_events=known)

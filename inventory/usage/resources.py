"""Which resources the calls named: at most 200 of each row of daily usage, with exact counts.

Of more than 200 those with the smallest digests stay. Whoever is among the smallest of all was
among the smallest of every part, so what stays does not depend on the order of reading.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from django.db.models import Count

from inventory.cloudtrail.records import Tally
from inventory.models import DailyUsage, UsageResource
from inventory.usage import tables
from inventory.usage.additive import add
from inventory.usage.dimensions import RESOURCE_NAMES, Ids

MOST = 200
AT_ONCE = 500


class Group(NamedTuple):
    """What resources are listed for. day: 'YYYY-MM-DD'."""

    actor_id: int
    day: str
    account_id: str
    operation_id: int


def save(tally: Tally, ids: Ids) -> None:
    """Adds what the tally's calls named. Copies that may be taken out again name nothing."""
    groups: dict[Group, Mapping[str, int]] = {}
    for key, names in tally.resources.items():
        if names and not key.provisional:
            group = Group(
                ids.actors[key.actor], key.day, key.account_id, ids.operations[key.operation]
            )
            groups[group] = names
    if not groups:
        return
    overfull = [group for group, names in groups.items() if len(names) > MOST]
    for group in overfull:
        smallest = sorted(groups[group], key=RESOURCE_NAMES.digest)[:MOST]
        groups[group] = {name: groups[group][name] for name in smallest}
    pks = RESOURCE_NAMES.ids_of({name for names in groups.values() for name in names})
    add(
        tables.RESOURCES,
        ((*group, pks[name], n) for group, names in groups.items() for name, n in names.items()),
    )
    mark(overfull)
    limit(groups)


def limit(groups: Collection[Group]) -> None:
    """Keeps the 200 smallest of each of the groups, and marks those that had more."""
    touched, full = set(groups), list[Group]()
    actors = sorted({group.actor_id for group in groups})
    days = sorted({group.day for group in groups})
    for start in range(0, len(actors), AT_ONCE):
        rows = UsageResource.objects.filter(
            actor_id__in=actors[start : start + AT_ONCE], day__in=days
        )
        named = rows.values_list(*Group._fields).annotate(named=Count("pk")).filter(named__gt=MOST)
        found = (Group(pk, day.isoformat(), account, op) for pk, day, account, op, _ in named)
        full += [group for group in found if group in touched]
    for group in sorted(full):
        rows = UsageResource.objects.filter(**group._asdict()).order_by("resource__digest")
        UsageResource.objects.filter(pk__in=list(rows.values_list("pk", flat=True)[MOST:])).delete()
    mark(full)


def mark(groups: Iterable[Group]) -> None:
    """Says on the rows of daily usage that their resources are not all listed."""
    for group in sorted(groups):
        DailyUsage.objects.filter(**group._asdict()).update(resources_overflow=True)

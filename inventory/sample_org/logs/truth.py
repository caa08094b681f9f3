"""The truth of the story, in the rows of the portal's exports of usage and session starts."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from inventory.sample_org.clock import stamp
from inventory.sample_org.logs.happenings import Happening, Start

Row = dict[str, Any]
Cell = tuple[str | None, ...]
KEYS = (
    "day",
    "account_id",
    "path",
    "actor_kind",
    "actor",
    "user_name",
    "access_key_id",
    "permission_set",
    "event_source",
    "event_name",
    "region",
    "error",
)


def _cell(one: Happening) -> Cell:
    record = one.record
    day = record["eventTime"][:10]
    what = (record["eventSource"], record["eventName"], record["awsRegion"], one.error)
    return (day, record["recipientAccountId"], *one.who, *what)


def usage(happenings: Iterable[Happening]) -> Iterator[Row]:
    """Rows of `export usage`, in the order of their keys."""
    cells: dict[Cell, list[Any]] = {}
    for one in happenings:
        at, direct = stamp(one.at), int(one.direct)
        known = cells.setdefault(_cell(one), [0, 0, at, at])
        known[0] += 1
        known[1] += direct
        known[2], known[3] = min(known[2], at), max(known[3], at)
    names = ("events", "direct_events", "first_at", "last_at")
    for cell in sorted(cells, key=lambda key: tuple(part or "" for part in key)):
        yield dict(zip((*KEYS, *names), (*cell, *cells[cell]), strict=True))


def access(starts: Iterable[Start]) -> Iterator[Row]:
    """Session starts of permission sets and root users."""
    for one in sorted(starts, key=lambda start: (start.at, start.account, start.person or "")):
        yield {
            "started_at": stamp(one.at),
            "account_id": one.account,
            "path": one.who.path,
            "person": one.person,
            "permission_set": one.permission_set,
            "role": one.role,
            "network": one.network,
            "access_key_id": one.access_key_id,
        }


def lines(rows: Iterable[Row]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)

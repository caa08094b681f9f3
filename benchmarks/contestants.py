"""One way of counting a folder of log objects: `python -m benchmarks.contestants NAME FOLDER`.

Prints CPU seconds (imports left out), peak memory, rows, and a digest of the counts by day,
account, kind of identity, user or role, static key, source, name, region and error, so that
contestants are compared only where they agree. Ours does more than that: the others neither say who
is behind a role's session, nor keep resources, origins, hours or sessions.
"""

import gzip
import hashlib
import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import compress
from pathlib import Path
from typing import Any

from isal import igzip_lib

from inventory.cloudtrail.events import Events
from inventory.cloudtrail.identifiers import worse_copies
from inventory.cloudtrail.pausing import without_collection
from inventory.cloudtrail.reader import decode
from inventory.cloudtrail.records import ProvisionalEvent, Tally, UsageKey
from inventory.cloudtrail.tallying import session_keys, tally

# events, first, last
Row = list[Any]
Rows = dict[tuple[str, ...], Row]
# What is decoded and counted in one go, as the importer does it: 16 MB, unpacked.
BATCH = 10_000

SHAPE = {
    "userIdentity": {
        "type": "VARCHAR",
        "arn": "VARCHAR",
        "accountId": "VARCHAR",
        "accessKeyId": "VARCHAR",
        "sessionContext": {"sessionIssuer": {"arn": "VARCHAR"}},
    },
    **dict.fromkeys(
        ("eventTime", "eventSource", "eventName", "awsRegion", "errorCode", "eventID"), "VARCHAR"
    ),
    "recipientAccountId": "VARCHAR",
    "sharedEventID": "VARCHAR",
    "responseElements": {"ConsoleLogin": "VARCHAR"},
}
# read_json with columns is many times slower on files of one large object each.
SQL = """
WITH records AS (
  SELECT unnest(from_json(json->'$.Records', ?)) AS e
  FROM read_ndjson_objects(?, maximum_object_size=67108864)
), distinct_events AS (
  SELECT arg_min(e, CASE WHEN e.sharedEventID IS NULL
      OR e.userIdentity.accountId = e.recipientAccountId THEN '' ELSE e.recipientAccountId END) AS e
  FROM records GROUP BY coalesce(e.sharedEventID, e.eventID)
)
SELECT e.eventTime[1:10] AS day, e.recipientAccountId AS account,
  coalesce(e.userIdentity.type, '') AS kind,
  coalesce(CASE e.userIdentity.type WHEN 'AssumedRole' THEN
      e.userIdentity.sessionContext.sessionIssuer.arn
    WHEN 'IAMUser' THEN e.userIdentity.arn WHEN 'Root' THEN e.userIdentity.arn END, '') AS who,
  CASE WHEN e.userIdentity.accessKeyId LIKE 'AKIA%' THEN e.userIdentity.accessKeyId ELSE '' END
    AS key,
  e.eventSource, e.eventName, e.awsRegion,
  CASE WHEN e.responseElements.ConsoleLogin = 'Failure' THEN 'Failure'
    ELSE coalesce(e.errorCode, '') END AS error,
  count(*), min(e.eventTime), max(e.eventTime)
FROM distinct_events GROUP BY ALL
"""


@without_collection
def ours(files: list[Path]) -> Rows:
    """The portal's own, in batches as when importing. The search for cycles is paused, as it is in
    the importer's worker: all that it would find here is the rows that this benchmark keeps."""
    rows: Rows = {}
    seen: set[bytes] = set()
    copies: dict[bytes, ProvisionalEvent] = {}
    waiting = iter(files)
    while _count_batch(waiting, rows, seen, copies):
        pass
    for one, copy in copies.items():
        if one not in seen:
            _fold(rows, row_key(copy.key), 1, copy.at, copy.at)
    return rows


def _count_batch(
    files: Iterator[Path], rows: Rows, seen: set[bytes], copies: dict[bytes, ProvisionalEvent]
) -> bool:
    """Reads and counts the next batch; False when there was none."""
    events = Events()
    for file in files:
        events += decode(file.read_bytes(), name=file.name).events
        if len(events) >= BATCH:
            break
    ids = events.ids
    skip = worse_copies(events)
    if not seen.isdisjoint(ids):
        skip.update(compress(range(len(ids)), map(seen.__contains__, ids)))
    session_keys(events)
    counted = tally(events, skip=skip)
    seen.update(ids)
    for copy in counted.provisional:
        seen.discard(copy.event_id)
        known = copies.get(copy.event_id)
        if known is None or copy.key.account_id < known.key.account_id:
            copies[copy.event_id] = copy
    add(rows, counted)
    return bool(events)


def add(rows: Rows, counted: Tally) -> None:
    for row, count in counted.usage.items():
        if not row.provisional:
            _fold(rows, row_key(row), count.events, count.first_at, count.last_at)


def row_key(row: UsageKey) -> tuple[str, ...]:
    who = row.actor
    if who.kind == "AssumedRole":
        named = who.role_arn
    else:
        named = who.arn if who.kind in ("IAMUser", "Root") else ""
    return (row.day, row.account_id, who.kind, named, who.access_key_id, *row.operation)


def _fold(rows: Rows, key: tuple[str, ...], events: int, first: str, last: str) -> None:
    known = rows.get(key)
    if known is None:
        rows[key] = [events, first, last]
        return
    known[0] += events
    known[1] = min(known[1], first)
    known[2] = max(known[2], last)


def isal(files: list[Path]) -> Rows:
    """Decompressing alone: the limit of anything that reads gzip."""
    for file in files:
        igzip_lib.decompress(file.read_bytes(), flag=igzip_lib.DECOMP_GZIP)
    return {}


def plain(files: list[Path]) -> Rows:
    """What most people write: gzip, json, a dictionary."""
    best: dict[str, tuple[str, dict[str, object]]] = {}
    rows: Rows = {}
    for file in files:
        for event in json.loads(gzip.decompress(file.read_bytes()))["Records"]:
            identity = event["userIdentity"] or {}
            account = event["recipientAccountId"]
            own = not event.get("sharedEventID") or identity.get("accountId") == account
            one = event.get("sharedEventID") or event["eventID"]
            place = "" if own else account
            if one in best and best[one][0] <= place:
                continue
            best[one] = (place, slim(event, identity))
    for _place, fields in best.values():
        *key, at = fields.values()
        _fold(rows, tuple(map(str, key)), 1, str(at), str(at))
    return rows


def slim(event: dict[str, dict[str, str]], identity: dict[str, object]) -> dict[str, object]:
    kind = identity.get("type") or ""
    who = identity.get("arn") if kind in ("IAMUser", "Root") else ""
    context = identity.get("sessionContext")
    if kind == "AssumedRole" and isinstance(context, dict):
        who = context["sessionIssuer"]["arn"]
    key = str(identity.get("accessKeyId") or "")
    failed = (event.get("responseElements") or {}).get("ConsoleLogin") == "Failure"
    return {
        "day": event["eventTime"][:10],  # type: ignore[index]
        "account": event["recipientAccountId"],
        "kind": kind,
        "who": who,
        "key": key if key.startswith("AKIA") else "",
        "source": event["eventSource"],
        "name": event["eventName"],
        "region": event["awsRegion"],
        "error": "Failure" if failed else event.get("errorCode") or "",
        "at": event["eventTime"],
    }


def duck(files: list[Path]) -> Rows:
    """DuckDB, tuned, one thread."""
    connection = import_module("duckdb").connect(config={"threads": 1})
    connection.execute("SET preserve_insertion_order = false")
    answer = connection.execute(SQL, [json.dumps([SHAPE]), [str(file) for file in files]])
    return {tuple(row[:-3]): list(row[-3:]) for row in answer.fetchall()}


CONTESTANTS: dict[str, Callable[[list[Path]], Rows]] = {
    "ours": ours,
    "isal": isal,
    "plain": plain,
    "duckdb": duck,
}


def peak_memory() -> int:
    """KiB. What getrusage says includes the process that started this one, where Linux knows
    better."""
    status = Path("/proc/self/status")
    for line in status.read_text().splitlines() if status.exists() else []:
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main(name: str, folder: str) -> None:
    files = sorted(Path(folder).rglob("*.json.gz"))
    if name == "duckdb":
        import_module(name)
    before = time.process_time()
    rows = CONTESTANTS[name](files)
    cpu = time.process_time() - before
    memory = peak_memory() / 1024
    lines = sorted(json.dumps([*key, *value]) for key, value in rows.items())
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]
    events = sum(value[0] for value in rows.values())
    result = {"cpu": cpu, "memory": memory, "rows": len(rows), "events": events}
    print(json.dumps(result | {"digest": digest}))


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Counting with the rows written, against counting alone: CPU of the client and of the database.

`storing prepare` writes the logs once; `storing counting` and `storing writing` are one round each,
in a process of its own over an empty database; `storing report` compares what they noted.
"""

import gc
import json
import os
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median

from django.db import connection
from django.db.models import Sum

from benchmarks.trail_logs import write
from inventory.cloudtrail.decoded import Decoded
from inventory.cloudtrail.events import Events
from inventory.cloudtrail.identifiers import worse_copies
from inventory.cloudtrail.objects import unpacked_bytes
from inventory.cloudtrail.reader import decode
from inventory.cloudtrail.tallying import tally
from inventory.models import DailyUsage, TrailObject
from inventory.usage.counting import count_objects
from inventory.usage.worklist import BATCH_BYTES, BATCH_OBJECTS

EVENTS, PER_OBJECT, SEED = 180_000, 400, 7
ACCOUNT = -6  # where in the path of an object's folder
NOW = datetime(2026, 11, 10, tzinfo=UTC)
MOST_RATIO = 2.2


@dataclass
class Figures:
    """Of one round. Seconds of CPU; rows: of daily usage."""

    events: int = 0
    counted: int = 0
    rows: int = 0
    client: float = 0.0
    server: float = 0.0
    wall: float = 0.0
    peak_mb: float = 0.0


def folder() -> Path:
    """Where the logs are."""
    return Path(os.environ["BENCH_SCRATCH"]) / "logs"


def batches() -> Iterator[list[Path]]:
    """Objects of one account, region by region, in portions as the work list claims them."""
    batch: list[Path] = []
    room = BATCH_BYTES
    for path in sorted(folder().rglob("*.json.gz")):
        size = unpacked_bytes(path.name, path.stat().st_size)
        full = len(batch) >= BATCH_OBJECTS or size > room
        if batch and (full or path.parent.parts[ACCOUNT] != batch[-1].parent.parts[ACCOUNT]):
            yield batch
            batch, room = [], BATCH_BYTES
        batch.append(path)
        room -= size
    yield batch


def counting(figures: Figures) -> None:
    """Bytes to tallies, and no more."""
    for paths in batches():
        read = [decode(path.read_bytes(), name=path.name) for path in paths]
        events = Events()
        for one in read:
            events += one.events
        found = tally(events, skip=worse_copies(events))
        figures.events += len(events)
        figures.counted += found.counted
        figures.rows += len(found.usage)


def writing(figures: Figures) -> None:
    """The same, with everything in the database."""
    for paths in batches():
        rows = [_row(path) for path in paths]
        TrailObject.objects.bulk_create(rows)
        read: list[tuple[TrailObject, Decoded]] = [
            (row, decode(path.read_bytes(), name=path.name))
            for row, path in zip(rows, paths, strict=True)
        ]
        result = count_objects(read, now=NOW)
        figures.events += result.events
        figures.counted += result.counted
    figures.rows = DailyUsage.objects.count()
    total = DailyUsage.objects.aggregate(Sum("events"))["events__sum"]
    if total != figures.counted:
        raise SystemExit(f"{figures.counted} events counted, {total} in the rows")


def _row(path: Path) -> TrailObject:
    account, _service, region, year, month, day = path.parent.parts[ACCOUNT:]
    return TrailObject(
        key=path.stem.removesuffix(".json")[-24:].rjust(32, "0"),
        uri=path.as_uri(),
        name=path.name,
        source="file",
        account_id=account,
        region=region,
        day=date(int(year), int(month), int(day)),
        owner="bench",
        found_at=NOW,
    )


def server_seconds() -> float:
    """CPU that the database's own process used for us so far; 0.0 where it is in this process."""
    if connection.vendor != "postgresql":
        return 0.0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [pid] = cursor.fetchone()
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measured(what: Callable[[Figures], None]) -> Figures:
    """One round."""
    figures, before = Figures(), server_seconds()
    gc.collect()
    gc.freeze()
    started, used = time.perf_counter(), time.process_time()
    what(figures)
    figures.client = time.process_time() - used
    figures.wall = time.perf_counter() - started
    figures.server = server_seconds() - before
    figures.peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return figures


def notes() -> Path:
    """Where rounds are noted, one JSON line each."""
    return Path(os.environ["BENCH_SCRATCH"]) / "storing.jsonl"


def report() -> int:
    """The median over rounds of the ratio inside the round; 1 when the bound is broken."""
    rounds: dict[str, list[Figures]] = {"counting": [], "writing": []}
    for line in notes().read_text(encoding="utf-8").splitlines():
        what, figures = json.loads(line)
        rounds[what].append(Figures(**figures))
    pairs = list(zip(rounds["counting"], rounds["writing"], strict=True))
    ratios = [(two.client + two.server) / one.client for one, two in pairs]
    found, last = median(ratios), pairs[-1][1]
    spread = f"{min(ratios):.2f} to {max(ratios):.2f}"
    print(
        f"  {last.events} events, {last.rows} rows, {connection.vendor}: writing costs {found:.2f} "
        f"times the CPU of counting ({spread}), {MOST_RATIO} at most; "
        f"client {last.client:.1f} s, server {last.server:.1f} s, peak {last.peak_mb:.0f} MB"
    )
    return int(found > MOST_RATIO)


def main(arguments: Sequence[str]) -> int:
    """One step, as the first argument says."""
    what = arguments[0]
    if what == "prepare":
        write(folder(), seed=SEED, events=EVENTS, per_object=PER_OBJECT, days=1)
        return 0
    if what == "report":
        return report()
    figures = measured({"counting": counting, "writing": writing}[what])
    with notes().open("a", encoding="utf-8") as file:
        file.write(json.dumps([what, asdict(figures)]) + "\n")
    return 0

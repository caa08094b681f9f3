"""Counting CloudTrail logs, against decompressing alone, DuckDB, and gzip with json.

In each round every contestant runs once, in a fresh process, in rotated order; the figure is the
median over the rounds of the ratio of CPU times inside a round, since a shared machine's speed
moves more between rounds than within. A run counts only if its digest equals the reference's, which
is the plain one's here and a slower one's in the tests.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.trail_logs import write

# ours in CPU time: at least so many times as fast as these, and this share of decompressing alone.
LEAST = {"duckdb": 2.0, "plain": 4.0, "isal": 0.14}
MOST_MEMORY = 128.0
SHAPES = {"large": (7, 180_000, 900), "small": (11, 30_000, 15)}
BUSY = 1.5

Result = dict[str, Any]


def run(contestant: str, folder: Path) -> Result:
    """One run in a fresh process."""
    command = [sys.executable, "-m", "benchmarks.contestants", contestant, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    result: Result = json.loads(done.stdout)
    return result


def rounds(folder: Path, count: int) -> list[dict[str, Result]]:
    """So many rounds, each contestant once in each."""
    names = ["ours", "isal", "duckdb", "plain"]
    results = []
    for number in range(count):
        wait_for_quiet()
        order = names[number % 4 :] + names[: number % 4]
        results.append({name: run(name, folder) for name in order})
    return results


def wait_for_quiet() -> None:
    """Twenty seconds at most; a busy machine is said, not hidden."""
    for _ in range(2):
        if os.getloadavg()[0] <= BUSY:
            return
        time.sleep(10)
    print(f"  busy: load {os.getloadavg()[0]:.1f}", flush=True)


def report(shape: str, results: list[dict[str, Result]]) -> bool:
    """Prints the figures; whether a bound was broken."""
    first = results[0]
    digests = {name: first[name]["digest"] for name in ("ours", "duckdb", "plain")}
    broken = len(set(digests.values())) > 1
    if broken:
        print(f"  DIFFERENT RESULTS: {digests}")
    for name, least in LEAST.items():
        ratios = [one[name]["cpu"] / one["ours"]["cpu"] for one in results]
        median = statistics.median(ratios)
        missed = shape == "large" and median < least
        broken |= missed
        print(
            f"  {name}: {median:.2f} (from {min(ratios):.2f} to {max(ratios):.2f})"
            f" of our CPU time; wanted {least}{'  MISSED' if missed else ''}"
        )
    cpu = statistics.median(one["ours"]["cpu"] for one in results)
    memory = max(one["ours"]["memory"] for one in results)
    print(f"  ours: {first['ours']['events'] / cpu:,.0f} events a CPU second, {memory:.0f} MB")
    return broken or memory > MOST_MEMORY


def main(arguments: list[str]) -> int:
    """`counting [ROUNDS]`. What saving the counts costs is measured by the importer's own run."""
    count = int(arguments[0]) if arguments else 5
    scratch = Path(os.environ["BENCH_SCRATCH"])
    broken = False
    for shape, (seed, events, per_object) in SHAPES.items():
        folder = scratch / f"logs-{shape}"
        written = write(folder, seed=seed, events=events, per_object=per_object)
        print(f"counting, {shape} objects: {written:,} events, {count} rounds", flush=True)
        broken |= report(shape, rounds(folder, count))
    return int(broken)

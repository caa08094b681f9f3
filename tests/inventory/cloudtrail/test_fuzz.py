"""Damaged log objects: nothing escapes, nothing is lost, memory stays bounded."""

import os
import subprocess
import sys
from collections import Counter
from random import Random

from inventory.cloudtrail.reader import decode
from inventory.cloudtrail.reasons import Reason, Unreadable
from inventory.cloudtrail.records import Actor, Path
from inventory.cloudtrail.tallying import session_keys, tally
from tests.inventory.cloudtrail.fuzzed import KINDS

BEHIND = Actor(Path.OLD, "IAMUser", "arn:aws:iam::111122223333:user/ana")
LATEST = "2026-12-01T00:00:00Z"
# Bytes; what a worker may hold, with room for Python itself.
MEMORY = 300 * 1024 * 1024


def read_all(objects: int, seed: int) -> Counter[str]:
    """Reads and counts so many damaged objects, each kind in turn; counts the outcomes."""
    random = Random(seed)
    outcomes: Counter[str] = Counter()
    for number in range(objects):
        data, put_in = KINDS[number % len(KINDS)](random)
        try:
            decoded = decode(data, latest=LATEST)
        except Unreadable as error:
            refused: Unreadable | None = error
        else:
            refused = None
        if refused is not None:
            assert refused.reason in Reason
            assert put_in is None, f"kind {number % len(KINDS)}: {refused}"
            outcomes["unreadable"] += 1
            continue
        read = len(decoded.events) + len(decoded.rejects) + decoded.others
        assert put_in is None or read == put_in
        assert all(one.reason in Reason and len(one.detail) <= 256 for one in decoded.rejects)
        assert all(len(one) == 16 for one in decoded.events.ids)
        known = dict.fromkeys(session_keys(decoded.events), BEHIND)
        result = tally(decoded.events, known=known)
        assert sum(count.events for count in result.usage.values()) == len(decoded.events)
        assert all(name.isprintable() for row in result.usage for name in row.operation)
        outcomes["events"] += len(decoded.events)
        outcomes["rejects"] += len(decoded.rejects)
    return outcomes


def test_every_kind_of_damage_is_read_or_refused_with_a_reason():
    outcomes = read_all(4 * len(KINDS), seed=1)
    assert min(outcomes["events"], outcomes["rejects"], outcomes["unreadable"]) > 10


def test_damaged_objects_stay_within_the_memory():
    """FUZZ_OBJECTS says how many; ten thousand take some minutes."""
    objects = int(os.environ.get("FUZZ_OBJECTS", "250"))
    code = (
        "from benchmarks.contestants import peak_memory;"
        "from tests.inventory.cloudtrail.test_fuzz import read_all;"
        f"print(read_all({objects}, seed=7).total(), peak_memory() * 1024)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    total, memory = map(int, done.stdout.split())
    assert total > objects
    assert memory < MEMORY

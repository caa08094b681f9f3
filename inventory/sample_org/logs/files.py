"""The bucket as files below a folder, for a portal that reads CLOUDTRAIL_SOURCE=file://...

cloudtrail/objects has the keys of the bucket as paths; cloudtrail/truth what a faultless portal
would export; metadata.jsonl the signatures, which S3 keeps as metadata and files cannot.
"""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from inventory.sample_org.clock import Clock, stamp
from inventory.sample_org.logs import truth
from inventory.sample_org.logs.bucket import Bucket, Stored
from inventory.sample_org.logs.story import Story

DIRECTORY = "cloudtrail"
OBJECTS, TRUTH = "objects", "truth"
STATE, METADATA = "state.json", "metadata.jsonl"


class Written(NamedTuple):
    """What a call added."""

    objects: int
    through: str


def _state(directory: Path) -> dict[str, Any]:
    path = directory / STATE
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def _put(path: Path, body: bytes) -> None:
    """Whole or not at all, and never a half-written file below the objects."""
    part = path.parent / f".{path.name}.part"
    part.write_bytes(body)
    os.replace(part, path)


def _put_object(directory: Path, one: Stored, known: set[Path]) -> None:
    """Its time is that of its delivery, so that writing it again does not make it another."""
    path = directory / OBJECTS / one.key
    if path.parent not in known:
        path.parent.mkdir(parents=True, exist_ok=True)
        known.add(path.parent)
    part = directory / "part"
    part.write_bytes(one.body)
    os.utime(part, (one.delivered.timestamp(), one.delivered.timestamp()))
    os.replace(part, path)


class Logs:
    """The logs of one world in a data directory of the sample organisation."""

    def __init__(self, world: str, seed: int, data_dir: Path) -> None:
        self.directory = data_dir / DIRECTORY
        (self.directory / OBJECTS).mkdir(parents=True, exist_ok=True)
        clock = Clock()
        clock.load(data_dir)
        self.state = _state(self.directory)
        ends = {chain: tuple(end) for chain, end in self.state.get("ends", {}).items()}
        self.bucket = Bucket(Story(world, seed, clock.epoch), self.directory, ends)

    def write(self, until: datetime) -> Written:
        """Adds what was delivered since the last call. Interrupted, it does the same again."""
        text = self.state.get("through")
        since = datetime.fromisoformat(text) if text else None
        if since is not None and until <= since:
            return Written(0, stamp(since))
        count, known, signed = 0, set[Path](), []
        for one in self.bucket.added(since, until):
            _put_object(self.directory, one, known)
            count += 1
            if one.metadata:
                signed.append(json.dumps({"key": one.key} | one.metadata) + "\n")
        with (self.directory / METADATA).open("a", encoding="utf-8") as file:
            file.writelines(signed)
        self.state = {"through": stamp(until), "ends": self.bucket.ends}
        _put(self.directory / STATE, json.dumps(self.state).encode())
        return Written(count, stamp(until))

    def write_truth(self, until: datetime) -> None:
        """Writes what a faultless portal would export of everything delivered by then."""
        happenings, starts = self.bucket.told(until)
        place = self.directory / TRUTH
        place.mkdir(exist_ok=True)
        _put(place / "usage.jsonl", truth.lines(truth.usage(happenings)).encode())
        _put(place / "access.jsonl", truth.lines(truth.access(starts)).encode())


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)

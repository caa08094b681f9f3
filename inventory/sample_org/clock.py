"""The organisation's clock: a fixed epoch that all history hangs on, and a now that can be moved.

The epoch is written once into the data directory, so a restarted organisation has the same history
to the second. Now is real time plus whatever the control endpoint added.
"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

CLOCK_FILE = "sample-org-clock.json"


class Clock:
    """Epoch and now, both in UTC and in whole seconds, as IAM itself reports times."""

    def __init__(self) -> None:
        self.epoch = datetime.now(UTC).replace(microsecond=0)
        self.offset = timedelta()

    def load(self, data_dir: Path) -> None:
        """Takes the epoch of an earlier start, or writes this one for later starts."""
        path = data_dir / CLOCK_FILE
        if path.exists():
            text = json.loads(path.read_text(encoding="utf-8"))["epoch"]
            self.epoch = datetime.fromisoformat(text)
            return
        path.write_text(json.dumps({"epoch": stamp(self.epoch)}) + "\n", encoding="utf-8")

    def now(self) -> datetime:
        return datetime.now(UTC).replace(microsecond=0) + self.offset

    def advance(self, seconds: float) -> None:
        self.offset += timedelta(seconds=seconds)

    def ago(self, days: float) -> datetime:
        """A moment of history. Naive, because moto keeps naive UTC datetimes."""
        return naive(self.epoch - timedelta(days=days))


def naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None, microsecond=0)


def stamp(moment: datetime) -> str:
    """ISO 8601 in UTC with Z; naive datetimes are moto's and mean UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def seconds(moment: datetime) -> float:
    """Epoch seconds, the wire form of a time in AWS's JSON protocols."""
    return moment.replace(tzinfo=UTC).timestamp() if moment.tzinfo is None else moment.timestamp()


CLOCK = Clock()


def naive_now() -> datetime:
    """What moto calls utcnow."""
    return naive(CLOCK.now())


def now_seconds() -> float:
    """What moto calls unix_time when it stamps a new object."""
    return CLOCK.now().timestamp()

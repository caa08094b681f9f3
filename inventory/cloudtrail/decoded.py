"""What reading a log object gives."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from inventory.cloudtrail.events import Events
from inventory.cloudtrail.reasons import Reject


class Kind(StrEnum):
    """What a log object is."""

    LOGS = "logs"
    DIGEST = "digest"
    INSIGHT = "insight"


class DigestedLog(NamedTuple):
    """A log object that a digest vouches for. day: of its path. sha256: of its content."""

    name: str
    uri: str
    account_id: str
    region: str
    day: str
    sha256: str


@dataclass(slots=True)
class Decoded:
    """kind: what the object is. events: to be counted, in the object's order. rejects: records that
    could not be read. others: records that are not usage (Insights). digest: of a DIGEST only."""

    kind: Kind = Kind.LOGS
    events: Events = field(default_factory=Events)
    rejects: list[Reject] = field(default_factory=list)
    others: int = 0
    digest: list[DigestedLog] = field(default_factory=list)

"""A lead's word against a gate, for a time and with a reason. It shows what it hides."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from migrations_plan.rules.gate import READY, WAIVED, GateVerdict

LONGEST_WAIVER = timedelta(days=92)


@dataclass(frozen=True, slots=True)
class WaiverFact:
    """A waiver of one gate. until: the instant at which it ends by itself."""

    gate: str
    by: str
    at: datetime
    reason: str
    until: datetime


def holds(waiver: WaiverFact, now: datetime) -> bool:
    """It has begun and not ended."""
    return waiver.at <= now < waiver.until


def waived(
    verdicts: Mapping[str, GateVerdict], waivers: Mapping[str, WaiverFact], now: datetime
) -> dict[str, GateVerdict]:
    """The same, with waivers that hold over whatever is not ready."""
    return {name: _one(verdict, waivers.get(name), now) for name, verdict in verdicts.items()}


def _one(verdict: GateVerdict, waiver: WaiverFact | None, now: datetime) -> GateVerdict:
    if waiver is None or verdict.verdict == READY or not holds(waiver, now):
        return verdict
    sentence = (
        f"Waived by {waiver.by} until {waiver.until:%Y-%m-%d %H:%M} UTC: {waiver.reason} "
        f"Without it {verdict.verdict}: {verdict.sentence}"
    )
    # What is hidden may go stale; the waiver holds until its own end.
    return replace(
        verdict, verdict=WAIVED, sentence=sentence, until=waiver.until, hidden=verdict.verdict
    )

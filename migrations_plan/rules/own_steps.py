"""What a person does next, in words to that person, and until when.

What only a lead can do is said as such: nobody should search for a button that is not theirs.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from migrations_plan.rules.gate import BLOCKED, UNKNOWN
from migrations_plan.rules.plan_calendar import WEEKDAYS
from migrations_plan.rules.states import DEPARTED, DISABLED, EXCEPTION, RETIRED, WORKLOAD

# Whose IAM users ask nothing of the person any more, or never did.
NOTHING_TO_DO = (DEPARTED, EXCEPTION, WORKLOAD)
OVER = (DISABLED, RETIRED)
# gate: what the person does about it.
MINE = {
    "forecast": "ask for what would fail, so that it is added before the old way ends",
    "signed-in": "sign in to the access portal once",
    "sso-console": "open the console of an account from a tile below",
    "sso-cli": "set up the AWS CLI with the configuration below, and use it once",
    "tools": "update the tools that cannot renew a session",
    "workload": "tell a security lead which program runs with your keys, and where they live",
    "quiet": "work over Identity Center only, and stop using your old keys and password",
}
# gate: what somebody else has to do.
THEIRS = {
    "owner": "a security lead confirms which IAM users are yours, or what you need",
    "identity": "a security lead gets your user in Identity Center enabled",
    "assigned": "a security lead assigns what is missing",
}
TEST = "test your new access, and say that you have"
REMOVE = "remove your old keys where they live, and say so"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to be done. gate: ''; for what no gate asks. mine: by the person. sure: it is known
    to be needed; otherwise nobody knows yet."""

    words: str
    gate: str = ""
    mine: bool = True
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Ending:
    """When the old access ends by a plan. at: UTC. zone: of the plan."""

    at: datetime
    zone: str
    plan: str
    wave: str
    paused: bool = False

    @property
    def words(self) -> str:
        """'Thursday 2026-12-03, 18:00 CET'."""
        local = self.at.astimezone(ZoneInfo(self.zone))
        return f"{WEEKDAYS[local.weekday()]} {local:%Y-%m-%d, %H:%M} {local.tzname()}"


def ending(found: Iterable[Ending], now: datetime) -> Ending | None:
    """The next of a running plan, else of a paused one, else the last that is over; None: none."""
    known = sorted(found, key=lambda one: one.at)
    coming = [one for one in known if one.at > now]
    running = [one for one in coming if not one.paused]
    return next(iter(running or coming), known[-1] if known else None)


def steps(
    word: str, gates: Sequence[tuple[str, str]], *, tested: bool, keys_left: bool
) -> tuple[Step, ...]:
    """In the order in which they are done. gates: (name, verdict as it reads now). word: the state.
    keys_left: an old key of which they have not said that it is removed."""
    if word in NOTHING_TO_DO:
        return ()
    found = [] if word in OVER else [_step(name, verdict) for name, verdict in gates]
    listed = [one for one in found if one is not None]
    if gates and not tested and word not in OVER:
        listed.append(Step(TEST))
    if keys_left and word in OVER:
        listed.append(Step(REMOVE))
    return tuple(listed)


def _step(name: str, verdict: str) -> Step | None:
    if verdict not in (BLOCKED, UNKNOWN):
        return None
    mine = name in MINE
    return Step(MINE[name] if mine else THEIRS[name], name, mine, verdict == BLOCKED)


def next_of(listed: Sequence[Step]) -> Step | None:
    """What the person does first: what is known to be theirs, else their test, else what is only
    perhaps theirs, else what they wait for."""
    orders = (
        [one for one in listed if one.mine and one.sure and one.gate],
        [one for one in listed if one.mine and one.sure],
        [one for one in listed if one.sure],
        list(listed),
    )
    return next((order[0] for order in orders if order), None)

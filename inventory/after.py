"""What others want to do when facts are saved, and afterwards.

Facts know nothing of the decisions built on them, so the decisions register themselves here when
their app is ready (migrations_plan/apps.py).

A follower is called in the saving transaction, for what must never be seen apart from the facts. A
settler is called when work is over (a worker's shift, a tick of the schedule, a command), outside
of any transaction: what it does may take seconds, and a mistake in it loses no fact.
"""

from collections.abc import Callable, Collection
from datetime import datetime

from inventory.records import Record

Follower = Callable[[tuple[type[Record], ...], datetime], None]
Settler = Callable[[datetime, Collection[str]], None]
# For settle: the organization, and so every account.
EVERYTHING = ("",)
_followers: list[Follower] = []
_settlers: list[Settler] = []


def follow(follower: Follower) -> None:
    """Registers a follower once."""
    if follower not in _followers:
        _followers.append(follower)


def after_save(types: tuple[type[Record], ...], now: datetime) -> None:
    """Tells every follower which types of records were read whole."""
    for follower in _followers:
        follower(types, now)


def settle_by(settler: Settler) -> None:
    """Registers a settler once."""
    if settler not in _settlers:
        _settlers.append(settler)


def settle(now: datetime, accounts: Collection[str] = ()) -> None:
    """Work is over. A settler finds out by itself what is new; accounts: those whose facts may have
    changed without a trace in the state of their scopes, as by a file ('' is the organization)."""
    for settler in _settlers:
        settler(now, accounts)

"""What others want to do in the transaction that saves facts.

Facts know nothing of the decisions built on them, so the decisions register themselves here when
their app is ready (migrations_plan/apps.py).
"""

from collections.abc import Callable
from datetime import datetime

from inventory.records import Record

Follower = Callable[[tuple[type[Record], ...], datetime], None]
_followers: list[Follower] = []


def follow(follower: Follower) -> None:
    """Registers a follower once."""
    if follower not in _followers:
        _followers.append(follower)


def after_save(types: tuple[type[Record], ...], now: datetime) -> None:
    """Tells every follower which types of records were read whole."""
    for follower in _followers:
        follower(types, now)

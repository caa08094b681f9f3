"""Transactions that got in each other's way: PostgreSQL ends one of them, which is run again."""

from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError

from inventory.usage import dimensions
from inventory.usage.dimensions import Stale

T = TypeVar("T")

TRIES = 5
# PostgreSQL: deadlock detected, serialization failure.
AGAIN = {"40P01", "40001"}


def is_conflict(problem: OperationalError) -> bool:
    """Whether the database ended the transaction because of another one. Nothing of it is kept."""
    return getattr(problem.__cause__, "sqlstate", "") in AGAIN


def repeated(attempt: Callable[[], T]) -> T:
    """Runs a whole transaction, again after a conflict; the last try's error is raised."""
    for _ in range(TRIES - 1):
        try:
            return attempt()
        except Stale:
            dimensions.forget()
        except OperationalError as problem:
            if not is_conflict(problem):
                raise
    return attempt()

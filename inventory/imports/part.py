"""What one file tells, in parts that each cover something whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from inventory.records import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Records of one scope, and how much they prove.

    source: the registry's name when the part is as good as a collection of it; otherwise a name
        with a dot, which no freshness counts ('access_keys.some_users').
    whole: what is not here of `types`, in the scope, is gone.
    user_names, only: the scope, when it is less than the account (see saving.scope.Scope).
    keep_known: the records name things without all their fields; what is known of them stays.
    sightings: the records only prove that things exist; a known one is left as it is.
    note: one sentence about what is missing, for the run and the person importing.
    """

    source: str
    account_id: str
    types: tuple[type[Record], ...]
    records: Sequence[Record]
    whole: bool = True
    user_names: frozenset[str] | None = None
    only: tuple[Mapping[str, str], ...] | None = None
    keep_known: bool = False
    sightings: frozenset[str] | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A whole file. observed_at None: the file does not say when it was made."""

    parts: Sequence[Part]
    observed_at: datetime | None = None

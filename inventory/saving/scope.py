"""What a read covered, and so what it may call gone."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q

from inventory.models import FactModel, Observation
from inventory.records import Record

CHUNK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """One account ('' is the whole organization), perhaps less of it.

    user_names: only these users. only: things with one of these sets of record fields, for a read
    that asked for less than all. keys: only facts with these natural keys.
    """

    account_id: str = ""
    user_names: Collection[str] | None = None
    only: Collection[Mapping[str, str]] | None = None
    keys: Collection[str] | None = None

    def rows(
        self, model: type[FactModel], record_type: type[Record], found: Collection[str]
    ) -> Iterable[FactModel]:
        """Rows that the read should have shown, gone ones too."""
        query = Q()
        if self.account_id and hasattr(record_type, "account_id"):
            query &= Q(account_id=self.account_id)
        if self.only is not None:
            query &= _any_of(self.only, model)
        if self.user_names is None:
            return model._default_manager.filter(query)
        names = sorted(self.user_names)
        return [
            row
            for start in range(0, len(names), CHUNK)
            for row in model._default_manager.filter(
                query & Q(user_name__in=names[start : start + CHUNK])
            )
        ]

    def covers(self, row: Observation) -> bool:
        """The same question for a ledger row; one whose record was erased is in no scope."""
        record = row.record or {}
        if self.account_id and row.account_id and row.account_id != self.account_id:
            return False
        if self.keys is not None and row.key not in self.keys:
            return False
        if self.only is not None and not any(
            wanted.items() <= record.items() for wanted in self.only
        ):
            return False
        return self.user_names is None or record.get("user_name") in self.user_names


def _any_of(only: Collection[Mapping[str, str]], model: type[FactModel]) -> Q:
    query = Q(pk__in=[])
    for wanted in only:
        query |= Q(**{model.COLUMNS.get(name, name): value for name, value in wanted.items()})
    return query

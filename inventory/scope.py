"""What a read covered, and so what it may call gone."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from inventory.models import FactModel
from inventory.records import Record

CHUNK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """One account ('' is the whole organization), perhaps only some users, perhaps narrower."""

    account_id: str = ""
    user_names: Collection[str] | None = None
    within: Q | None = None

    def rows(
        self, model: type[FactModel], record_type: type[Record], found: Collection[str]
    ) -> Iterable[FactModel]:
        """Rows that the read should have shown, gone ones too."""
        query = Q()
        if self.account_id and "account_id" in record_type.__dataclass_fields__:
            query &= Q(account_id=self.account_id)
        if self.within is not None:
            query &= self.within
        if self.user_names is None:
            return model._default_manager.filter(query)
        names = sorted(self.user_names)
        return [
            row
            for start in range(0, len(names), CHUNK)
            for row in model._default_manager.filter(
                query, user_name__in=names[start : start + CHUNK]
            )
        ]

    def covers(self, record: dict[str, Any], account_id: str) -> bool:
        """The same question for a ledger row."""
        if self.account_id and account_id and account_id != self.account_id:
            return False
        return self.user_names is None or record.get("user_name") in self.user_names

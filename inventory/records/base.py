"""The base of all records."""

from typing import Any, ClassVar

Document = dict[str, Any]


class Record:
    """Base of all records: KIND is the ledger's name for it, KEY its natural key fields."""

    __slots__ = ()
    KIND: ClassVar[str]
    KEY: ClassVar[tuple[str, ...]]

    def key(self) -> str:
        """The natural key as one string, parts joined by '|' (no AWS id holds that sign)."""
        return "|".join(str(getattr(self, name)) for name in self.KEY)

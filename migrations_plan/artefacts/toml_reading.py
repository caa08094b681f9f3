"""Reads plan data strictly: a field that is missing, misspelled or of the wrong kind is an error.

Every error names the file, the item and the reason, because people write these files by hand.
"""

from collections.abc import Collection, Mapping
from typing import Any

MOST_TEXT = 400


class PlanDataError(ValueError):
    """A file that is no plan. str(): file, item and reason in one sentence."""

    def __init__(self, file: str, item: str, reason: str) -> None:
        super().__init__(f"{file}: {item}: {reason}" if item else f"{file}: {reason}")


class Table:
    """A table of a file, read field by field; done() complains of what nobody asked for."""

    def __init__(self, file: str, item: str, raw: object) -> None:
        self.file = file
        self.item = item
        if not isinstance(raw, Mapping):
            raise self.error("is not a table")
        self._left: dict[str, Any] = dict(raw)

    def error(self, reason: str) -> PlanDataError:
        return PlanDataError(self.file, self.item, reason)

    def text(self, name: str, *, default: str | None = None) -> str:
        """One line of words; default: for a field that may be missing."""
        found = self._left.pop(name, default)
        if not isinstance(found, str) or (default is None and not found.strip()):
            raise self.error(f"needs the text {name!r}")
        if found != found.strip() or not (found.isprintable() and len(found) <= MOST_TEXT):
            raise self.error(f"{name!r} is not one clean line of at most {MOST_TEXT} characters")
        return found

    def choice(self, name: str, among: Collection[str], *, default: str | None = None) -> str:
        found = self.text(name, default=default)
        if found not in among:
            raise self.error(f"{name!r} is {found!r}, which is none of {', '.join(sorted(among))}")
        return found

    def number(self, name: str, *, default: int | None = None) -> int:
        found = self._left.pop(name, default)
        if not isinstance(found, int) or isinstance(found, bool):
            raise self.error(f"needs the whole number {name!r}")
        return found

    def flag(self, name: str) -> bool:
        found = self._left.pop(name, False)
        if not isinstance(found, bool):
            raise self.error(f"{name!r} is neither true nor false")
        return found

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of different texts; missing is empty."""
        found = self._left.pop(name, [])
        if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
            raise self.error(f"{name!r} is not a list of texts")
        if len(set(found)) != len(found):
            raise self.error(f"{name!r} names something twice")
        return tuple(found)

    def tables(self, name: str) -> list[Any]:
        found = self._left.pop(name, [])
        if not isinstance(found, list) or not found:
            raise self.error(f"needs at least one [[{name}]]")
        return found

    def rest(self, name: str) -> Any:
        """A field as it is, to be read further by whoever asks."""
        return self._left.pop(name, {})

    def done(self) -> None:
        if self._left:
            raise self.error(f"{', '.join(map(repr, sorted(self._left)))} is not known here")

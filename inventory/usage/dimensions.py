"""Ids of what usage rows refer to: actors, operations, resource names.

A value's digest is its key, so that two writers who meet the same actor make one row. Ids that are
committed are remembered in the process, for the next batch mostly has the same values.
"""

from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, Generic, TypeVar

from django.db import models, transaction

from inventory.cloudtrail.records import Actor, Credential, Operation, Path
from inventory.models import ResourceName, UsageActor, UsageOperation
from inventory.usage.statements import found_or_made, kept

V = TypeVar("V", bound=Hashable)
REMEMBERED = 50_000


class Stale(Exception):
    """A remembered id stands for a row that was removed: forget(), and begin again."""


@dataclass(frozen=True, eq=False)
class Dimension(Generic[V]):
    """One table of values. fields: the values of its columns. ids: those known to be committed.

    dropped: others may remove rows that nothing refers to, so those that are asked for are kept
    until the transaction ends.
    """

    model: type[models.Model]
    fields: Callable[[V], Mapping[str, Any]]
    dropped: bool = False
    ids: OrderedDict[V, int] = field(default_factory=OrderedDict)

    def ids_of(self, values: Collection[V]) -> dict[V, int]:
        """The id of each value; rows are made where there are none. In a transaction."""
        known = self.ids
        found = {value: known[value] for value in values if value in known}
        unknown = {self.digest(value): value for value in values if value not in found}
        if unknown:
            made = self._rows(unknown)
            # What another made at the same time is there by now.
            made |= self._rows({key: unknown[key] for key in unknown.keys() - made.keys()})
            if len(made) < len(unknown):
                raise Stale
            fresh = {unknown[digest]: pk for digest, pk in made.items()}
            transaction.on_commit(lambda: self._remember(fresh))
            found |= fresh
        if self.dropped and kept(self.model, found.values()) < len(set(values)):
            raise Stale
        return found

    def digest(self, value: V) -> str:
        """128 bits over all fields, hexadecimal. Texts from CloudTrail hold no NUL."""
        text = "\0".join(str(part) for part in self.fields(value).values())
        return blake2b(text.encode(), digest_size=16).hexdigest()

    def _rows(self, unknown: Mapping[str, V]) -> dict[str, int]:
        rows = [(digest, *self.fields(value).values()) for digest, value in unknown.items()]
        columns = ["digest", *self.fields(next(iter(unknown.values())))] if unknown else []
        return found_or_made(self.model, columns, rows)

    def _remember(self, fresh: Mapping[V, int]) -> None:
        self.ids.update(fresh)
        while len(self.ids) > REMEMBERED:
            self.ids.popitem(last=False)

    def forget(self) -> None:
        """Drops what is remembered: a row that others removed was still remembered here."""
        self.ids.clear()


@dataclass(frozen=True, slots=True)
class Ids:
    """The rows' ids of what a tally refers to."""

    actors: Mapping[Actor, int]
    operations: Mapping[Operation, int]


def _resource_fields(arn: str) -> Mapping[str, Any]:
    return {"arn": arn}


ACTORS: Dimension[Actor] = Dimension(UsageActor, Actor._asdict)
OPERATIONS: Dimension[Operation] = Dimension(UsageOperation, Operation._asdict)
RESOURCE_NAMES: Dimension[str] = Dimension(ResourceName, _resource_fields, dropped=True)


def forget() -> None:
    """Drops every remembered id."""
    for dimension in (ACTORS, OPERATIONS, RESOURCE_NAMES):
        dimension.forget()


def actor_columns(prefix: str = "") -> list[str]:
    """The columns that actor_from takes, from a row that reaches the actor by prefix."""
    return [prefix + name for name in Actor._fields]


def actor_from(values: Iterable[Any]) -> Actor:
    """The actor that counting knows, from columns in their order."""
    path, *rest = values
    actor = Actor(Path(path), *rest)
    return actor._replace(credential=Credential(actor.credential))


def actors_with(pks: Iterable[int]) -> dict[int, Actor]:
    """Actors by id. One query."""
    rows = UsageActor.objects.filter(pk__in=set(pks)).values_list("pk", *actor_columns())
    return {pk: actor_from(values) for pk, *values in rows}


def operations_with(pks: Iterable[int]) -> dict[int, Operation]:
    """Operations by id. One query."""
    rows = UsageOperation.objects.filter(pk__in=set(pks))
    return {pk: Operation(*rest) for pk, *rest in rows.values_list("pk", *Operation._fields)}

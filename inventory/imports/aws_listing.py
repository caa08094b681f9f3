"""Saved answers of AWS's list, get and describe calls, recognised by their top-level key.

What each proves, and what it leaves unknown:
- iam list-users proves which users there are. It says nothing of groups, policies and tags, so a
  user known already is left as it is, and a new one gets None there, never "none".
- list-access-keys and the other lists of one user's credentials prove those users whole whom they
  name; an empty answer names nobody and proves nothing.
- list-account-assignments proves its own pairs of account and permission set whole, and
  list-group-memberships its own groups. Pairs and groups that no file told of stay unknown.
- list-permission-sets gives ARNs only: sets that are no longer listed are gone, new ones need
  describe-permission-set, which in turn says nothing of the attached policies.
- organizations list-accounts proves the accounts, not their place in the tree.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from inventory.aws.values import as_list, as_name, shown
from inventory.imports.files import SavedFile, documents, goes_on
from inventory.imports.listing_shapes import SHAPES, Answer, Shape
from inventory.imports.part import Parsed, Part
from inventory.records import Record

CUT_OFF = "the list goes on where the file ends, so nothing counts as gone"


def parse_aws_listing(file: SavedFile, account_id: str) -> Parsed:
    """One part per kind of answer in the file, in the order of SHAPES."""
    answers: dict[str, list[Mapping[str, Any]]] = {}
    for number, document in enumerate(documents(file), start=1):
        answers.setdefault(_shape_of(file, number, document).name, []).append(document)
    parts: list[Part] = []
    for shape in SHAPES:
        if shape.name in answers:
            parts += _parts(file, shape, answers[shape.name], account_id)
    return Parsed(parts=parts)


def _shape_of(file: SavedFile, number: int, document: Mapping[str, Any]) -> Shape:
    fitting = [shape for shape in SHAPES if shape.key in document]
    if len(fitting) > 1:
        items = as_list(document[fitting[0].key])
        first = items[0] if items and isinstance(items[0], Mapping) else {}
        fitting = [shape for shape in fitting if shape.marker in first]
        if not items:
            names = " or ".join(shape.name for shape in SHAPES if shape.key in document)
            raise file.problem(f"document {number}", f"is empty: nobody can tell {names} by it")
    if not fitting:
        known = ", ".join(shape.name for shape in SHAPES)
        raise file.problem(f"document {number}", f"is no answer that is known here ({known})")
    return fitting[0]


def _parts(
    file: SavedFile, shape: Shape, found: list[Mapping[str, Any]], account_id: str
) -> Iterator[Part]:
    records: dict[str, Record] = {}
    names: list[str] = []
    for number, raw in enumerate(_items(found, shape), start=1):
        where = f"{shape.name} item {number}"
        if shape.parse is None:
            names.append(_guarded(file, where, as_name, raw))
            continue
        record = _guarded(file, where, shape.parse, raw, account_id)
        _check_account(file, shape, record, account_id)
        if records.setdefault(record.key(), record) != record:
            raise file.problem(where, f"differs from another item for {shown(record.key())}")
    part = shape.part(Answer(shape, list(records.values()), names, account_id))
    # Pages that were saved one after another all say that more follows, except the last.
    yield _cut_off(part) if goes_on(found[-1]) else part


def _items(found: list[Mapping[str, Any]], shape: Shape) -> Iterator[Any]:
    return (item for document in found for item in as_list(document[shape.key]))


def _guarded(file: SavedFile, where: str, parse: Callable[..., Any], *given: Any) -> Any:
    try:
        return parse(*given)
    except KeyError as error:
        raise file.problem(where, f"lacks {error}") from None
    except (ValueError, TypeError, AttributeError) as error:
        raise file.problem(where, f"is malformed ({error})") from None


def _check_account(file: SavedFile, shape: Shape, record: Record, account_id: str) -> None:
    if shape.in_account and getattr(record, "account_id", account_id) != account_id:
        raise file.problem(shown(record.key(), 200), f"is not in account {account_id}")


def _cut_off(part: Part) -> Part:
    return Part(
        source=f"{part.source.partition('.')[0]}.part",
        account_id=part.account_id,
        types=part.types,
        records=part.records,
        whole=False,
        user_names=part.user_names,
        only=part.only,
        keep_known=part.keep_known,
        sightings=part.sightings,
        note=CUT_OFF,
    )

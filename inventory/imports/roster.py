"""Rosters: the company's list of people as CSV.

Columns: email, name, status, left_on, manager.
"""

import csv
import io
import re
from collections.abc import Mapping
from datetime import date

from inventory.aws.values import clean, shown
from inventory.imports.files import SavedFile, text_of
from inventory.imports.part import Parsed, Part
from inventory.records import RosterPersonRecord

SEPARATORS = ",;\t"
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MAX_COLUMNS = 200


def parse_roster(file: SavedFile) -> Parsed:
    """Everybody on the list. Column names in any letter case; other columns are ignored; a comma,
    a semicolon or a tab may separate. Who is not on the list is not in the company."""
    text = text_of(file).lstrip("\ufeff")
    separator = max(SEPARATORS, key=text.partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    people: dict[str, RosterPersonRecord] = {}
    header: list[str] | None = None
    try:
        for cells in reader:
            if header is None:
                header = _header(cells)
            elif any(cell.strip() for cell in cells):
                person = _person(_named(header, cells))
                if people.setdefault(person.email, person) != person:
                    raise ValueError(f"{person.email} is listed twice, differently")
    except (csv.Error, ValueError) as error:
        raise file.problem(f"line {max(reader.line_num, 1)}", str(error)) from None
    if not people:
        raise file.problem("", "lists nobody")
    records = [people[email] for email in sorted(people)]
    part = Part(source="roster", account_id="", types=(RosterPersonRecord,), records=records)
    return Parsed(parts=[part])


def _header(cells: list[str]) -> list[str]:
    header = [cell.strip().lower() for cell in cells]
    if "email" not in header:
        raise ValueError("there is no column email")
    if len(header) > MAX_COLUMNS:
        raise ValueError(f"there are more than {MAX_COLUMNS} columns")
    known = [name for name in header if name in ("email", "name", "status", "left_on", "manager")]
    if len(set(known)) != len(known):
        raise ValueError("a column stands there twice")
    return header


def _named(header: list[str], cells: list[str]) -> Mapping[str, str]:
    if len(cells) > len(header):
        raise ValueError(f"{len(cells)} cells under {len(header)} column names")
    return dict(zip(header, (clean(cell).strip() for cell in cells), strict=False))


def _person(row: Mapping[str, str]) -> RosterPersonRecord:
    return RosterPersonRecord(
        email=_address(row.get("email", "")),
        name=row.get("name", ""),
        status=row.get("status", ""),
        left_on=_date(row.get("left_on", "")),
        manager=row.get("manager", "").lower(),
    )


def _address(text: str) -> str:
    if ADDRESS.fullmatch(text) is None:
        raise ValueError(f"email: {shown(text)} is not an e-mail address")
    return text.lower()


def _date(text: str) -> str | None:
    if not text:
        return None
    try:
        if ISO_DATE.fullmatch(text) is None:
            raise ValueError
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError(f"left_on: {shown(text)} is not a date like 2025-01-31") from None

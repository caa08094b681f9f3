"""Decisions as CSV files: owners and targets, read for a preview before anything is applied.

A row that makes no sense is named with its number and its reason; the others may be applied without
it. Cells that our own exports protected against spreadsheets are read as they were meant.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from accessportal.web.csvfile import safe_cell
from inventory.models import AwsAccount, IamUser
from migrations_plan.models import IamUserLink, Person, TargetAccess

LINK_COLUMNS = ("account_id", "user_name", "arn", "email", "reason")
TARGET_COLUMNS = ("email", "account_id", "permission_set", "reason")
MOST_BYTES = 1_000_000
MOST_ROWS = 10_000
LONGEST = 1000
SEPARATORS = ",;\t"


class FileProblem(ValueError):
    """The file as a whole cannot be read. str() is one sentence."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row. problem: why it cannot be applied, '' when it can. change: what it would do, ''
    when nothing would change. subject: what is decided; value: what an action takes."""

    number: int
    subject: str
    change: str = ""
    problem: str = ""
    value: Any = None


Row = Mapping[str, str]


def read_rows(text: str, columns: Sequence[str]) -> Iterator[tuple[int, Row]]:
    """(line number, cells by column). Column names in any letter case; others are ignored."""
    if len(text.encode()) > MOST_BYTES:
        raise FileProblem(f"The file is larger than {MOST_BYTES:,} bytes.")
    plain = text.lstrip("\ufeff").replace("\0", "")
    separator = max(SEPARATORS, key=plain.partition("\n")[0].count)
    reader = csv.reader(io.StringIO(plain, newline=""), delimiter=separator)
    header: list[str] | None = None
    try:
        for cells in reader:
            if header is None:
                header = _header(cells, columns)
            elif any(cell.strip() for cell in cells):
                if reader.line_num > MOST_ROWS:
                    raise FileProblem(f"The file has more than {MOST_ROWS:,} lines.")
                named = dict(zip(header, cells, strict=False))
                yield reader.line_num, {name: _cell(named.get(name, "")) for name in columns}
    except csv.Error as error:
        raise FileProblem(f"Line {reader.line_num} is no CSV: {error}.") from None
    if header is None:
        raise FileProblem("The file is empty.")


def _header(cells: Sequence[str], columns: Sequence[str]) -> list[str]:
    header = [cell.strip().lower() for cell in cells]
    optional = ("arn", "reason") if "arn" in columns else ("reason",)
    missing = [name for name in columns if name not in header and name not in optional]
    if missing and not ("arn" in header and set(missing) <= {"account_id", "user_name"}):
        raise FileProblem(f"The first line names no column {missing[0]}.")
    return header


def _cell(text: str) -> str:
    """Without the apostrophe that our exports put before what a spreadsheet would run."""
    plain = text.strip()[:LONGEST]
    bare = plain.removeprefix("'")
    return bare if plain != bare and safe_cell(bare) == plain else plain


def link_lines(text: str) -> list[Line]:
    """A file of owners against what is known. Four queries."""
    rows = list(read_rows(text, LINK_COLUMNS))
    users = list(IamUser.objects.present().order_by("pk"))
    by_arn = {user.arn: user for user in users}
    by_name = {(user.account_id, user.user_name): user for user in users}
    people = _people()
    owners = dict(IamUserLink.objects.values_list("iam_user_arn", "person_id"))
    seen: set[str] = set()
    return [_link(number, row, by_arn, by_name, people, owners, seen) for number, row in rows]


def _link(
    number: int,
    row: Row,
    by_arn: Mapping[str, IamUser],
    by_name: Mapping[tuple[str, str], IamUser],
    people: Mapping[str, list[Person]],
    owners: Mapping[str, int],
    seen: set[str],
) -> Line:
    named = by_name.get((row["account_id"], row["user_name"]))
    user = by_arn.get(row["arn"]) if row["arn"] else named
    subject = row["arn"] or f"{row['user_name']} in {row['account_id']}"
    if not row["email"]:
        return Line(number, subject)
    if user is None:
        return Line(number, subject, problem="no such IAM user is known")
    if row["arn"] and row["user_name"] and row["user_name"] != user.user_name:
        told = f"the ARN is of {user.user_name}, not of {row['user_name']}"
        return Line(number, subject, problem=told)
    if user.arn in seen:
        return Line(number, subject, problem="the file names it twice")
    seen.add(user.arn)
    person, problem = _person(row["email"], people)
    problem = problem or ("" if row["reason"] else "it gives no reason")
    if person is None or problem:
        return Line(number, subject, problem=problem)
    if owners.get(user.arn) == person.pk:
        return Line(number, subject)
    word = "replaces the owner by" if user.arn in owners else "confirms"
    return Line(number, subject, f"{word} {person}", value=(user, person, row["reason"]))


def target_lines(text: str) -> list[Line]:
    """A file of targets against what is known. Three queries."""
    rows = list(read_rows(text, TARGET_COLUMNS))
    people, accounts = _people(), set(AwsAccount.objects.values_list("pk", flat=True))
    held = set(TargetAccess.objects.values_list("person_id", "account_id", "permission_set"))
    return [_target(number, row, people, accounts, held) for number, row in rows]


def _target(
    number: int,
    row: Row,
    people: Mapping[str, list[Person]],
    accounts: set[str],
    held: set[tuple[int, str, str]],
) -> Line:
    account_id, name = row["account_id"].zfill(12), row["permission_set"]
    subject = f"{row['email']} {name} in {account_id}"
    person, problem = _person(row["email"], people)
    checks: tuple[tuple[bool, Callable[[], str]], ...] = (
        (account_id not in accounts, lambda: f"no account {account_id} is known"),
        (not name, lambda: "it names no permission set"),
        (len(name) > 32, lambda: "no permission set has a name that long"),
        (not row["reason"], lambda: "it gives no reason"),
    )
    problem = problem or next((told() for wrong, told in checks if wrong), "")
    if person is None or problem:
        return Line(number, subject, problem=problem)
    if (person.pk, account_id, name) in held:
        return Line(number, subject)
    held.add((person.pk, account_id, name))
    value = (person, account_id, name, row["reason"])
    return Line(number, subject, f"{person} shall have {name}", value=value)


def _people() -> dict[str, list[Person]]:
    found: dict[str, list[Person]] = {}
    for person in Person.objects.exclude(email="").order_by("pk"):
        found.setdefault(person.email.lower(), []).append(person)
    return found


def _person(email: str, people: Mapping[str, list[Person]]) -> tuple[Person | None, str]:
    known = people.get(email.lower(), [])
    if not known:
        return None, f"nobody with the address {email or '(empty)'} is known"
    if len(known) > 1:
        return None, f"{len(known)} people have the address {email}"
    return known[0], ""

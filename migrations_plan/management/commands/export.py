"""Writes facts and decisions as JSON lines or CSV, now or as of an instant."""

import json
import os
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.core.management.base import BaseCommand, OutputWrapper
from django.db.models import Q

from accessportal.web.csvfile import csv_lines
from inventory import exports as facts
from inventory.aws.values import as_instant
from inventory.codec import time_text
from inventory.management.importing import error, utc_now
from inventory.usage import exports as usage
from migrations_plan import exports as decisions

Row = dict[str, Any]
BROKEN_PIPE = 141


@dataclass(frozen=True, slots=True)
class Asked:
    """What the person asked for. since and until: inclusive UTC dates."""

    now: datetime
    as_of: datetime | None
    since: date | None
    until: date | None

    def between(self, column: str) -> Q:
        """The dates as a condition on a column of instants."""
        condition = Q()
        if self.since:
            start = datetime.combine(self.since, time.min, UTC)
            condition &= Q(**{f"{column}__gte": start})
        if self.until:
            end = datetime.combine(self.until, time.min, UTC) + timedelta(days=1)
            condition &= Q(**{f"{column}__lt": end})
        return condition


@dataclass(frozen=True, slots=True)
class Kind:
    """One export. by_date: --from and --to choose rows; by_instant: --as-of does. What chooses
    nothing is refused."""

    columns: Sequence[str]
    rows: Callable[[Asked], Iterator[Row]]
    by_date: bool = False
    by_instant: bool = True


KINDS: Mapping[str, Kind] = {
    "iam-users": Kind(facts.IAM_USERS, lambda asked: facts.iam_users(asked.as_of)),
    "credentials": Kind(facts.CREDENTIALS, lambda asked: facts.credentials(asked.as_of)),
    "people": Kind(decisions.PEOPLE, lambda asked: decisions.people(asked.as_of, now=asked.now)),
    "assignments": Kind(facts.ASSIGNMENTS, lambda asked: facts.assignments(asked.as_of)),
    "findings": Kind(
        decisions.FINDINGS, lambda asked: decisions.findings(asked.as_of, now=asked.now)
    ),
    "journal": Kind(
        decisions.JOURNAL,
        lambda asked: decisions.journal(asked.as_of, between=asked.between("at")),
        by_date=True,
    ),
    "runs": Kind(
        facts.RUNS,
        lambda asked: facts.runs(asked.as_of, between=asked.between("started_at")),
        by_date=True,
    ),
    "usage": Kind(
        usage.USAGE,
        lambda asked: usage.usage(asked.since, asked.until),
        by_date=True,
        by_instant=False,
    ),
    "access": Kind(
        usage.ACCESS,
        lambda asked: decisions.access(asked.between("started_at")),
        by_date=True,
        by_instant=False,
    ),
}


class Command(BaseCommand):
    """The columns of each kind are a contract: inventory/exports/, migrations_plan/exports.py."""

    help = "Writes one kind of rows to standard output; null (CSV: empty) means not known."
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", metavar="KIND", choices=sorted(KINDS), help=", ".join(KINDS))
        parser.add_argument(
            "--as-of", metavar="T", help="what was known then: ISO 8601 with a time zone"
        )
        parser.add_argument(
            "--from", metavar="D", dest="since", help="first UTC date, like 2025-01-31"
        )
        parser.add_argument("--to", metavar="D", dest="until", help="last UTC date, included")
        parser.add_argument("--format", choices=["jsonl", "csv"], default="jsonl")

    def handle(self, *args: Any, **options: Any) -> None:
        kind, asked = KINDS[options["kind"]], _asked(options)
        if not kind.by_date and (asked.since or asked.until):
            raise error(f"--from and --to choose no {options['kind']}; use --as-of")
        if not kind.by_instant and asked.as_of:
            raise error(f"--as-of chooses no {options['kind']}; use --from and --to")
        write = csv_text if options["format"] == "csv" else json_text
        put(self.stdout, write(kind.columns, kind.rows(asked)))


def put(out: OutputWrapper, lines: Iterable[str]) -> None:
    """Writes lines for as long as somebody reads them."""
    try:
        for line in lines:
            out.write(line, ending="")
        out.flush()
    except BrokenPipeError:
        # Whoever read us has enough. Python would complain once more when it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(BROKEN_PIPE)


def json_text(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    """One JSON object a line, columns in order."""
    for row in rows:
        line = {column: _plain(row[column]) for column in columns}
        yield json.dumps(line, ensure_ascii=False, separators=(", ", ": ")) + "\n"


def csv_text(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    """The same as CSV that is safe to open in a spreadsheet; lists are JSON."""
    return csv_lines(columns, ([_plain(row[column]) for column in columns] for row in rows))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return time_text(value)
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _asked(options: dict[str, Any]) -> Asked:
    now = utc_now()
    since, until = _day("--from", options["since"]), _day("--to", options["until"])
    if since and until and until < since:
        raise error(f"--to {until} is before --from {since}")
    return Asked(now=now, as_of=_instant(options["as_of"], now), since=since, until=until)


def _instant(text: str | None, now: datetime) -> datetime | None:
    if text is None:
        return None
    try:
        at = as_instant(text)
    except ValueError as problem:
        raise error(f"--as-of: {problem}") from None
    if at > now:
        raise error(f"--as-of: {text!a} is in the future")
    return at


def _day(name: str, text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise error(f"{name}: {text!a} is not a date like 2025-01-31") from None

"""Evidence: populations as of an instant, how whole they were, and whether the chains hold."""

import hashlib
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accessportal.web.csvfile import csv_lines, csv_response
from accessportal.web.lists import wants_csv
from accessportal.web.roles import require_role, viewer
from inventory import ledger
from inventory.codec import time_text
from migrations_plan import journal
from migrations_plan.gather import control_days
from migrations_plan.gather import evidence as gather
from migrations_plan.gather.first_rows import first_rows
from migrations_plan.gather.gaps import gaps
from migrations_plan.gather.populations import POPULATIONS, Population, fact_counts
from migrations_plan.periods import period_of
from migrations_plan.rules.usage_days import PRESETS

FIRST_ROWS = 25
MOST_GAPS = 50
MOST_ACCOUNTS = 12
LOOK_BACK = timedelta(days=30)
Preamble = list[tuple[str, Any]]


@require_role("lead", "auditor")
def page(request: HttpRequest) -> HttpResponse:
    """What was known at ?at=, and how whole; ?check=1 also recomputes both chains."""
    now = timezone.now()
    at, problem = _instant(request, now)
    whole = gather.then(at)
    found = gaps(at, at - LOOK_BACK, whole)
    counts = fact_counts(at)
    window = period_of(request, at.date())
    statements = control_days.statements(viewer(request), window, min(at, now))
    context = {
        "now": now,
        "at": at,
        "at_text": _text(at),
        "problem": problem,
        "heads": gather.heads(),
        "then": whole,
        "rows": [
            (one, _counted(one, counts), whole.of(one.sources)) for one in POPULATIONS.values()
        ],
        "gaps": found[:MOST_GAPS],
        "hidden_gaps": max(len(found) - MOST_GAPS, 0),
        "look_back_days": LOOK_BACK.days,
        "window": window,
        "presets": PRESETS,
        "statements": statements,
        "verdicts": control_days.counts(statements),
        "checks": _checks() if request.GET.get("check") == "1" else None,
    }
    return render(request, "migrations_plan/evidence/page.html", context)


@require_role("lead", "auditor")
def population(request: HttpRequest, name: str) -> HttpResponseBase:
    """One population's first rows with where they come from; ?format=csv gives all of it."""
    if name not in POPULATIONS:
        raise Http404
    one, now = POPULATIONS[name], timezone.now()
    at, problem = _instant(request, now)
    whole = gather.then(at, one.sources)
    if wants_csv(request):
        rows = [_values(one, row) for row in one.rows(at, now, None)]
        about = _about(one, at, now, whole, most=None)
        filename = f"{name}-as-of-{at:%Y%m%dT%H%M%SZ}.csv"
        lines = _with_contents(about, one, rows)
        return csv_response(filename, lines[0], chain(lines[1:], [one.columns], rows))
    first = first_rows(one, at, now, FIRST_ROWS)
    context = {
        "now": now,
        "at": at,
        "at_text": _text(at),
        "problem": problem,
        "population": one,
        "then": whole,
        "about": _about(one, at, now, whole, most=MOST_ACCOUNTS),
        "known": [kind.known(first.counts.get(kind.kind, 0), whole) for kind in one.kinds],
        "rows": [
            list(zip(one.columns, map(_shown, _values(one, row)), strict=True))
            for row in first.rows
        ],
        "total": first.total,
    }
    return render(request, "migrations_plan/evidence/population.html", context)


def _values(one: Population, row: dict[str, Any]) -> list[Any]:
    return [row[column] for column in one.columns]


def _instant(request: HttpRequest, now: datetime) -> tuple[datetime, str]:
    """The instant of ?at= in UTC, and what is wrong with it. What cannot be read, and the future,
    are now: nobody has observed anything later."""
    text = request.GET.get("at", "").strip()
    if not text:
        return now, ""
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None:
        return now, "That is no time of the form 2026-11-22T03:05. This is the present."
    try:
        at = found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except OverflowError:
        return now, "That time is out of reach. This is the present."
    if at > now:
        return now, "That is in the future, of which nobody knows anything. This is the present."
    return at, ""


def _text(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S")


def _counted(one: Population, counts: dict[str, int]) -> list[tuple[int, str]]:
    return [(counts[each.kind], each.words(counts[each.kind])) for each in one.counted]


def _shown(value: Any) -> Any:
    return ", ".join(map(str, value)) or "none" if isinstance(value, list | tuple) else value


def _about(
    one: Population, at: datetime, now: datetime, whole: gather.Then, *, most: int | None
) -> Preamble:
    """What the page and every file say of where the rows come from. most: accounts named."""
    heads = gather.heads()
    unread = whole.unread
    return [
        ("# Population", one.title),
        ("# What it holds", one.says),
        ("# As of (observed)", time_text(at)),
        ("# Made at", time_text(now)),
        ("# Sources", ", ".join(one.sources)),
        ("# Reads whole and fresh then", f"{whole.expected - whole.missing} of {whole.expected}"),
        ("# Accounts expected", _ids(sorted(whole.accounts), most) or "none is known"),
        ("# Accounts with a read missing or too old", _ids(unread, most) or "none"),
        ("# Ledger head, number", heads.ledger.seq),
        ("# Ledger head, SHA-256", heads.ledger.chain_hash or "the ledger is empty"),
        ("# Journal head, number", heads.journal.seq),
        ("# Journal head, SHA-256", heads.journal.chain_hash or "the journal is empty"),
    ]


def _ids(ids: Sequence[str], most: int | None) -> str:
    more = len(ids) - len(ids[:most])
    return " ".join(ids[:most]) + (f" and {more} more, which the file names" if more else "")


def _with_contents(about: Preamble, one: Population, rows: list[list[Any]]) -> Preamble:
    """With what only the whole list tells."""
    digest = hashlib.sha256()
    for line in csv_lines(one.columns, rows):
        digest.update(line.encode())
    return [
        *about,
        ("# Rows", len(rows)),
        ("# SHA-256 of what follows these lines", digest.hexdigest()),
    ]


def _checks() -> Iterator[tuple[str, ledger.ChainCheck, float]]:
    for title, verify in (("Ledger", ledger.verify), ("Journal", journal.verify)):
        started = time.monotonic()
        found = verify()
        yield title, found, time.monotonic() - started

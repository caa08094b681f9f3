"""Evidence: populations as of an instant, how whole they were, and whether the chains hold."""

import hashlib
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accessportal.web.csvfile import csv_lines, csv_response
from accessportal.web.lists import wants_csv
from accessportal.web.roles import require_role
from inventory import ledger
from inventory.codec import time_text
from migrations_plan import journal
from migrations_plan.gather import evidence as gather

FIRST_ROWS = 25
MOST_GAPS = 50
LOOK_BACK = timedelta(days=30)
Preamble = list[tuple[str, Any]]


@require_role("lead", "auditor")
def page(request: HttpRequest) -> HttpResponse:
    """What was known at ?at=, and how whole; ?check=1 also recomputes both chains."""
    now = timezone.now()
    at, problem = _instant(request, now)
    whole = gather.then(at)
    found = gather.gaps(at, at - LOOK_BACK, whole)
    counts = gather.fact_counts(at)
    context = {
        "now": now,
        "at": at,
        "at_text": _text(at),
        "problem": problem,
        "heads": gather.heads(),
        "then": whole,
        "rows": [
            (one, _counted(one, counts), whole.of(one.sources))
            for one in gather.POPULATIONS.values()
        ],
        "gaps": found[:MOST_GAPS],
        "hidden_gaps": max(len(found) - MOST_GAPS, 0),
        "look_back_days": LOOK_BACK.days,
        "checks": _checks() if request.GET.get("check") == "1" else None,
    }
    return render(request, "migrations_plan/evidence/page.html", context)


@require_role("lead", "auditor")
def population(request: HttpRequest, name: str) -> HttpResponseBase:
    """One population's first rows with where they come from; ?format=csv gives all of it."""
    if name not in gather.POPULATIONS:
        raise Http404
    one, now = gather.POPULATIONS[name], timezone.now()
    at, problem = _instant(request, now)
    rows = [[row[column] for column in one.columns] for row in one.rows(at, now)]
    whole = gather.then(at).of(one.sources)
    about = _about(one, at, now, whole, gather.heads(), rows)
    if wants_csv(request):
        filename = f"{name}-as-of-{at:%Y%m%dT%H%M%SZ}.csv"
        return csv_response(filename, about[0], chain(about[1:], [one.columns], rows))
    context = {
        "now": now,
        "at": at,
        "at_text": _text(at),
        "problem": problem,
        "population": one,
        "then": whole,
        "about": about,
        "rows": [
            list(zip(one.columns, map(_shown, row), strict=True)) for row in rows[:FIRST_ROWS]
        ],
        "total": len(rows),
    }
    return render(request, "migrations_plan/evidence/population.html", context)


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


def _counted(one: gather.Population, counts: dict[str, int]) -> list[tuple[int, str]]:
    return [(counts[kind], words) for kind, words in one.counted]


def _shown(value: Any) -> Any:
    return ", ".join(map(str, value)) or "none" if isinstance(value, list | tuple) else value


def _about(
    one: gather.Population,
    at: datetime,
    now: datetime,
    whole: gather.Then,
    heads: gather.Heads,
    rows: list[list[Any]],
) -> Preamble:
    """What every file says of itself, above its rows."""
    unread = whole.unread
    text = "".join(csv_lines(one.columns, rows))
    return [
        ("# Population", one.title),
        ("# What it holds", one.says),
        ("# As of (observed)", time_text(at)),
        ("# Made at", time_text(now)),
        ("# Rows", len(rows)),
        ("# Sources", ", ".join(one.sources)),
        ("# Reads whole and fresh then", f"{whole.expected - whole.missing} of {whole.expected}"),
        ("# Accounts expected", " ".join(sorted(whole.accounts)) or "none is known"),
        ("# Accounts with a read missing or too old", " ".join(unread) or "none"),
        ("# Ledger head, number", heads.ledger.seq),
        ("# Ledger head, SHA-256", heads.ledger.chain_hash or "the ledger is empty"),
        ("# Journal head, number", heads.journal.seq),
        ("# Journal head, SHA-256", heads.journal.chain_hash or "the journal is empty"),
        ("# SHA-256 of what follows these lines", hashlib.sha256(text.encode()).hexdigest()),
    ]


def _checks() -> Iterator[tuple[str, ledger.ChainCheck, float]]:
    for title, verify in (("Ledger", ledger.verify), ("Journal", journal.verify)):
        started = time.monotonic()
        found = verify()
        yield title, found, time.monotonic() - started

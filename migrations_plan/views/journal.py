"""The journal: every decision with who, when and why, and whether its chain holds."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from datetime import time as of_day
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from accessportal.web.csvfile import csv_response
from accessportal.web.htmx import wants_partial
from accessportal.web.lists import choice_of, text_of, wants_csv
from accessportal.web.paging import page_of
from accessportal.web.roles import require_role, viewer
from inventory.usage.covered import end_of
from migrations_plan import journal
from migrations_plan.gather.evidence import heads
from migrations_plan.journal_words import ACTIONS, words
from migrations_plan.models import JournalEntry
from migrations_plan.periods import day_of

HEADER = (
    "number", "at", "actor", "action", "subject", "reason", "details", "erased", "entry_sha256",
    "chain_sha256",
)  # fmt: skip


@require_role("lead", "auditor")
def page(request: HttpRequest) -> HttpResponseBase:
    """Newest first, as the address filters it; ?check=1 also recomputes the chain."""
    now = timezone.now()
    everything = JournalEntry.objects.visible_to(viewer(request))
    actions, actors = _known(everything)
    chosen = {
        "q": text_of(request, "q"),
        "actor": choice_of(request, "actor", actors),
        "action": choice_of(request, "action", actions),
        "from": day_of(request, "from"),
        "to": day_of(request, "to"),
    }
    rows = _filtered(everything, chosen)
    if wants_csv(request):
        return csv_response(f"journal-{now:%Y-%m-%d}.csv", HEADER, _csv_rows(rows))
    found = page_of(request, rows)
    context = {
        "now": now,
        "page": found,
        "rows": [(entry, words(entry.action), _details(entry)) for entry in found],
        "list_id": "journal",
        "chosen": chosen,
        "narrowed": any(chosen.values()),
    }
    if wants_partial(request):
        return render(request, "migrations_plan/journal/_table.html", context)
    context |= {
        "actors": actors,
        "actions": sorted(((word, words(word)) for word in actions), key=lambda pair: pair[1]),
        "head": heads().journal,
        "check": _check() if request.GET.get("check") == "1" else None,
    }
    return render(request, "migrations_plan/journal/page.html", context)


def _known(entries: QuerySet[JournalEntry]) -> tuple[list[str], list[str]]:
    """Actions and actors that the journal has, for the filters. One query."""
    pairs = set(entries.order_by().values_list("action", "actor").distinct())
    return sorted({*ACTIONS, *(a for a, _ in pairs)}), sorted({who for _, who in pairs})


def _filtered(entries: QuerySet[JournalEntry], chosen: dict[str, Any]) -> QuerySet[JournalEntry]:
    wanted = Q()
    if chosen["q"]:
        wanted &= Q(subject__icontains=chosen["q"]) | Q(reason__icontains=chosen["q"])
    if chosen["actor"]:
        wanted &= Q(actor=chosen["actor"])
    if chosen["action"]:
        wanted &= Q(action=chosen["action"])
    if chosen["from"]:
        wanted &= Q(at__gte=datetime.combine(chosen["from"], of_day.min, UTC))
    if chosen["to"]:
        wanted &= Q(at__lt=end_of(chosen["to"]))
    return entries.filter(wanted).order_by("-seq")


def _details(entry: JournalEntry) -> list[tuple[str, Any]]:
    """Name and value in the order of names; a value that is not known is None."""
    details = entry.details if isinstance(entry.details, dict) else {"details": entry.details}
    return [(name.replace("_", " "), value) for name, value in sorted(details.items())]


def _check() -> dict[str, Any]:
    started = time.monotonic()
    return {"found": journal.verify(), "seconds": time.monotonic() - started}


def _csv_rows(rows: QuerySet[JournalEntry]) -> Iterator[tuple[Any, ...]]:
    for one in rows.iterator(chunk_size=1000):
        yield (
            one.seq, one.at, one.actor, one.action, one.subject, one.reason, one.details,
            not one.salt, one.entry_hash, one.chain_hash,
        )  # fmt: skip

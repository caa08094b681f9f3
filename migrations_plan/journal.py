"""Writing to the journal and checking its chain."""

import json
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from inventory import chain, chain_check
from inventory.chain_check import ChainCheck
from inventory.ledger import instant, locked_head
from migrations_plan.models import JournalEntry, PortalUser

JOURNAL = "journal"


def write(
    *,
    actor: PortalUser | str,
    action: str,
    subject: str,
    reason: str = "",
    details: dict[str, Any] | None = None,
    now: datetime,
) -> JournalEntry:
    """One line, in the caller's transaction: who did what to whom, when and why.

    A text as actor is a process or a person at the command line, named by the caller.
    """
    name = actor if isinstance(actor, str) else actor.username
    if not name:
        raise ValueError("a journal line needs an actor")
    head = locked_head(JOURNAL)
    head.seq += 1
    entry = JournalEntry(
        seq=head.seq,
        at=now,
        actor=name,
        action=action,
        subject=subject,
        reason=reason,
        details=json.loads(_canonical(details or {})),
        salt=chain.new_salt(),
    )
    entry.entry_hash = _entry_hash(entry)
    entry.chain_hash = head.chain_hash = _chain_hash(entry, head.chain_hash)
    entry.save(force_insert=True)
    head.save()
    return entry


def _canonical(details: dict[str, Any]) -> str:
    return json.dumps(details, cls=DjangoJSONEncoder, sort_keys=True, separators=(",", ":"))


def _entry_hash(entry: JournalEntry) -> str:
    parts = (entry.actor, entry.subject, entry.reason, _canonical(entry.details))
    return chain.salted_hash(entry.salt, *parts)


def _chain_hash(entry: JournalEntry, previous: str) -> str:
    return chain.link(previous, str(entry.seq), instant(entry.at), entry.action, entry.entry_hash)


def verify() -> ChainCheck:
    """Recomputes every link and every line that has not been erased; see chain_check."""
    return chain_check.check(JOURNAL, JournalEntry.objects.all(), _problem)


def _problem(entry: JournalEntry, previous: str, expected_seq: int) -> str:
    if entry.seq != expected_seq:
        return f"row {expected_seq} is missing"
    if _chain_hash(entry, previous) != entry.chain_hash:
        return f"row {entry.seq} does not follow from the one before it"
    if entry.salt and _entry_hash(entry) != entry.entry_hash:
        return f"row {entry.seq} no longer says what was recorded"
    return ""

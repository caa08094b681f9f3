"""Temporary credentials: when each began and who is behind it. Knowledge only grows.

Many events tell of one session, in any order; inventory.cloudtrail.sessions says what they tell
together. Here that is kept, and handed back to counting.
"""

from collections import OrderedDict
from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction

from inventory.cloudtrail.records import Actor, Session, SessionKind
from inventory.cloudtrail.sessions import merged
from inventory.codec import time_from_text, time_text
from inventory.models import UsageSession
from inventory.saving import bulk
from inventory.usage.dimensions import Ids, Stale, actor_columns, actor_from
from inventory.usage.statements import made

TEXTS = ("account_id", "issuer_key", "permission_set", "role_arn", "network", "access_key_id")
COLUMNS = ("key", "kind", "started_at", "issued", "actor_id", *TEXTS)
REMEMBERED = 50_000
AT_ONCE = 500
# What is committed at least: what adds nothing to it need not be written again.
_saved: OrderedDict[str, Session] = OrderedDict()


def known(keys: Collection[str]) -> dict[str, Actor]:
    """Who is behind those of the sessions that are known."""
    listed, found = sorted(keys), dict[str, Actor]()
    for start in range(0, len(listed), AT_ONCE):
        rows = UsageSession.objects.filter(key__in=listed[start : start + AT_ONCE])
        rows = rows.exclude(actor=None)
        for key, *values in rows.values_list("key", *actor_columns("actor__")):
            found[key] = actor_from(values)
    return found


def save(found: Mapping[str, Session], ids: Ids) -> set[str]:
    """Adds what a batch told. Returns the keys of sessions of which more is known now."""
    told = {key: _with_saved(session) for key, session in found.items()}
    news = {key: session for key, session in told.items() if session != _saved.get(key)}
    if not news:
        return set()
    # In the order of keys: two writers with the same sessions do not wait for each other in turn.
    new = made(UsageSession, COLUMNS, [_values(session, ids) for session in news.values()])
    rows = _locked(news.keys() - new.keys())
    if len(new) + len(rows) < len(news):
        raise Stale
    changed = [row for key, row in sorted(rows.items()) if _take(row, news[key], ids)]
    bulk.update(UsageSession, changed, [*TEXTS, "kind", "started_at", "issued", "actor"])
    transaction.on_commit(lambda: _remember(news))
    return set(news)


def _with_saved(session: Session) -> Session:
    saved = _saved.get(session.key)
    return merged(saved, session) if saved else session


def _remember(news: Mapping[str, Session]) -> None:
    _saved.update(news)
    while len(_saved) > REMEMBERED:
        _saved.popitem(last=False)


def forget() -> None:
    """Drops what is remembered of committed rows."""
    _saved.clear()


def _locked(keys: Collection[str]) -> dict[str, UsageSession]:
    """In the order of keys, so that writers never wait for each other."""
    listed, rows = sorted(keys), dict[str, UsageSession]()
    for start in range(0, len(listed), AT_ONCE):
        part = UsageSession.objects.filter(key__in=listed[start : start + AT_ONCE]).order_by("key")
        for row in part.select_related("actor").select_for_update(of=("self",)):
            rows[row.key] = row
    return rows


def _values(session: Session, ids: Ids) -> tuple[Any, ...]:
    """A row of the table, in the order of COLUMNS."""
    actor_id = ids.actors[session.actor] if session.actor else None
    started_at = time_from_text(session.started_at)
    texts = (getattr(session, name) for name in TEXTS)
    return session.key, session.kind, started_at, session.issued, actor_id, *texts


def _fill(row: UsageSession, session: Session) -> None:
    for name in TEXTS:
        setattr(row, name, getattr(session, name))
    row.kind, row.issued = session.kind, session.issued
    row.started_at = time_from_text(session.started_at)


def session_of(row: UsageSession) -> Session:
    """The row as counting knows it."""
    return Session(
        key=row.key,
        kind=SessionKind(row.kind),
        started_at=time_text(row.started_at),
        actor=actor_from(getattr(row.actor, name) for name in Actor._fields) if row.actor else None,
        issued=row.issued,
        **{name: getattr(row, name) for name in TEXTS},
    )


def _take(row: UsageSession, told: Session, ids: Ids) -> bool:
    """Whether the row knows more now."""
    before = session_of(row)
    after = merged(before, told)
    if after == before:
        return False
    _fill(row, after)
    if after.actor is not None and after.actor != before.actor:
        row.actor_id = ids.actors[after.actor]
    return True

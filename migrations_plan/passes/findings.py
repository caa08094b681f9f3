"""Opens, keeps and closes findings, and ranks credentials: one pass over the facts of some accounts
or of all, in a fixed number of queries.

A pass is idempotent. One runs at a time; what it is due for is found by comparing the state of
every scope with what the last pass saw, so that no save has to remember to call it.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from inventory import codec
from inventory.models import AwsAccount, Heartbeat, ScopeState
from inventory.saving import bulk
from migrations_plan.gather.credentials import Gathered, gather
from migrations_plan.models import Finding, FindingPass, FindingVerdict, RankedCredential
from migrations_plan.passes.judging import Judged, judge, ranked, weight
from migrations_plan.rules.facts import Limits
from migrations_plan.rules.verdict import NO, YES

# Its row is the lock, and says when findings were last brought up to date.
HEARTBEAT = "findings"
# Ages grow and reads go stale without any event; so every account is looked at again after this.
AGAIN_AFTER = timedelta(hours=1)
ORGANIZATION = ""
RANKED = tuple(
    field.attname
    for field in RankedCredential._meta.concrete_fields
    if field.name not in ("id", "subject")
)
# What a pass may change about an open finding, besides closing it.
TOLD = (
    "kind", "name", "account_id", "iam_user_id", "user_arn", "user_name", "verdict", "severe",
    "weight", "sentence", "facts", "stale_after",
)  # fmt: skip
WRITTEN = (
    "kind", "name", "account", "iam_user", "user_arn", "user_name", "verdict", "severe",
    "weight", "sentence", "facts", "stale_after", "changed_at", "closed_at", "closed_because",
)  # fmt: skip
VANISHED = "A whole read no longer shows it."


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a pass did, and how many findings stand after it in the accounts it looked at."""

    opened: int = 0
    closed: int = 0
    standing: int = 0
    credentials: int = 0


def limits() -> Limits:
    """The thresholds as set."""
    return Limits(
        old=settings.PORTAL_OLD_DAYS,
        unused=settings.PORTAL_UNUSED_DAYS,
        long_unused=max(settings.PORTAL_LONG_UNUSED_DAYS, settings.PORTAL_UNUSED_DAYS),
        grace=settings.PORTAL_NEW_CREDENTIAL_DAYS,
        root_used=settings.PORTAL_ROOT_USED_DAYS,
    )


def settle(now: datetime, accounts: Collection[str] = ()) -> None:
    """What inventory.after calls when work is over."""
    evaluate_due(now, also=accounts)


@transaction.atomic
def evaluate_due(now: datetime, *, also: Collection[str] = ()) -> Outcome:
    """A pass over the accounts whose reads changed since their last pass, those not looked at for
    an hour, and `also` ('' is the organization: everything). Nothing due: three queries."""
    _one_at_a_time(now)
    seen = _reads_now()
    due = _due(seen, now) | set(also)
    if not due:
        return Outcome()
    wanted = None if ORGANIZATION in due else sorted(due & seen.keys())
    return _evaluate(now, wanted, seen)


@transaction.atomic
def evaluate_findings(now: datetime, account_ids: Collection[str] | None = None) -> Outcome:
    """A pass over these accounts, or over all."""
    _one_at_a_time(now)
    return _evaluate(now, account_ids, _reads_now())


def look_again(account_id: str) -> None:
    """A decision changed what the findings of an account say: the next pass is due at once."""
    FindingPass.objects.filter(account_id=account_id).delete()


def _one_at_a_time(now: datetime) -> None:
    Heartbeat.objects.get_or_create(name=HEARTBEAT, defaults={"at": now})
    beat = Heartbeat.objects.select_for_update().get(name=HEARTBEAT)
    beat.at = max(now, beat.at)
    beat.save(update_fields=["at"])


def _reads_now() -> dict[str, str]:
    """A digest of the state of all scopes of every account, and of the organization."""
    parts: dict[str, list[str]] = defaultdict(list)
    columns = ("account_id", "source", "last_run_id", "whole_observed_at")
    for account_id, source, run_id, at in ScopeState.objects.order_by("source").values_list(
        *columns
    ):
        parts[account_id].append(f"{source} {run_id} {at}")
    known = {ORGANIZATION, *AwsAccount.objects.order_by().values_list("pk", flat=True)}
    return {
        one: hashlib.sha256("\n".join(parts.get(one, ())).encode()).hexdigest() for one in known
    }


def _due(seen: dict[str, str], now: datetime) -> set[str]:
    passes = {row.account_id: row for row in FindingPass.objects.all()}
    return {
        account_id
        for account_id, digest in seen.items()
        if account_id not in passes
        or passes[account_id].reads != digest
        or passes[account_id].at <= now - AGAIN_AFTER
    }


def _evaluate(now: datetime, account_ids: Collection[str] | None, seen: dict[str, str]) -> Outcome:
    bounds = limits()
    gathered = gather(now, account_ids, bounds)
    _save_ranked(list(ranked(gathered, bounds, now)), account_ids)
    outcome = _save_findings(list(judge(gathered, bounds, now)), gathered, account_ids, now)
    done = seen.keys() if account_ids is None else set(account_ids) & seen.keys()
    FindingPass.objects.bulk_create(
        [FindingPass(account_id=one, at=now, reads=seen[one]) for one in sorted(done)],
        update_conflicts=True,
        unique_fields=["account_id"],
        update_fields=["at", "reads"],
        batch_size=bulk.BATCH,
    )
    return outcome


def _of(rows: Any, account_ids: Collection[str] | None) -> Any:
    return rows if account_ids is None else rows.filter(account_id__in=list(account_ids))


def _save_ranked(rows: list[RankedCredential], account_ids: Collection[str] | None) -> None:
    """Writes rows that are new or differ, and removes those of credentials that are gone."""
    before = {row.subject: row for row in _of(RankedCredential.objects.order_by(), account_ids)}
    fresh, changed = [], []
    for row in rows:
        known = before.pop(row.subject, None)
        if known is None:
            fresh.append(row)
        elif any(getattr(known, name) != getattr(row, name) for name in RANKED):
            row.pk = known.pk
            changed.append(row)
    gone = [row.pk for row in before.values()]
    for start in range(0, len(gone), bulk.BATCH):
        RankedCredential.objects.filter(pk__in=gone[start : start + bulk.BATCH]).delete()
    RankedCredential.objects.bulk_create(fresh, batch_size=bulk.BATCH)
    names = [field.name for field in RankedCredential._meta.concrete_fields if field.name != "id"]
    bulk.update(RankedCredential, changed, names)


def _save_findings(
    judged: list[Judged],
    gathered: Gathered,
    account_ids: Collection[str] | None,
    now: datetime,
) -> Outcome:
    present = _of(Finding.objects.present().order_by(), account_ids)
    before: dict[tuple[str, str], Finding] = {(row.rule, row.subject): row for row in present}
    opened, changed, closed = list[Finding](), list[Finding](), list[Finding]()
    worse = list[int]()
    standing = 0
    for one in judged:
        row = before.pop((one.rule, one.subject), None)
        if one.verdict.answer == NO and one.verdict.fresh:
            closed += [_closed(row, one.verdict.sentence, now)] if row else []
        elif row is not None:
            standing += 1
            worse += [row.pk] if one.verdict.severe and not row.severe else []
            changed += [row] if _told(row, one, gathered, now) else []
        elif one.verdict.answer != NO:
            standing += 1
            opened.append(_opened(one, gathered, now))
    for row in before.values():
        if row.user_arn in gathered.unread_users:
            changed.append(_lost(row, now))
        else:
            # Rows go only after a whole read, so what is in no row any more is known to be gone.
            closed.append(_closed(row, VANISHED, now))
    # What was acknowledged was the milder degree. Apart, so that a pass never takes back what
    # somebody acknowledges at the same time.
    milder = Finding.objects.filter(pk__in=worse, acknowledged_until__gt=now)
    milder.update(acknowledged_until=now)
    bulk.update(Finding, [*changed, *closed], WRITTEN)
    Finding.objects.bulk_create(opened, batch_size=bulk.BATCH)
    still_true = _of(Finding.objects.present().order_by(), account_ids)
    still_true.filter(verdict=FindingVerdict.OPEN).update(last_true_at=now)
    return Outcome(len(opened), len(closed), standing, len(gathered.credentials))


def _closed(row: Finding, because: str, now: datetime) -> Finding:
    row.closed_at, row.closed_because = now, because
    return row


def _lost(row: Finding, now: datetime) -> Finding:
    """Nobody knows any more whether the user still has it."""
    if row.verdict != FindingVerdict.UNKNOWN:
        row.sentence = (
            f"{row.sentence} Whether it is still there is unknown: the user was not read."
        )
        row.verdict, row.changed_at = FindingVerdict.UNKNOWN, now
    return row


def _opened(one: Judged, gathered: Gathered, now: datetime) -> Finding:
    row = Finding(rule=one.rule, subject=one.subject, opened_at=now)
    _told(row, one, gathered, now)
    return row


def _told(row: Finding, one: Judged, gathered: Gathered, now: datetime) -> bool:
    """Brings a row up to date with the verdict; says whether anything changed."""
    before = [getattr(row, name) for name in TOLD]
    verdict, said = one.verdict, (row.verdict, row.sentence)
    row.kind, row.name, row.account_id = one.kind, one.name, one.account_id
    row.iam_user_id = gathered.users.get(one.user_arn)
    row.user_arn, row.user_name = one.user_arn, one.user_name
    row.verdict = FindingVerdict.OPEN if verdict.answer == YES else FindingVerdict.UNKNOWN
    row.stale_after = verdict.until
    if verdict.answer == NO:
        # Not fresh enough to close it: what it said last stays, with the doubt.
        row.sentence = _doubted(row, verdict.sentence)
    else:
        row.sentence, row.severe = verdict.sentence, verdict.severe
        row.weight = weight(one.rule, severe=verdict.severe)
        row.facts = [
            {"name": f.name, "value": f.value, "source": f.source, "at": _text(f.observed_at)}
            for f in verdict.facts
        ]
    if (row.verdict, row.sentence) != said:
        row.changed_at = now
    return before != [getattr(row, name) for name in TOLD]


def _text(moment: datetime | None) -> str | None:
    return codec.time_text(moment) if moment else None


def _doubted(row: Finding, now_said: str) -> str:
    return f"Perhaps over, but the reads that say so are not whole and fresh: {now_said}"

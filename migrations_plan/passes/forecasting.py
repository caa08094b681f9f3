"""Keeps everybody's forecast up to date: one pass, in a fixed number of queries.

A pass is idempotent, and one runs at a time. Everybody is due when what all forecasts share has
changed (policies, assignments, guardrails, thresholds, the days that were read) or an hour has
gone by, somebody when their own calls, IAM users or target have. Only what differs is written.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, DateTimeField, ExpressionWrapper, F, Max, Q, Sum

from inventory.models import (
    AccountAssignment,
    AwsAccount,
    GroupMembership,
    Heartbeat,
    IamPolicy,
    IdentityStoreUser,
    OrganizationalUnit,
    PermissionSet,
    PolicyTarget,
    ScopeState,
    ServiceControlPolicy,
    UsageCoverage,
)
from inventory.models import Outcome as RunOutcome
from inventory.usage.covered import DELIVERED_AFTER
from migrations_plan.gather import forecast as gather
from migrations_plan.gather import hindsight, mapping
from migrations_plan.gather.access import DETAILS, ORGANIZATION_SOURCES
from migrations_plan.gather.forecast import Subject, Window
from migrations_plan.models import ForecastSummary, MappingFigures, thresholds
from migrations_plan.passes import forecast_rows
from migrations_plan.policy.access import Judge
from migrations_plan.policy.forecast import Line, forecast

# Its row is the lock, and says when everybody was looked at last.
HEARTBEAT = "forecasts"
AGAIN_AFTER = timedelta(hours=1)
FIGURES_AFTER = timedelta(minutes=10)
MOST_WORST = 5
FACTS = (
    AccountAssignment,
    AwsAccount,
    GroupMembership,
    IdentityStoreUser,
    OrganizationalUnit,
    PermissionSet,
    PolicyTarget,
    ServiceControlPolicy,
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a pass did. calls: judged, of which `decided` anew. written: lines."""

    people: int = 0
    calls: int = 0
    decided: int = 0
    written: int = 0


def settle(now: datetime, accounts: object = ()) -> None:
    """What inventory.after calls when work is over. A file may bring facts of an account without a
    trace in the state of its scopes."""
    forecast_due(now, everybody=bool(accounts))


@transaction.atomic
def forecast_due(now: datetime, *, everybody: bool = False) -> Outcome:
    """A pass over everybody who is due. Nobody due: two dozen small queries."""
    beat, fresh = _one_at_a_time(now)
    days = gather.window(now, thresholds().window_days)
    shared = _shared(days)
    people, of = gather.subjects(days.first, days.last)
    before = dict(ForecastSummary.objects.order_by().values_list("person_id", "basis"))
    bases = {pk: _basis(shared, one) for pk, one in people.items()}
    everybody = everybody or fresh or beat.at <= now - AGAIN_AFTER
    due = {pk: one for pk, one in people.items() if everybody or before.get(pk) != bases[pk]}
    if not due:
        return Outcome()
    whole = len(due) == len(people)
    outcome = _pass(now, days, due, of, bases, everybody=whole)
    if whole or _figures_due(now):
        mapping.save_figures(now, days)
        hindsight.save_hindsight(now, days)
    if whole:
        beat.at = max(now, beat.at)
        beat.save(update_fields=["at"])
    return outcome


def _figures_due(now: datetime) -> bool:
    """Sums over everybody's usage are not made again with every portion of logs."""
    last = MappingFigures.objects.first()
    return last is None or not last.events or last.made_at <= now - FIGURES_AFTER


def _one_at_a_time(now: datetime) -> tuple[Heartbeat, bool]:
    _, fresh = Heartbeat.objects.get_or_create(name=HEARTBEAT, defaults={"at": now})
    return Heartbeat.objects.select_for_update().get(name=HEARTBEAT), fresh


def _shared(days: Window) -> str:
    """A digest of what every forecast hangs on: facts, reads that failed, days wholly read. A read
    that told the same again changes none; the hourly pass takes its time over. Sixteen queries."""
    delivered = ExpressionWrapper(
        F("day") + (timedelta(days=1) + DELIVERED_AFTER), output_field=DateTimeField()
    )
    over = UsageCoverage.objects.filter(day__range=(days.first, days.due))
    parts: list[Any] = [days, *map(_state_of, FACTS)]
    parts += [_state_of(IamPolicy, aws_managed=False), *_reads()]
    parts += [over.filter(read_through__gte=delivered).count(), over.aggregate(Sum("quarantined"))]
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()


def _state_of(model: Any, **where: Any) -> tuple[Any, ...]:
    """How many facts of a kind are there, and when one last changed or went."""
    rows = model.objects.filter(**where).order_by()
    found = rows.aggregate(
        here=Count("pk", filter=Q(gone_at=None)), last=Max("changed_at"), gone=Max("gone_at")
    )
    return tuple(found.values())


def _reads() -> list[Any]:
    """Scopes whose last read was not whole, and how many were ever read whole."""
    states = ScopeState.objects.filter(source__in=(*ORGANIZATION_SOURCES, DETAILS))
    failed = states.exclude(last_run__outcome=RunOutcome.COMPLETE).order_by("source", "account_id")
    columns = ("source", "account_id", "last_run__outcome")
    return [*failed.values_list(*columns), states.exclude(whole_observed_at=None).count()]


def _basis(shared: str, one: Subject) -> str:
    targets = sorted((account, sorted(names)) for account, names in one.targets.items())
    parts = (shared, one.user_id, sorted(one.arns), one.used, targets)
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()


def _pass(
    now: datetime,
    days: Window,
    due: Mapping[int, Subject],
    of: Mapping[int, int],
    bases: Mapping[int, str],
    *,
    everybody: bool,
) -> Outcome:
    gathered = gather.gather(now, days, due, of, everybody=everybody)
    judge = Judge()
    lines: list[forecast_rows.Made] = []
    summaries = []
    calls = 0
    for pk, one in due.items():
        inputs = gathered.inputs(one)
        calls += len(inputs.calls)
        live = forecast(inputs.calls, inputs.live, judge, inputs.caller)
        lines += [forecast_rows.Made(pk, forecast_rows.LIVE, line) for line in live]
        if inputs.target is not None:
            target = forecast(inputs.calls, inputs.target, judge, inputs.caller)
            lines += [forecast_rows.Made(pk, forecast_rows.TARGET, line) for line in target]
        why, until = gathered.doubts(one)
        row = _summary(pk, live, days, now)
        row.why, row.stale_after, row.basis = why, until, bases[pk]
        summaries.append(row)
    # By people, not by lines: whose link was taken back has no lines any more, but had some.
    written = forecast_rows.save_lines(lines, None if everybody else list(due))
    forecast_rows.save_verdicts(lines, None if everybody else list(due), now)
    forecast_rows.save_summaries(summaries)
    return Outcome(len(due), calls, judge.decided, written)


def _summary(pk: int, lines: tuple[Line, ...], days: Window, now: datetime) -> ForecastSummary:
    weighing = [line for line in lines if line.weighs]
    by: dict[str, list[Line]] = {name: [] for name in ("allowed", "denied", "unknown")}
    for line in weighing:
        by[line.verdict.value].append(line)
    heaviest = sorted(by["denied"], key=_weight) + sorted(by["unknown"], key=_weight)
    return ForecastSummary(
        person_id=pk,
        since=days.first,
        calls=sum(map(_distinct, weighing)),
        allowed=sum(map(_distinct, by["allowed"])),
        denied=sum(map(_distinct, by["denied"])),
        unknown=sum(map(_distinct, by["unknown"])),
        events=sum(line.events for line in weighing),
        denied_events=sum(line.events for line in by["denied"]),
        unknown_events=sum(line.events for line in by["unknown"]),
        worst=[
            {
                "account_id": line.account_id,
                "action": line.action,
                "decision": line.verdict.value,
                "events": line.events,
                "last_at": line.last_at,
                "sentence": line.sentence,
            }
            for line in heaviest[:MOST_WORST]
        ],
        made_at=now,
    )


def _distinct(line: Line) -> int:
    """Calls are told apart by resource; one whose resource was not recorded is one."""
    return max(line.count, 1)


def _weight(line: Line) -> tuple[int, str, str]:
    return (-line.events, line.account_id, line.action)

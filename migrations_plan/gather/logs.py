"""Log objects: what was counted, what waits, what could not be read.

Cost: nine queries, however many objects there are. What was counted is summed from the coverage of
the days shown, because the ledger itself may hold millions of rows.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Q, QuerySet, Sum

from inventory.cloudtrail.reasons import SENTENCES
from inventory.jobs import LOG_IMPORT, LOG_LISTINGS
from inventory.models import (
    AwsAccount,
    CollectionRun,
    LogState,
    QuarantinedEvent,
    TrailObject,
    UsageCoverage,
)
from inventory.usage.coverage_facts import coverage
from inventory.usage.covered import Coverage

DAYS_SHOWN = 35
GAP_DAYS = 14
MOST_EVENTS = 20
SHOWN = (LogState.PENDING, LogState.QUARANTINED)


@dataclass(frozen=True, slots=True)
class AccountLogs:
    """One account: objects and events counted of the days shown, events of them that could not be,
    and objects that wait, that could not be fetched yet, and that are in quarantine, of any day.
    account None: not told by the path.
    """

    account: AwsAccount | None
    account_id: str
    objects: int
    events: int
    bad_events: int
    waiting: int
    failing: int
    quarantined: int


@dataclass(frozen=True, slots=True)
class Gap:
    """An account of which some day is not wholly read, and why."""

    account: AwsAccount
    state: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Logs:
    """The state of the whole list. listings: the newest runs that looked for logs."""

    addresses: tuple[str, ...]
    accounts: tuple[AccountLogs, ...]
    listings: tuple[CollectionRun, ...]
    since: datetime

    def total(self, name: str) -> int:
        """One number over all accounts."""
        return sum(getattr(one, name) for one in self.accounts)

    @property
    def objects(self) -> int:
        return self.total("objects")

    @property
    def bad_events(self) -> int:
        return self.total("bad_events")

    @property
    def waiting(self) -> int:
        return self.total("waiting")

    @property
    def failing(self) -> int:
        return self.total("failing")

    @property
    def quarantined(self) -> int:
        return self.total("quarantined")


def gather_logs(accounts: Mapping[str, AwsAccount], now: datetime) -> Logs:
    """Everything but the quarantine and the gaps, which are paged. Three queries."""
    since = now - timedelta(days=DAYS_SHOWN - 1)
    names = (*LOG_LISTINGS, LOG_IMPORT)
    return Logs(
        addresses=tuple(settings.CLOUDTRAIL_SOURCE),
        accounts=_by_account(accounts, since),
        listings=tuple(CollectionRun.objects.filter(source__in=names)[:5]),
        since=since,
    )


def _by_account(accounts: Mapping[str, AwsAccount], since: datetime) -> tuple[AccountLogs, ...]:
    counted = UsageCoverage.objects.filter(day__gte=since.date()).values("account_id").order_by()
    totals = {
        row["account_id"]: (row["read"], row["happened"], row["bad"])
        for row in counted.annotate(
            read=Sum("objects_read"), happened=Sum("events"), bad=Sum("quarantined")
        )
    }
    open_objects = _open_by_account()
    if unplaced := open_objects[("", "loose")]:
        totals[""] = (unplaced, open_objects[("", "happened")], open_objects[("", "unfit")])
    found = []
    for account_id in {*totals, *(account for account, _ in open_objects)}:
        counts = totals.get(account_id, (0, 0, 0))
        waiting, failing, bad = (
            open_objects[(account_id, what)] for what in ("waiting", "failing", "bad")
        )
        account = accounts.get(account_id)
        found.append(AccountLogs(account, account_id, *counts, waiting, failing, bad))
    return tuple(sorted(found, key=_trouble_first))


def _open_by_account() -> Counter[tuple[str, str]]:
    """By account and what; of objects whose path tells no account, those that are done, too."""
    done = Q(account_id="", state=LogState.DONE)
    rows = TrailObject.objects.filter(Q(state__in=SHOWN) | done).values("account_id").order_by()
    counts: Counter[tuple[str, str]] = Counter()
    for row in rows.annotate(
        waiting=Count("pk", filter=Q(state=LogState.PENDING)),
        failing=Count("pk", filter=Q(state=LogState.PENDING, not_before__isnull=False)),
        bad=Count("pk", filter=Q(state=LogState.QUARANTINED)),
        loose=Count("pk", filter=done),
        happened=Sum("counted", filter=done, default=0),
        unfit=Sum("quarantined", filter=done, default=0),
    ):
        for what in ("waiting", "failing", "bad", "loose", "happened", "unfit"):
            counts[(row["account_id"], what)] = row[what]
    return counts


def _trouble_first(one: AccountLogs) -> tuple[int, int, str]:
    return -one.quarantined, -one.failing, str(one.account or one.account_id)


def bad_events() -> list[QuarantinedEvent]:
    """The newest events that could not be counted of objects that were. One query."""
    events = list(QuarantinedEvent.objects.select_related("object").order_by("-id")[:MOST_EVENTS])
    for event in events:
        event.sentence = sentence_of(event.reason)  # type: ignore[attr-defined]
    return events


def gaps(accounts: Iterable[AwsAccount], now: datetime) -> list[Gap]:
    """Which of these accounts are not wholly read over the last whole days. Five queries."""
    known = {account.account_id: account for account in accounts}
    last = now.date() - timedelta(days=1)
    first = last - timedelta(days=GAP_DAYS - 1)
    return [
        Gap(known[found.account_id], str(found.state), found.sentence)
        for found in coverage(list(known), first, last)
        if found.state != Coverage.COVERED
    ]


def quarantine() -> QuerySet[TrailObject]:
    """Objects that cannot be read, and those that could not be fetched yet; newest first."""
    bad = Q(state=LogState.QUARANTINED) | Q(state=LogState.PENDING, not_before__isnull=False)
    return TrailObject.objects.filter(bad).order_by("-id")


def sentence_of(reason: str) -> str:
    """What a reason means; the word itself if nobody knows."""
    return {str(known): text for known, text in SENTENCES.items()}.get(reason, reason)

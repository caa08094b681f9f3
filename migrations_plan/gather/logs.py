"""Log objects: what was counted, what waits, what could not be read.

Cost: six queries, however many objects there are. What was counted is summed from the coverage of
the days shown, because the ledger itself may hold millions of rows.
"""

from collections import Counter
from collections.abc import Mapping
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

DAYS_SHOWN = 35
MOST_EVENTS = 20
SHOWN = (LogState.PENDING, LogState.QUARANTINED)


@dataclass(frozen=True, slots=True)
class AccountLogs:
    """One account: objects and events counted of the days shown, and objects that wait, that could
    not be fetched yet, and that are in quarantine, of any day. account None: not told by the path.
    """

    account: AwsAccount | None
    account_id: str
    objects: int
    events: int
    waiting: int
    failing: int
    quarantined: int


@dataclass(frozen=True, slots=True)
class Logs:
    """The state of the whole list. listings: the newest runs that looked for logs."""

    addresses: tuple[str, ...]
    accounts: tuple[AccountLogs, ...]
    listings: tuple[CollectionRun, ...]
    bad_events: tuple[QuarantinedEvent, ...]
    since: datetime

    def total(self, name: str) -> int:
        """One number over all accounts."""
        return sum(getattr(one, name) for one in self.accounts)

    @property
    def objects(self) -> int:
        return self.total("objects")

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
    """Everything but the quarantine itself, which is paged. Five queries."""
    since = now - timedelta(days=DAYS_SHOWN - 1)
    names = (*LOG_LISTINGS, LOG_IMPORT)
    events = QuarantinedEvent.objects.select_related("object").order_by("-id")[:MOST_EVENTS]
    bad_events = tuple(events)
    for event in bad_events:
        event.sentence = sentence_of(event.reason)  # type: ignore[attr-defined]
    return Logs(
        addresses=tuple(settings.CLOUDTRAIL_SOURCE),
        accounts=_by_account(accounts, since),
        listings=tuple(CollectionRun.objects.filter(source__in=names)[:5]),
        bad_events=bad_events,
        since=since,
    )


def _by_account(accounts: Mapping[str, AwsAccount], since: datetime) -> tuple[AccountLogs, ...]:
    counted = UsageCoverage.objects.filter(day__gte=since.date()).values("account_id").order_by()
    totals = {
        row["account_id"]: (row["read"], row["happened"])
        for row in counted.annotate(read=Sum("objects_read"), happened=Sum("events"))
    }
    unplaced = TrailObject.objects.filter(account_id="", state=LogState.DONE)
    loose = unplaced.aggregate(read=Count("pk"), happened=Sum("counted", default=0))
    if loose["read"]:
        totals[""] = (loose["read"], loose["happened"])
    open_objects = _open_by_account()
    found = []
    for account_id in {*totals, *(account for account, _ in open_objects)}:
        objects, events = totals.get(account_id, (0, 0))
        waiting, failing, bad = (
            open_objects[(account_id, what)] for what in ("waiting", "failing", "bad")
        )
        account = accounts.get(account_id)
        found.append(AccountLogs(account, account_id, objects, events, waiting, failing, bad))
    return tuple(sorted(found, key=_trouble_first))


def _open_by_account() -> Counter[tuple[str, str]]:
    rows = TrailObject.objects.filter(state__in=SHOWN).values("account_id").order_by()
    counts: Counter[tuple[str, str]] = Counter()
    for row in rows.annotate(
        waiting=Count("pk", filter=Q(state=LogState.PENDING)),
        failing=Count("pk", filter=Q(state=LogState.PENDING, not_before__isnull=False)),
        bad=Count("pk", filter=Q(state=LogState.QUARANTINED)),
    ):
        for what in ("waiting", "failing", "bad"):
            counts[(row["account_id"], what)] = row[what]
    return counts


def _trouble_first(one: AccountLogs) -> tuple[int, int, str]:
    return -one.quarantined, -one.failing, str(one.account or one.account_id)


def quarantine() -> QuerySet[TrailObject]:
    """Objects that cannot be read, and those that could not be fetched yet; newest first."""
    bad = Q(state=LogState.QUARANTINED) | Q(state=LogState.PENDING, not_before__isnull=False)
    return TrailObject.objects.filter(bad).order_by("-id")


def sentence_of(reason: str) -> str:
    """What a reason means; the word itself if nobody knows."""
    return {str(known): text for known, text in SENTENCES.items()}.get(reason, reason)

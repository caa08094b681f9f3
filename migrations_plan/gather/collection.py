"""What was read, how each read ended, and what is still to be read.

Cost: nine queries at most for the whole page, however many accounts there are.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from inventory.freshness import FRESH, STALE, UNKNOWN, Freshness, freshness, tallies
from inventory.jobs import OPEN
from inventory.models import AwsAccount, CollectionRun, Job, JobState, Outcome
from inventory.sources import SOURCE_BY_NAME, SOURCES, Source

ACCOUNT_SOURCES = tuple(source for source in SOURCES if source.per_account)
BAD = (Outcome.DENIED, Outcome.THROTTLED, Outcome.FAILED, Outcome.PARTIAL, Outcome.LOST)
SHORT = {
    "authorization_details": "IAM",
    "credential_report": "Report",
    "account_summary": "Root",
    "identity_providers": "Providers",
    "access_keys": "Keys",
    "login_profiles": "Passwords",
    "mfa_devices": "MFA",
    "ssh_public_keys": "SSH",
    "signing_certificates": "Certificates",
    "service_specific_credentials": "Service",
}
MOST_WAITING = 12


@dataclass(frozen=True, slots=True)
class AccountReads:
    """One account and the state of every source in it."""

    account: AwsAccount
    cells: tuple[Freshness, ...]


@dataclass(frozen=True, slots=True)
class Work:
    """The work list. waiting: the first few; given_up: jobs nobody tries again by themselves."""

    running: tuple[Any, ...]
    waiting: tuple[Any, ...]
    queued: int
    given_up: tuple[Any, ...]

    @property
    def open(self) -> int:
        """Reads that are still to come."""
        return len(self.running) + self.queued


@dataclass(frozen=True, slots=True)
class Status:
    """Everything about how whole and how fresh the facts are, counted over all accounts.

    accounts: those to read, with how many of their reads are not fresh; most trouble first.
    """

    accounts: tuple[tuple[AwsAccount, int], ...]
    counts: Mapping[str, int]
    newest_at: datetime | None

    @property
    def total(self) -> int:
        """Reads that are expected."""
        return sum(self.counts.values())

    @property
    def not_fresh(self) -> int:
        """Reads that are stale or unknown."""
        return self.counts[STALE] + self.counts[UNKNOWN]

    @property
    def whole_accounts(self) -> int:
        """Accounts of which every read is whole and fresh."""
        return sum(not trouble for _, trouble in self.accounts)


def accounts_by_id(rows: QuerySet[AwsAccount, Any]) -> dict[str, AwsAccount]:
    """Every account, by id, in order of names. One query."""
    return {account.account_id: account for account in rows}


def status(accounts: Mapping[str, AwsAccount], now: datetime) -> Status:
    """The state of every expected read, counted; accounts with trouble come first. Four queries at
    most."""
    counted = tallies(now)
    others = [row for tally in counted for row in tally.others]
    states = Counter(row.state for row in others)
    states[FRESH] = sum(tally.expected for tally in counted) - len(others)
    trouble = Counter(row.account_id for row in others)
    expected = counted[0].names
    listed = [(one, trouble[key]) for key, one in accounts.items() if key in expected]
    return Status(
        accounts=tuple(sorted(listed, key=lambda one: -one[1])),
        counts={state: states[state] for state in (FRESH, STALE, UNKNOWN)},
        newest_at=max((tally.newest_at for tally in counted if tally.newest_at), default=None),
    )


def reads_of(
    accounts: Sequence[tuple[AwsAccount, int]], now: datetime
) -> tuple[list[Freshness], list[AccountReads]]:
    """Every read of the organization, and of those accounts that a page shows. One query."""
    ids = [account.account_id for account, _ in accounts]
    by_account: dict[str, list[Freshness]] = {}
    for state in freshness(now, account_ids=ids, left={}):
        by_account.setdefault(state.account_id, []).append(state)
    listed = [AccountReads(one, tuple(by_account[one.account_id])) for one, _ in accounts]
    return by_account.get("", []), listed


def work(accounts: Mapping[str, AwsAccount]) -> Work:
    """What is running, waiting and given up. One query."""
    wanted = Q(state__in=OPEN) | Q(state=JobState.GIVEN_UP)
    jobs = list(Job.objects.filter(wanted).order_by("rank", "id"))
    last: dict[tuple[str, str], int] = {}
    for job in jobs:
        job.title, job.account = titles(job.source, job.account_id, accounts)  # type: ignore[attr-defined]
        last[(job.source, job.account_id)] = max(job.pk, last.get((job.source, job.account_id), 0))
    waiting = [job for job in jobs if job.state == JobState.QUEUED]
    return Work(
        running=tuple(job for job in jobs if job.state == JobState.RUNNING),
        waiting=tuple(waiting[:MOST_WAITING]),
        queued=len(waiting),
        # A later job of the same scope is the answer to one that was given up.
        given_up=tuple(
            job
            for job in jobs
            if job.state == JobState.GIVEN_UP and last[(job.source, job.account_id)] == job.pk
        ),
    )


def titles(source: str, account_id: str, accounts: Mapping[str, AwsAccount]) -> tuple[str, str]:
    """A source and an account in words; the organization when there is no account."""
    name, _, part = source.partition(".")
    known: Source | None = SOURCE_BY_NAME.get(name)
    title = known.title if known else name.replace("_", " ").capitalize()
    place = str(accounts.get(account_id) or account_id or "organization")
    return f"{title} ({part})" if part else title, place


def describe(runs: Iterable[CollectionRun], accounts: Mapping[str, AwsAccount]) -> None:
    """Gives each run its title, its account's name, and whether it can be asked for again."""
    for run in runs:
        run.title, run.account = titles(run.source, run.account_id, accounts)  # type: ignore[attr-defined]
        run.again = run.source in SOURCE_BY_NAME  # type: ignore[attr-defined]

"""Collecting in the foreground: the same work list, worked off by threads of this process.

Workers elsewhere may take part; it is over when nothing that was asked for is open any more.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connections as database_connections
from django.db.models import QuerySet

from inventory import jobs
from inventory.collect import Worker
from inventory.freshness import expected_account_ids
from inventory.models import CollectionRun, Job
from inventory.sources import SOURCES

PAUSE_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a collection is: jobs asked for, jobs ended, and the run that ended last."""

    asked: int
    ended: int
    run: CollectionRun | None


class Foreground:
    """One collection asked for at the command line."""

    def __init__(
        self,
        worker: Worker,
        *,
        by: str,
        threads: int,
        sources: list[str] | None = None,
        account_ids: list[str] | None = None,
        on_progress: Callable[[Progress], None] = lambda progress: None,
    ) -> None:
        self.worker, self.by, self.threads = worker, by, threads
        self.sources, self.account_ids = sources, account_ids
        self.on_progress = on_progress
        self._asked: set[int] = set()
        self._stop = threading.Event()
        self._broken: list[BaseException] = []

    def run(self) -> list[CollectionRun]:
        """Asks, works, waits. Returns the last run of every scope asked for, in job order."""
        self._ask(self.sources, self.account_ids)
        crew = [threading.Thread(target=self._work, daemon=True) for _ in range(self.threads)]
        for thread in crew:
            thread.start()
        try:
            self._wait()
        except BaseException:
            # Ctrl-C may come between BEGIN and what would roll it back: SQLite's write lock would
            # be held for ever, and the threads that are waited for would wait for it.
            database_connections.close_all()
            raise
        finally:
            self._stop.set()
            for thread in crew:
                thread.join()
        if self._broken:
            raise self._broken[0]
        return [job.run for job in self._jobs().select_related("run") if job.run]

    def _ask(self, sources: list[str] | None, account_ids: list[str] | None) -> None:
        jobs.request(now=self.worker.clock(), by=self.by, sources=sources, account_ids=account_ids)
        # What was open already (an interrupted collection, a worker's) is as good as asked for now.
        waiting = Job.objects.filter(state__in=jobs.OPEN)
        if sources:
            waiting = waiting.filter(source__in=sources)
        if account_ids is not None:
            waiting = waiting.filter(account_id__in=account_ids)
        self._asked.update(waiting.values_list("id", flat=True))

    def _jobs(self) -> QuerySet[Job]:
        return Job.objects.filter(id__in=self._asked).order_by("rank", "account_id")

    def _work(self) -> None:
        try:
            while not self._stop.is_set():
                if self.worker.work_one() is None:
                    time.sleep(PAUSE_SECONDS)
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits
            self._broken.append(error)
            self._stop.set()
        finally:
            database_connections.close_all()

    def _wait(self) -> None:
        accounts_asked = False
        while not self._stop.is_set():
            asked = list(self._jobs().values_list("source", "state"))
            still_open = [source for source, state in asked if state in jobs.OPEN]
            self.on_progress(Progress(len(asked), len(asked) - len(still_open), None))
            if not accounts_asked and "organization" not in still_open:
                # Now the accounts are known, and some may be new.
                accounts_asked = True
                self._ask_new_accounts()
                continue
            if not still_open:
                return
            jobs.reap(self.worker.clock())
            self._stop.wait(0.1)

    def _ask_new_accounts(self) -> None:
        if self.account_ids is not None:
            return
        known = set(self._jobs().values_list("account_id", flat=True))
        new = [account for account in expected_account_ids() if account not in known]
        names = [
            source.name
            for source in SOURCES
            if source.per_account and (not self.sources or source.name in self.sources)
        ]
        if new and names:
            self._ask(names, new)

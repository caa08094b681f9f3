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
        self.first_job = 0
        self._stop = threading.Event()
        self._broken: list[BaseException] = []

    def run(self) -> list[CollectionRun]:
        """Asks, works, waits. Returns the last run of every scope asked for, in job order."""
        last = Job.objects.order_by("-id").values_list("id", flat=True).first()
        self.first_job = (last or 0) + 1
        self._ask()
        crew = [threading.Thread(target=self._work, daemon=True) for _ in range(self.threads)]
        for thread in crew:
            thread.start()
        try:
            self._wait()
        finally:
            self._stop.set()
            for thread in crew:
                thread.join()
        if self._broken:
            raise self._broken[0]
        return [job.run for job in self._jobs().select_related("run") if job.run]

    def _ask(self) -> None:
        jobs.request(
            now=self.worker.clock(), by=self.by, sources=self.sources, account_ids=self.account_ids
        )

    def _jobs(self) -> QuerySet[Job]:
        wanted = Job.objects.filter(id__gte=self.first_job)
        if self.sources:
            wanted = wanted.filter(source__in=self.sources)
        return wanted.order_by("id")

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
            jobs.request(now=self.worker.clock(), by=self.by, sources=names, account_ids=new)

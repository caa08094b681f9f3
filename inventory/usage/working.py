"""Working off the list of log objects: claim a batch, fetch, read, count it in one transaction.

No transaction is open while anything is fetched. A worker that dies leaves a lease that runs out.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event
from types import TracebackType
from typing import Self

from django.db import DatabaseError, InterfaceError, OperationalError

from inventory.aws.errors import ReadError, Unsupported
from inventory.cloudtrail.decoded import Decoded
from inventory.cloudtrail.objects import Fetched, SourceName
from inventory.cloudtrail.pausing import without_collection
from inventory.cloudtrail.reader import decode
from inventory.cloudtrail.reasons import Reason, Unreadable
from inventory.lease import renew_after
from inventory.models import TrailObject
from inventory.usage import worklist
from inventory.usage.counting import CountResult, count_objects
from inventory.usage.log_sources import LogSources

log = logging.getLogger(__name__)
# Waiting for a bucket is most of a fetch; more threads only fight for the interpreter.
FETCH_THREADS = 8
# A clock may be off, AWS's or this host's; an event of another day than today's cannot be right.
FUTURE_ALLOWED = timedelta(days=1)
Answer = Fetched | ReadError | Unreadable
Read = tuple[TrailObject, Decoded | Unreadable]


class ClaimLost(Exception):
    """The lease ran out and somebody else has a part of the batch."""


@dataclass
class LogWorker:
    """One process or thread that counts log objects; a context, because it has threads of its own.

    run_id: only objects that this run waits for. local: whether files that a person imported can be
    here, too.
    """

    name: str
    sources: LogSources
    clock: Callable[[], datetime]
    run_id: int | None = None
    local: bool = True
    near: str = ""
    _held: list[TrailObject] = field(default_factory=list, repr=False)
    _renewed_at: datetime | None = field(default=None, repr=False)
    _pool: ThreadPoolExecutor | None = field(default=None, repr=False)
    _stop: Event = field(default_factory=Event, repr=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def work_one(self) -> CountResult | None:
        """Claims and does one batch. None: there was none to take, or somebody else had it."""
        batch = worklist.claim(
            self.name, self.clock(), near=self.near, run_id=self.run_id, local=self.local
        )
        if not batch:
            return self._quarantine()
        self.near = batch[0].account_id
        try:
            return self._count(batch)
        except ClaimLost:
            return CountResult()
        except (OperationalError, InterfaceError):
            # The database itself was away: if it is back, the batch need not wait for its lease.
            with suppress(DatabaseError):
                worklist.release(batch)
            raise
        except Exception as error:
            log.exception("counting %d log objects broke", len(batch))
            worklist.fail(batch, f"{type(error).__name__}: {error}")
            return CountResult()
        except BaseException:
            self._stop.set()
            worklist.release(batch)
            raise

    def _quarantine(self) -> CountResult | None:
        lost = worklist.tried_out(self.name, self.clock())
        if not lost:
            return None
        reads = [(row, Unreadable(Reason.WORKER_LOST, row.detail)) for row in lost]
        return count_objects(reads, now=self.clock())

    @without_collection
    def _count(self, batch: Sequence[TrailObject]) -> CountResult:
        self._held, self._renewed_at = list(batch), self.clock()
        read: list[Read] = []
        for row, answer in self._fetched(batch):
            if isinstance(answer, ReadError):
                given_up = self._postpone(row, answer)
                if given_up is None:
                    continue
                answer = given_up
            read.append((row, _read(row, answer, self.clock())))
            self._keep()
            if isinstance(answer, Fetched) and answer.rest:
                # Before the part that was fetched counts as done, the rest is on the list.
                worklist.add(answer.rest, now=self.clock(), run_id=row.run_id)
        if not read:
            return CountResult()
        read.sort(key=lambda one: one[0].pk)
        return count_objects(read, now=self.clock())

    def _postpone(self, row: TrailObject, error: ReadError) -> Unreadable | None:
        """Leaves an object for later; Unreadable when later will not help."""
        unsupported = isinstance(error, Unsupported)
        if unsupported or row.failed_reads + 1 >= worklist.MAX_FAILED_READS:
            return Unreadable(Reason.UNREADABLE, str(error))
        worklist.postpone(row, str(error), self.clock())
        self._held.remove(row)
        return None

    def _fetched(self, batch: Sequence[TrailObject]) -> Iterator[tuple[TrailObject, Answer]]:
        if batch[0].source == SourceName.FILE:
            yield from ((row, self._fetch(row)) for row in batch)
            return
        if self._pool is None:
            self._pool = ThreadPoolExecutor(FETCH_THREADS, thread_name_prefix="fetch")
        waiting: dict[Future[Answer], TrailObject] = {
            self._pool.submit(self._fetch, row): row for row in batch
        }
        while waiting:
            done, _ = wait(waiting, timeout=1, return_when=FIRST_COMPLETED)
            for future in done:
                row, answer = waiting.pop(future), future.result()
                if isinstance(answer, ReadError):
                    self._leave_rest(waiting)
                yield row, answer
            self._keep()

    def _leave_rest(self, waiting: dict[Future[Answer], TrailObject]) -> None:
        """Where one fetch was tried in vain, the next ones are left for another turn."""
        for future in list(waiting):
            if future.cancel():
                row = waiting.pop(future)
                worklist.release([row])
                self._held.remove(row)

    def _keep(self) -> None:
        """Renews the lease of what is still held, now and then."""
        now = self.clock()
        if self._renewed_at is not None and now - self._renewed_at < renew_after():
            return
        self._renewed_at = now
        if self._held and not worklist.renew(self._held, now):
            raise ClaimLost

    def _fetch(self, row: TrailObject) -> Answer:
        try:
            return self.sources.fetch(row, self._note)
        except (ReadError, Unreadable) as error:
            return error

    def _note(self) -> None:
        """Called before each attempt, by any thread."""
        if self._stop.is_set():
            raise ClaimLost


def _read(row: TrailObject, answer: Fetched | Unreadable, now: datetime) -> Decoded | Unreadable:
    if isinstance(answer, Unreadable):
        return answer
    latest = f"{now + FUTURE_ALLOWED:%Y-%m-%dT%H:%M:%SZ}"
    try:
        return decode(answer.data, name=row.name, latest=latest)
    except Unreadable as error:
        return error

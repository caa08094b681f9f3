"""Counting logs in the foreground: list what was named, work it off, say what became of it.

The work list is the same as everybody's. Whatever was counted stays counted when it is interrupted;
asked again, it goes on where it stopped.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from itertools import groupby
from typing import Any

from django.conf import settings
from django.db import DatabaseError, OperationalError, close_old_connections, connection
from django.db.models import Count, Q, QuerySet, Sum

from inventory import runs
from inventory.cloudtrail.files import SCHEME as FILE
from inventory.cloudtrail.files import FileLogs
from inventory.cloudtrail.mirror import SCHEME as MIRROR
from inventory.cloudtrail.objects import LogSource
from inventory.jobs import LOG_IMPORT
from inventory.models import CollectionRun, LogState, Outcome, TrailObject
from inventory.usage import finding, worklist
from inventory.usage.working import LogWorker
from inventory.words import counted

PAUSE_SECONDS = 0.2
PROGRESS_SECONDS = 2.0
# How long a database may be away or locked before an import gives up.
DATABASE_PATIENCE_SECONDS = 60
STOP_SECONDS = 10


@dataclass(slots=True)
class Totals:
    """What an import came to; the last line of its output. objects: found; skipped: of those,
    done before. events = counted + duplicates + ignored."""

    objects: int = 0
    skipped: int = 0
    quarantined: int = 0
    events: int = 0
    counted: int = 0
    duplicates: int = 0
    ignored: int = 0
    seconds: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Progress:
    """listed: whether the listing is over. waiting: objects still to be counted."""

    found: int
    waiting: int
    listed: bool


@dataclass
class LogImport:
    """One import asked for at the command line. left: objects that could not be fetched this time.
    skipped_links: symbolic links in folders, which are not followed."""

    addresses: Sequence[str]
    worker: LogWorker
    by: str
    workers: int = 1
    on_progress: Callable[[Progress], None] = lambda progress: None
    found: finding.Found = field(default_factory=finding.Found)
    left: int = 0
    skipped_links: int = 0
    _told_at: float = 0.0

    def run(self) -> Totals:
        """Lists, works, sums up. Errors: ReadError when an address names no source."""
        started = time.monotonic()
        worklist.free_dead(socket.gethostname(), process_lives)
        run = self._open()
        self.worker.run_id = run.pk
        try:
            self._list(run)
            self._work_off(run)
        except BaseException:
            with suppress(DatabaseError):
                runs.lose(run, now=self.worker.clock(), error="interrupted; what was counted stays")
            raise
        totals = self._totals(run)
        totals.seconds = round(time.monotonic() - started, 3)
        self._close(run, totals)
        return totals

    def _open(self) -> CollectionRun:
        named = ", ".join(self.addresses)
        local = all(_is_file(one) or one.startswith(MIRROR) for one in self.addresses)
        origin = "file" if local else runs.FROM_AWS
        return runs.open_run(
            LOG_IMPORT,
            "",
            now=self.worker.clock(),
            origin=origin,
            requested_by=self.by,
            file_name=os.fsencode(named).decode("utf-8", "replace")[:255],
        )

    def _list(self, run: CollectionRun) -> None:
        for source in self._sources():
            before = self.found.added.found
            found = finding.list_logs(
                source,
                None,
                now=self.worker.clock(),
                run_id=run.pk,
                on_part=lambda part, before=before: self.on_progress(  # type: ignore[misc]
                    Progress(before + part.added.found, 0, listed=False)
                ),
            )
            self.found.added += found.added
            self.found.problems += found.problems
            if isinstance(source, FileLogs):
                self.skipped_links += source.skipped_links

    def _sources(self) -> list[LogSource]:
        """Neighbouring files are one source, so that a file named twice is found once."""
        now, sources = self.worker.clock(), list[LogSource]()
        for is_file, group in groupby(self.addresses, _is_file):
            if is_file:
                sources.append(FileLogs(list(group)))
            else:
                sources += [self.worker.sources.listing(uri, now) for uri in group]
        return sources

    def _work_off(self, run: CollectionRun) -> None:
        batches = -(-self._waiting().count() // worklist.BATCH_OBJECTS)
        helpers = [self._helper(run) for _ in range(min(self.workers, batches) - 1)]
        try:
            self._work()
        finally:
            for helper in helpers:
                helper.terminate()
            for helper in helpers:
                _end(helper)
        finding.vouch()
        self.left = self._waiting().count()

    def _helper(self, run: CollectionRun) -> "subprocess.Popen[bytes]":
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "count_logs", str(run.pk)]
        # A session of its own: Ctrl-C reaches this process, which then says it politely.
        return subprocess.Popen(  # noqa: S603 - our own program
            command, stdout=subprocess.DEVNULL, start_new_session=True
        )

    def _work(self) -> None:
        """Until nothing is left but what has to wait for another time."""
        broken_at: float | None = None
        while True:
            try:
                done = self.worker.work_one()
                broken_at = None
                self._tell()
                if done is None and not self._held_by_others():
                    return
            except OperationalError:
                broken_at = broken_at or time.monotonic()
                if time.monotonic() - broken_at > DATABASE_PATIENCE_SECONDS:
                    raise
                close_old_connections()
                done = None
            if done is None:
                time.sleep(PAUSE_SECONDS)

    def _tell(self) -> None:
        """Now and then, because counting what waits of very many objects takes a while itself."""
        now = time.monotonic()
        if now - self._told_at > PROGRESS_SECONDS:
            self._told_at = now
            waiting = self._waiting().count()
            self.on_progress(Progress(self.found.added.found, waiting, listed=True))

    def _held_by_others(self) -> bool:
        """Whether somebody else is at work on ours; those who died are not."""
        freed = worklist.free_dead(socket.gethostname(), process_lives)
        return freed > 0 or self._waiting().filter(lease_until__gte=self.worker.clock()).exists()

    def _waiting(self) -> QuerySet[TrailObject]:
        return TrailObject.objects.filter(state=LogState.PENDING, run_id=self.worker.run_id)

    def _totals(self, run: CollectionRun) -> Totals:
        counts = TrailObject.objects.filter(run=run).aggregate(
            bad=Count("pk", filter=Q(state=LogState.QUARANTINED)),
            events=Sum("events", default=0),
            counted=Sum("counted", default=0),
            duplicates=Sum("duplicates", default=0),
            ignored=Sum("ignored", default=0),
        )
        bad = counts.pop("bad")
        added = self.found.added
        return Totals(objects=added.found, skipped=added.settled, quarantined=bad, **counts)

    def _close(self, run: CollectionRun, totals: Totals) -> None:
        problems = finding.sentence(self.found.problems)
        if self.left:
            problems = (
                f"{counted(self.left, 'object')} could not be fetched yet. {problems}".strip()
            )
        outcome = Outcome.COMPLETE if not problems else Outcome.PARTIAL
        if not totals.objects and self.found.problems:
            outcome = Outcome(self.found.problems[0].outcome)
        runs.close_run(run, outcome, now=self.worker.clock(), items=totals.objects, error=problems)


def default_workers() -> int:
    """One where writers wait for each other anyway, else one a processor."""
    return 1 if connection.vendor == "sqlite" else min(os.cpu_count() or 1, 4)


def process_lives(pid: int) -> bool:
    """Whether a process of this host is there."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def _is_file(address: str) -> bool:
    return address.startswith(FILE) or "://" not in address


def _end(helper: "subprocess.Popen[bytes]") -> None:
    try:
        helper.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        helper.kill()
        helper.wait()

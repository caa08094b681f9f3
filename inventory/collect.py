"""Doing one piece of work: claim, read everything, save in one short transaction, close the run.

No transaction is open while AWS is asked. A read that fails changes no fact: it only leaves a run
that says so. The claim is checked again in the saving transaction, so a process that was thought
dead and replaced cannot save a second time.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import InterfaceError, OperationalError, transaction

from inventory import inputs, jobs, store
from inventory.aws.caller import Aws
from inventory.aws.errors import ReadError, ReadFailed
from inventory.aws.reading import Inputs, Reading
from inventory.aws.session import Connections
from inventory.aws.values import CLOCK_SKEW
from inventory.codec import time_text
from inventory.lease import renew_after
from inventory.models import CollectionRun, Job, Outcome
from inventory.records import Record
from inventory.saving import fitting
from inventory.sources import SOURCE_BY_NAME, Source

log = logging.getLogger(__name__)
Clock = Callable[[], datetime]


class ClaimLost(Exception):
    """The lease ran out and somebody else has the job."""


@dataclass
class Worker:
    """One process or thread that works off the list. after_save: told which record types a whole
    read brought, in the saving transaction (people are brought up to date there)."""

    name: str
    connections: Connections
    clock: Clock
    after_save: Callable[[tuple[type[Record], ...], datetime], None] = lambda types, now: None
    _renewed_at: dict[int, datetime] = field(default_factory=dict)

    def work_one(self) -> CollectionRun | None:
        """Claims and does one job. None: there was nothing to do, or somebody else had it."""
        job = jobs.claim(f"{self.name}/{threading.get_ident()}", self.clock())
        return self.do(job) if job else None

    def do(self, job: Job) -> CollectionRun | None:
        """Does one claimed job and returns its run, however it ended. None: the claim was lost."""
        source = SOURCE_BY_NAME[job.source]
        run = jobs.start(job, self.clock())
        if run is None:
            return None
        calls = _Calls()
        try:
            self._read_and_save(job, source, run, calls)
        except ReadError as error:
            self._end(job, run, error.outcome, str(error), calls.count)
        except fitting.TooLong as error:
            self._end(job, run, Outcome.FAILED, str(error), calls.count)
        except ClaimLost:
            self._end(job, run, Outcome.LOST, "another process took over", calls.count)
        except (OperationalError, InterfaceError):
            # The database itself is away: the lease runs out, and the sweeper puts the job back.
            raise
        except Exception as error:
            log.exception("reading %s of %s broke", job.source, job.account_id or "organization")
            self._end(job, run, Outcome.FAILED, f"{type(error).__name__}: {error}", calls.count)
        self._renewed_at.pop(job.pk, None)
        return run

    def _read_and_save(self, job: Job, source: Source, run: CollectionRun, calls: "_Calls") -> None:
        on_attempt = self._keep_alive(job, calls)
        management_id = inputs.known_management_account_id()
        plan = inputs.plan(
            source, job.account_id, management_account_id=management_id, now=run.started_at
        )
        if source.per_account:
            aws = self.connections.reader(job.account_id, on_attempt=on_attempt)
        else:
            aws = self.connections.management(on_attempt=on_attempt)
        reading = self._ask(source, aws, plan.inputs)
        run.observed_at = self._observed_at(reading, run)
        with transaction.atomic():
            if not jobs.still_ours(job):
                raise ClaimLost
            self._save(source, job, run, reading, plan)
            self._close(job, run, reading, plan, calls)

    @staticmethod
    def _ask(source: Source, aws: Aws, given: Inputs) -> Reading:
        nobody_is_due = source.per_user and not given.user_names
        if nobody_is_due or inputs.no_identity_center(source):
            return Reading()
        return source.fetch(aws, given)

    def _observed_at(self, reading: Reading, run: CollectionRun) -> datetime:
        """AWS's own time where it gives one. Facts of the future would outlive every later read."""
        if reading.observed_at is None:
            return run.started_at
        now = self.clock()
        if reading.observed_at > now + CLOCK_SKEW:
            said = f"AWS dates its answer {time_text(reading.observed_at)}, which is in the future"
            raise ReadFailed(run.source, f"{said}: check this machine's clock")
        return min(reading.observed_at, now)

    def _save(
        self, source: Source, job: Job, run: CollectionRun, reading: Reading, plan: inputs.Plan
    ) -> None:
        now = self.clock()
        if plan.users is not None:
            store.note_user_reads(
                source.name,
                job.account_id,
                plan.read_by(reading),
                run=run,
                report_digests=plan.users.report_digests,
            )
        store.save(
            reading.records,
            run=run,
            types=source.records,
            account_id=job.account_id,
            user_names=plan.settled_by(reading),
            now=now,
        )
        self.after_save(source.records, now)

    def _close(
        self, job: Job, run: CollectionRun, reading: Reading, plan: inputs.Plan, calls: "_Calls"
    ) -> None:
        """The whole read is over; or a portion of its users, and the job goes on with the rest."""
        now, left = self.clock(), plan.still_due_after(reading)
        outcome, said = Outcome.COMPLETE, ""
        if left and plan.users is not None:
            total = len(plan.users.names)
            outcome, said = Outcome.PARTIAL, f"{total - left} of {total} users read"
        items = len(reading.records)
        store.close_run(
            run,
            outcome,
            now=now,
            items=items,
            error=said,
            calls=calls.count,
            goes_on=left > 0,
        )
        if left:
            jobs.go_on(job, now)
        else:
            jobs.finish(job, now)

    def _keep_alive(self, job: Job, calls: "_Calls") -> Callable[[], None]:
        """Called before each request to AWS: counts it, and renews the lease now and then."""
        pause = renew_after()

        def on_attempt() -> None:
            calls.count += 1
            now = self.clock()
            if now - self._renewed_at.setdefault(job.pk, now) < pause:
                return
            self._renewed_at[job.pk] = now
            if not jobs.renew(job, now):
                raise ClaimLost

        return on_attempt

    def _end(self, job: Job, run: CollectionRun, outcome: str, error: str, calls: int) -> None:
        now = self.clock()
        with transaction.atomic():
            ours = jobs.finish(job, now)
            # A job taken over has a run of its own; this one only says that it was given up.
            store.close_run(
                run, outcome if ours else Outcome.LOST, now=now, error=error, calls=calls
            )


@dataclass
class _Calls:
    count: int = 0

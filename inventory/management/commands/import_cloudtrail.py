"""Counts CloudTrail log objects, in the foreground, without a broker."""

import getpass
import json
import signal
import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from inventory.after import EVERYTHING, settle
from inventory.aws.errors import ReadError
from inventory.management.importing import error
from inventory.models import LogState, TrailObject
from inventory.tasks import log_worker, utc_now
from inventory.usage.importing import LogImport, Progress, Totals, default_workers
from inventory.words import counted

INTERRUPTED = 128 + signal.SIGINT
SECONDS_BETWEEN_LINES = 10.0
MOST_WORKERS = 64
MOST_NAMED = 10


class Command(BaseCommand):
    """Exit status 0: everything found is counted or quarantined; 3: some could not be listed or
    fetched; 1: nothing could, or an address is wrong."""

    help = (
        "Counts CloudTrail log objects: files, folders, s3://bucket/prefix, lookup://. Each event "
        "counts once, however often it is imported. The last line of output is JSON."
    )
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "addresses",
            nargs="+",
            metavar="PATH-or-URI",
            help="a file, a folder, file://, mirror:// (a whole copy of the bucket), "
            "s3://bucket/prefix, lookup://[account[/region]]",
        )
        parser.add_argument(
            "--workers", type=int, metavar="N", help="processes that count (1 to 64)"
        )
        parser.add_argument("--by", metavar="WHO", help="who imports; by default your user name")

    def handle(self, *args: Any, **options: Any) -> None:
        self._told_at = time.monotonic()
        workers = options["workers"] if options["workers"] is not None else default_workers()
        if not 1 <= workers <= MOST_WORKERS:
            raise error(f"--workers: {workers} is not a number from 1 to {MOST_WORKERS}")
        with log_worker() as worker:
            done = LogImport(
                options["addresses"],
                worker,
                by=options["by"] or f"{getpass.getuser()} (command line)",
                workers=workers,
                on_progress=self._show,
            )
            try:
                totals = done.run()
            except ReadError as problem:
                raise error(str(problem)) from problem
            except KeyboardInterrupt:
                told = "interrupted: what was counted is kept, the next import counts the rest"
                raise CommandError(told, returncode=INTERRUPTED) from None
        self._report(done, totals)
        # What follows from usage is brought up to date here, however lately it was: no portal may
        # be running that does so later.
        settle(utc_now(), EVERYTHING if totals.counted else ())
        if done.found.problems and not totals.objects:
            sys.exit(1)
        if done.found.problems or done.left:
            sys.exit(3)

    def _show(self, progress: Progress) -> None:
        """A line that changes on a terminal, one every ten seconds elsewhere."""
        now = time.monotonic()
        told = f"{counted(progress.found, 'object')} found"
        if progress.listed:
            told = f"{progress.found - progress.waiting} of {told}"
        if self.stderr.isatty():
            self.stderr.write(f"\r{told}", ending="\033[K")
            self.stderr.flush()
        elif now - self._told_at > SECONDS_BETWEEN_LINES:
            self._told_at = now
            self.stderr.write(told)

    def _report(self, done: LogImport, totals: Totals) -> None:
        if self.stderr.isatty():
            self.stderr.write("")
        for problem in done.found.problems:
            self.stderr.write(str(problem))
        if done.skipped_links:
            links = counted(done.skipped_links, "symbolic link was", "symbolic links were")
            self.stderr.write(f"{links} not followed")
        if done.left:
            left = counted(done.left, "object")
            self.stderr.write(f"{left} could not be fetched; import again to go on")
        if totals.quarantined:
            self._quarantined(done.worker.run_id)
        self.stdout.write(json.dumps(totals.as_dict()))

    def _quarantined(self, run_id: int | None) -> None:
        rows = TrailObject.objects.filter(run_id=run_id, state=LogState.QUARANTINED)
        for row in rows.order_by("id")[:MOST_NAMED]:
            self.stderr.write(f"quarantined: {row.uri}: {row.reason} {row.detail}".rstrip())
        more = rows.count() - MOST_NAMED
        if more > 0:
            self.stderr.write(f"and {more} more, on the page Collection")

"""Collects now, in the foreground, without a broker."""

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from inventory.aws.errors import ReadError
from inventory.foreground import Foreground, Progress
from inventory.models import CollectionRun, Outcome
from inventory.sources import SOURCE_BY_NAME
from inventory.tasks import worker


class Command(BaseCommand):
    """Exit status 0: every read was whole; 3: some were not; 1: nothing was read."""

    help = "Collects from AWS now. Exit status: 0 all complete, 3 some not, 1 nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--account", action="append", metavar="ID", help="only this account")
        parser.add_argument(
            "--source",
            action="append",
            metavar="NAME",
            choices=sorted(SOURCE_BY_NAME),
            help="only this source: " + ", ".join(SOURCE_BY_NAME),
        )
        parser.add_argument(
            "--summary", action="store_true", help="print only reads that were not whole"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        mine = worker()
        try:
            caller = mine.connections.whoami()
        except ReadError as error:
            raise CommandError(str(error)) from error
        self.stderr.write(f"reading AWS as {caller}")
        collection = Foreground(
            mine,
            by=f"{getpass.getuser()} (command line)",
            threads=settings.PORTAL_COLLECT_THREADS,
            sources=options["source"],
            account_ids=options["account"],
            on_progress=self._show,
        )
        runs = collection.run()
        if self.stderr.isatty():
            self.stderr.write("")
        self._report(runs, only_problems=options["summary"])
        outcomes = {run.outcome for run in runs}
        if outcomes - {Outcome.COMPLETE}:
            sys.exit(3 if Outcome.COMPLETE in outcomes else 1)
        if not runs:
            sys.exit(1)

    def _show(self, progress: Progress) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{progress.ended} of {progress.asked} reads", ending="")
            self.stderr.flush()

    def _report(self, runs: list[CollectionRun], *, only_problems: bool) -> None:
        for run in runs:
            if only_problems and run.outcome == Outcome.COMPLETE:
                continue
            where = run.account_id or "organization"
            line = f"{run.source:30} {where:14} {run.outcome:12} {run.items:6} {run.calls:5} calls"
            self.stdout.write(f"{line}  {run.error}".rstrip())
        whole = sum(1 for run in runs if run.outcome == Outcome.COMPLETE)
        calls = sum(run.calls for run in runs)
        self.stdout.write(f"{whole} of {len(runs)} reads complete, {calls} calls")

"""Collects now, in the foreground, without a broker."""

import getpass
import re
import signal
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from inventory.after import EVERYTHING, settle
from inventory.aws.errors import ReadError
from inventory.foreground import Foreground, Progress
from inventory.models import CollectionRun, Outcome
from inventory.sources import SOURCE_BY_NAME
from inventory.tasks import utc_now, worker
from inventory.words import counted

ACCOUNT_ID = re.compile(r"\b\d{12}\b")

INTERRUPTED = 128 + signal.SIGINT


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
        try:
            runs = collection.run()
        except KeyboardInterrupt:
            told = "interrupted: what was read whole is kept, the next collection reads the rest"
            raise CommandError(told, returncode=INTERRUPTED) from None
        # However lately it was: no portal may be running that does so later.
        settle(utc_now(), EVERYTHING)
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
        if only_problems:
            self._problems([run for run in runs if run.outcome != Outcome.COMPLETE])
        for run in [] if only_problems else runs:
            where = run.account_id or "organization"
            line = f"{run.source:30} {where:14} {run.outcome:12} {run.items:6} {run.calls:5} calls"
            self.stdout.write(f"{line}  {run.error}".rstrip())
        whole = sum(1 for run in runs if run.outcome == Outcome.COMPLETE)
        calls = sum(run.calls for run in runs)
        self.stdout.write(f"{whole} of {len(runs)} reads complete, {counted(calls, 'call')}")

    def _problems(self, runs: list[CollectionRun]) -> None:
        """One line for each kind of refusal, however many accounts and sources it hit."""
        alike: dict[str, list[CollectionRun]] = {}
        for run in runs:
            reason = run.error.removeprefix(f"{run.source}: ")
            alike.setdefault(f"{run.outcome}: {ACCOUNT_ID.sub('ACCOUNT', reason)}", []).append(run)
        for reason, group in sorted(alike.items(), key=lambda item: -len(item[1])):
            accounts = {run.account_id or "the organization" for run in group}
            where = accounts.pop() if len(accounts) == 1 else counted(len(accounts), "account")
            sources = counted(len({run.source for run in group}), "source")
            reads = counted(len(group), "read")
            self.stdout.write(f"- {reads} ({sources}, {where}) {reason}")

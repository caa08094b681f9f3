"""What the import commands share: arguments, progress, the summary, and the one error sentence."""

import getpass
from abc import abstractmethod
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console

from inventory.after import settle
from inventory.aws.values import CLOCK_SKEW, as_instant, is_account_id
from inventory.codec import time_text
from inventory.imports.files import SavedFile, read_file
from inventory.imports.part import Parsed
from inventory.imports.problem import ImportProblem
from inventory.imports.saving import Circumstances, Saved, note_failure, save_file
from inventory.words import counted


def utc_now() -> datetime:
    """The present instant. Only doors call it."""
    return datetime.now(UTC)


# Django prints the name of the class before the sentence.
class error(CommandError):
    """A refusal, as one sentence."""


class ImportCommand(BaseCommand):
    """Imports one file: all of it or nothing. Exit status 0, or 1 and one sentence."""

    source = ""
    with_account = True
    account_required = False
    requires_migrations_checks = False

    @abstractmethod
    def parse(self, file: SavedFile, account_id: str | None) -> Parsed:
        """The file as records, or ImportProblem."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE")
        if self.with_account:
            parser.add_argument(
                "--account",
                metavar="ID",
                required=self.account_required,
                help="the account the file is about, twelve digits",
            )
        parser.add_argument(
            "--observed-at",
            metavar="T",
            help="when AWS said this, ISO 8601 with a time zone; by default the time in the file, "
            "else when the file was last changed",
        )
        parser.add_argument("--by", metavar="WHO", help="who imports it; by default your user name")

    def handle(self, *args: Any, **options: Any) -> None:
        now, account_id = utc_now(), self._account(options)
        observed_at = _observed_at(options["observed_at"], now)
        by = options["by"] or f"{getpass.getuser()} (command line)"
        file: SavedFile | None = None
        try:
            with self._step("reading"):
                file = read_file(options["file"])
            with self._step("parsing"):
                parsed = self._parsed(file, account_id)
            at = _of_the_past(file, observed_at or parsed.observed_at or file.modified_at, now)
            with self._step("saving"):
                given = Circumstances(file=file, observed_at=at, by=by, now=now)
                saved = save_file(parsed, given)
        except ImportProblem as problem:
            note_failure(
                problem,
                source=self.source,
                account_id=account_id or "",
                sha256=file.sha256 if file else "",
                by=by,
                now=now,
            )
            raise error(str(problem)) from problem
        settle(now, {one.part.account_id for one in saved})
        for one in saved:
            if one.part.note:
                self.stderr.write(f"{file.name}: {one.part.note}")
        self.stdout.write(summary(file.name, saved, at))

    def _parsed(self, file: SavedFile, account_id: str | None) -> Parsed:
        try:
            return self.parse(file, account_id)
        except RecursionError:
            raise file.problem("", "is nested too deeply") from None
        except MemoryError:
            raise file.problem("", "does not fit into memory") from None

    def _account(self, options: dict[str, Any]) -> str | None:
        account_id: str | None = options.get("account")
        if account_id is not None and not is_account_id(account_id):
            raise error(f"--account: {account_id!a} is not an account number of twelve digits")
        return account_id

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        """Says what is being done: a spinner on a terminal, a line elsewhere."""
        if self.stderr.isatty():
            with Console(stderr=True).status(name):
                yield
        else:
            self.stderr.write(name)
            yield


def _observed_at(text: str | None, now: datetime) -> datetime | None:
    if text is None:
        return None
    try:
        at = as_instant(text)
    except ValueError as problem:
        raise error(f"--observed-at: {problem}") from None
    if at > now + CLOCK_SKEW:
        raise error(f"--observed-at: {text!a} is in the future")
    return at


def _of_the_past(file: SavedFile, at: datetime, now: datetime) -> datetime:
    """Nobody has observed the future, and facts from there would outlive every later read."""
    if at > now + CLOCK_SKEW:
        raise file.problem(
            "", f"is from {time_text(at)}, which is in the future: set --observed-at, or the clock"
        )
    return min(at, now)


def summary(name: str, saved: list[Saved], at: datetime) -> str:
    """The last line: what the file did, in numbers."""
    counts = [one.counts for one in saved]
    accounts = {one.part.account_id for one in saved if one.part.account_id}
    appeared, changed = sum(c.appeared for c in counts), sum(c.changed for c in counts)
    gone, same = sum(c.gone for c in counts), sum(c.same for c in counts)
    items = sum(len(one.part.records) for one in saved)
    where = f" of {counted(len(accounts), 'account')}" if accounts else ""
    text = f"{name}: {counted(items, 'record')}{where} as of {at.isoformat(timespec='seconds')}: "
    text = text.replace("+00:00", "Z")
    text += f"{appeared} appeared, {changed} changed, {gone} gone, {same} same"
    if any(c.history_only for c in counts):
        text += "; older than what is known, so it went into history only"
    return text

"""Explains IAM decisions by hand: JSON lines in, JSON lines out. Reads no database."""

import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
from django.core.management.base import BaseCommand, CommandError

from migrations_plan.policy.explain import LineError, explain

BROKEN_PIPE = 141
SOME_REFUSED = 3
# Beside this, the largest policy of AWS is small; a file without line ends must not fill memory.
LONGEST_LINE = 16 * 1024 * 1024


class Command(BaseCommand):
    """Exit status 0: every line was answered; 3: some were not; each of those has a sentence."""

    help = (
        "Reads one JSON object a line (id, action, resource, principal, context, identity, "
        "boundary, scps, context_complete) and writes one a line: id, decision (allowed, denied, "
        "unknown), explicit, statement, reason. Exit status: 0 all answered, 3 some lines refused."
    )
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", nargs="?", metavar="FILE", help="JSON lines (default: standard input)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["file"] or "standard input"
        if not options["file"]:
            refused = self._answer(sys.stdin.buffer, name)
        else:
            try:
                with Path(name).open("rb") as stream:
                    refused = self._answer(stream, name)
            except OSError as problem:
                raise CommandError(f"{name}: {problem.strerror}") from None
        if refused:
            sys.exit(SOME_REFUSED)

    def _answer(self, stream: BinaryIO, name: str) -> int:
        """Answers every line; the number of those that are no request."""
        encoder, refused = msgspec.json.Encoder(), 0
        try:
            for number, text in lines_of(stream):
                try:
                    answer = explain(text)
                except LineError as problem:
                    refused += 1
                    self.stderr.write(f"{name}, line {number}: {ascii(str(problem))[1:-1]}")
                    continue
                self.stdout.write(encoder.encode(answer).decode())
            self.stdout.flush()
        except BrokenPipeError:
            # Whoever read us has enough. Python would complain once more when it closes stdout.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(BROKEN_PIPE)
        return refused


def lines_of(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Lines with their numbers from 1; empty ones are passed over, too long ones come cut."""
    number = 0
    while text := stream.readline(LONGEST_LINE):
        number += 1
        rest = text
        while len(rest) == LONGEST_LINE and not rest.endswith(b"\n"):
            rest = stream.readline(LONGEST_LINE)
        if text.strip():
            yield number, text

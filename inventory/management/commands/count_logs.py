"""Helps an import: counts what its run waits for, until nothing is left to take."""

import signal
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from inventory.tasks import log_worker


class Command(BaseCommand):
    """Started by import_cloudtrail --workers; does no harm by hand."""

    help = "Counts the log objects that an import waits for (import_cloudtrail starts it)."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("run", type=int, metavar="RUN", help="the import's run")

    def handle(self, *args: Any, **options: Any) -> None:
        # Whoever started this says so politely when it is over; the claim is then given back.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            with log_worker(run_id=options["run"]) as worker:
                while worker.work_one() is not None:
                    pass
        except KeyboardInterrupt:
            return

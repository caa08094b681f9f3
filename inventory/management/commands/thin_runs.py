"""Forgets old runs that nothing hangs on."""

from argparse import ArgumentParser
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from inventory.management.importing import error, utc_now
from inventory.models import CollectionRun
from inventory.retention import thin_runs

LEAST_DAYS = 7


class Command(BaseCommand):
    """The schedule does the same every day; this is for a database that has grown already."""

    help = "Removes runs older than PORTAL_RUN_RETENTION_DAYS that no answer needs any more."
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--days",
            type=int,
            default=settings.PORTAL_RUN_RETENTION_DAYS,
            metavar="N",
            help="leave the last N days alone; by default PORTAL_RUN_RETENTION_DAYS",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["days"] < LEAST_DAYS:
            raise error(f"--days: at least {LEAST_DAYS}, not {options['days']}")
        try:
            removed = thin_runs(utc_now(), keep=timedelta(days=options["days"]), on_day=self._tell)
        except KeyboardInterrupt:
            raise error("interrupted; what is removed is removed, the next call goes on") from None
        left = CollectionRun.objects.count()
        self.stdout.write(f"{removed} run{'' if removed == 1 else 's'} removed, {left} kept")

    def _tell(self, day: datetime, removed: int) -> None:
        self.stderr.write(f"{day:%Y-%m-%d}: {removed} removed")

"""What people's calls over the old path would meet over the new one, as JSON lines or CSV."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from inventory.management.importing import error, utc_now
from migrations_plan import forecast_export
from migrations_plan.management.commands.export import csv_text, json_text, put
from migrations_plan.models import Against, ForecastLine, Person
from migrations_plan.passes import forecasting


class Command(BaseCommand):
    """Brings the forecasts up to date first. The columns are a contract: docs/forecast.md."""

    help = "One line per person, account and action: decision, statement, events, last seen."
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--person", metavar="EMAIL", help="one person; by default everybody")
        parser.add_argument(
            "--against",
            choices=Against.values,
            default=Against.LIVE.value,
            help="what is assigned now, or the confirmed target of those who have one",
        )
        parser.add_argument("--format", choices=["jsonl", "csv"], default="jsonl")

    def handle(self, *args: Any, **options: Any) -> None:
        """Nobody of that address is an error: an empty answer would say that nothing is lost."""
        forecasting.forecast_due(utc_now())
        lines = ForecastLine.objects.filter(against=options["against"])
        if options["person"]:
            people = Person.objects.filter(email__iexact=options["person"].strip())
            if not people.exists():
                raise error(f"--person: nobody with the address {options['person']!a} is known")
            lines = lines.filter(person__in=people)
        write = csv_text if options["format"] == "csv" else json_text
        put(self.stdout, write(forecast_export.COLUMNS, forecast_export.rows(lines)))

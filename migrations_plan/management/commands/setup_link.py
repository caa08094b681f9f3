"""Prints the one-time link that makes the first security lead."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.urls import reverse
from django.utils import timezone

from migrations_plan.sign_in import make_setup_link


class Command(BaseCommand):
    """The token is shown this once; the database keeps its hash."""

    help = "Prints a link, good for 24 hours and for one use, that makes the first security lead."

    def add_arguments(self, parser: CommandParser) -> None:
        """--base: where the portal answers."""
        parser.add_argument("--base", default="", help="address of the portal, https://host")

    def handle(self, *_: Any, **options: Any) -> None:
        """One line on standard output."""
        path = reverse("setup", args=[make_setup_link(timezone.now())])
        self.stdout.write(f"{options['base'].rstrip('/')}{path}")

"""Brings schema, static files and facts up to what a portal needs before it serves."""

import os
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from inventory.after import settle
from inventory.models import CollectionRun, RosterPerson
from migrations_plan.sample.decisions import ROSTER, make_sample_decisions
from migrations_plan.sample.plan import make_sample_plan


class Command(BaseCommand):
    """Safe to run again: what is done is not done twice."""

    help = "Migrates the schema, gathers static files, collects once if nothing was read yet."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--sample: the decisions and sign-ins of the demo."""
        parser.add_argument("--sample", action="store_true", help="make the demo's sign-ins")

    def handle(self, *args: Any, **options: Any) -> None:
        """Each step says what it does and how long it took."""
        self._step("database", lambda: call_command("migrate", verbosity=0))
        self._step("static files", self._static)
        if not CollectionRun.objects.complete().exists():
            self._step("first collection", self._collect)
        if options["sample"]:
            if not settings.DEMO:
                raise CommandError("sample sign-ins are made in the demo only (PORTAL_DEMO=1)")
            self._step("roster", self._roster)
            self._step("sign-ins", lambda: make_sample_decisions(timezone.now()))
        self._step("findings and readiness", lambda: settle(timezone.now()))
        if options["sample"]:
            self._step("plan", self._plan)

    def _step(self, name: str, work: Any) -> None:
        started = time.monotonic()
        self.stderr.write(f"{name}...")
        work()
        self.stderr.write(f"{name}: done in {time.monotonic() - started:.1f} s")

    @staticmethod
    def _static() -> None:
        os.makedirs(settings.STATIC_ROOT, exist_ok=True)
        call_command("collectstatic", interactive=False, verbosity=0)

    def _collect(self) -> None:
        try:
            call_command("collect", stdout=self.stderr, stderr=self.stderr, summary=True)
        except SystemExit as status:
            if status.code == 1:
                raise CommandError("nothing could be read from AWS; see above") from status
            self.stderr.write("Some reads were not whole; the page Collection says which and why.")

    @staticmethod
    def _plan() -> None:
        make_sample_plan(timezone.now())
        settle(timezone.now())

    def _roster(self) -> None:
        path = settings.DATA_DIR / ROSTER
        if path.exists() and not RosterPerson.objects.present().exists():
            call_command("import_roster", str(path), stdout=self.stderr, stderr=self.stderr)

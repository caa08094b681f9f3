"""The sample organisation, a real collection over HTTP, and the portal in the browser."""

import csv
import os
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accessportal.children import base_environment, manage, port_is_free, serve
from inventory.sample_org.following import SampleLogs
from inventory.sample_org.process import SampleOrganization, StartFailedError
from migrations_plan.sample.decisions import ROSTER

# Short, because nobody waits a minute and a half for a demo that was interrupted.
LEASE_SECONDS = "15"
# A call must end while its claim holds (inventory/checks.py).
READ_TIMEOUT_SECONDS = "5"
PROFILE_NAMES = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")


def _write_roster(path: Path, organization: SampleOrganization) -> None:
    """What a company's HR system would export; written once, as it was when the demo was made."""
    if path.exists():
        return
    rows = organization.world("roster")
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


class Command(BaseCommand):
    """Starts everything a demo needs, in one process tree. Data is kept in DATA_DIR/demo-WORLD."""

    help = "Shows the portal with a simulated organisation. DEMO_ONESHOT=1 prepares and exits."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--world: which simulated company."""
        parser.add_argument("--world", choices=["fifty", "fourteen"], default="fifty")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prepares, then serves until Ctrl-C."""
        try:
            self._demo(options["world"])
        except KeyboardInterrupt:
            self.stderr.write("\nStopped. Everything is kept; `make demo` goes on from here.")
        except StartFailedError as error:
            raise CommandError(str(error)) from error

    def _demo(self, world: str) -> None:
        port = int(os.environ.get("PORT", "8000"))
        once = os.environ.get("DEMO_ONESHOT") == "1"
        if not once and not port_is_free(port):
            raise CommandError(f"port {port} is taken; choose another: make demo PORT=8001")
        data_dir = Path(settings.DATA_DIR) / f"demo-{world}"
        self.stderr.write(f"Starting the sample organisation ({world})...")
        with SampleOrganization.start(world=world, data_dir=data_dir) as organization:
            _write_roster(data_dir / ROSTER, organization)
            # Its logs are written while the first collection runs, and as they come later.
            with SampleLogs.start(world, data_dir) as logs:
                env = self._environment(organization, data_dir, logs)
                self._prepare(env, logs)
                if once:
                    self.stdout.write(f"Prepared in {data_dir}.")
                    return
                self._say(port)
                serve(env)

    def _prepare(self, env: dict[str, str], logs: SampleLogs) -> None:
        status = manage("prepare", "--sample", env=env)
        if status:
            raise CommandError(f"preparing ended with status {status}; see above")
        self.stderr.write("CloudTrail logs...")
        started = time.monotonic()
        logs.wait()
        status = manage("import_cloudtrail", logs.uri, env=env)
        if status:
            raise CommandError(f"counting the logs ended with status {status}; see above")
        self.stderr.write(f"CloudTrail logs: done in {time.monotonic() - started:.1f} s")

    @staticmethod
    def _environment(
        organization: SampleOrganization, data_dir: Path, logs: SampleLogs
    ) -> dict[str, str]:
        # A profile of the user's would win over the sample organisation's keys.
        own = {k: v for k, v in base_environment().items() if k not in PROFILE_NAMES}
        return own | {
            # A portal may have been set up in this shell: its database is not the demo's.
            "DATABASE_URL": os.environ.get("DEMO_DATABASE_URL", ""),
            "REDIS_URL": "",
            "DATA_DIR": str(data_dir),
            "STATIC_ROOT": str(data_dir / "static"),
            "PORTAL_DEMO": "1",
            "PORTAL_TLS": "0",
            "PORTAL_START_URL": "https://example.awsapps.com/start",
            "PORTAL_URL": f"http://localhost:{os.environ.get('PORT', '8000')}",
            "PORTAL_LEASE_SECONDS": LEASE_SECONDS,
            "PORTAL_AWS_READ_TIMEOUT": READ_TIMEOUT_SECONDS,
            "CLOUDTRAIL_SOURCE": logs.uri,
            **organization.environment(),
        }

    def _say(self, port: int) -> None:
        self.stdout.write(
            f"\nAccess Portal: http://localhost:{port}/\n"
            "Sign in with one click, no password:\n"
            "  lead      lead@example.com      sees and decides everything\n"
            "  engineer  engineer@example.com  sees what is theirs\n"
            "  auditor   auditor@example.com   sees everything, changes nothing\n"
            "Ctrl-C stops it."
        )

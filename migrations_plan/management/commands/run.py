"""The portal against the AWS credentials of the environment, in one process."""

import os
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from accessportal.children import base_environment, port_is_free, serve
from inventory.aws.errors import ReadError
from inventory.connect import connections
from migrations_plan.models import PortalUser, Role


class Command(BaseCommand):
    """Checks the credentials, prepares, prints the first lead's link, serves."""

    help = "Runs the portal with your AWS credentials (profile, region, role, external id)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Serves until Ctrl-C."""
        port = int(os.environ.get("PORT", "8000"))
        if not port_is_free(port):
            raise CommandError(f"port {port} is taken; choose another: make run PORT=8001")
        self._check_credentials()
        try:
            call_command("prepare", stdout=self.stdout, stderr=self.stderr)
            self._greet(f"http://localhost:{port}")
            serve(base_environment())
        except KeyboardInterrupt:
            self.stderr.write("\nStopped. Everything is kept; `make run` goes on from here.")

    def _check_credentials(self) -> None:
        try:
            caller = connections().whoami()
        except ReadError as error:
            raise CommandError(f"AWS does not let us in: {error}") from error
        self.stderr.write(f"reading AWS as {caller}")
        if not settings.PORTAL_START_URL:
            self.stderr.write(
                "PORTAL_START_URL is not set, so My access shows no links to the AWS access portal "
                "(for example https://yourcompany.awsapps.com/start)."
            )

    def _greet(self, base: str) -> None:
        self.stdout.write(f"\nAccess Portal: {base}/")
        leads = PortalUser.objects.filter(role=Role.LEAD, is_active=True, sample=False)
        if not leads.exists():
            self.stdout.write("The first security lead signs up here, once, within 24 hours:")
            call_command("setup_link", base=base, stdout=self.stdout)
        self.stdout.write("Ctrl-C stops it.")

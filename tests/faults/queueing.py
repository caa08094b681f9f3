"""Puts messages into a deployment's outbox: `python -m tests.faults.queueing NUMBER`."""

import os
import secrets
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "accessportal.settings")
django.setup()

from django.utils import timezone  # noqa: E402

from migrations_plan.models import Plan  # noqa: E402
from tests import builders, messaging  # noqa: E402

if __name__ == "__main__":
    wave = messaging.wave(messaging.plan(f"Plan {Plan.objects.count()}"))
    for number in range(int(sys.argv[1])):
        # Processes count from one each; an address of its own tells their people apart.
        person = builders.person(f"p{number}-{secrets.token_hex(4)}@example.com")
        messaging.message(wave, person, subject=f"Message {person.email}", queued_at=timezone.now())

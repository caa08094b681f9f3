"""Looks into a deployment's counts: `python -m tests.faults.log_inspection state|list FOLDER`."""

import json
import os
import sys
from collections import Counter
from datetime import UTC, datetime

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "accessportal.settings")
django.setup()

from inventory.cloudtrail.files import FileLogs  # noqa: E402
from inventory.models import TrailObject  # noqa: E402
from inventory.usage import finding  # noqa: E402
from tests.inventory.usage.counted import cells  # noqa: E402


def state() -> dict[str, object]:
    """Cells as lists with their counts last, states of objects, and sums of their numbers."""
    rows = TrailObject.objects.values_list("state", "reason")
    numbers = TrailObject.objects.values_list("events", "counted", "duplicates", "ignored")
    return {
        "cells": sorted([*cell, count] for cell, count in cells().items()),
        "states": Counter(" ".join(row).strip() for row in rows),
        "sums": [sum(column) for column in zip(*numbers, strict=True)],
    }


def find(folder: str) -> int:
    """Puts a folder's objects on the list, as the schedule would."""
    return finding.list_logs(FileLogs([folder]), None, now=datetime.now(UTC)).added.new


if __name__ == "__main__":
    found = find(sys.argv[2]) if sys.argv[1] == "list" else state()
    sys.stdout.write(json.dumps(found))

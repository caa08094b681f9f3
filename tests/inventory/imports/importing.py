"""Running the import and export commands on files, as a person would."""

import io
import json
import os
from datetime import UTC, datetime
from pathlib import Path

from django.core.management import call_command

PAYLOADS = Path(__file__).parents[2] / "aws_payloads"
ACCOUNT = "123456789012"
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TUESDAY = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
WEDNESDAY = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)


def payload(name):
    return json.loads((PAYLOADS / name).read_text())


def run(command, path, *options, at=None):
    """The last line of standard output."""
    out = io.StringIO()
    when = ["--observed-at", at.isoformat()] if at else []
    call_command(command, str(path), *options, *when, stdout=out, stderr=io.StringIO())
    return out.getvalue().splitlines()[-1]


def run_on(tmp_path, command, content, *options, at=MONDAY):
    """The same for contents: bytes, text or JSON."""
    path = tmp_path / "file"
    if not isinstance(content, bytes | str):
        content = json.dumps(content)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    os.utime(path, (MONDAY.timestamp(), MONDAY.timestamp()))
    return run(command, path, *options, at=at)


def rows(kind, *options):
    """What the export shows."""
    out = io.StringIO()
    call_command("export", kind, *options, stdout=out, stderr=io.StringIO())
    return [json.loads(line) for line in out.getvalue().splitlines()]


def by_name(kind="iam-users", *options):
    return {row["user_name"]: row for row in rows(kind, *options)}

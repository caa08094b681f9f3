"""A portal over SQLite of its own, driven by its own commands."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.schema import DATABASE, put_schema

ROOT = Path(__file__).resolve().parents[2]
FOREIGN = ("DATABASE_URL", "REDIS_URL", "CLOUDTRAIL_SOURCE")
Rows = list[dict[str, Any]]


def python(env: Mapping[str, str], *words: str, fails: bool = False) -> str:
    """What a process of the portal printed. Asserts that it went well; or, with fails, that it did
    not."""
    done = subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert (done.returncode != 0) is fails, done.stdout + done.stderr
    return done.stdout


@dataclass
class Portal:
    """A portal over SQLite of its own."""

    env: dict[str, str]

    def manage(self, *arguments: str) -> str:
        """What the command printed. Asserts that it went well."""
        return python(self.env, "manage.py", *arguments)

    def run(self, module: str, *arguments: str) -> str:
        """The same of a module of the tests."""
        return python(self.env, "-m", module, *arguments)

    def import_logs(self, *addresses: str) -> dict[str, Any]:
        told = self.manage("import_cloudtrail", *addresses).splitlines()[-1]
        found: dict[str, Any] = json.loads(told)
        assert found["quarantined"] == 0
        assert found["events"] == found["counted"] + found["duplicates"] + found["ignored"]
        return found

    def export(self, kind: str, *arguments: str) -> Rows:
        text = self.manage("export", kind, *arguments, "--format", "jsonl")
        return [json.loads(line) for line in text.splitlines()]


def portal_at(data_dir: Path, **extra: str) -> Portal:
    """A portal with this DATA_DIR, nothing of the developer's own, and what extra sets."""
    own = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "PORTAL_"))}
    for name in FOREIGN:
        own.pop(name, None)
    if not (data_dir / DATABASE).exists():
        put_schema(data_dir)
    return Portal(own | {"DATA_DIR": str(data_dir)} | extra)

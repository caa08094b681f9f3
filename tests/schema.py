"""A portal's SQLite database with the schema and nothing in it, for processes of the portal.

Migrating takes ten seconds of a core, so it is done once a run (tests.run) and copied from then on.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MIGRATED = "TEST_MIGRATED_SQLITE"
DATABASE = "portal.db"
SERVERS = ("DATABASE_URL", "REDIS_URL")


def migrate(data_dir: Path, environ: Mapping[str, str]) -> Path:
    """Makes the schema by the portal's own command. Returns the database's file."""
    own = {name: value for name, value in environ.items() if name not in SERVERS}
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "-v0", "--no-input"],
        cwd=ROOT,
        env=own | {"DATA_DIR": str(data_dir)},
        check=True,
    )
    return data_dir / DATABASE


def put_schema(data_dir: Path) -> None:
    """The schema for a portal with this DATA_DIR."""
    data_dir.mkdir(parents=True, exist_ok=True)
    made = os.environ.get(MIGRATED)
    if made:
        shutil.copyfile(made, data_dir / DATABASE)
    else:
        migrate(data_dir, os.environ)

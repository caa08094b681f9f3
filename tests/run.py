"""All tests: `python -m tests.run [pytest arguments]`, which is what `make test` calls.

First everything over SQLite, the embedded default. Then, over a real PostgreSQL, what touches the
database again, and what needs real servers or a browser: no other test is run twice. Without
PostgreSQL there is one pass, in which those tests are skipped with the reason.
"""

import os
import secrets
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.schema import MIGRATED, migrate
from tests.services import exit_on_endings, run_command, running_services

# What a developer's shell may hold and a test must not see. Settings of the portal that are not
# set have their defaults; AWS is never reached.
FOREIGN_PREFIXES = ("AWS_", "PORTAL_", "DJANGO_", "CELERY_", "CLOUDTRAIL_", "IDENTITY_CENTER_")
FOREIGN_NAMES = {
    *("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DATA_DIR", "STATIC_ROOT", "PORT"),
    *("ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "METRICS_TOKEN", "LOG_LEVEL"),
}
NO_TESTS_COLLECTED = 5
MOST_WORKERS = 4


def clean_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment without foreign settings, and with credentials that open nothing."""
    kept = {
        name: value
        for name, value in environ.items()
        if not name.startswith(FOREIGN_PREFIXES) and name.removesuffix("_FILE") not in FOREIGN_NAMES
    }
    return {
        **kept,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "SECRET_KEY": secrets.token_urlsafe(50),
    }


def pytest_command(*options: str) -> list[str]:
    # More than cores: many tests wait for a server, a browser or a clock.
    workers = str(min((os.cpu_count() or 1) * 2, MOST_WORKERS))
    # A file is one worker's, so that what its tests share is made once; in the order of conftest.
    parallel = ["-n", workers, "--dist", "loadfile", "--no-loadscope-reorder"]
    return [sys.executable, "-m", "pytest", *parallel, *options]


def say(sentence: str) -> None:
    sys.stdout.write(f"\n{sentence}\n")
    sys.stdout.flush()


def run_passes(environ: Mapping[str, str], arguments: Sequence[str]) -> int:
    """The worse exit code of the passes."""
    for name, server in (("TEST_DATABASE", "PostgreSQL"), ("TEST_REDIS", "Redis")):
        if f"{name}_MISSING" in environ:
            say(f"No {server} ({environ[f'{name}_MISSING']}): its tests will be skipped.")
    database_url = environ.get("TEST_DATABASE_URL")
    if not database_url:
        say("All tests over SQLite.")
        return run_command(pytest_command(*arguments), environ)
    say("All tests over SQLite, except those that need a real server or a browser.")
    first = run_command(pytest_command("--without-servers", *arguments), environ)
    say("Over PostgreSQL: what touches the database, Redis or a browser.")
    environ = {**environ, "DATABASE_URL": database_url}
    second = run_command(pytest_command("--with-servers", *arguments), environ)
    return first or (0 if second == NO_TESTS_COLLECTED else second)


def main(arguments: Sequence[str]) -> int:
    exit_on_endings()
    environ = clean_environment(os.environ)
    with running_services(environ) as added, tempfile.TemporaryDirectory() as scratch:
        migrated = str(migrate(Path(scratch), environ))
        return run_passes({**environ, **added, MIGRATED: migrated}, arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

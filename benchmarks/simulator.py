"""@cloud-copilot/iam-simulate in a node process, installed into a folder that is thrown away.

It is AGPL: run beside us to compare answers, never linked, shipped or committed.
"""

import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.policy_cases import ACCOUNT, PRINCIPAL, Case

PACKAGE = "@cloud-copilot/iam-simulate@0.1.173"
SCRIPT = Path(__file__).with_name("simulate.mjs")
INSTALL_SECONDS = 180
RUN_SECONDS = 1200


class NoSimulator(Exception):
    """There is no simulator here. str() says why."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """One answer. decision None: the simulator refused the case, for error's reason."""

    decision: str | None
    explicit: bool
    ignored: frozenset[str]
    error: str | None


RESULTS = {
    "Allowed": ("allowed", False),
    "ImplicitlyDenied": ("denied", False),
    "ExplicitlyDenied": ("denied", True),
}


def simulate(
    cases: Sequence[Case], known: Mapping[str, Any], folder: Path
) -> tuple[list[Simulated], float]:
    """The answers in the order of the cases, and the seconds that they took in node."""
    _install(folder)
    asked = {"principal": PRINCIPAL, "account": ACCOUNT, "cases": [asdict(case) for case in cases]}
    (folder / "documents.json").write_text(json.dumps(known), encoding="utf-8")
    (folder / "cases.json").write_text(json.dumps(asked), encoding="utf-8")
    try:
        subprocess.run(["node", str(SCRIPT), str(folder)], check=True, timeout=RUN_SECONDS)
    except (OSError, subprocess.SubprocessError) as problem:
        raise NoSimulator(f"the simulator failed: {problem}") from None
    told = json.loads((folder / "answers.json").read_text(encoding="utf-8"))
    return [_answer(raw) for raw in told["answers"]], told["seconds"]


def _install(folder: Path) -> None:
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise NoSimulator(f"there is no {program} here")
    command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]
    (folder / "package.json").write_text('{"private": true}', encoding="utf-8")
    try:
        subprocess.run(
            [*command, PACKAGE],
            cwd=folder,
            check=True,
            timeout=INSTALL_SECONDS,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except (OSError, subprocess.SubprocessError):
        raise NoSimulator(f"npm could not install {PACKAGE}") from None


def _answer(raw: Mapping[str, Any]) -> Simulated:
    decision, explicit = RESULTS.get(raw["result"], (None, False))
    ignored = frozenset(key.lower() for key in raw["ignored"])
    return Simulated(decision, explicit, ignored, raw["error"] or raw["result"])

"""A sample organisation, collected over HTTP and its month of logs counted from its bucket: made
once a test run, by whichever process needs it first, and copied for each file of tests.
"""

import csv
import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inventory.sample_org.process import SampleOrganization
from tests.journeys.portal_process import Portal, Rows, portal_at

LISTS = ("iam-users", "credentials", "assignments", "people", "classes")


@dataclass
class SharedWorld:
    """portal: over a copy of the database. told: by kind, what the organisation says of itself.
    actions: what the collection called. imports: what each import of all logs counted."""

    name: str
    home: Path
    portal: Portal
    told: dict[str, Rows]
    actions: set[str]
    imports: Rows

    @contextmanager
    def organization(self) -> Iterator[SampleOrganization]:
        """The organisation, running anew, where the portal finds it."""
        with SampleOrganization.start(self.name, self.home / "organization") as running:
            before = self.portal.env
            self.portal.env = before | running.environment()
            yield running
            self.portal.env = before


def shared_world(tmp_path_factory: Any, name: str = "fifty") -> SharedWorld:
    """A copy of its own for whoever asks."""
    common = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        common = common.parent
    made = common / f"world-of-{name}"
    with (common / f"world-of-{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (made / "told.json").exists():
            shutil.rmtree(made, ignore_errors=True)
            _make(name, made)
    home = tmp_path_factory.mktemp("copy") / name
    shutil.copytree(made, home)
    found = json.loads((home / "told.json").read_text())
    portal = portal_at(home / "portal")
    return SharedWorld(name, home, portal, found["told"], set(found["actions"]), found["imports"])


def _make(name: str, home: Path) -> None:
    with SampleOrganization.start(name, home / "organization", logs=True) as organization:
        portal = portal_at(home / "portal", **organization.environment())
        portal.manage("collect")
        actions = sorted({call["action"] for call in organization.calls()["calls"]})
        # What somebody does meanwhile was not collected.
        told = {kind: organization.world(kind) for kind in LISTS}
        portal.manage("import_roster", _write_roster(organization, home / "roster.csv"))
        owners = home / "owners.json"
        owners.write_text(json.dumps(told["people"]))
        portal.run("tests.journeys.forecast_probe", "link", str(owners))
        bucket = f"s3://{organization.info['log_bucket']}"
        imports = [portal.import_logs(bucket) for _ in range(2)]
        told["usage"] = organization.world("usage")
    # Last: what is there when a maker was killed is made again.
    text = json.dumps({"told": told, "actions": actions, "imports": imports})
    (home / "told.json").write_text(text)


def _write_roster(organization: SampleOrganization, path: Path) -> str:
    """Also whoever is not in Identity Center yet is somebody."""
    rows = organization.world("roster")
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return str(path)

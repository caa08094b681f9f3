"""A world that is played day by day: its clock moves on, its logs are delivered, and a portal over
SQLite collects, counts and concludes at the same instants, with its own commands and actions.

The epoch is a fixed Monday, so that every run is the same; nothing waits for real time to pass.
"""

import csv
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from inventory.sample_org.clock import CLOCK_FILE, stamp
from inventory.sample_org.constants import ADMIN_CREDENTIALS, DEFAULT_SEED
from inventory.sample_org.logs.callers import by_key
from inventory.sample_org.logs.cast import UserCast
from inventory.sample_org.logs.delivery import Delivery
from inventory.sample_org.logs.files import OBJECTS, Logs
from inventory.sample_org.logs.happenings import Day
from inventory.sample_org.logs.operations import READS
from inventory.sample_org.process import SampleOrganization
from tests.journeys.portal_process import portal_at, python

EPOCH = datetime(2030, 1, 7, 15, 30, 12, tzinfo=UTC)
# What a portal concludes twice at one instant it need not conclude again: its clock goes on, too.
A_WHILE = timedelta(minutes=10)
RETRIES = 9
AGENT = "aws-cli/2.36.19 md/awscrt#0.31.0 ua/2.1 os/macos#25.1 lang/python#3.13.9"
PATIENCE = {"PORTAL_AWS_READ_TIMEOUT": "120", "PORTAL_LEASE_SECONDS": "600"}
Row = dict[str, Any]


@dataclass
class Played:
    """now: what the clocks of the world and of the portal show. offset: how far the world's clock
    was moved."""

    organization: SampleOrganization
    logs: Logs
    env: dict[str, str]
    now: datetime = EPOCH
    offset: timedelta = field(default_factory=timedelta)

    def go_to(self, now: datetime) -> None:
        """Both clocks, and what was delivered meanwhile."""
        offset = now - datetime.now(UTC)
        self.organization.advance((offset - self.offset).total_seconds())
        self.now, self.offset = now, offset
        self.logs.write(now)

    def portal(self, command: str, *arguments: str, fails: bool = False) -> str:
        """A command of the portal, at the instant of the story. Asserts that it went well; or, with
        fails, that it did not."""
        place = "tests.journeys.portal_at_instant"
        return python(self.env, "-m", place, stamp(self.now), command, *arguments, fails=fails)

    def rows(self, command: str, *arguments: str) -> list[Row]:
        return [json.loads(line) for line in self.portal(command, *arguments).splitlines()]

    def decide(self, what: str, *rows: Row) -> None:
        """A lead decides, in the portal's own words for it."""
        self.now += A_WHILE
        self.portal(what, json.dumps([{"reason": "As told by the person."} | row for row in rows]))

    def import_logs(self) -> None:
        self.now += A_WHILE
        uri = (self.logs.directory / OBJECTS).resolve().as_uri().replace("file://", "mirror://", 1)
        told = json.loads(self.portal("import_cloudtrail", uri, "--workers", "1").splitlines()[-1])
        assert told["quarantined"] == 0

    def day(self, number: int) -> "Standing":
        """The morning of a later day: everything is read, and everybody judged."""
        self.go_to(EPOCH.replace(hour=9, minute=0, second=0) + timedelta(days=number))
        self.portal("collect", "--summary")
        self.import_logs()
        return self.standing()

    def standing(self) -> "Standing":
        return Standing({row["email"] or row["user_arn"]: row for row in self.rows("standing")})

    def exported(self) -> dict[str, str | None]:
        """By address, the state in the export of people."""
        rows = self.rows("export", "people", "--format", "jsonl")
        return {row["email"]: row["state"] for row in rows}

    def import_roster(self) -> None:
        rows = self.organization.world("roster")
        path = self.logs.directory / "roster.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, fieldnames=list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        self.portal("import_roster", str(path))

    def cast(self, arn: str) -> UserCast:
        return next(user for user in self.logs.bucket.story.cast.users if user.arn == arn)

    def use_key(self, arn: str, at: datetime) -> None:
        """Somebody uses a key that was at rest: the trail delivers an object more."""
        cast, user = self.logs.bucket.story.cast, self.cast(arn)
        key_id = next(key_id for key_id, key in user.keys if key.active)
        day = Day(cast.ids, at.date().isoformat())
        # Its own dice, or the call would have the id of the day's first.
        day.rng = cast.ids.random("woken", arn)
        caller = by_key(user, key_id, "192.0.2.99", AGENT)
        day.add(at, caller, READS["sts"][0], cast.home)
        for one in Delivery(cast).objects(day):
            path = self.logs.directory / OBJECTS / one.key.replace(".json.gz", "W.json.gz")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(one.body)
            os.utime(path, (one.delivered.timestamp(), one.delivered.timestamp()))

    def allow(self, set_name: str, actions: list[str]) -> None:
        """An administrator adds actions to a permission set's inline policy."""
        # Identity Center's administration takes some calls a second only.
        client = self.organization.client("sso-admin", ADMIN_CREDENTIALS, retries=RETRIES)
        instance = client.list_instances()["Instances"][0]["InstanceArn"]
        place = {"InstanceArn": instance, "PermissionSetArn": self._set(client, instance, set_name)}
        text = client.get_inline_policy_for_permission_set(**place)["InlinePolicy"]
        listed = json.loads(text)["Statement"] if text else []
        added = {"Effect": "Allow", "Action": sorted(actions), "Resource": "*"}
        policy = {"Version": "2012-10-17", "Statement": [*listed, added]}
        client.put_inline_policy_to_permission_set(**place, InlinePolicy=json.dumps(policy))

    def _set(self, client: Any, instance: str, name: str) -> str:
        for page in client.get_paginator("list_permission_sets").paginate(InstanceArn=instance):
            for arn in page["PermissionSets"]:
                found = client.describe_permission_set(InstanceArn=instance, PermissionSetArn=arn)
                if found["PermissionSet"]["Name"] == name:
                    return str(arn)
        raise LookupError(name)

    def set_keys(self, arn: str, status: str) -> None:
        """An administrator switches all keys of a user on or off."""
        user = self.cast(arn)
        client = self.organization.admin_client("iam", user.account)
        for key_id, _ in user.keys:
            client.update_access_key(UserName=user.spec.name, AccessKeyId=key_id, Status=status)

    def switch_off(self, arn: str) -> None:
        """An administrator makes the keys inactive and takes the password."""
        self.set_keys(arn, "Inactive")
        user = self.cast(arn)
        if user.spec.password:
            client = self.organization.admin_client("iam", user.account)
            client.delete_login_profile(UserName=user.spec.name)


@dataclass(frozen=True)
class Standing:
    """How everybody stood at an instant: by address of a person, or ARN of nobody's user."""

    rows: dict[str, Row]

    def state(self, who: str) -> str:
        return str(self.rows[who]["state"])

    def gate(self, who: str, name: str) -> str:
        return str(self.rows[who]["gates"][name])

    def blocked(self, who: str) -> set[str]:
        """Gates that are neither ready nor waived."""
        gates = self.rows[who]["gates"]
        return {name for name, told in gates.items() if told not in ("ready", "waived")}

    def people(self, state: str) -> set[str]:
        return {who for who, row in self.rows.items() if row["state"] == state and row["email"]}


@contextmanager
def played(world: str, data_dir: Path) -> Iterator[Played]:
    """At the epoch; nothing is collected yet. The organisation brings days of its story up to date
    when its clock jumps, which takes a busy machine a while: the portal is patient with it."""
    place = data_dir / "organization"
    place.mkdir(parents=True)
    (place / CLOCK_FILE).write_text(json.dumps({"epoch": stamp(EPOCH)}))
    with SampleOrganization.start(world, place) as organization:
        env = portal_at(data_dir / "portal", **organization.environment(), **PATIENCE).env
        made = Played(organization, Logs(world, DEFAULT_SEED, place), env)
        made.go_to(EPOCH + timedelta(hours=1))
        yield made


def owners(made: Played) -> list[Row]:
    """Whose each IAM user is, as the company knows it."""
    known = made.organization.world("classes")
    return [{"arn": row["arn"], "email": row["owner"]} for row in known if row["owner"]]

"""Users of the simulated organisation, cut over by the real scripts, and what AWS then says."""

import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from inventory.sample_org.constants import ADMIN_CREDENTIALS, ADMIN_ROLE_NAME, Credentials
from inventory.sample_org.process import SampleOrganization
from migrations_plan.artefacts.cutover import cutover_scripts
from migrations_plan.artefacts.cutover_facts import AssumedRole, Key, LegacyUser, Wave
from tests.aws_cli import cli_environment

ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
DENY_ALL = "arn:aws:iam::aws:policy/AWSDenyAll"
WRITES = ("Update", "Attach", "Detach", "Put", "Delete", "Create")


@dataclass
class Drill:
    """Users of one account, their scripts in a folder, and what AWS says of them."""

    organization: SampleOrganization
    folder: Path
    account: str
    iam: Any
    credentials: Credentials
    users: tuple[str, ...]
    roles: tuple[str, ...]

    def make(self) -> None:
        wave = Wave("Wave 1", self._users(), self._roles(), datetime(2026, 11, 30, tzinfo=UTC))
        for script in cutover_scripts(wave):
            (self.folder / script.name).write_bytes(script.text.encode())

    def _users(self) -> tuple[LegacyUser, ...]:
        found = []
        for name in self.users:
            arn = self.iam.get_user(UserName=name)["User"]["Arn"]
            keys = tuple(Key(key, status == "Active") for key, status in self.keys(name))
            found.append(LegacyUser(arn, keys, denied=DENY_ALL in self.policies(name)))
        return tuple(found)

    def _roles(self) -> tuple[AssumedRole, ...]:
        arns = [self.iam.get_role(RoleName=name)["Role"]["Arn"] for name in self.roles]
        return tuple(AssumedRole(arn, ("ci-bot",)) for arn in arns)

    def keys(self, name: str) -> list[tuple[str, str]]:
        listed = self.iam.list_access_keys(UserName=name)["AccessKeyMetadata"]
        return sorted((key["AccessKeyId"], key["Status"]) for key in listed)

    def policies(self, name: str) -> list[str]:
        listed = self.iam.list_attached_user_policies(UserName=name)["AttachedPolicies"]
        return sorted(policy["PolicyArn"] for policy in listed)

    def password(self, name: str) -> bool:
        try:
            self.iam.get_login_profile(UserName=name)
        except self.iam.exceptions.NoSuchEntityException:
            return False
        return True

    def state(self) -> dict[str, Any]:
        """Everything of the whole account that a script could have touched."""
        users = [user["UserName"] for user in self.iam.list_users()["Users"]]
        roles = [role["RoleName"] for role in self.iam.list_roles()["Roles"]]
        return {
            "users": {n: (self.keys(n), self.policies(n), self.password(n)) for n in users},
            "roles": {n: self.iam.list_role_policies(RoleName=n)["PolicyNames"] for n in roles},
        }

    def run(self, kind: str, *arguments: str, **changed: str) -> subprocess.CompletedProcess[str]:
        command = ["bash", str(self.folder / f"{kind}-wave-1-{self.account}.sh"), *arguments]
        env = cli_environment(self.organization.endpoint, self.credentials, self.folder) | changed
        return subprocess.run(
            command, env=env, capture_output=True, text=True, check=False, timeout=240
        )

    def writes(self) -> list[str]:
        log = self.organization.call_log()
        return [str(entry) for entry in log if any(f"'{word}" in str(entry) for word in WRITES)]


def new_drill(organization, folder, account, names, roles=(), bare=()) -> Drill:
    """Administrators with two keys and a password; those in `bare` with neither."""
    arn = f"arn:aws:iam::{account}:role/{ADMIN_ROLE_NAME}"
    credentials = organization.assume(arn, ADMIN_CREDENTIALS)
    iam = organization.client("iam", credentials)
    for name in (*names, *bare):
        iam.create_user(UserName=name, Path="/old 'path' $(id)/".replace(" ", "_"))
        iam.attach_user_policy(UserName=name, PolicyArn=ADMIN)
        if name in bare:
            continue
        iam.create_access_key(UserName=name)
        older = iam.create_access_key(UserName=name)["AccessKey"]["AccessKeyId"]
        iam.update_access_key(UserName=name, AccessKeyId=older, Status="Inactive")
        iam.create_login_profile(UserName=name, Password="A-long-passphrase-9")
    for role in roles:
        iam.create_role(
            RoleName=role, AssumeRolePolicyDocument='{"Version":"2012-10-17","Statement":[]}'
        )
    drill = Drill(organization, folder, account, iam, credentials, (*names, *bare), tuple(roles))
    drill.make()
    return drill

"""The organisation is the same after a restart, and its ids look like AWS's."""

import json
import os
import re
import subprocess
import sys
import time

import pytest

from inventory.sample_org.process import ROOT, SampleOrganization, StartFailedError
from inventory.sample_org.reading import (
    account_ids,
    directory_of,
    iam_of,
    instance_of,
    pages,
    permission_sets_of,
)


def everything(organization):
    client = organization.portal_client("organizations")
    return {
        "accounts": pages(client, "list_accounts", "Accounts"),
        "iam": [iam_of(organization, account) for account in account_ids(organization)[3:6]],
        "instance": instance_of(organization),
        "directory": directory_of(organization),
        "sets": permission_sets_of(organization),
        "truth": [organization.world(kind) for kind in ("iam-users", "credentials", "people")],
    }


@pytest.fixture(scope="module")
def two_starts(tmp_path_factory):
    data_dir = tmp_path_factory.mktemp("restart")
    found = []
    for _ in range(2):
        with SampleOrganization.start("fifty", data_dir) as organization:
            found.append(everything(organization))
        time.sleep(1)  # so that a time taken from the wall clock would differ
    return found


def test_a_restart_answers_with_the_same_ids_and_times(two_starts):
    assert two_starts[0] == two_starts[1]


def test_another_seed_gives_other_ids(fifty, tmp_path):
    with SampleOrganization.start("fifty", tmp_path, seed=48) as other:
        assert instance_of(other)["InstanceArn"] != instance_of(fifty)["InstanceArn"]


SHAPES = {
    "user": r"AIDA[A-Z2-7]{17}",
    "group": r"AGPA[A-Z2-7]{17}",
    "role": r"AROA[A-Z2-7]{17}",
    "policy": r"ANPA[A-Z2-7]{17}",
    "key": r"AKIA[A-Z2-7]{16}",
}


def iam_ids(account):
    keys = [key["AccessKeyId"] for found in account["keys"] for key in found]
    return {
        "user": [user["UserId"] for user in account["UserDetailList"]],
        "group": [group["GroupId"] for group in account["GroupDetailList"]],
        "role": [role["RoleId"] for role in account["RoleDetailList"]],
        "policy": [policy["PolicyId"] for policy in account["Policies"]],
        "key": keys,
    }


@pytest.mark.parametrize("kind", SHAPES)
def test_iam_ids_have_the_shape_aws_gives_them(two_starts, kind):
    found = [one for account in two_starts[0]["iam"] for one in iam_ids(account)[kind]]
    assert found
    assert [one for one in found if not re.fullmatch(SHAPES[kind], one)] == []


def test_identity_center_ids_have_the_shape_aws_gives_them(two_starts):
    instance = two_starts[0]["instance"]
    assert re.fullmatch(r"arn:aws:sso:::instance/ssoins-[0-9a-f]{16}", instance["InstanceArn"])
    assert re.fullmatch(r"d-[0-9a-f]{10}", instance["IdentityStoreId"])
    ending = instance["InstanceArn"].split("/")[1]
    pattern = rf"arn:aws:sso:::permissionSet/{ending}/ps-[0-9a-f]{{16}}"
    for one in two_starts[0]["sets"]:
        assert re.fullmatch(pattern, one["PermissionSetArn"])


def test_the_ready_line_is_also_kept_in_the_data_directory(tmp_path):
    with SampleOrganization.start("fourteen", tmp_path) as organization:
        kept = json.loads((tmp_path / "sample-org.json").read_text())
        assert kept == organization.info


def test_it_ends_cleanly_when_asked(tmp_path):
    organization = SampleOrganization.start("fourteen", tmp_path)
    organization.stop()
    assert organization._process.returncode == 0


def test_it_ends_when_the_process_that_started_it_is_gone(tmp_path):
    script = (
        "import os, sys\n"
        "from inventory.sample_org.process import SampleOrganization\n"
        "made = SampleOrganization.start('fourteen', sys.argv[1])\n"
        "sys.stdout.write(str(made.pid)); sys.stdout.flush(); os._exit(0)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    pid = int(subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout)
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and alive(pid):
        time.sleep(0.1)
    assert not alive(pid)


def alive(pid):
    """A zombie that nobody has waited for is not alive."""
    try:
        os.kill(pid, 0)
        with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_a_start_that_fails_says_what_the_process_wrote(tmp_path):
    with pytest.raises(StartFailedError, match="invalid choice"):
        SampleOrganization.start("sixty", tmp_path)

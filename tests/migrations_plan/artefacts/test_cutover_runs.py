"""The cutover scripts, run with AWS's own CLI against the simulated organisation over HTTP."""

import json
import subprocess
from datetime import UTC, datetime
from typing import Any

import pytest

from inventory.sample_org.constants import ADMIN_CREDENTIALS, ADMIN_ROLE_NAME, Credentials
from inventory.sample_org.process import SampleOrganization
from tests.aws_cli import aws_cli_folder
from tests.cutover_drill import DENY_ALL, Drill, new_drill

PROD, DEV = "123456789012", "777788889999"
pytestmark = [pytest.mark.slow, pytest.mark.nightly]

NAMES, BARE = ("-dash",), ("=cmd",)
ROLE = "-runner"


@pytest.fixture(scope="module")
def organization(tmp_path_factory):
    aws_cli_folder()
    with SampleOrganization.start("fourteen", tmp_path_factory.mktemp("cutover")) as running:
        yield running


@pytest.fixture(scope="module")
def told(organization, tmp_path_factory):
    """One whole cutover, told step by step: the state, and what each script said."""
    drill = new_drill(organization, tmp_path_factory.mktemp("whole"), PROD, NAMES, (ROLE,), BARE)
    states, said = {"before": drill.state()}, {}
    steps = (
        ("dry", "cutover", ()),
        ("cut", "cutover", ("--apply",)),
        ("again", "cutover", ("--apply",)),
        ("verified", "verify", ()),
        ("dry back", "rollback", ()),
        ("back", "rollback", ("--apply",)),
        ("back again", "rollback", ("--apply",)),
        ("not verified", "verify", ()),
        ("too early", "login-profiles", ("--apply",)),
        ("cut at last", "cutover", ("--apply",)),
        ("passwords", "login-profiles", ("--apply",)),
        ("passwords again", "login-profiles", ("--apply",)),
        ("verified at last", "verify", ("--login-profiles=absent",)),
    )
    writes = {}
    for step, kind, arguments in steps:
        organization.control("DELETE", "/calls")
        said[step] = drill.run(kind, *arguments)
        writes[step] = drill.writes()
        states[step] = drill.state()
    return drill, states, said, writes


def wanted_after_cut(before: dict[str, Any]) -> dict[str, Any]:
    users = dict(before["users"])
    for name in (*NAMES, *BARE):
        keys, policies, password = users[name]
        off = [(key, "Inactive") for key, _status in keys]
        users[name] = (off, sorted([*policies, DENY_ALL]), password)
    roles = dict(before["roles"]) | {ROLE: ["access-portal-cutover-wave-1"]}
    return {"users": users, "roles": roles}


@pytest.mark.parametrize("step", ["dry", "dry back"])
def test_a_dry_run_changes_nothing_and_says_what_it_would_run(told, step):
    _drill, _states, said, writes = told

    assert said[step].returncode == 0, said[step].stderr
    assert writes[step] == []
    assert "would run: aws iam update-access-key --user-name=-dash" in said[step].stdout
    assert "Dry run: nothing was changed." in said[step].stdout


def test_the_cutover_does_exactly_what_it_says(told):
    _drill, states, said, _writes = told

    assert said["cut"].returncode == 0, said["cut"].stderr
    assert states["cut"] == wanted_after_cut(states["before"])
    assert "WARNING: also used by ci-bot" in said["cut"].stdout


def test_a_second_run_changes_nothing(told):
    _drill, states, said, writes = told

    assert said["again"].returncode == 0
    assert writes["again"] == []
    assert states["again"] == states["cut"]


def test_the_verification_names_every_credential_and_the_tails(told):
    _drill, states, said, writes = told
    done = said["verified"]

    assert done.returncode == 0, done.stdout
    for name in NAMES:
        for key, _status in states["before"]["users"][name][0]:
            assert f"ok       {name} key {key}: Inactive\n" in done.stdout
        assert f"ok       {name} login profile: present\n" in done.stdout
    assert f"ok       {BARE[0]} denied everything: yes\n" in done.stdout
    assert f"ok       {BARE[0]} login profile: absent\n" in done.stdout
    assert f"ok       role {ROLE} denial of older sessions: present\n" in done.stdout
    assert "(GetSessionToken) until 2" in done.stdout
    assert writes["verified"] == []


def test_the_rollback_restores_exactly_what_was_there(told):
    _drill, states, said, _writes = told

    assert said["back"].returncode == 0, said["back"].stderr
    assert states["back"] == states["before"]


def test_a_second_rollback_changes_nothing(told):
    _drill, states, said, writes = told

    assert said["back again"].returncode == 0, said["back again"].stderr
    assert writes["back again"] == []
    assert states["back again"] == states["before"]


def test_the_verification_fails_while_a_key_is_active(told):
    _drill, _states, said, _writes = told

    assert said["not verified"].returncode == 1
    assert "NOT YET  -dash denied everything: no, wanted: yes" in said["not verified"].stdout
    assert ": Active, wanted: Inactive" in said["not verified"].stdout


def test_passwords_stay_while_the_user_is_not_cut(told):
    _drill, states, said, _writes = told

    assert said["too early"].returncode == 1
    assert "still has an active key. Run the cutover first." in said["too early"].stderr
    assert states["too early"] == states["before"]


def test_passwords_go_last(told):
    _drill, states, said, writes = told
    users = states["passwords"]["users"]

    assert said["passwords"].returncode == 0, said["passwords"].stderr
    assert [users[name][2] for name in NAMES] == [False] * len(NAMES)
    mine = (*NAMES, *BARE)
    assert {n: u for n, u in users.items() if n not in mine} == {
        n: u for n, u in states["before"]["users"].items() if n not in mine
    }
    assert writes["passwords again"] == []
    assert said["verified at last"].returncode == 0, said["verified at last"].stdout


def test_a_role_is_closed_to_sessions_from_before(told):
    drill, *_ = told
    policy = drill.iam.get_role_policy(RoleName=ROLE, PolicyName="access-portal-cutover-wave-1")
    (statement,) = policy["PolicyDocument"]["Statement"]

    assert statement["Effect"] == "Deny"
    before = statement["Condition"]["DateLessThan"]["aws:TokenIssueTime"]
    assert abs((datetime.fromisoformat(before) - datetime.now(UTC)).total_seconds()) < 600


def test_a_denial_of_another_run_is_renewed(told):
    """Its time is long past: sessions opened since would go on."""
    drill, *_ = told
    old = drill.iam.get_role_policy(RoleName=ROLE, PolicyName="access-portal-cutover-wave-1")
    document = json.dumps(old["PolicyDocument"]).replace("202", "201")
    named = {"RoleName": ROLE, "PolicyName": "access-portal-cutover-wave-1"}
    drill.iam.put_role_policy(**named, PolicyDocument=document)

    done = drill.run("cutover", "--apply", f"--record={drill.folder}/another.record")

    assert done.returncode == 0, done.stderr
    statement = drill.iam.get_role_policy(**named)["PolicyDocument"]["Statement"][0]
    assert statement["Condition"]["DateLessThan"]["aws:TokenIssueTime"].startswith("202")


@pytest.fixture
def drill(organization, tmp_path, request):
    """A user of its own for one test."""
    return new_drill(organization, tmp_path, DEV, (f"user-{request.node.name[-20:]}",))


def refused(drill: Drill, done: subprocess.CompletedProcess[str], before: dict[str, Any]) -> str:
    assert done.returncode == 1
    assert drill.state() == before
    return done.stderr


def test_another_account_is_refused(drill):
    before = drill.state()
    other = drill.organization.assume(
        f"arn:aws:iam::{PROD}:role/{ADMIN_ROLE_NAME}", ADMIN_CREDENTIALS
    )
    drill.credentials = other

    said = refused(drill, drill.run("cutover", "--apply"), before)

    assert f"these credentials are of {PROD}, not of {DEV}." in said


def test_nobody_cuts_off_himself(drill):
    (name,) = drill.users
    made = drill.keys(name)[0][0]
    drill.iam.delete_access_key(UserName=name, AccessKeyId=made)
    key = drill.iam.create_access_key(UserName=name)["AccessKey"]
    drill.make()
    before = drill.state()
    drill.credentials = Credentials(key["AccessKeyId"], key["SecretAccessKey"])

    said = refused(drill, drill.run("cutover", "--apply"), before)

    assert "which this script cuts off" in said


def test_a_key_made_since_stops_the_script_before_it_begins(drill):
    (name,) = drill.users
    inactive = next(key for key, status in drill.keys(name) if status == "Inactive")
    drill.iam.delete_access_key(UserName=name, AccessKeyId=inactive)
    newer = drill.iam.create_access_key(UserName=name)["AccessKey"]["AccessKeyId"]
    before = drill.state()

    said = refused(drill, drill.run("cutover", "--apply"), before)

    assert f"has the key {newer}, which is newer than this script's facts" in said


def test_a_refused_read_stops_the_cutover_and_is_unknown_to_the_verification(drill):
    before = drill.state()
    rule = {"service": "iam", "operation": "ListAttachedUserPolicies", "kind": "deny"}
    drill.organization.fault(**rule, count=50)
    try:
        verified = drill.run("verify")
        done = drill.run("rollback", "--apply", "--without-record")
    finally:
        drill.organization.clear_faults()

    assert verified.returncode == 1
    assert "UNKNOWN" in verified.stdout
    assert "AccessDenied" in refused(drill, done, before)


def test_an_error_in_the_middle_stops_the_cutover_and_what_was_done_comes_back(drill):
    before = drill.state()
    drill.organization.fault(service="iam", operation="AttachUserPolicy", kind="deny", count=1)

    done = drill.run("cutover", "--apply")

    assert done.returncode != 0
    assert "STOPPED at line" in done.stderr
    assert drill.state() != before
    assert drill.run("rollback", "--apply").returncode == 0
    assert drill.state() == before


def test_a_rollback_without_its_record_asks(drill):
    before = drill.state()

    said = refused(drill, drill.run("rollback", "--apply"), before)

    assert "there is no record" in said


def test_a_rollback_by_the_facts_restores_only_keys_that_were_active(drill):
    before = drill.state()
    assert drill.run("cutover", "--apply").returncode == 0
    for record in drill.folder.glob("*.record"):
        record.unlink()

    done = drill.run("rollback", "--apply", "--without-record")

    assert done.returncode == 0, done.stderr
    assert drill.state() == before


def test_a_denial_that_was_there_before_outlives_the_rollback(drill):
    (name,) = drill.users
    drill.iam.attach_user_policy(UserName=name, PolicyArn=DENY_ALL)
    drill.make()
    before = drill.state()

    assert drill.run("cutover", "--apply").returncode == 0
    assert drill.run("rollback", "--apply").returncode == 0

    assert drill.state() == before

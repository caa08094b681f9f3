"""The cutover scripts as text: what they hold, that bash reads them, that nothing escapes."""

import hashlib
import re
import subprocess
from datetime import UTC, datetime
from typing import Any

import pytest

from migrations_plan.artefacts.artefact import Artefact
from migrations_plan.artefacts.cutover import cutover_scripts, role_policy_name
from migrations_plan.artefacts.cutover_facts import (
    AssumedRole,
    CutoverError,
    Key,
    LegacyUser,
    Wave,
)
from tests.shell_checks import assert_bash_reads, assert_shellcheck_is_silent

AS_OF = datetime(2026, 11, 30, 22, tzinfo=UTC)
ACCOUNT, OTHER = "555555555555", "888888888888"
ACTIVE = Key("AKIAIOSFODNN7EXAMPL1", active=True)
INACTIVE = Key("AKIAIOSFODNN7EXAMPL2", active=False)
HOSTILE = (
    "-rf",
    "=cmd",
    "@import",
    "$(touch pwned)",
    "`touch pwned`",
    "a'b\"c",
    "two words; touch pwned",
    "line\ntouch pwned",
    "* ? [a] {b,c} ~ !1",
    "\\",
    "\N{RIGHT-TO-LEFT OVERRIDE}txt",
)


def user(name: str = "nora", path: str = "/", account: str = ACCOUNT, **facts: Any):
    return LegacyUser(f"arn:aws:iam::{account}:user{path}{name}", **({"keys": ()} | facts))


def role(name: str, account: str = ACCOUNT, also: tuple[str, ...] | None = ()):
    return AssumedRole(f"arn:aws:iam::{account}:role/{name}", also)


def scripts(*users: LegacyUser, roles=(), name="Wave 1") -> dict[str, Artefact]:
    made = cutover_scripts(Wave(name, users, tuple(roles), AS_OF))
    return {one.name: one for one in made}


EVERYTHING = scripts(
    user("nora", keys=(INACTIVE, ACTIVE), other_credentials=("2 SSH keys",)),
    user("ivo", denied=True),
    roles=(role("deploy", also=("ci", "olga")), role("shared", also=None), role("own")),
)
ONLY_USERS = scripts(user(keys=(ACTIVE,)))
ONLY_ROLES = scripts(user(), roles=(role("there", OTHER),))
STRANGE = scripts(
    *(user(name, f"/{name}/") for name in HOSTILE if "/" not in name),
    roles=[role(name, also=(name,)) for name in HOSTILE],
    name="$(touch pwned)\n'wave'",
)
ALL = [
    pytest.param(one, id=f"{kind}-{one.name}")
    for kind, made in {
        "everything": EVERYTHING,
        "users": ONLY_USERS,
        "roles": ONLY_ROLES,
        "strange": STRANGE,
    }.items()
    for one in made.values()
]


@pytest.mark.parametrize("script", ALL)
def test_bash_reads_every_script(script):
    assert_bash_reads(script.text)


@pytest.mark.parametrize("script", ALL)
def test_shellcheck_has_nothing_to_say(script):
    assert_shellcheck_is_silent(script.text)


@pytest.mark.parametrize("script", ALL)
def test_each_script_says_of_when_it_is_and_its_sum_can_be_checked(script, tmp_path):
    (tmp_path / "script.sh").write_bytes(script.text.encode())
    command = "sed '1,/^# SHA-256 of everything/d' script.sh | sha256sum"
    found = subprocess.run(
        ["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=True
    )

    assert "# Made from facts as of 2026-11-30T22:00:00Z.\n" in script.text
    assert found.stdout.split()[0] in script.text.split("\n")[3]
    assert script.sha256 == hashlib.sha256(script.text.encode()).hexdigest()


@pytest.mark.parametrize("script", ALL)
def test_each_script_begins_with_the_same_care(script):
    code = [line for line in script.text.splitlines() if line and not line.startswith("#")]

    assert code[0] == "set -Eeuo pipefail"
    assert "aws sts get-caller-identity" in script.text
    assert re.search(r"^(check_caller|check_all)$", script.text, re.MULTILINE)


def test_there_are_four_scripts_of_an_account():
    assert sorted(EVERYTHING) == [
        "cutover-wave-1-555555555555.sh",
        "login-profiles-wave-1-555555555555.sh",
        "rollback-wave-1-555555555555.sh",
        "verify-wave-1-555555555555.sh",
    ]


def test_a_role_in_another_account_has_scripts_of_that_account():
    there = ONLY_ROLES[f"cutover-wave-1-{OTHER}.sh"].text

    assert "deny_role 'there'" in there
    assert "deny_role" not in ONLY_ROLES[f"cutover-wave-1-{ACCOUNT}.sh"].text
    assert f"login-profiles-wave-1-{OTHER}.sh" not in ONLY_ROLES


def test_the_order_is_keys_then_users_then_roles():
    text = EVERYTHING[f"cutover-wave-1-{ACCOUNT}.sh"].text
    calls = text[text.rindex("\ncheck_all\n") :].split("\n")[1:-2]

    assert calls == [
        "check_all",
        *("user_1_keys", "user_2_keys", "user_1_deny", "user_2_deny"),
        *("role_1_sessions", "role_2_sessions", "role_3_sessions"),
    ]


def test_every_key_is_named_by_its_id():
    text = EVERYTHING[f"cutover-wave-1-{ACCOUNT}.sh"].text

    assert f"key_inactive 'nora' '{ACTIVE.id}'\n  key_inactive 'nora' '{INACTIVE.id}'" in text


def test_who_else_uses_a_role_stands_beside_it():
    text = EVERYTHING[f"cutover-wave-1-{ACCOUNT}.sh"].text

    assert "# WARNING: also used by ci, olga; their open sessions end too." in text
    assert "# WARNING: who else uses it is not known; their open sessions end too." in text
    assert "# nobody else was seen using it." in text


def test_the_rollback_knows_what_was_so_before():
    text = EVERYTHING[f"rollback-wave-1-{ACCOUNT}.sh"].text

    assert f"key_active 'nora' '{ACTIVE.id}' yes" in text
    assert f"key_active 'nora' '{INACTIVE.id}' no" in text
    assert "undeny_user 'ivo' no" in text
    assert "undeny_user 'nora' yes" in text


def test_passwords_go_last_and_alone_and_the_script_says_why():
    for name, script in EVERYTHING.items():
        assert ("delete-login-profile" in script.text) is name.startswith("login-profiles")

    text = EVERYTHING[f"login-profiles-wave-1-{ACCOUNT}.sh"].text
    assert "A deleted password does not come back." in text
    assert "iam:CreateLoginProfile" in text


def test_roles_that_aws_keeps_are_not_touched():
    reserved = role("aws-reserved/sso.amazonaws.com/AWSReservedSSO_A_0123456789abcdef")
    text = scripts(user(), roles=(reserved,))[f"cutover-wave-1-{ACCOUNT}.sh"].text

    assert f"# Not touched, AWS keeps it: {reserved.arn}\n" in text
    assert "deny_role" not in text


def test_the_order_of_the_facts_does_not_matter():
    users, roles = (user("a", keys=(ACTIVE,)), user("b")), (role("x"), role("y"))

    there = scripts(*users, roles=roles)
    back = scripts(*reversed(users), roles=roles[::-1])

    assert there == back


def test_other_partitions_keep_their_name():
    china = LegacyUser("arn:aws-cn:iam::555555555555:user/li", ())

    made = scripts(china)[f"cutover-wave-1-{ACCOUNT}.sh"].text

    assert "DENY_ALL=arn:aws-cn:iam::aws:policy/AWSDenyAll" in made


@pytest.mark.parametrize(
    ("wave", "said"),
    [
        (user(keys=(Key("report:access_key_1", True),)), "read the access keys"),
        (LegacyUser("arn:aws:iam::5:user/x", ()), "not the ARN of a user"),
        (LegacyUser("arn:aws:iam::555555555555:role/x", ()), "not the ARN of a user"),
        (LegacyUser("arn:aws:iam::555555555555:user/", ()), "not the ARN of a user"),
    ],
)
def test_what_no_script_can_be_made_for_says_so(wave, said):
    with pytest.raises(CutoverError, match=said):
        scripts(wave)


def test_a_policy_name_is_one_that_aws_takes():
    assert role_policy_name("$(touch pwned)\n") == "access-portal-cutover-touch-pwned"
    assert len(role_policy_name("x" * 200)) == 128


def test_hostile_names_stay_words(tmp_path):
    """Every script runs up to its first call of AWS, with an `aws` that only shows its words."""
    fake = tmp_path / "aws"
    fake.write_text(
        "#!/usr/bin/env bash\nprintf '%s\\t%s\\n' 555555555555 arn:aws:iam::5:user/me\n"
    )
    fake.chmod(0o755)
    for script in STRANGE.values():
        (tmp_path / script.name).write_bytes(script.text.encode())
        subprocess.run(
            ["bash", script.name],
            cwd=tmp_path,
            env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
            capture_output=True,
            check=False,
        )

    assert not (tmp_path / "pwned").exists()
    assert not re.search(r"^touch pwned", STRANGE[next(iter(STRANGE))].text.split("check_all")[0])

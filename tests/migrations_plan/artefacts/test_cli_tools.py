"""The configuration, read by AWS's own loader, is what was assigned; the steps fit the person."""

import shlex
from datetime import UTC, datetime

import botocore.configloader
import pytest

from migrations_plan.artefacts.cli_config import Target, console_link, distinct, profile_name
from migrations_plan.artefacts.cli_tools import (
    OwnAccess,
    config_file,
    expected_identity,
    instructions,
    who_am_i,
)

START, REGION = "https://acme.awsapps.com/start", "eu-central-1"
TARGETS = (
    Target("555555555555", "Acme Prod", "ProductionReadOnly"),
    Target("888888888888", "acme dev", "DeveloperFullAccess"),
    Target("888888888888", "acme dev", "ReadOnly"),
    Target("111111111111", "Same", "ReadOnly"),
    Target("222222222222", "same!", "ReadOnly"),
    Target("333333333333", "a", "b-c"),
    Target("444444444444", "a-b", "c"),
    Target("666666666666", "odd", "a+b=c,d.e@f-g"),
    Target("777777777777", "x]\n[default]\naws_access_key_id = AKIA # ; $(id)", "Set"),
)


def access(targets=TARGETS, start=START, region=REGION):
    return OwnAccess(start, region, tuple(targets), datetime(2026, 11, 30, 22, tzinfo=UTC))


def loaded(made, folder):
    path = folder / "config"
    path.write_text(made.text)
    return botocore.configloader.load_config(str(path))


def test_aws_own_loader_finds_exactly_what_was_assigned(tmp_path):
    found = loaded(config_file(access()), tmp_path)

    doors = {(one["sso_account_id"], one["sso_role_name"]) for one in found["profiles"].values()}
    assert doors == {(one.account_id, one.role_name) for one in TARGETS}
    assert len(found["profiles"]) == len(TARGETS)
    assert found["sso_sessions"] == {
        "acme": {
            "sso_start_url": START,
            "sso_region": REGION,
            "sso_registration_scopes": "sso:account:access",
        }
    }
    assert {one["sso_session"] for one in found["profiles"].values()} == {"acme"}


def test_the_older_form_holds_the_address_itself(tmp_path):
    found = loaded(config_file(access(), legacy=True), tmp_path)

    doors = {(one["sso_account_id"], one["sso_role_name"]) for one in found["profiles"].values()}
    assert doors == {(one.account_id, one.role_name) for one in TARGETS}
    assert found.get("sso_sessions", {}) == {}
    for one in found["profiles"].values():
        assert set(one) == {
            "sso_start_url",
            "sso_region",
            "sso_account_id",
            "sso_role_name",
            "region",
            "output",
        }
        assert (one["sso_start_url"], one["sso_region"]) == (START, REGION)


def test_no_two_profiles_share_a_name():
    names = [profile_name(one) for one in distinct(list(TARGETS))]

    assert len(set(names)) == len(names)
    assert "333333333333-b-c" in names
    assert "444444444444-c" in names


@pytest.mark.parametrize(
    "nothing",
    [
        access(targets=()),
        access(start="http://evil.example"),
        access(region="eu\n[x]"),
        access(targets=[Target("5", "x", "Set")]),
    ],
)
def test_what_cannot_be_right_makes_no_file(nothing):
    assert config_file(nothing) is None
    assert config_file(nothing, legacy=True) is None
    assert instructions(nothing) is None


def test_the_steps_hold_the_persons_own_commands():
    made = instructions(access())
    assert made is not None
    text = made.text

    assert "\naws sso login '--sso-session=acme'\n" in text
    assert f"\n{who_am_i(TARGETS[0])}\n" in text
    assert "arn:aws:sts::555555555555:assumed-role/AWSReservedSSO_ProductionReadOnly_" in text
    assert f"<{START}/#/console?account_id=555555555555&role_name=ProductionReadOnly>" in text
    assert "granted sso login --sso-region 'eu-central-1'" in text
    assert "aws-vault exec '" in text
    assert "[default]" not in text.replace("\\[default\\]", "")


def test_commands_survive_odd_names():
    words = shlex.split(who_am_i(TARGETS[7]))

    assert words == ["aws", "sts", "get-caller-identity", "--profile=odd-a+b=c,d.e@f-g"]


def test_the_expected_identity_is_that_of_a_permission_set():
    assert expected_identity(TARGETS[0]).startswith("arn:aws:sts::555555555555:assumed-role/AWSRes")


def test_the_order_of_the_facts_does_not_matter():
    assert config_file(access(TARGETS[::-1])) == config_file(access())
    assert instructions(access(TARGETS[::-1])) == instructions(access())


@pytest.mark.parametrize(
    ("destination", "ending"),
    [
        (
            "https://eu-central-1.console.aws.amazon.com/s3/home?region=eu-central-1#x",
            "&destination=https%3A%2F%2Feu-central-1.console.aws.amazon.com%2Fs3%2Fhome"
            "%3Fregion%3Deu-central-1%23x",
        ),
        ("https://console.aws.amazon.com/", "&destination=https%3A%2F%2Fconsole.aws.amazon.com%2F"),
    ],
)
def test_a_link_may_open_a_page_of_the_console(destination, ending):
    assert (console_link(START, TARGETS[0], destination) or "").endswith(ending)


@pytest.mark.parametrize(
    "destination",
    [
        "http://console.aws.amazon.com/",
        "https://evil.example/",
        "https://console.aws.amazon.com.evil.example/",
        "https://evilconsole.aws.amazon.com.example/",
        "javascript:alert(1)",
        "https://console.aws.amazon.com",
    ],
)
def test_a_link_opens_nothing_else(destination):
    assert console_link(START, TARGETS[0], destination) is None

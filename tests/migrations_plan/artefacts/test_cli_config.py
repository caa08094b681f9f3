"""Links and CLI profiles: right, or not there at all."""

import configparser

import pytest

from migrations_plan.artefacts.cli_config import (
    Target,
    console_link,
    distinct,
    profile,
    session,
    start_url,
)

START = "https://acme.awsapps.com/start"
PROD = Target("580759517620", "Acme Prod App", "ProductionReadOnly")


@pytest.mark.parametrize(
    "text", [START, START + "/", START + "/#/", START + "#", f"  {START}  ", START + "/#"]
)
def test_ways_to_write_the_start_url(text):
    assert start_url(text) == START


@pytest.mark.parametrize(
    "text",
    [
        "",
        "http://acme.awsapps.com/start",
        "javascript:alert(1)",
        "https://acme.awsapps.com.evil.example/start",
        "https://evil.example/start",
        "https://user:word@acme.awsapps.com/start",
        "https://acme.awsapps.com:444/start",
        "https://acme.awsapps.com:x/start",
        "https://acme.awsapps.com/start?next=1",
        "https://acme.awsapps.com/start#/elsewhere",
        "https://acme.awsapps.com/start\n[profile evil]",
        'https://acme.awsapps.com/"onclick=',
        "https://[acme.awsapps.com/start",
    ],
)
def test_what_is_no_start_url_makes_no_link(text):
    assert start_url(text) is None
    assert console_link(start_url(text), PROD) is None
    assert profile(start_url(text), "eu-central-1", PROD) is None


def test_a_link_to_the_console():
    assert console_link(START, PROD) == (
        f"{START}/#/console?account_id=580759517620&role_name=ProductionReadOnly"
    )


def test_odd_signs_that_aws_allows_are_quoted():
    assert "role_name=a%2Bb%3D%40c" in (console_link(START, Target("1" * 12, "x", "a+b=@c")) or "")


def test_the_configuration_is_one_the_cli_can_read():
    text = (session(START, "eu-central-1") or "") + (profile(START, "eu-central-1", PROD) or "")
    parsed = configparser.ConfigParser()
    parsed.read_string(text)

    assert dict(parsed["sso-session acme"]) == {
        "sso_start_url": START,
        "sso_region": "eu-central-1",
        "sso_registration_scopes": "sso:account:access",
    }
    assert dict(parsed["profile acme-prod-app-ProductionReadOnly"]) == {
        "sso_session": "acme",
        "sso_account_id": "580759517620",
        "sso_role_name": "ProductionReadOnly",
        "region": "eu-central-1",
        "output": "json",
    }


@pytest.mark.parametrize(
    ("region", "target"),
    [
        (None, PROD),
        ("eu-central-1\n[x]", PROD),
        ("eu-central-1", Target("12", "x", "Set")),
        ("eu-central-1", Target("580759517620", "x", "Set]\n[profile default")),
        ("eu-central-1", Target("580759517620", "x", "")),
    ],
)
def test_what_cannot_be_right_makes_no_profile(region, target):
    assert profile(START, region, target) is None


def test_a_hostile_account_name_cannot_leave_its_line():
    evil = Target("580759517620", "x]\n[profile default]\ncredential_process = sh", "Set")

    text = profile(START, "eu-central-1", evil) or ""

    assert text.startswith("[profile x-profile-default-credential-process-sh-Set]\n")
    assert "credential_process" not in text


def test_accounts_of_one_name_get_profiles_of_their_own():
    one, other = Target("1" * 12, "Prod!", "A"), Target("2" * 12, "prod", "A")

    assert [t.account_name for t in distinct([one, other, PROD])] == [
        "1" * 12,
        "2" * 12,
        PROD.account_name,
    ]

"""Reading the environment: a bad value is an error, never a guess."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from accessportal.env import (
    env_bool,
    env_choice,
    env_https,
    env_int,
    env_list,
    env_secret,
    generated_secret,
)


def test_a_word_that_is_neither_true_nor_false_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="PORTAL_DEMO must be true or false"):
        env_bool("PORTAL_DEMO", False, environ={"PORTAL_DEMO": "maybe"})


@pytest.mark.parametrize("text", ["0", "65", "many", "1.5"])
def test_a_number_outside_its_bounds_is_refused(text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="from 1 to 64"):
        env_int("THREADS", 8, low=1, high=64, environ={"THREADS": text})


def test_a_secret_may_live_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s3cret\n")
    assert env_secret("KEY", environ={"KEY_FILE": str(tmp_path / "secret")}) == "s3cret"


def test_a_secret_file_that_is_not_there_is_named() -> None:
    with pytest.raises(ImproperlyConfigured, match="KEY_FILE cannot be read"):
        env_secret("KEY", environ={"KEY_FILE": "/does/not/exist"})


def test_empty_parts_of_a_list_are_dropped() -> None:
    assert env_list("HOSTS", environ={"HOSTS": "a, ,b,"}) == ["a", "b"]


@pytest.mark.parametrize(
    "address",
    [
        "http://acme.awsapps.com/start",
        "javascript:alert(1)",
        "https://",
        "https://user@acme.awsapps.com/start",
        "https://acme.awsapps.com/start?x=1",
        "acme.awsapps.com/start",
    ],
)
def test_a_start_address_that_is_not_plain_https_is_refused(address: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="must be an https address"):
        env_https("PORTAL_START_URL", environ={"PORTAL_START_URL": address})


def test_a_start_address_loses_its_last_slash() -> None:
    given = {"PORTAL_START_URL": "https://acme.awsapps.com/start/"}
    assert env_https("PORTAL_START_URL", environ=given) == "https://acme.awsapps.com/start"


def test_processes_that_start_together_agree_on_the_generated_secret(tmp_path: Path) -> None:
    path = tmp_path / "data" / "secret-key"
    with ThreadPoolExecutor(8) as pool:
        secrets = set(pool.map(lambda _: generated_secret(path), range(32)))
    assert len(secrets) == 1
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_word_that_is_not_one_of_those_allowed_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="EMAIL_TLS must be one of starttls, tls"):
        env_choice("EMAIL_TLS", "tls", ("starttls", "tls"), environ={"EMAIL_TLS": "ssl"})
    assert env_choice("EMAIL_TLS", "tls", ("starttls", "tls"), environ={}) == "tls"


def test_plain_http_is_for_this_machine_only_and_only_where_it_is_said() -> None:
    here = {"URL": "http://127.0.0.1:8000/"}
    assert env_https("URL", loopback=True, environ=here) == "http://127.0.0.1:8000"
    assert env_https("URL", "https://slack.com/api", environ={}) == "https://slack.com/api"
    for environ, loopback in ((here, False), ({"URL": "http://example.com"}, True)):
        with pytest.raises(ImproperlyConfigured):
            env_https("URL", loopback=loopback, environ=environ)

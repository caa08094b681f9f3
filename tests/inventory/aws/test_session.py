"""Credentials, roles and clients, against a little HTTP server that plays STS and IAM."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from inventory.aws.errors import AccessDenied, ReadFailed, Throttled
from inventory.aws.rates import no_limits
from inventory.aws.session import AwsSettings, Connections

MANAGEMENT = "111122223333"
READER = "123456789012"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECRET = "wJalrXUtnFEMI-secret"


class FakeAws:
    """Answers by Action; remembers what was asked and with which access key."""

    def __init__(self) -> None:
        self.requests: list[dict[str, str]] = []
        self.expires_at = NOW + timedelta(hours=1)
        self.refuse: dict[str, tuple[int, str]] = {}
        self.url = ""

    def answer(self, query: dict[str, str]) -> tuple[int, str]:
        self.requests.append(query)
        action = query["Action"]
        if action in self.refuse:
            status, code = self.refuse[action]
            error = f"<Error><Code>{code}</Code><Message>because</Message></Error>"
            return status, f"<ErrorResponse>{error}</ErrorResponse>"
        return 200, f"<R><{action}Result>{self._result(query)}</{action}Result></R>"

    def _result(self, query: dict[str, str]) -> str:
        if query["Action"] == "GetCallerIdentity":
            return f"<Arn>arn:aws-cn:sts::{MANAGEMENT}:assumed-role/host/i-1</Arn>"
        if query["Action"] == "AssumeRole":
            number = len(self.actions("AssumeRole"))
            return (
                f"<Credentials><AccessKeyId>ASIAROLE{number:08d}</AccessKeyId>"
                f"<SecretAccessKey>{SECRET}</SecretAccessKey><SessionToken>tok</SessionToken>"
                f"<Expiration>{self.expires_at.isoformat()}</Expiration></Credentials>"
            )
        return "<AccountAliases><member>acme</member></AccountAliases>"

    def actions(self, name: str) -> list[dict[str, str]]:
        return [query for query in self.requests if query["Action"] == name]


@contextmanager
def serving(fake: FakeAws) -> Iterator[None]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            query = {name: values[0] for name, values in parse_qs(body).items()}
            query["key"] = self.headers["Authorization"].partition("Credential=")[2].split("/")[0]
            query["agent"] = self.headers["User-Agent"]
            status, text = fake.answer(query)
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    fake.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def fake(monkeypatch):
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIABASE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    made = FakeAws()
    with serving(made):
        yield made


def connect(fake, *, clock=lambda: NOW, **changes):
    settings = {
        "endpoint_url": fake.url,
        "profile": None,
        "region": "cn-north-1",
        "management_role_arn": None,
        "reader_role_name": "access-portal-reader",
        "external_id": "a-long-random-text",
        "retry_seconds": 0.5,
    }
    return Connections(AwsSettings(**settings | changes), limits=no_limits(), clock=clock)


def aliases(aws):
    return list(aws.pages("iam", "list_account_aliases"))


def test_whoami_is_asked_once_and_names_account_and_partition(fake):
    connections = connect(fake)
    assert connections.whoami().startswith("arn:aws-cn:sts::")
    assert connections.management().account_id == MANAGEMENT
    assert len(fake.requests) == 1
    assert "access-portal" in fake.requests[0]["agent"]


def test_the_reader_is_assumed_when_first_used_with_external_id_and_partition(fake):
    reader = connect(fake).reader(READER)
    assert fake.actions("AssumeRole") == []
    aliases(reader)
    (assumed,) = fake.actions("AssumeRole")
    assert assumed["RoleArn"] == f"arn:aws-cn:iam::{READER}:role/access-portal-reader"
    assert (assumed["ExternalId"], assumed["RoleSessionName"]) == (
        "a-long-random-text",
        "access-portal",
    )
    assert assumed["key"] == "AKIABASE"
    assert fake.actions("ListAccountAliases")[0]["key"] == "ASIAROLE00000001"


def test_the_management_role_is_assumed_without_external_id_and_readers_through_it(fake):
    role = f"arn:aws-cn:iam::{MANAGEMENT}:role/access-portal"
    connections = connect(fake, management_role_arn=role)
    assert connections.management().account_id == MANAGEMENT
    aliases(connections.reader(READER))
    first, second = fake.actions("AssumeRole")
    assert (first["RoleArn"], "ExternalId" in first) == (role, False)
    assert (second["key"], second["ExternalId"]) == ("ASIAROLE00000001", "a-long-random-text")


def test_a_reader_counts_and_tells_its_assume_role_and_every_retry(fake):
    told = []
    fake.refuse["ListAccountAliases"] = (400, "Throttling")
    connections = connect(fake)
    connections.whoami()
    reader = connections.reader(READER, on_attempt=lambda: told.append(1))
    with pytest.raises(Throttled):
        aliases(reader)
    attempts = len(fake.actions("ListAccountAliases"))
    assert 1 <= attempts <= 8
    assert reader.calls == len(told) == 1 + attempts


def test_a_role_is_assumed_once_for_many_threads_and_again_before_it_expires(fake):
    now = [NOW]
    connections = connect(fake, clock=lambda: now[0])
    reader = connections.reader(READER)
    threads = [threading.Thread(target=aliases, args=(reader,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(fake.actions("AssumeRole")) == 1
    now[0] = fake.expires_at - timedelta(minutes=4)
    fake.expires_at += timedelta(hours=1)
    aliases(reader)
    assert len(fake.actions("AssumeRole")) == 2
    assert fake.actions("ListAccountAliases")[-1]["key"] == "ASIAROLE00000002"


def test_expired_credentials_fail_this_read_and_the_next_one_gets_new_ones(fake):
    reader = connect(fake).reader(READER)
    fake.refuse["ListAccountAliases"] = (403, "ExpiredToken")
    with pytest.raises(ReadFailed, match="expired or invalid"):
        aliases(reader)
    fake.refuse.clear()
    aliases(reader)
    assert len(fake.actions("AssumeRole")) == 2


def test_a_refused_reader_is_told_with_its_account(fake):
    fake.refuse["AssumeRole"] = (403, "AccessDenied")
    with pytest.raises(AccessDenied, match=f"^sts:AssumeRole: account {READER}: refused"):
        aliases(connect(fake).reader(READER))


def test_a_server_error_and_a_closed_port_are_failed_reads(fake):
    fake.refuse["GetCallerIdentity"] = (500, "InternalFailure")
    with pytest.raises(ReadFailed):
        connect(fake).whoami()
    with pytest.raises(ReadFailed, match="Is the region right"):
        connect(fake, endpoint_url="http://127.0.0.1:1").whoami()


def test_a_slow_server_is_a_failed_read(fake):
    release = threading.Event()
    fake.answer = lambda query: (200, "<R/>") if release.wait(5) else (200, "")
    connections = connect(fake, read_timeout_seconds=0.2, retry_seconds=0)
    with pytest.raises(ReadFailed, match="no answer in time"):
        connections.whoami()
    release.set()


def test_missing_credentials_say_what_to_set(fake, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.delenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", raising=False)
    with pytest.raises(ReadFailed, match="set AWS_PROFILE, or AWS_ACCESS_KEY_ID"):
        connect(fake).management()


def test_an_unknown_profile_says_so(fake):
    with pytest.raises(ReadFailed, match="profile does not exist"):
        connect(fake, profile="nobody").whoami()


def test_own_credentials_are_looked_up_again_after_aws_called_them_invalid(fake, monkeypatch):
    connections = connect(fake)
    fake.refuse["GetCallerIdentity"] = (403, "InvalidClientTokenId")
    with pytest.raises(ReadFailed, match="expired or invalid"):
        connections.whoami()
    fake.refuse.clear()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIARENEWED")
    connections.whoami()
    assert fake.requests[-1]["key"] == "AKIARENEWED"


def test_no_secret_stands_in_any_repr_or_in_the_portals_log(fake, caplog):
    caplog.set_level(logging.DEBUG, logger="inventory")
    connections = connect(fake)
    aliases(connections.reader(READER))
    shown = f"{connections._settings!r} {connections._roles!r} {caplog.text}"
    assert SECRET not in shown
    assert "a-long-random-text" not in shown

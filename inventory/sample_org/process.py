"""Starts and drives the simulated organisation from outside: for the demo, tests and benchmarks.

Imports neither moto nor Django: whoever uses this talks to another process over HTTP.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from types import TracebackType
from typing import Any, Self
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import boto3
from botocore.config import Config

from inventory.aws.permissions import READER_ROLE_NAME
from inventory.sample_org.constants import (
    ADMIN_CREDENTIALS,
    ADMIN_ROLE_NAME,
    CONTROL_PREFIX,
    DEFAULT_SEED,
    PORTAL_CREDENTIALS,
    Credentials,
)

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 30.0
STOP_SECONDS = 10.0


class StartFailedError(RuntimeError):
    """The organisation did not become ready; the message carries what it wrote to stderr."""


class SampleOrganization:
    """A running organisation. Use as a context manager, or call `stop` in the end."""

    def __init__(self, process: subprocess.Popen[str], info: dict[str, str]) -> None:
        self._process = process
        self.info = info
        self.endpoint = info["endpoint"]
        self._clients: dict[tuple[str, Credentials, str | None, int], Any] = {}

    @classmethod
    def start(
        cls,
        world: str = "fifty",
        data_dir: Path | str = ".data/sample-org",
        seed: int = DEFAULT_SEED,
        port: int = 0,
        *,
        logs: bool = False,
    ) -> Self:
        """Starts the process and waits until it is ready. Raises StartFailedError.

        logs: with the trail's bucket filled; else that happens when it is first asked for.
        """
        data_dir = Path(data_dir)
        data_dir.mkdir(parents=True, exist_ok=True)
        errors = data_dir / "sample-org.stderr"
        command = [sys.executable, "-m", "inventory.sample_org", "--world", world]
        command += ["--data-dir", str(data_dir.resolve()), "--port", str(port)]
        command += ["--seed", str(seed), "--with-parent", *(["--logs"] if logs else [])]
        with errors.open("w", encoding="utf-8") as stderr:
            process = subprocess.Popen(  # noqa: S603 (our own interpreter and our own module)
                command, cwd=ROOT, stdout=subprocess.PIPE, stderr=stderr, text=True
            )
        line = first_line(process, READY_SECONDS)
        if not line:
            end(process)
            said = errors.read_text(encoding="utf-8")[-4000:]
            raise StartFailedError(f"the sample organisation did not start:\n{said}")
        return cls(process, json.loads(line))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Ends the process, politely first. Stopping twice is harmless."""
        end(self._process)

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        return self._process.pid

    def environment(self) -> dict[str, str]:
        """What the portal needs in its environment to collect this organisation."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": PORTAL_CREDENTIALS.access_key_id,
            "AWS_SECRET_ACCESS_KEY": PORTAL_CREDENTIALS.secret_access_key,
            "AWS_SESSION_TOKEN": PORTAL_CREDENTIALS.session_token or "",
            "AWS_DEFAULT_REGION": self.info["identity_center_region"],
            "PORTAL_READER_ROLE_NAME": READER_ROLE_NAME,
            "PORTAL_EXTERNAL_ID": self.info["external_id"],
        }

    def control(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Calls a control endpoint; `path` begins after /sample-org."""
        data = json.dumps(body).encode() if body is not None else None
        url = f"{self.endpoint}{CONTROL_PREFIX}{path}"
        request = Request(url, data=data, method=method)  # noqa: S310 (loopback, http)
        try:
            with urlopen(request, timeout=30) as answer:  # noqa: S310
                return json.load(answer)
        except HTTPError as error:
            raise ValueError(error.read().decode()) from error

    def fault(self, **rule: Any) -> None:
        """Adds a fault: service, operation, account_id, kind, count, seconds, after_pages."""
        self.control("POST", "/faults", rule)

    def clear_faults(self) -> None:
        self.control("DELETE", "/faults")

    def calls(self) -> dict[str, Any]:
        result: dict[str, Any] = self.control("GET", "/calls")
        return result

    def reset_calls(self) -> None:
        self.control("DELETE", "/calls")

    def call_log(self) -> list[list[Any]]:
        result: list[list[Any]] = self.control("GET", "/calls/log")
        return result

    def world(self, kind: str) -> list[dict[str, Any]]:
        """The ground truth: iam-users, credentials, people, assignments, classes, roster, usage
        or access."""
        result: list[dict[str, Any]] = self.control("GET", f"/world/{kind}")
        return result

    def advance(self, seconds: float) -> None:
        """Moves the organisation's clock forward."""
        self.control("POST", "/clock", {"advance_seconds": seconds})

    def client(
        self, service: str, credentials: Credentials, region: str | None = None, retries: int = 1
    ) -> Any:
        """A boto3 client with any credentials; few retries, so that tests see errors."""
        wanted = (service, credentials, region, retries)
        # Making a client costs more than most calls, and clients may be shared by threads.
        if wanted not in self._clients:
            self._clients[wanted] = self._new_client(*wanted)
        return self._clients[wanted]

    def _new_client(
        self, service: str, credentials: Credentials, region: str | None, retries: int
    ) -> Any:
        make: Callable[..., Any] = boto3.client
        return make(
            service,
            endpoint_url=self.endpoint,
            region_name=region or self.info["identity_center_region"],
            aws_access_key_id=credentials.access_key_id,
            aws_secret_access_key=credentials.secret_access_key,
            aws_session_token=credentials.session_token,
            config=Config(retries={"total_max_attempts": retries, "mode": "standard"}),
        )

    def portal_client(self, service: str, region: str | None = None) -> Any:
        return self.client(service, PORTAL_CREDENTIALS, region)

    def assume(self, role_arn: str, credentials: Credentials, **arguments: Any) -> Credentials:
        """Temporary credentials of a role."""
        sts = self.client("sts", credentials)
        answer = sts.assume_role(RoleArn=role_arn, RoleSessionName="sample", **arguments)
        found = answer["Credentials"]
        return Credentials(found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])

    def reader_client(self, service: str, account_id: str, region: str | None = None) -> Any:
        """A client of the portal's reader role in an account."""
        arn = f"arn:aws:iam::{account_id}:role/{READER_ROLE_NAME}"
        external_id = self.info["external_id"]
        reader = self.assume(arn, PORTAL_CREDENTIALS, ExternalId=external_id)
        return self.client(service, reader, region)

    def admin_client(
        self, service: str, account_id: str | None = None, region: str | None = None
    ) -> Any:
        """An unrestricted client, for tests and drills that change the world."""
        if account_id in (None, self.info["management_account_id"]):
            return self.client(service, ADMIN_CREDENTIALS, region)
        arn = f"arn:aws:iam::{account_id}:role/{ADMIN_ROLE_NAME}"
        return self.client(service, self.assume(arn, ADMIN_CREDENTIALS), region)


def first_line(process: subprocess.Popen[str], timeout: float) -> str:
    """The ready line, or nothing when the process dies or dawdles."""
    lines: Queue[str] = Queue()
    assert process.stdout is not None
    Thread(target=lambda: lines.put(process.stdout.readline()), daemon=True).start()  # type: ignore[union-attr]
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        try:
            return lines.get(timeout=0.1)
        except Empty:
            continue
    return ""


def end(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    if process.stdout is not None:
        process.stdout.close()

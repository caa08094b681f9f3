"""Credentials, assumed roles and boto3 clients: who the portal is when it asks AWS.

The portal's own credentials (or the management role they may assume) read the organization; a
reader role in each account, trusted through an external id, reads that account.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
from botocore.client import BaseClient
from botocore.config import Config
from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import NoCredentialsError

from inventory.aws.caller import Aws
from inventory.aws.rates import SHARED_LIMITS, RateLimits
from inventory.aws.retries import LONGEST_DELAY_SECONDS, Patience
from inventory.aws.values import account_of, as_instant

ROLE_SESSION_NAME = "access-portal"
# A call may wait, be retried and sign again: too late to start on such credentials.
RENEW_BEFORE_EXPIRY = timedelta(minutes=5)
MOST_CONNECT_SECONDS = 5.0
# Some twice the threads that read one account at a time.
POOL_CONNECTIONS = 20


@dataclass(frozen=True, slots=True)
class AwsSettings:
    """Where AWS is and which roles to take. Nothing secret but, by custom, external_id.

    endpoint_url None: the real AWS. profile None: boto3's usual search. management_role_arn None:
    the credentials found already are the portal's. retry_seconds bounds one call's retries.
    """

    endpoint_url: str | None
    profile: str | None
    region: str
    management_role_arn: str | None
    reader_role_name: str
    external_id: str | None = field(repr=False)
    read_timeout_seconds: float = 20
    max_attempts: int = 8
    retry_seconds: float = 25.0

    @property
    def connect_timeout_seconds(self) -> float:
        """Who wants answers quickly wants a connection at least as quickly."""
        return min(MOST_CONNECT_SECONDS, self.read_timeout_seconds)

    @property
    def longest_pause_seconds(self) -> float:
        """Between two attempts of one call."""
        return min(LONGEST_DELAY_SECONDS, self.read_timeout_seconds / 2)

    @property
    def longest_silence_seconds(self) -> float:
        """How long nobody hears of a call: it connects, waits for its answer, pauses."""
        return self.connect_timeout_seconds + self.read_timeout_seconds + self.longest_pause_seconds


@dataclass(frozen=True, slots=True)
class _RoleKeys:
    """Credentials of an assumed role as boto3's client() takes them; never printed."""

    keys: dict[str, str] = field(repr=False)
    expires_at: datetime

    def usable(self, now: datetime) -> bool:
        return now < self.expires_at - RENEW_BEFORE_EXPIRY


class Connections:
    """Every connection of one process. Thread-safe; make one and keep it.

    Roles are assumed when first needed and again 5 minutes before they expire; clients are kept per
    (role, service, region). Errors of boto3 and AWS are ReadErrors.
    """

    def __init__(
        self,
        settings: AwsSettings,
        *,
        limits: RateLimits = SHARED_LIMITS,
        patience: Patience | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._settings = settings
        self._limits = limits
        self._patience = patience or Patience(
            max_attempts=settings.max_attempts,
            seconds=settings.retry_seconds,
            longest_delay=settings.longest_pause_seconds,
        )
        self._clock = clock
        self._config = Config(
            connect_timeout=settings.connect_timeout_seconds,
            read_timeout=settings.read_timeout_seconds,
            # One try here: Aws retries, within bounds and where it can be counted.
            retries={"mode": "standard", "total_max_attempts": 1},
            max_pool_connections=POOL_CONNECTIONS,
            user_agent_extra="access-portal",
        )
        self._session: boto3.Session | None = None
        self._caller_arn: str | None = None
        self._clients: dict[tuple[str, str, str], BaseClient] = {}
        self._roles: dict[str, _RoleKeys] = {}
        self._role_locks: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    @property
    def management_role(self) -> str | None:
        """The ARN of the organization-wide role; None: own credentials."""
        return self._settings.management_role_arn

    @property
    def settings(self) -> AwsSettings:
        """Where AWS is, and how long to wait for it."""
        return self._settings

    @property
    def patience(self) -> Patience:
        """How long one call is tried."""
        return self._patience

    def whoami(self) -> str:
        """The ARN of the portal's own credentials, before any role. 1 call, then remembered.

        Errors: ReadFailed with what to set when there are no usable credentials.
        """
        return self._whoami(None)

    def management(self, on_attempt: Callable[[], None] | None = None) -> Aws:
        """AWS as the portal's organization-wide role. At most 1 call (whoami)."""
        role = self.management_role
        account_id = account_of(role) if role else account_of(self._whoami(on_attempt))
        return self._aws(account_id, _ClientsOf(self, role), on_attempt)

    def reader(self, account_id: str, on_attempt: Callable[[], None] | None = None) -> Aws:
        """AWS as the reader role of one account. At most 1 call; the role is assumed when used.

        A refused AssumeRole is AccessDenied from the first read, not from here.
        """
        partition = self._whoami(on_attempt).split(":")[1]
        role = f"arn:{partition}:iam::{account_id}:role/{self._settings.reader_role_name}"
        return self._aws(account_id, _ClientsOf(self, role), on_attempt)

    def _aws(
        self, account_id: str, clients: "_ClientsOf", on_attempt: Callable[[], None] | None
    ) -> Aws:
        return Aws(
            account_id,
            clients,
            limits=self._limits,
            patience=self._patience,
            on_attempt=on_attempt,
        )

    def _whoami(self, on_attempt: Callable[[], None] | None) -> str:
        if self._caller_arn is None:
            base = self._aws("of these credentials", _ClientsOf(self, None), on_attempt)
            answer = base.call("sts", "get_caller_identity")
            self._caller_arn = base.parsed("sts", "get_caller_identity", _arn_of, answer)
        return self._caller_arn

    def client(
        self, role: str | None, service: str, region: str | None, on_attempt: Callable[[], None]
    ) -> BaseClient:
        """The kept client of a role (None: own credentials), making it when there is none."""
        keys = self._keys(role, on_attempt) if role else {}
        name = (role or "", service, region or self._settings.region)
        with self._lock:
            if name not in self._clients:
                self._clients[name] = self._base_session().client(
                    service,  # type: ignore[call-overload]
                    region_name=name[2],
                    endpoint_url=self._settings.endpoint_url,
                    config=self._config,
                    **keys,
                )
            return self._clients[name]

    def credentials(self, role: str | None, on_attempt: Callable[[], None]) -> ReadOnlyCredentials:
        """What a role (None: own credentials) signs with, for requests that boto3 makes too slowly.

        Errors: those of botocore when there are none.
        """
        if role:
            keys = self._keys(role, on_attempt)
            return ReadOnlyCredentials(
                keys["aws_access_key_id"], keys["aws_secret_access_key"], keys["aws_session_token"]
            )
        with self._lock:
            found = self._base_session().get_credentials()
        if found is None:
            raise NoCredentialsError
        frozen: ReadOnlyCredentials = found.get_frozen_credentials()
        return frozen

    def forget(self, role: str | None) -> None:
        """Drops credentials that AWS called expired or invalid, and every client that holds them.

        Own credentials (None) are looked up afresh, so a renewed sign-in needs no restart.
        """
        with self._lock:
            if role is None:
                self._session = None
                self._caller_arn = None
                self._clients.clear()
            else:
                self._roles.pop(role, None)
                self._drop_clients(role)

    def _base_session(self) -> boto3.Session:
        if self._session is None:
            self._session = boto3.Session(
                profile_name=self._settings.profile, region_name=self._settings.region
            )
        return self._session

    def _keys(self, role: str, on_attempt: Callable[[], None]) -> dict[str, str]:
        # One lock per role: a slow account must not hold up the others, nor be assumed twice.
        with self._lock:
            role_lock = self._role_locks.setdefault(role, threading.Lock())
        with role_lock:
            held = self._roles.get(role)
            if held is None or not held.usable(self._clock()):
                held = self._assume(role, on_attempt)
                with self._lock:
                    self._roles[role] = held
                    self._drop_clients(role)
            return held.keys

    def _drop_clients(self, role: str) -> None:
        for name in [name for name in self._clients if name[0] == role]:
            del self._clients[name]

    def _assume(self, role: str, on_attempt: Callable[[], None]) -> _RoleKeys:
        params = {"RoleArn": role, "RoleSessionName": ROLE_SESSION_NAME}
        via = self._settings.management_role_arn
        if role == via:
            via = None
        elif self._settings.external_id:
            params["ExternalId"] = self._settings.external_id
        base = self._aws(account_of(role), _ClientsOf(self, via), on_attempt)
        answer = base.call("sts", "assume_role", **params)
        return base.parsed("sts", "assume_role", _role_keys, answer)


@dataclass(frozen=True, slots=True)
class _ClientsOf:
    """The clients of one role, as Aws wants them."""

    connections: Connections
    role: str | None

    def client(
        self, service: str, region: str | None, on_attempt: Callable[[], None]
    ) -> BaseClient:
        return self.connections.client(self.role, service, region, on_attempt)

    def forget(self) -> None:
        self.connections.forget(self.role)


def _arn_of(answer: dict[str, Any]) -> str:
    arn: str = answer["Arn"]
    account_of(arn)
    return arn


def _role_keys(answer: dict[str, Any]) -> _RoleKeys:
    raw = answer["Credentials"]
    keys = {
        "aws_access_key_id": raw["AccessKeyId"],
        "aws_secret_access_key": raw["SecretAccessKey"],
        "aws_session_token": raw["SessionToken"],
    }
    return _RoleKeys(keys, as_instant(raw["Expiration"]))

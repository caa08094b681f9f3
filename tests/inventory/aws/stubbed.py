"""AWS played by botocore's Stubber: it refuses misspelled parameters and impossible answers."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

import botocore.session
from botocore.client import BaseClient
from botocore.stub import Stubber

from inventory.aws.caller import Aws
from inventory.aws.rates import no_limits
from inventory.aws.retries import Patience

ACCOUNT = "123456789012"
MEMBER = "210987654321"
WHEN = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
EARLIER = datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)
ONCE = Patience(max_attempts=1)


@dataclass(frozen=True, slots=True)
class Step:
    """One expected call and its answer, or the AWS error code it meets."""

    service: str
    operation: str
    answer: dict[str, Any] = field(default_factory=dict)
    params: dict[str, Any] = field(default_factory=dict)
    region: str | None = None
    error: str = ""
    status: int = 400
    message: str = "made up"

    def failing(self, error: str, status: int = 400, message: str = "made up") -> "Step":
        return replace(self, error=error, status=status, message=message)


@cache
def _client(service: str, region: str) -> BaseClient:
    return botocore.session.get_session().create_client(
        service,
        region_name=region,
        aws_access_key_id="AKIAEXAMPLE",
        aws_secret_access_key="not-a-secret",
    )


class StubbedClients:
    """Clients for Aws; counts how often credentials were given up."""

    def __init__(self) -> None:
        self.stubbers: dict[tuple[str, str], Stubber] = {}
        self.forgotten = 0

    def stubber(self, service: str, region: str | None) -> Stubber:
        key = (service, region or "us-east-1")
        if key not in self.stubbers:
            self.stubbers[key] = Stubber(_client(*key))
            self.stubbers[key].activate()
        return self.stubbers[key]

    def client(
        self, service: str, region: str | None, on_attempt: Callable[[], None]
    ) -> BaseClient:
        return self.stubber(service, region).client

    def forget(self) -> None:
        self.forgotten += 1

    def expect(self, step: Step) -> None:
        stubber = self.stubber(step.service, step.region)
        if step.error:
            stubber.add_client_error(
                step.operation,
                service_error_code=step.error,
                service_message=step.message,
                http_status_code=step.status,
                expected_params=step.params,
            )
        else:
            # botocore decodes policy documents in place: the shared payload must stay as it is.
            stubber.add_response(step.operation, deepcopy(step.answer), step.params)


@contextmanager
def stubbed_aws(
    *steps: Step,
    patience: Patience = ONCE,
    whole: bool = True,
    on_attempt: Callable[[], None] | None = None,
) -> Iterator[Aws]:
    """An Aws that expects exactly these calls, in this order within a service and region."""
    clients = StubbedClients()
    try:
        for step in steps:
            clients.expect(step)
        yield Aws(ACCOUNT, clients, limits=no_limits(), patience=patience, on_attempt=on_attempt)
        if whole:
            for stubber in clients.stubbers.values():
                stubber.assert_no_pending_responses()
    finally:
        for stubber in clients.stubbers.values():
            stubber.deactivate()

"""The one way to ask AWS: counted, rate-limited, retried within bounds, errors told in four words.

Every answer is cleaned of characters that a database refuses. Nothing here knows what is asked.
"""

import threading
from collections.abc import Callable, Iterator
from typing import Any, Protocol, TypeVar

from botocore.client import BaseClient
from botocore.model import OperationModel

from inventory.aws.errors import ReadFailed
from inventory.aws.explain import (
    BOTO_ERRORS,
    code_of,
    explain,
    iam_name,
    is_credential_error,
    tidy,
)
from inventory.aws.pages import aws_name, next_token, problem_of, token_name
from inventory.aws.rates import SHARED_LIMITS, RateLimits
from inventory.aws.retries import Patience
from inventory.aws.values import clean

T = TypeVar("T")


class Clients(Protocol):
    """Where an Aws gets its boto3 clients from."""

    def client(
        self, service: str, region: str | None, on_attempt: Callable[[], None]
    ) -> BaseClient:
        """A client; on_attempt is told of each call that getting it needs (sts:AssumeRole)."""

    def forget(self) -> None:
        """The credentials turned out to be no good: get new ones next time."""


class Aws:
    """AWS as seen by one role in one account. Thread-safe.

    account_id is whose facts are read; `calls` counts every HTTP attempt so far, retries included.
    on_attempt is called before each attempt, after its wait for a turn; what it raises ends the
    call and reaches the caller as it is (a lost lease must stop the work).
    """

    def __init__(
        self,
        account_id: str,
        clients: Clients,
        *,
        limits: RateLimits = SHARED_LIMITS,
        patience: Patience | None = None,
        on_attempt: Callable[[], None] | None = None,
    ) -> None:
        self.account_id = account_id
        self.calls = 0
        self._clients = clients
        self._limits = limits
        self._patience = patience or Patience()
        self._on_attempt = on_attempt
        self._lock = threading.Lock()

    def call(
        self, service: str, operation: str, *, region: str | None = None, **params: Any
    ) -> dict[str, Any]:
        """One answer. operation is boto3's name ('list_users'), params are AWS's. 1 call.

        Errors: any ReadError.
        """
        answer = self._ask(service, operation, region, params, absent=())
        if answer is None:
            raise AssertionError("an answer can be absent only where absence was allowed")
        return answer

    def call_or_none(
        self,
        service: str,
        operation: str,
        *,
        absent: tuple[str, ...],
        region: str | None = None,
        **params: Any,
    ) -> dict[str, Any] | None:
        """Like call; None when AWS answers with one of the codes in `absent` ('NoSuchEntity')."""
        return self._ask(service, operation, region, params, absent=absent)

    def pages(
        self,
        service: str,
        operation: str,
        *,
        region: str | None = None,
        absent: tuple[str, ...] = (),
        **params: Any,
    ) -> Iterator[dict[str, Any]]:
        """Every page, in AWS's order: 1 call each. An AWS code in `absent` ends them quietly.

        Errors: any ReadError, from any page; ReadFailed when a page has none of the lists that the
        operation answers with, says that there is more without saying where, or repeats a token.
        """
        seen: set[str] = set()
        while True:
            page = self._ask(service, operation, region, params, absent=absent)
            if page is None:
                return
            model = self._model(service, operation, region)
            token = next_token(page, model)
            problem = "AWS repeated a page token" if token in seen else problem_of(page, model)
            if problem:
                raise self.broken(service, operation, problem)
            yield page
            if token is None:
                return
            seen.add(token)
            params[token_name(model)] = token

    def broken(self, service: str, operation: str, problem: str) -> ReadFailed:
        """The error for an answer that AWS gave but that cannot be right."""
        return ReadFailed(
            iam_name(service, aws_name(operation)), tidy(f"account {self.account_id}: {problem}")
        )

    def parsed(self, service: str, operation: str, parse: Callable[..., T], *args: object) -> T:
        """parse(*args). ReadFailed: a field of AWS's answer is missing or malformed. 0 calls."""
        try:
            return parse(*args)
        except KeyError as error:
            raise self.broken(service, operation, f"the answer lacks {error}") from None
        except (AttributeError, TypeError, ValueError) as error:
            raise self.broken(service, operation, f"the answer is malformed: {error}") from None

    def _ask(
        self,
        service: str,
        operation: str,
        region: str | None,
        params: dict[str, Any],
        absent: tuple[str, ...],
    ) -> dict[str, Any] | None:
        started = self._patience.clock()
        attempt = 1
        while True:
            try:
                return self._attempt(service, operation, region, params)
            except BOTO_ERRORS as error:
                if code_of(error) in absent:
                    return None
                spent = self._patience.clock() - started
                delay = self._patience.delay_after(attempt, error, spent)
                if delay is None:
                    # Not chained: the original may quote a token, and tracebacks get logged.
                    raise self._explained(error, service, operation, region) from None
            self._patience.sleep(delay)
            attempt += 1

    def _attempt(
        self, service: str, operation: str, region: str | None, params: dict[str, Any]
    ) -> dict[str, Any]:
        client = self._clients.client(service, region, self._note)
        self._limits.wait(self.account_id, service, operation, region)
        self._note()
        answer: dict[str, Any] = clean(getattr(client, operation)(**params))
        return answer

    def _note(self) -> None:
        with self._lock:
            self.calls += 1
        if self._on_attempt is not None:
            self._on_attempt()

    def _model(self, service: str, operation: str, region: str | None) -> OperationModel:
        client = self._clients.client(service, region, self._note)
        return client.meta.service_model.operation_model(
            client.meta.method_to_api_mapping[operation]
        )

    def _explained(
        self, error: Exception, service: str, operation: str, region: str | None
    ) -> Exception:
        if is_credential_error(error):
            self._clients.forget()
        where = f"{self.account_id} in {region}" if region else self.account_id
        return explain(error, service=service, operation=aws_name(operation), where=where)

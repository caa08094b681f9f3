"""Trouble on demand: refusals, throttles, hangs, broken pages and worse, for chosen calls."""

from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Any

from inventory.sample_org.errors import Refusal, refusal

# Not a refusal: the answer is right, and the connection breaks halfway through it.
CUT_BODY = "cut_body"
KINDS = ("deny", "throttle", "timeout", "break_page", "expired", "error500", "html500", CUT_BODY)
DEFAULT_TIMEOUT_SECONDS = 30.0
_ALIASES = {"sso": "sso-admin"}


class HtmlFailure(Exception):
    """A bare HTML page with status 500, as a proxy or a lost server would answer."""


@dataclass
class Fault:
    """One rule: which calls, what happens to them, and how many more times."""

    kind: str
    service: str
    operation: str = "*"
    account_id: str | None = None
    left: int | None = None
    seconds: float = DEFAULT_TIMEOUT_SECONDS
    after_pages: int = 1
    # Pages already asked for, by account: each account is read in a sequence of its own.
    pages_seen: dict[str | None, int] = field(default_factory=dict)

    def fits(self, service: str, operation: str, account_id: str | None) -> bool:
        return (
            self.left != 0
            and self.service in ("*", service)
            and self.operation in ("*", operation)
            and self.account_id in (None, account_id)
        )


def fault_from(body: dict[str, Any]) -> Fault:
    """A fault as the control endpoint takes it. Raises ValueError for an unknown kind."""
    kind = body.get("kind")
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}")
    service = str(body.get("service", "*"))
    return Fault(
        kind=kind,
        service=_ALIASES.get(service, service),
        operation=str(body.get("operation") or "*"),
        account_id=body.get("account_id"),
        left=body.get("count"),
        seconds=float(body.get("seconds") or DEFAULT_TIMEOUT_SECONDS),
        after_pages=int(body.get("after_pages") or 1),
    )


class Faults:
    """The rules in force. The first that fits a call decides."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._rules: list[Fault] = []
        self.stopping = Event()

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._rules.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._rules.clear()

    def take(
        self, service: str, operation: str, account_id: str | None, *, continued: bool
    ) -> Fault | None:
        """The fault for this call, counted down; a broken page spares the first pages."""
        with self._lock:
            for fault in self._rules:
                if not fault.fits(service, operation, account_id):
                    continue
                if fault.kind == "break_page" and not self._breaks(fault, account_id, continued):
                    continue
                if fault.left is not None:
                    fault.left -= 1
                return fault
        return None

    def _breaks(self, fault: Fault, account_id: str | None, continued: bool) -> bool:
        seen = fault.pages_seen.get(account_id, 1) + 1 if continued else 1
        fault.pages_seen[account_id] = seen
        return seen > fault.after_pages

    def strike(self, fault: Fault, protocol: str, caller: str, action: str) -> Refusal:
        """What the client is answered; a timeout hangs first. Raises HtmlFailure for html500."""
        if fault.kind == "html500":
            raise HtmlFailure
        if fault.kind == "timeout":
            self.stopping.wait(fault.seconds)
        if fault.kind == "deny":
            message = f"User: {caller} is not authorized to perform: {action}"
            return refusal("denied", protocol, message)
        if fault.kind == "throttle":
            return refusal("throttled", protocol, "Rate exceeded")
        if fault.kind == "expired":
            message = "The security token included in the request is expired"
            return refusal("expired", protocol, message)
        message = "The request processing has failed because of an unknown error."
        return refusal("failure", protocol, message)

"""The door of the organisation: every request is counted, identified, judged, then answered.

Least privilege, faults and rates live here, before moto, so that no handler can forget them.
"""

from collections import deque
from collections.abc import Callable, Iterable
from functools import cache
from threading import Lock
from time import monotonic
from typing import Any
from uuid import uuid4

from moto.core.request import Request
from moto.core.utils import camelcase_to_underscores, method_names_from_class
from werkzeug.http import HTTP_STATUS_CODES

from inventory.aws.permissions import MANAGEMENT_ROLE_NAME, READER_ROLE_NAME
from inventory.sample_org.access import Principal, denied, identify
from inventory.sample_org.calls import Calls
from inventory.sample_org.constants import CONTROL_PREFIX, MANAGEMENT_ACCOUNT_ID
from inventory.sample_org.control import Control
from inventory.sample_org.errors import Refusal, error_body, refusal
from inventory.sample_org.faults import CUT_BODY, Faults, HtmlFailure
from inventory.sample_org.request import SERVICES, Call, Environ, Service, read_call
from inventory.sample_org.s3 import S3_ACTIONS
from inventory.sample_org.side import MOTO_LOCK
from inventory.sample_org.tokens import OPERATIONS as TOKEN_OPERATIONS

SSO_CALLS_PER_SECOND = 20
# What a member account may ask of services that belong to the management account.
_OPEN_TO_MEMBERS = {"organizations:DescribeOrganization", "sso:ListInstances"}
_MANAGEMENT_ONLY = {"organizations", "sso", "identitystore", "s3"}
_HTML = b"<html><body><h1>500 Internal Server Error</h1></body></html>"

StartResponse = Callable[[str, list[tuple[str, str]]], Any]
Answer = tuple[int, list[tuple[str, str]], bytes]


class OrganizationRequest(Request):
    """moto's request, told that a real server received it."""

    from_wsgi_server = True


@cache
def _operations(signing_name: str) -> frozenset[str]:
    return frozenset(method_names_from_class(SERVICES[signing_name].handler))


def _supported(call: Call) -> bool:
    if call.name == "s3":
        return call.operation in S3_ACTIONS
    if call.name == "sts":
        return call.operation in TOKEN_OPERATIONS
    return camelcase_to_underscores(call.operation) in _operations(call.signing_name)


class Rate:
    """At most so many calls within any one second."""

    def __init__(self, per_second: int) -> None:
        self._per_second = per_second
        self._recent: deque[float] = deque()
        self._lock = Lock()

    def exceeded(self) -> bool:
        with self._lock:
            now = monotonic()
            while self._recent and self._recent[0] <= now - 1:
                self._recent.popleft()
            if len(self._recent) >= self._per_second:
                return True
            self._recent.append(now)
            return False


def _resource(call: Call, principal: Principal) -> str:
    if "RoleArn" in call.parameters:
        return str(call.parameters["RoleArn"])
    if call.name == "iam" and "UserName" in call.parameters:
        return f"arn:aws:iam::{principal.account_id}:user/{call.parameters['UserName']}"
    return "*"


def authorise(call: Call, principal: Principal) -> None:
    """Raises AWS's refusal when the caller's policies, or its account, do not allow the call."""
    if not principal.may(call.action):
        raise denied(principal, call.action, _resource(call, principal), call.protocol)
    if call.action == "sts:AssumeRole" and principal.arn.split("/")[1] == MANAGEMENT_ROLE_NAME:
        target = str(call.parameters.get("RoleArn", ""))
        if not target.endswith(f":role/{READER_ROLE_NAME}"):
            raise denied(principal, call.action, target, call.protocol)
    member = principal.account_id != MANAGEMENT_ACCOUNT_ID
    belongs = call.action.split(":")[0] in _MANAGEMENT_ONLY
    if member and belongs and call.action not in _OPEN_TO_MEMBERS:
        message = "You don't have permissions to access this resource."
        raise refusal("denied", call.protocol, message)


def cut(answer: Answer) -> Answer:
    """The answer of a connection that breaks halfway: more was announced than comes."""
    status, headers, body = answer
    announced = [("Content-Length", str(len(body))), ("Connection", "close")]
    return status, [*headers, *announced], body[: len(body) // 2]


class Front:
    """The WSGI application."""

    def __init__(self) -> None:
        self.calls = Calls()
        self.faults = Faults()
        self._control = Control(self.calls, self.faults)
        self._sso_rate = Rate(SSO_CALLS_PER_SECOND)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("PATH_INFO", "").startswith(CONTROL_PREFIX):
            status, headers, body = self._control.answer(environ)
        else:
            status, headers, body = self._api(environ)
        if not any(name == "Content-Length" for name, _ in headers):
            headers = [*headers, ("Content-Length", str(len(body)))]
        start_response(f"{status} {HTTP_STATUS_CODES.get(status, 'Unknown')}", headers)
        return [body]

    def _api(self, environ: Environ) -> Answer:
        call = read_call(environ)
        try:
            return self._judge(call, environ)
        except Refusal as error:
            body, headers = error_body(call.protocol, error)
            return error.status, headers, body
        except HtmlFailure:
            return 500, [("Content-Type", "text/html")], _HTML

    def _judge(self, call: Call, environ: Environ) -> Answer:
        principal = self._identified(call)
        account_id = call.about_account(principal.account_id)
        self.calls.record(call.name, call.operation, call.action, account_id)
        fault = self.faults.take(call.name, call.operation, account_id, continued=call.continued)
        if fault is not None and fault.kind != CUT_BODY:
            raise self.faults.strike(fault, call.protocol, principal.arn, call.action)
        authorise(call, principal)
        if call.service is None or not _supported(call):
            message = f"The sample organisation does not offer {call.action}."
            raise refusal("unsupported", call.protocol, message)
        if call.name == "sso-admin" and self._sso_rate.exceeded():
            raise refusal("throttled", call.protocol, "Rate exceeded")
        answer = self._dispatch(call.service, principal, environ)
        return answer if fault is None else cut(answer)

    def _identified(self, call: Call) -> Principal:
        """The caller; a call by nobody is counted too."""
        with MOTO_LOCK:
            try:
                return identify(call.key_id, call.protocol)
            except Refusal:
                account_id = call.about_account(None)
                self.calls.record(call.name, call.operation, call.action, account_id)
                raise

    def _dispatch(self, service: Service, principal: Principal, environ: Environ) -> Answer:
        # moto takes the account from this header; whatever the client sent is overwritten.
        environ["HTTP_X_MOTO_ACCOUNT_ID"] = principal.account_id
        with MOTO_LOCK:
            request = OrganizationRequest(environ)
            status, headers, body = service.handler.dispatch(request)
        content = body.encode() if isinstance(body, str) else bytes(body or b"")
        kept = [
            (name, str(value))
            for name, value in headers.items()
            if name.lower() not in ("status", "content-length", "x-amzn-requestid")
        ]
        if not any(name.lower() == "content-type" for name, _ in kept):
            kept.append(("Content-Type", _CONTENT_TYPES[service.protocol]))
        kept.append(("x-amzn-RequestId", str(uuid4())))
        return int(status), kept, content


_CONTENT_TYPES = {
    "query": "text/xml",
    "json": "application/x-amz-json-1.1",
    "rest-json": "application/json",
    "rest-xml": "application/xml",
}

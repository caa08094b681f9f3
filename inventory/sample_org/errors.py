"""AWS's error answers: as exceptions inside moto's handlers, and as bodies written by the front.

The three protocols differ: query services answer XML, JSON services name the error in __type, and
the same refusal is AccessDenied in one and AccessDeniedException in the other.
"""

import json
from dataclasses import dataclass
from html import escape
from uuid import uuid4

from moto.core.exceptions import JsonRESTError, ServiceException


class QueryError(ServiceException):
    """An error of IAM or STS, raised inside a handler."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)


class JsonError(JsonRESTError):
    """An error of a JSON service, raised inside a handler."""

    code = 400

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)


class Refusal(Exception):
    """An error that the front answers before a request reaches moto."""

    def __init__(self, code: str, message: str, status: int) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


@dataclass(frozen=True)
class _Words:
    query: tuple[str, int]
    json: tuple[str, int]
    rest: tuple[str, int]


def _words(query: str, query_status: int, named: str, rest_status: int) -> _Words:
    """JSON services answer 400 to everything that is the client's fault, REST ones do not."""
    json_status = query_status if query_status >= 500 else 400
    return _Words((query, query_status), (named, json_status), (named, rest_status))


# kind -> code and HTTP status in each protocol.
_WORDS = {
    "denied": _words("AccessDenied", 403, "AccessDeniedException", 403),
    "throttled": _words("Throttling", 400, "ThrottlingException", 429),
    "expired": _words("ExpiredToken", 403, "ExpiredTokenException", 403),
    "unknown key": _words("InvalidClientTokenId", 403, "UnrecognizedClientException", 403),
    "missing key": _words(
        "MissingAuthenticationToken", 403, "MissingAuthenticationTokenException", 403
    ),
    "failure": _words("InternalFailure", 500, "InternalFailure", 500),
    "unsupported": _words("InvalidAction", 400, "UnknownOperationException", 404),
}
# S3 has words of its own.
_S3_WORDS = {
    "denied": ("AccessDenied", 403),
    "throttled": ("SlowDown", 503),
    "expired": ("ExpiredToken", 400),
    "unknown key": ("InvalidAccessKeyId", 403),
    "missing key": ("AccessDenied", 403),
    "failure": ("InternalError", 500),
    "unsupported": ("MethodNotAllowed", 405),
}


def refusal(kind: str, protocol: str, message: str) -> Refusal:
    """The right code and status for this kind of refusal in this protocol."""
    if protocol == "rest-xml":
        return Refusal(_S3_WORDS[kind][0], message, _S3_WORDS[kind][1])
    words = _WORDS[kind]
    by_protocol = {"query": words.query, "json": words.json, "rest-json": words.rest}
    code, status = by_protocol[protocol]
    return Refusal(code, message, status)


def error_body(protocol: str, error: Refusal) -> tuple[bytes, list[tuple[str, str]]]:
    """The wire form of a refusal: body and headers."""
    request_id = str(uuid4())
    if protocol == "query":
        side = "Receiver" if error.status >= 500 else "Sender"
        body = (
            f"<ErrorResponse><Error><Type>{side}</Type><Code>{error.code}</Code>"
            f"<Message>{escape(error.message)}</Message></Error>"
            f"<RequestId>{request_id}</RequestId></ErrorResponse>"
        )
        return body.encode(), [("Content-Type", "text/xml"), ("x-amzn-RequestId", request_id)]
    if protocol == "rest-xml":
        body = (
            '<?xml version="1.0" encoding="UTF-8"?>'
            f"<Error><Code>{error.code}</Code><Message>{escape(error.message)}</Message>"
            f"<RequestId>{request_id}</RequestId></Error>"
        )
        return body.encode(), [
            ("Content-Type", "application/xml"),
            ("x-amz-request-id", request_id),
        ]
    payload = json.dumps({"__type": error.code, "message": error.message})
    return payload.encode(), [
        ("Content-Type", "application/x-amz-json-1.1"),
        ("x-amzn-ErrorType", error.code),
        ("x-amzn-RequestId", request_id),
    ]

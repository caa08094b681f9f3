"""boto3's many errors told as one of four, in a sentence a person can act on.

The sentence names the account, AWS's reason and AWS's code. It never holds a secret, a control
character or more than 500 characters: AWS echoes what people typed, and signature errors echo the
session token.
"""

import re
import unicodedata
from typing import Any

from botocore import exceptions as boto
from botocore.parsers import ResponseParserError

from inventory.aws.codes import (
    CLOCK_CODES,
    CREDENTIAL_CODES,
    DENIED_CODES,
    PASSING_CODES,
    THROTTLED_CODES,
    UNSUPPORTED_CODES,
)
from inventory.aws.errors import AccessDenied, ReadError, ReadFailed, Throttled, Unsupported

BOTO_ERRORS = (boto.BotoCoreError, boto.ClientError, ResponseParserError)
MAX_REASON = 500

# IAM's prefix where it is not boto3's service name.
_PREFIXES = {"sso-admin": "sso"}
# And where an action has another name than the operation that needs it.
_ACTIONS = {"ListObjectsV2": "ListBucket"}

_NO_CREDENTIALS = (
    "no AWS credentials were found: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and"
    " AWS_SECRET_ACCESS_KEY, or run where an instance or task role is attached"
)
_SSO_EXPIRED = "the SSO sign-in of the AWS profile is missing or expired: run `aws sso login` again"
# botocore's own words for these may quote a credential process, so none are shown.
_LOCAL_SENTENCES: dict[type[Exception], str] = {
    boto.NoCredentialsError: _NO_CREDENTIALS,
    boto.PartialCredentialsError: (
        "the AWS credentials are incomplete: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        " belong together"
    ),
    boto.ProfileNotFound: "the AWS profile does not exist: check AWS_PROFILE and ~/.aws/config",
    boto.UnauthorizedSSOTokenError: _SSO_EXPIRED,
    boto.SSOTokenLoadError: _SSO_EXPIRED,
    boto.TokenRetrievalError: _SSO_EXPIRED,
    boto.CredentialRetrievalError: (
        "the AWS credentials could not be fetched from the source that ~/.aws/config names"
    ),
    boto.MetadataRetrievalError: "the instance or container gave no AWS credentials",
    boto.ConfigParseError: "~/.aws/config or ~/.aws/credentials cannot be read",
}
_SECRETS = (
    re.compile(r"(?is)the canonical string for this request.*"),
    re.compile(r"(?i)(?<=://)[^/@\s]+(?=@)"),
    re.compile(r"(?i)x-amz-security-token\S*(\s*[:=]\s*\S+)?"),
    # Session tokens and encoded messages: nothing a person can read is that long.
    re.compile(r"[A-Za-z0-9+/=_-]{100,}"),
)
_CLOCK_WORDS = re.compile(r"(?i)signature (expired|not yet current)|clock|time ?skew")


def explain(error: Exception, *, service: str, operation: str, where: str) -> ReadError:
    """The ReadError for one of BOTO_ERRORS.

    operation is AWS's name ('ListUsers'); where is the account, with a region if one was asked.
    """
    name = iam_name(service, operation)
    if isinstance(error, boto.ClientError):
        kind, words = _client_error(error)
    else:
        kind, words = _local_error(error)
    return kind(name, tidy(f"account {where}: {words}"))


def iam_name(service: str, operation: str) -> str:
    """IAM's name of an action: 'sso:ListInstances' for boto3's 'sso-admin', 'ListInstances'."""
    return f"{_PREFIXES.get(service, service)}:{_ACTIONS.get(operation, operation)}"


def code_of(error: Exception) -> str:
    """AWS's error code; the HTTP status as text where AWS gave none; '' for local errors."""
    if not isinstance(error, boto.ClientError):
        return ""
    code = str(_part(error, "Error").get("Code") or "").removeprefix("Client.")
    # A gateway's bare page has no code that means anything: its status does.
    return code if code and code != "Unknown" else str(status_of(error) or "")


def status_of(error: boto.ClientError) -> int | None:
    """The HTTP status of an answer; None when there was none (a stubbed answer)."""
    status = _part(error, "ResponseMetadata").get("HTTPStatusCode")
    return status if isinstance(status, int) else None


def is_throttle(error: Exception) -> bool:
    """AWS asks for patience; asking again later is right."""
    if not isinstance(error, boto.ClientError):
        return False
    return code_of(error) in THROTTLED_CODES or status_of(error) == 429


def is_passing(error: Exception) -> bool:
    """A fault of the moment (5xx, a broken connection): worth asking again soon."""
    if isinstance(error, boto.ClientError):
        return status_of(error) in (500, 502, 503, 504) or code_of(error) in PASSING_CODES
    return isinstance(error, boto.HTTPClientError | ResponseParserError)


def is_credential_error(error: Exception) -> bool:
    """The credentials used are no good any more: whoever caches them should forget them."""
    return code_of(error) in CREDENTIAL_CODES or type(error) in _LOCAL_SENTENCES


def _client_error(error: boto.ClientError) -> tuple[type[ReadError], str]:
    code, message = code_of(error), str(_part(error, "Error").get("Message") or "no reason given")
    told = f"{message} ({code})"
    if code in CLOCK_CODES or (code in CREDENTIAL_CODES and _CLOCK_WORDS.search(message)):
        return ReadFailed, f"AWS finds that the clock of this host is off: {told}"
    if code in CREDENTIAL_CODES:
        return ReadFailed, f"the credentials are expired or invalid there: {told}"
    if code in DENIED_CODES:
        return AccessDenied, f"refused: {told}"
    if is_throttle(error):
        return Throttled, f"AWS kept throttling until the retries were used up: {told}"
    if code in UNSUPPORTED_CODES:
        return Unsupported, f"not available there: {told}"
    return ReadFailed, told


def _local_error(error: Exception) -> tuple[type[ReadError], str]:
    for kind, sentence in _LOCAL_SENTENCES.items():
        if isinstance(error, kind):
            return ReadFailed, sentence
    if isinstance(error, boto.ReadTimeoutError | boto.ConnectTimeoutError):
        return ReadFailed, f"no answer in time: {error}"
    if isinstance(error, boto.EndpointConnectionError):
        return ReadFailed, f"{error} Is the region right, and is there a way out to AWS?"
    if isinstance(error, boto.HTTPClientError):
        return ReadFailed, f"the connection broke: {error}"
    if isinstance(error, ResponseParserError):
        return ReadFailed, "the answer could not be read: it is not in AWS's format"
    return ReadFailed, str(error)


def _part(error: boto.ClientError, name: str) -> dict[str, Any]:
    part = error.response.get(name)
    return part if isinstance(part, dict) else {}


def tidy(text: str) -> str:
    """One line without control or direction characters and without secrets, cut to 500."""
    for secret in _SECRETS:
        text = secret.sub("[...]", text)
    text = "".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in text)
    text = " ".join(text.split())
    return text if len(text) <= MAX_REASON else text[: MAX_REASON - 3] + "..."

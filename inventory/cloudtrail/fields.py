"""The fields of a CloudTrail event that counting needs, in CloudTrail's shape. Any may be null.

Source: CloudTrail User Guide, "CloudTrail record contents" and "CloudTrail userIdentity element".
"""

from typing import Any, NamedTuple

import msgspec
from msgspec import Raw, Struct, field

from inventory.cloudtrail.text import LONGEST_ARN, clean

NULL = Raw(b"null")


class Issuer(Struct, gc=False):
    """sessionIssuer: whose temporary credentials these are."""

    type: str | None = None
    principalId: str | None = None
    arn: str | None = None
    accountId: str | None = None
    userName: str | None = None


class Attributes(Struct, gc=False):
    """When the session was made. mfaAuthenticated is left out: of SSO sessions it says nothing."""

    creationDate: str | None = None


class SessionContext(Struct, gc=False):
    """What is told about a session made with temporary credentials."""

    sessionIssuer: Issuer | None = None
    attributes: Attributes | None = None
    webIdFederationData: dict[str, Any] | None = None
    ec2RoleDelivery: str | float | None = None
    assumedRoot: str | bool | None = None


class OnBehalfOf(Struct, gc=False):
    """The Identity Center user behind a call."""

    userId: str | None = None
    identityStoreArn: str | None = None


class InScopeOf(Struct, gc=False):
    """The Lambda function, ECS task or the like that the credentials were issued to."""

    issuerType: str | None = None


class Identity(Struct, gc=False, eq=False):
    """userIdentity."""

    type: str | None = None
    principalId: str | None = None
    arn: str | None = None
    accountId: str | None = None
    accessKeyId: str | None = None
    userName: str | None = None
    invokedBy: str | None = None
    identityProvider: str | None = None
    sessionContext: SessionContext | None = None
    onBehalfOf: OnBehalfOf | None = None
    inScopeOf: InScopeOf | None = None


class Resource(Struct, gc=False):
    """One of the resources that a call named."""

    ARN: str | None = None


class Addendum(Struct, gc=False):
    """Present on an event delivered late or again with more fields."""

    originalEventID: str | None = None


class Record(Struct, gc=False, eq=False):
    """One record of a log object. What only few events need stays text (Raw) until then."""

    raw_identity: Raw = field(name="userIdentity", default=NULL)
    time: str = field(name="eventTime", default="")
    source: str = field(name="eventSource", default="")
    name: str = field(name="eventName", default="")
    region: str | None = field(name="awsRegion", default=None)
    ip: str | None = field(name="sourceIPAddress", default=None)
    agent: str | None = field(name="userAgent", default=None)
    error: str | None = field(name="errorCode", default=None)
    request: Raw = field(name="requestParameters", default=NULL)
    response: Raw = field(name="responseElements", default=NULL)
    additional: Raw = field(name="additionalEventData", default=NULL)
    event_id: str | None = field(name="eventID", default=None)
    resources: list[Resource | None] | None = None
    account_id: str | None = field(name="recipientAccountId", default=None)
    shared_id: str | None = field(name="sharedEventID", default=None)
    addendum: Addendum | None = None
    from_console: str | bool | None = field(name="sessionCredentialFromConsole", default=None)


class Context(NamedTuple):
    """What beside the identity decides who did it. role_arn, provider: of the request. bearer: an
    API key of one service was the credential. switched_from: the console's SwitchRole."""

    role_arn: str = ""
    provider: str = ""
    bearer: bool = False
    switched_from: str = ""


class Issued(NamedTuple):
    """Temporary credentials that an event handed out. arn: of the session (sts). enhanced: made
    with a user's context, so that the session acts on behalf of that user, not of its maker."""

    access_key_id: str
    arn: str
    role_arn: str
    enhanced: bool = False


class Details(NamedTuple):
    """What only few events tell. context: what bears on who did it. error: errorCode, or 'Failure'
    for a sign-in that failed."""

    context: Context
    issued: Issued | None
    error: str | None


class _Credentials(Struct, gc=False):
    accessKeyId: str | None = None


class _SessionUser(Struct, gc=False):
    arn: str | None = None


class _Request(Struct, gc=False):
    roleArn: str | None = None
    principalArn: str | None = None
    targetPrincipal: str | None = None
    providedContexts: list[Any] | None = None


class _Response(Struct, gc=False):
    ConsoleLogin: str | None = None
    credentials: _Credentials | None = None
    assumedRoleUser: _SessionUser | None = None
    federatedUser: _SessionUser | None = None


class _Additional(Struct, gc=False):
    callWithBearerToken: str | bool | None = None
    SwitchFrom: str | None = None


_request = msgspec.json.Decoder(_Request | None)
_response = msgspec.json.Decoder(_Response | None)
_additional = msgspec.json.Decoder(_Additional | None)


def read_details(record: Record) -> Details:
    """Reads the parts that only few events need.

    Raises msgspec.DecodeError when one of them is not of CloudTrail's shape.
    """
    request = _request.decode(record.request) or _Request()
    response = _response.decode(record.response) or _Response()
    additional = _additional.decode(record.additional) or _Additional()
    failed = record.name == "ConsoleLogin" and response.ConsoleLogin == "Failure"
    role_arn = clean(request.roleArn or _root(request.targetPrincipal), LONGEST_ARN)
    issued = None
    if response.credentials is not None and response.credentials.accessKeyId:
        who = response.assumedRoleUser or response.federatedUser or _SessionUser()
        key = clean(response.credentials.accessKeyId, 128)
        arn = clean(who.arn, LONGEST_ARN)
        issued = Issued(key, arn, role_arn, bool(request.providedContexts))
    context = Context(
        role_arn,
        clean(request.principalArn, LONGEST_ARN),
        is_true(additional.callWithBearerToken),
        clean(additional.SwitchFrom, LONGEST_ARN),
    )
    return Details(context, issued, "Failure" if failed else record.error)


def _root(target: str | None) -> str:
    """AssumeRoot names its account alone."""
    return f"arn:aws:iam::{target}:root" if target and target.isdecimal() else target or ""


def is_true(value: str | bool | None) -> bool:
    """CloudTrail writes its flags as booleans or as text."""
    return value is True or value == "true"

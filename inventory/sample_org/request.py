"""A request as AWS would read it: service, operation, parameters, credentials, region."""

import io
import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from moto.core.responses import BaseResponse

from inventory.sample_org.contacts import SampleContacts
from inventory.sample_org.iam import SampleIam
from inventory.sample_org.identity_center import SampleIdentityCenter
from inventory.sample_org.identity_store import SampleIdentityStore
from inventory.sample_org.organization import SampleOrganizations
from inventory.sample_org.s3 import S3_ACTIONS, SampleBucket, account_of, operation_of
from inventory.sample_org.tokens import SampleTokens
from inventory.sample_org.trails import SampleTrails

Environ = dict[str, Any]
SCOPE = re.compile(r"Credential=([A-Za-z0-9]+)/\d{8}/([^/]+)/([^/]+)/aws4_request")
_CONTINUATIONS = ("Marker", "NextToken")


@dataclass(frozen=True)
class Service:
    """A served AWS service: boto3's name, the prefix of its actions, how it talks, who answers."""

    name: str
    prefix: str
    protocol: str
    handler: type[BaseResponse]


# By signing name, which is what the credential scope of a request carries.
SERVICES = {
    "account": Service("account", "account", "rest-json", SampleContacts),
    "cloudtrail": Service("cloudtrail", "cloudtrail", "json", SampleTrails),
    "iam": Service("iam", "iam", "query", SampleIam),
    "identitystore": Service("identitystore", "identitystore", "json", SampleIdentityStore),
    "organizations": Service("organizations", "organizations", "json", SampleOrganizations),
    "s3": Service("s3", "s3", "rest-xml", SampleBucket),
    "sso": Service("sso-admin", "sso", "json", SampleIdentityCenter),
    "sts": Service("sts", "sts", "query", SampleTokens),
}


@dataclass(frozen=True)
class Call:
    """One API call, before anybody decided whether it is allowed."""

    service: Service | None
    signing_name: str
    operation: str
    parameters: dict[str, Any]
    key_id: str | None
    region: str

    @property
    def protocol(self) -> str:
        return self.service.protocol if self.service else "json"

    @property
    def name(self) -> str:
        return self.service.name if self.service else self.signing_name

    @property
    def action(self) -> str:
        if self.name == "s3" and self.operation in S3_ACTIONS:
            return S3_ACTIONS[self.operation]
        prefix = self.service.prefix if self.service else self.signing_name
        return f"{prefix}:{self.operation}"

    @property
    def continued(self) -> bool:
        """Whether this asks for a later page."""
        return any(self.parameters.get(name) for name in _CONTINUATIONS)

    def about_account(self, caller_account: str | None) -> str | None:
        """The account the call is about: the target where it names one, else the caller's own."""
        if self.action == "sts:AssumeRole":
            parts = str(self.parameters.get("RoleArn", "")).split(":")
            return parts[4] if len(parts) > 4 else caller_account
        if self.name == "s3":
            return account_of(self.parameters) or caller_account
        if self.name == "account":
            return self.parameters.get("AccountId") or caller_account
        return caller_account


def _body(environ: Environ) -> bytes:
    """The whole body, put back for moto; reading it all keeps the connection usable."""
    size = int(environ.get("CONTENT_LENGTH") or 0)
    body: bytes = environ["wsgi.input"].read(size) if size else b""
    environ["wsgi.input"] = io.BytesIO(body)
    return body


def _parameters(environ: Environ, body: bytes) -> dict[str, Any]:
    if environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
        return dict(parse_qsl(body.decode(), keep_blank_values=True))
    try:
        parsed = json.loads(body or b"{}")
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}


def _operation(environ: Environ, parameters: dict[str, Any]) -> str:
    target: str = environ.get("HTTP_X_AMZ_TARGET", "")
    if target:
        return target.rsplit(".", 1)[-1]
    if "Action" in parameters:
        return str(parameters["Action"])
    path = str(environ.get("PATH_INFO", "/")).strip("/")
    return path[:1].upper() + path[1:]


def read_call(environ: Environ) -> Call:
    """Reads a request without judging it."""
    scope = SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
    key_id, region, signing = scope.groups() if scope else (None, "us-east-1", "")
    body = _body(environ)
    if signing == "s3":
        operation, parameters = operation_of(environ)
    else:
        parameters = _parameters(environ, body)
        operation = _operation(environ, parameters)
    return Call(SERVICES.get(signing), signing, operation, parameters, key_id, region)

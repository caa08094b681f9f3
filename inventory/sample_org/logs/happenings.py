"""What happened: one call, who made it in truth, and the records that CloudTrail has of it."""

from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

from inventory.sample_org.clock import stamp
from inventory.sample_org.ids import Ids
from inventory.sample_org.logs.callers import Caller, Identity, Who
from inventory.sample_org.logs.operations import Operation
from inventory.sample_org.logs.props import props_of
from inventory.sample_org.logs.requests import Asked, asked

Record = dict[str, Any]
_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


@dataclass(slots=True)
class Happening:
    """record: the account's own, which the truth is told of. copies: of other accounts."""

    at: datetime
    who: Who
    record: Record
    error: str | None = None
    direct: bool = True
    copies: list[Record] = field(default_factory=list)

    @property
    def records(self) -> list[Record]:
        return [self.record, *self.copies]


@dataclass(frozen=True)
class Start:
    """A session that began, in the columns of the portal's export of session starts."""

    at: datetime
    account: str
    who: Who
    person: str | None
    permission_set: str | None
    role: str | None
    network: str
    access_key_id: str | None


class Day:
    """One day of the story, being told: the dice, and what happened so far."""

    def __init__(self, ids: Ids, date: str) -> None:
        self.ids = ids
        self.date = date
        self.rng = ids.random("day", date)
        self.happenings: list[Happening] = []
        self.starts: list[Start] = []

    def dice(self, *key: str) -> Random:
        """Dice of their own for one part of the day, so that parts do not disturb each other."""
        return self.ids.random("day", self.date, *key)

    def uuid(self) -> str:
        return str(UUID(int=self.rng.getrandbits(128), version=4))

    def key(self, account: str) -> str:
        """A fresh temporary access key id of the account."""
        head = self.ids.access_key(account, prefix="ASIA")[:12]
        return head + "".join(self.rng.choices(_BASE32, k=8))

    def add(
        self,
        at: datetime,
        caller: Caller,
        operation: Operation,
        region: str,
        *,
        account: str | None = None,
        said: Asked | None = None,
        error: str | None = None,
        invoked_by: str | None = None,
        named: bool = True,
        **fields: Any,
    ) -> Happening:
        """A call, and its record. named: with onBehalfOf, for callers that may have it."""
        account, region = account or caller.account, operation.region(region)
        props = props_of(self.ids, account, region)
        said = said or asked(operation.name, self.rng, props)
        record = self._record(at, caller, operation, region, account, said)
        record["userIdentity"] = self._identity(caller, invoked_by, named=named)
        if invoked_by:
            record |= {"sourceIPAddress": invoked_by, "userAgent": invoked_by}
        if error:
            record |= {"errorCode": error, "errorMessage": _sentence(caller, operation, error)}
            record["responseElements"] = None
        record |= caller.extra | fields
        by_aws = invoked_by or caller.who.actor_kind == "AWSService"
        made = Happening(at, caller.who, record, error, direct=not by_aws)
        self.happenings.append(made)
        return made

    def _identity(self, caller: Caller, invoked_by: str | None, *, named: bool) -> Identity:
        identity = caller.identity if named or caller.plain is None else caller.plain
        if caller.fresh_keys:
            identity = identity | {"accessKeyId": self.key(caller.account)}
        if invoked_by:
            identity = identity | {"invokedBy": invoked_by}
        return identity

    def _record(
        self,
        at: datetime,
        caller: Caller,
        operation: Operation,
        region: str,
        account: str,
        said: Asked,
    ) -> Record:
        record: Record = {
            "eventVersion": "1.11",
            "userIdentity": None,
            "eventTime": stamp(at),
            "eventSource": operation.source,
            "eventName": operation.name,
            "awsRegion": region,
            "sourceIPAddress": caller.network,
            "userAgent": caller.agent,
            "requestParameters": said.parameters,
            "responseElements": said.answer if operation.write else None,
            "requestID": self.uuid(),
            "eventID": self.uuid(),
            "readOnly": not operation.write,
            "eventType": "AwsApiCall",
            "managementEvent": not operation.data,
            "recipientAccountId": account,
            "eventCategory": "Data" if operation.data else "Management",
        }
        if said.resources:
            record["resources"] = [
                {"accountId": account, "type": kind, "ARN": arn} for kind, arn in said.resources
            ]
        if caller.who.actor_kind != "AWSService":
            host = f"{operation.service}.{region}.amazonaws.com"
            record["tlsDetails"] = {
                "tlsVersion": "TLSv1.3",
                "cipherSuite": "TLS_AES_128_GCM_SHA256",
                "clientProvidedHostHeader": host,
            }
        return record

    def copy(self, made: Happening, account: str, identity: Identity) -> Record:
        """The record that another account has of the same call: other id, same shared id."""
        shared = made.record.setdefault("sharedEventID", self.uuid())
        record: Record = made.record | {
            "userIdentity": identity,
            "eventID": self.uuid(),
            "sharedEventID": shared,
            "recipientAccountId": account,
        }
        made.copies.append(record)
        return record


def _sentence(caller: Caller, operation: Operation, error: str) -> str:
    if error not in ("AccessDenied", "Client.UnauthorizedOperation"):
        return "The request could not be processed."
    name = caller.identity.get("arn", "anonymous")
    return (
        f"User: {name} is not authorized to perform: {operation.action} on resource: * "
        f"because no identity-based policy allows the {operation.action} action"
    )

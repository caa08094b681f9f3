"""STS: sessions only for roles that exist and whose trust policy lets the caller in."""

import re
from typing import Any

from moto.core.responses import ActionResult
from moto.iam.models import iam_backends
from moto.sts.responses import TokenResponse

from inventory.sample_org.access import Principal, identify, open_session
from inventory.sample_org.clock import stamp
from inventory.sample_org.constants import ROLE_SESSION_SECONDS
from inventory.sample_org.errors import QueryError
from inventory.sample_org.ids import Ids
from inventory.sample_org.side import SIDE
from inventory.sample_org.trust import may_assume

ROLE_ARN = re.compile(r"arn:aws:iam::(\d{12}):role(/.*)")


class SampleTokens(TokenResponse):
    """AssumeRole and GetCallerIdentity; nothing else of STS is offered."""

    def _caller(self) -> Principal:
        return identify(self.get_access_key(), "query")

    def _role(self, arn: str) -> Any:
        found = ROLE_ARN.fullmatch(arn or "")
        if found is None or found[1] not in SIDE.member_accounts():
            return None
        roles = iam_backends[found[1]]["aws"].roles.values()
        return next((role for role in roles if role.arn == arn), None)

    def assume_role(self) -> ActionResult:
        arn, caller = self._get_param("RoleArn"), self._caller()
        external_id = self._get_param("ExternalId")
        role = self._role(arn)
        # AWS gives the same answer for a role that does not exist and for one that refuses.
        if role is None or not may_assume(
            role.assume_role_policy_document, caller.account_id, caller.names, external_id
        ):
            message = (
                f"User: {caller.arn} is not authorized to perform: sts:AssumeRole "
                f"on resource: {arn}"
            )
            raise QueryError("AccessDenied", message)
        return self._session(role, self._seconds(role))

    def _seconds(self, role: Any) -> int:
        seconds = self._get_int_param("DurationSeconds", ROLE_SESSION_SECONDS)
        if not 900 <= seconds <= int(role.max_session_duration or ROLE_SESSION_SECONDS):
            message = (
                "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
            )
            raise QueryError("ValidationError", message)
        return seconds

    def _session(self, role: Any, seconds: int) -> ActionResult:
        session, token = open_session(role, self._get_param("RoleSessionName"), seconds)
        assert session.expires is not None
        credentials = {
            "AccessKeyId": session.access_key_id,
            "SecretAccessKey": Ids(token).unique("", "secret", length=40),
            "SessionToken": token,
            "Expiration": stamp(session.expires),
        }
        assumed = {"AssumedRoleId": session.user_id, "Arn": session.arn}
        return ActionResult({"Credentials": credentials, "AssumedRoleUser": assumed})

    def get_caller_identity(self) -> ActionResult:
        caller = self._caller()
        return ActionResult(
            {"UserId": caller.user_id, "Account": caller.account_id, "Arn": caller.arn}
        )


OPERATIONS = ("AssumeRole", "GetCallerIdentity")

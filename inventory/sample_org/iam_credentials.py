"""IAM credentials that moto keeps badly or not at all: login profiles, service-specific
credentials, permissions boundaries of users; and deleting a user as strictly as AWS does."""

import os
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.iam.responses import IamResponse

from inventory.sample_org.clock import naive_now
from inventory.sample_org.errors import QueryError
from inventory.sample_org.iam_details import iam_page
from inventory.sample_org.ids import Ids
from inventory.sample_org.side import SIDE

SERVICES = {
    "codecommit.amazonaws.com",
    "cassandra.amazonaws.com",
    "bedrock.amazonaws.com",
    "logs.amazonaws.com",
}


def _missing(what: str) -> QueryError:
    return QueryError("NoSuchEntity", f"{what} cannot be found.")


class LoginProfiles(IamResponse):
    """Console passwords, with their own creation date and reset flag."""

    def _profile(self, user: Any) -> ActionResult:
        profile = {
            "UserName": user.name,
            "CreateDate": user.login_created or user.create_date,
            "PasswordResetRequired": bool(user.password_reset_required),
        }
        return ActionResult({"LoginProfile": profile})

    def create_login_profile(self) -> ActionResult:
        name = self._get_param("UserName")
        user: Any = self.backend.create_login_profile(name, self._get_param("Password"))
        user.login_created = user.password_changed = naive_now()
        user.password_reset_required = self._get_bool_param("PasswordResetRequired", False)
        return self._profile(user)

    def get_login_profile(self) -> ActionResult:
        name = self._get_param("UserName")
        user: Any = self.backend.get_user(name)
        if not user.password:
            raise QueryError("NoSuchEntity", f"Login Profile for User {name} cannot be found.")
        return self._profile(user)

    def update_login_profile(self) -> ActionResult:
        user: Any = self.backend.get_login_profile(self._get_param("UserName"))
        if self._get_param("Password"):
            user.password = self._get_param("Password")
            user.password_changed = naive_now()
        reset = self._get_bool_param("PasswordResetRequired")
        if reset is not None:
            user.password_reset_required = reset
        return EmptyResult()

    def delete_login_profile(self) -> ActionResult:
        user: Any = self.backend.get_user(self._get_param("UserName"))
        if not user.password:
            raise _missing(f"Login Profile for User {user.name}")
        user.password = user.login_created = user.password_changed = None
        return EmptyResult()


class AccessKeyReads(IamResponse):
    """Last use within the caller's own account; moto looks through all accounts."""

    def get_access_key_last_used(self) -> ActionResult:
        key_id = self._get_param("AccessKeyId")
        for user in self.backend.users.values():
            for key in user.access_keys:
                if key.access_key_id == key_id:
                    return ActionResult(
                        {"UserName": user.name, "AccessKeyLastUsed": _last_used(key)}
                    )
        raise _missing(f"The Access Key with id {key_id}")


def _last_used(key: Any) -> dict[str, Any]:
    used = key.last_used
    if used is None:
        return {"ServiceName": "N/A", "Region": "N/A"}
    return {
        "LastUsedDate": used.timestamp,
        "ServiceName": used.service,
        "Region": used.region,
    }


class ServiceCredentials(IamResponse):
    """Service-specific credentials (CodeCommit, Bedrock keys ...), unknown to moto."""

    def _all(self) -> list[dict[str, Any]]:
        return SIDE.service_credentials.setdefault(self.current_account, [])

    def _one(self) -> dict[str, Any]:
        wanted = self._get_param("ServiceSpecificCredentialId")
        for credential in self._all():
            if credential["ServiceSpecificCredentialId"] == wanted:
                return credential
        raise _missing(f"Service Specific Credential {wanted}")

    def list_service_specific_credentials(self) -> ActionResult:
        everyone = self._get_bool_param("AllUsers", False)
        name = self._get_param("UserName")
        service = self._get_param("ServiceName")
        if name and not everyone:
            self.backend.get_user(name)
        found = [
            credential
            for credential in self._all()
            if (everyone or credential["UserName"] == name)
            and service in (None, credential["ServiceName"])
        ]
        part, more = iam_page(self, found)
        return ActionResult({"ServiceSpecificCredentials": part, **more})

    def create_service_specific_credential(self) -> ActionResult:
        service = self._get_param("ServiceName")
        if service not in SERVICES:
            raise QueryError("NotSupportedService", f"{service} is not supported.")
        user = self.backend.get_user(self._get_param("UserName"))
        fresh = Ids(os.urandom(8).hex())
        credential = {
            "CreateDate": naive_now(),
            "ServiceName": service,
            "ServiceUserName": f"{user.name}-at-{self.current_account}",
            "ServiceSpecificCredentialId": fresh.unique("ACCA"),
            "UserName": user.name,
            "Status": "Active",
        }
        self._all().append(credential)
        secret = {"ServicePassword": fresh.unique("", "secret", length=44)}
        return ActionResult({"ServiceSpecificCredential": credential | secret})

    def update_service_specific_credential(self) -> ActionResult:
        self._one()["Status"] = self._get_param("Status")
        return EmptyResult()

    def delete_service_specific_credential(self) -> ActionResult:
        self._all().remove(self._one())
        return EmptyResult()


class Users(IamResponse):
    """Boundaries of users, and deletion that refuses what AWS refuses."""

    def put_user_permissions_boundary(self) -> ActionResult:
        user: Any = self.backend.get_user(self._get_param("UserName"))
        user.permissions_boundary_arn = self._get_param("PermissionsBoundary")
        return EmptyResult()

    def delete_user_permissions_boundary(self) -> ActionResult:
        user: Any = self.backend.get_user(self._get_param("UserName"))
        user.permissions_boundary_arn = None
        return EmptyResult()

    def delete_user(self) -> ActionResult:
        user: Any = self.backend.get_user(self._get_param("UserName"))
        owned = {
            "access keys": user.access_keys,
            "login profile": user.password,
            "MFA devices": user.mfa_devices,
            "groups": user.group_list,
            "SSH public keys": user.ssh_public_keys,
            "signing certificates": user.signing_certificates,
            "service specific credentials": [
                credential
                for credential in SIDE.service_credentials.get(self.current_account, [])
                if credential["UserName"] == user.name
            ],
        }
        for what, things in owned.items():
            if things:
                message = f"Cannot delete entity, must delete {what} first."
                raise QueryError("DeleteConflict", message)
        self.backend.delete_user(user.name)
        SIDE.owners.pop(user.arn, None)
        return EmptyResult()

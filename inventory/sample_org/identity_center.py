"""Identity Center's administration: one organisation instance, in the home region only.

moto has an instance per account and region, pages that never page, and no trace of a permission set
in the accounts it is assigned to; here a grant makes the reserved role appear, as AWS does.
"""

import json
from typing import Any

from moto.ssoadmin.models import ManagedPolicy, PermissionSet, SSOAdminBackend, ssoadmin_backends
from moto.ssoadmin.responses import SSOAdminResponse

from inventory.sample_org.constants import AWS_POLICY_PREFIX, HOME_REGION, MANAGEMENT_ACCOUNT_ID
from inventory.sample_org.errors import JsonError
from inventory.sample_org.paging import json_page
from inventory.sample_org.reserved_roles import forget, materialise
from inventory.sample_org.side import SIDE

# AWS's default is larger; a small one makes every client page in earnest.
DEFAULT_PAGE = 10


def home_backend() -> SSOAdminBackend:
    return ssoadmin_backends[MANAGEMENT_ACCOUNT_ID][HOME_REGION]


class SsoBase(SSOAdminResponse):
    """Finding the instance and the permission set, and answering in pages."""

    @property
    def ssoadmin_backend(self) -> SSOAdminBackend:
        if self.region != HOME_REGION:
            raise JsonError("ResourceNotFoundException", "Instance not found in this Region.")
        return home_backend()

    def _set(self) -> PermissionSet:
        return self.ssoadmin_backend._find_permission_set(
            self._get_param("InstanceArn"), self._get_param("PermissionSetArn")
        )

    def _page(self, name: str, items: list[Any]) -> str:
        size, token = self._get_param("MaxResults"), self._get_param("NextToken")
        part, following = json_page(items, token, size, DEFAULT_PAGE)
        more = {"NextToken": following} if following else {}
        return json.dumps({name: part, **more})


class Instances(SsoBase):
    """The organisation's instance."""

    def list_instances(self) -> str:
        if self.region != HOME_REGION or self.current_account != MANAGEMENT_ACCOUNT_ID:
            return json.dumps({"Instances": []})
        known = home_backend().instances[0].to_json()
        return json.dumps({"Instances": [{k: v for k, v in known.items() if v is not None}]})

    def describe_instance(self) -> str:
        known = self.ssoadmin_backend.instances[0].to_json()
        return json.dumps({k: v for k, v in known.items() if v is not None})


class PermissionSets(SsoBase):
    """Reading permission sets and what they are made of."""

    def list_permission_sets(self) -> str:
        arns = [one.permission_set_arn for one in self.ssoadmin_backend.permission_sets]
        return self._page("PermissionSets", arns)

    def describe_permission_set(self) -> str:
        known = self._set().to_json(include_creation_date=True)
        return json.dumps({"PermissionSet": {k: v for k, v in known.items() if v is not None}})

    def list_managed_policies_in_permission_set(self) -> str:
        policies = [{"Arn": one.arn, "Name": one.name} for one in self._set().managed_policies]
        return self._page("AttachedManagedPolicies", policies)

    def list_customer_managed_policy_references_in_permission_set(self) -> str:
        policies = self._set().customer_managed_policies
        references = [{"Name": one.name, "Path": one.path} for one in policies]
        return self._page("CustomerManagedPolicyReferences", references)

    def get_inline_policy_for_permission_set(self) -> str:
        return json.dumps({"InlinePolicy": self._set().inline_policy or ""})

    def get_permissions_boundary_for_permission_set(self) -> str:
        boundary = SIDE.boundaries.get(self._set().permission_set_arn)
        if boundary is None:
            raise JsonError("ResourceNotFoundException", "Permissions boundary does not exist.")
        return json.dumps({"PermissionsBoundary": boundary})

    def list_tags_for_resource(self) -> str:
        arn = self._get_param("ResourceArn")
        for one in self.ssoadmin_backend.permission_sets:
            if one.permission_set_arn == arn:
                return self._page("Tags", one.tags or [])
        raise JsonError("ResourceNotFoundException", f"Resource {arn} not found.")


class PermissionSetWrites(SsoBase):
    """Changes that moto refuses wrongly, accepts wrongly or does not know."""

    def create_permission_set(self) -> str:
        name = self._get_param("Name")
        if any(one.name == name for one in self.ssoadmin_backend.permission_sets):
            raise JsonError("ConflictException", f"PermissionSet with name {name} already exists.")
        created = self.ssoadmin_backend.create_permission_set(
            name=name,
            description=self._get_param("Description"),
            instance_arn=self._get_param("InstanceArn"),
            session_duration=self._get_param("SessionDuration") or "PT1H",
            relay_state=self._get_param("RelayState"),
            tags=self._get_param("Tags") or [],
        )
        return json.dumps({"PermissionSet": {k: v for k, v in created.items() if v is not None}})

    def attach_managed_policy_to_permission_set(self) -> str:
        """moto cannot find policies below a path such as job-function/."""
        arn, chosen = self._get_param("ManagedPolicyArn"), self._set()
        if not arn.startswith(AWS_POLICY_PREFIX):
            raise JsonError("ResourceNotFoundException", f"Policy does not exist with ARN: {arn}")
        if any(one.arn == arn for one in chosen.managed_policies):
            raise JsonError("ConflictException", f"{arn} is already attached.")
        chosen.managed_policies.append(ManagedPolicy(arn, arn.rsplit("/", 1)[1]))
        return "{}"

    def tag_resource(self) -> str:
        arn, wanted = self._get_param("ResourceArn"), self._get_param("Tags")
        for one in self.ssoadmin_backend.permission_sets:
            if one.permission_set_arn == arn:
                new = {tag["Key"] for tag in wanted}
                one.tags = [tag for tag in one.tags or [] if tag["Key"] not in new] + wanted
                return "{}"
        raise JsonError("ResourceNotFoundException", f"Resource {arn} not found.")

    def put_permissions_boundary_to_permission_set(self) -> str:
        boundary = self._get_param("PermissionsBoundary")
        SIDE.boundaries[self._set().permission_set_arn] = boundary
        return "{}"

    def delete_permissions_boundary_from_permission_set(self) -> str:
        SIDE.boundaries.pop(self._set().permission_set_arn, None)
        return "{}"


class Assignments(SsoBase):
    """Who has which set in which account, and the reserved role that follows from it."""

    def _granted(self) -> list[Any]:
        wanted = self._set().permission_set_arn
        grants = self.ssoadmin_backend.account_assignments
        return [grant for grant in grants if grant.permission_set_arn == wanted]

    def list_account_assignments(self) -> str:
        account_id = self._get_param("AccountId")
        found = [
            {
                "AccountId": grant.target_id,
                "PermissionSetArn": grant.permission_set_arn,
                "PrincipalType": grant.principal_type,
                "PrincipalId": grant.principal_id,
            }
            for grant in self._granted()
            if grant.target_id == account_id
        ]
        return self._page("AccountAssignments", found)

    def list_accounts_for_provisioned_permission_set(self) -> str:
        return self._page("AccountIds", sorted({grant.target_id for grant in self._granted()}))

    def list_permission_sets_provisioned_to_account(self) -> str:
        account_id = self._get_param("AccountId")
        grants = self.ssoadmin_backend.account_assignments
        arns = {grant.permission_set_arn for grant in grants if grant.target_id == account_id}
        return self._page("PermissionSets", sorted(arns))

    def _wanted(self) -> dict[str, str]:
        return {
            "instance_arn": self._get_param("InstanceArn"),
            "target_id": self._get_param("TargetId"),
            "target_type": self._get_param("TargetType"),
            "permission_set_arn": self._get_param("PermissionSetArn"),
            "principal_type": self._get_param("PrincipalType"),
            "principal_id": self._get_param("PrincipalId"),
        }

    def create_account_assignment(self) -> str:
        chosen, wanted = self._set(), self._wanted()
        for grant in self.ssoadmin_backend.account_assignments:
            if all(getattr(grant, name) == value for name, value in wanted.items()):
                summary = grant.to_json(include_creation_date=True, include_request_id=True)
                break
        else:
            summary = self.ssoadmin_backend.create_account_assignment(**wanted)
            materialise(chosen, wanted["target_id"])
        return json.dumps({"AccountAssignmentCreationStatus": summary | {"Status": "SUCCEEDED"}})

    def delete_account_assignment(self) -> str:
        chosen, wanted = self._set(), self._wanted()
        summary = self.ssoadmin_backend.delete_account_assignment(**wanted)
        if not any(grant.target_id == wanted["target_id"] for grant in self._granted()):
            forget(chosen, wanted["target_id"])
        return json.dumps({"AccountAssignmentDeletionStatus": summary | {"Status": "SUCCEEDED"}})


class SampleIdentityCenter(Instances, PermissionSets, PermissionSetWrites, Assignments):
    """Every sso-admin operation the sample answers."""

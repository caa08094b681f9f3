"""Plain boto3 reads of a whole organisation, independent of the portal's collectors."""

from typing import Any

from inventory.sample_org.constants import PORTAL_CREDENTIALS


def pages(client: Any, operation: str, key: str, **arguments: Any) -> list[Any]:
    paginator = client.get_paginator(operation)
    return [item for page in paginator.paginate(**arguments) for item in page[key]]


def without_metadata(answer: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in answer.items() if key != "ResponseMetadata"}


def account_ids(organization: Any) -> list[str]:
    client = organization.portal_client("organizations")
    return [account["Id"] for account in pages(client, "list_accounts", "Accounts")]


def iam_of(organization: Any, account_id: str) -> dict[str, Any]:
    """Everything GetAccountAuthorizationDetails says, and the access keys."""
    iam = organization.reader_client("iam", account_id)
    found = {
        key: pages(iam, "get_account_authorization_details", key)
        for key in ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")
    }
    found["keys"] = [
        iam.list_access_keys(UserName=user["UserName"])["AccessKeyMetadata"]
        for user in found["UserDetailList"]
    ]
    return found


def patient_sso(organization: Any) -> Any:
    """An sso-admin client that waits when throttled, since reads here come in bursts."""
    return organization.client("sso-admin", PORTAL_CREDENTIALS, retries=10)


def instance_of(organization: Any) -> dict[str, Any]:
    sso = patient_sso(organization)
    instance: dict[str, Any] = sso.list_instances()["Instances"][0]
    return instance


def directory_of(organization: Any) -> dict[str, Any]:
    store = organization.portal_client("identitystore")
    store_id = instance_of(organization)["IdentityStoreId"]
    return {
        "users": pages(store, "list_users", "Users", IdentityStoreId=store_id),
        "groups": pages(store, "list_groups", "Groups", IdentityStoreId=store_id),
    }


def permission_sets_of(organization: Any) -> list[dict[str, Any]]:
    sso = patient_sso(organization)
    arn = instance_of(organization)["InstanceArn"]
    return [
        sso.describe_permission_set(InstanceArn=arn, PermissionSetArn=one)["PermissionSet"]
        for one in pages(sso, "list_permission_sets", "PermissionSets", InstanceArn=arn)
    ]

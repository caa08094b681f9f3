"""The door: who may call what, and which credentials are good."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from inventory.sample_org.constants import ADMIN_CREDENTIALS, PORTAL_CREDENTIALS, Credentials
from inventory.sample_org.reading import instance_of

PROD = "555555555555"
READER = f"arn:aws:iam::{PROD}:role/access-portal-reader"


def code_of(call):
    with pytest.raises(ClientError) as caught:
        call()
    return caught.value.response["Error"]["Code"]


def test_the_portal_is_a_session_of_its_role(fifty):
    identity = fifty.portal_client("sts").get_caller_identity()
    assert identity["Arn"] == "arn:aws:sts::111122223333:assumed-role/access-portal/portal"


IAM_WRITES: dict[str, dict[str, Any]] = {
    "create_user": {"UserName": "intruder"},
    "create_access_key": {"UserName": "nora.jansen@example.com"},
    "update_access_key": {"AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "Status": "Inactive"},
    "attach_user_policy": {
        "UserName": "priya",
        "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess",
    },
    "delete_login_profile": {"UserName": "priya"},
    "put_user_policy": {"UserName": "priya", "PolicyName": "p", "PolicyDocument": "{}"},
    "delete_user": {"UserName": "priya"},
    "tag_user": {"UserName": "priya", "Tags": [{"Key": "a", "Value": "b"}]},
}


@pytest.mark.parametrize("operation", IAM_WRITES)
def test_a_reader_session_may_not_write_iam(fifty, operation):
    iam = fifty.reader_client("iam", PROD)
    assert code_of(lambda: getattr(iam, operation)(**IAM_WRITES[operation])) == "AccessDenied"


def test_a_refusal_is_worded_like_aws(fifty):
    with pytest.raises(ClientError) as caught:
        fifty.portal_client("iam").create_user(UserName="intruder")
    assert caught.value.response["Error"]["Message"] == (
        "User: arn:aws:sts::111122223333:assumed-role/access-portal/portal is not authorized to "
        "perform: iam:CreateUser on resource: arn:aws:iam::111122223333:user/intruder because no "
        "identity-based policy allows the iam:CreateUser action"
    )


def test_the_portal_may_not_write_identity_center(fifty):
    sso = fifty.portal_client("sso-admin")
    arn = instance_of(fifty)["InstanceArn"]
    call = lambda: sso.create_permission_set(InstanceArn=arn, Name="Intruder")  # noqa: E731
    assert code_of(call) == "AccessDeniedException"


def test_the_portal_role_may_not_read_iam_users_itself(fifty):
    assert code_of(fifty.portal_client("iam").list_users) == "AccessDenied"


def test_a_reader_session_may_not_read_the_organization(fifty):
    client = fifty.reader_client("organizations", PROD)
    assert code_of(client.list_accounts) == "AccessDeniedException"


def test_a_member_account_may_not_list_the_organization_even_as_administrator(fifty):
    client = fifty.admin_client("organizations", PROD)
    assert code_of(client.list_accounts) == "AccessDeniedException"


def test_the_reader_role_asks_for_the_external_id(fifty):
    for arguments in ({}, {"ExternalId": "something else"}):
        call = lambda a=arguments: fifty.assume(READER, PORTAL_CREDENTIALS, **a)  # noqa: E731
        assert code_of(call) == "AccessDenied"


def test_the_reader_role_trusts_nobody_but_the_portal(fifty):
    external_id = fifty.info["external_id"]
    call = lambda: fifty.assume(READER, ADMIN_CREDENTIALS, ExternalId=external_id)  # noqa: E731
    assert code_of(call) == "AccessDenied"


def test_the_portal_may_not_assume_another_role(fifty):
    arn = f"arn:aws:iam::{PROD}:role/OrganizationAccountAccessRole"
    assert code_of(lambda: fifty.assume(arn, PORTAL_CREDENTIALS)) == "AccessDenied"


def test_a_role_that_does_not_exist_is_refused_like_one_that_does(fifty):
    arn = f"arn:aws:iam::{PROD}:role/nobody"
    assert code_of(lambda: fifty.assume(arn, ADMIN_CREDENTIALS)) == "AccessDenied"


def test_an_unknown_key_is_refused(fifty):
    sts = fifty.client("sts", Credentials("AKIAUNKNOWNUNKNOWN22", "x"))
    with pytest.raises(ClientError) as caught:
        sts.get_caller_identity()
    assert caught.value.response["Error"]["Code"] == "InvalidClientTokenId"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def new_key(organization, user_name):
    iam = organization.admin_client("iam", PROD)
    made = iam.create_access_key(UserName=user_name)["AccessKey"]
    return iam, Credentials(made["AccessKeyId"], made["SecretAccessKey"])


def test_a_key_works_until_it_is_inactive(fresh):
    iam = fresh.admin_client("iam", PROD)
    iam.create_user(UserName="temporary")
    iam, credentials = new_key(fresh, "temporary")
    sts = fresh.client("sts", credentials)
    assert sts.get_caller_identity()["Arn"].endswith(":user/temporary")
    iam.update_access_key(
        UserName="temporary", AccessKeyId=credentials.access_key_id, Status="Inactive"
    )
    assert code_of(sts.get_caller_identity) == "InvalidClientTokenId"


def test_a_role_session_expires_after_an_hour(fresh):
    iam = fresh.reader_client("iam", PROD)
    iam.list_account_aliases()
    fresh.advance(3601)
    assert code_of(iam.list_account_aliases) == "ExpiredToken"


def test_an_operation_that_is_not_offered_gets_a_proper_error(fifty):
    sts = fifty.admin_client("sts")
    assert code_of(sts.get_session_token) == "InvalidAction"


def test_a_service_that_is_not_offered_gets_a_proper_error(fifty):
    athena = fifty.admin_client("athena")
    assert code_of(athena.list_work_groups) == "UnknownOperationException"

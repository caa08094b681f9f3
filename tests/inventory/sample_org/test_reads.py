"""What moto lacks and this organisation has: pages, filters, dates, reserved roles, shadows."""

import re

import pytest
from botocore.exceptions import ClientError

from inventory.sample_org.constants import PORTAL_CREDENTIALS
from inventory.sample_org.reading import (
    account_ids,
    directory_of,
    instance_of,
    pages,
    patient_sso,
    permission_sets_of,
)

HOME = "111122223333"
PROD, PAYMENTS, ML_LAB = "555555555555", "999999999999", "777777777777"
AUTHORIZATION = "get_account_authorization_details"


def test_an_account_with_many_roles_needs_a_second_page_by_default(fifty):
    iam = fifty.reader_client("iam", PROD)
    first = iam.get_account_authorization_details()
    assert first["IsTruncated"]
    assert sum(len(first[key]) for key in first if key.endswith(("List", "Policies"))) == 100


def test_small_pages_add_up_to_the_whole(fifty):
    iam = fifty.reader_client("iam", PROD)
    small = pages(iam, AUTHORIZATION, "RoleDetailList", MaxItems=7)
    assert small == pages(iam, AUTHORIZATION, "RoleDetailList", MaxItems=1000)


def test_a_filter_limits_what_is_returned(fifty):
    answer = fifty.reader_client("iam", PROD).get_account_authorization_details(Filter=["Group"])
    assert answer["GroupDetailList"]
    assert not answer["UserDetailList"] + answer["RoleDetailList"] + answer["Policies"]


def test_aws_policies_are_returned_only_where_they_are_attached(fifty):
    iam = fifty.reader_client("iam", PROD)
    policies = pages(iam, AUTHORIZATION, "Policies", Filter=["AWSManagedPolicy"])
    names = {policy["PolicyName"] for policy in policies}
    assert "AdministratorAccess" in names
    assert "AWSBillingReadOnlyAccess" not in names
    assert all(policy["AttachmentCount"] > 0 for policy in policies)


def test_policies_come_with_their_older_versions(fifty):
    iam = fifty.reader_client("iam", PROD)
    policies = pages(iam, AUTHORIZATION, "Policies", Filter=["LocalManagedPolicy"])
    legacy = next(policy for policy in policies if policy["PolicyName"] == "legacy-platform")
    versions = {v["VersionId"]: v for v in legacy["PolicyVersionList"]}
    assert versions["v2"]["IsDefaultVersion"]
    assert versions["v1"]["Document"]["Statement"][0]["Action"] == "*"


def test_a_user_has_tags_and_a_boundary(fifty):
    iam = fifty.reader_client("iam", PROD)
    users = pages(iam, AUTHORIZATION, "UserDetailList", Filter=["User"])
    bounded = [user for user in users if "PermissionsBoundary" in user]
    assert bounded[0]["PermissionsBoundary"]["PermissionsBoundaryArn"].endswith("engineer-boundary")
    assert any(tag["Key"] == "email" for user in users for tag in user.get("Tags", []))


def test_a_grant_makes_a_reserved_role_in_the_account(fifty):
    roles = pages(fifty.reader_client("iam", PAYMENTS), AUTHORIZATION, "RoleDetailList")
    reserved = [role for role in roles if role["RoleName"].startswith("AWSReservedSSO_")]
    names = {re.sub(r"^AWSReservedSSO_(.+)_[0-9a-f]{16}$", r"\1", r["RoleName"]) for r in reserved}
    wanted = {"ProductionAdmin", "ProductionReadOnly", "AuditorReadOnly", "ProdBreakGlass"}
    assert names == wanted
    assert {role["Path"] for role in reserved} == {"/aws-reserved/sso.amazonaws.com/eu-central-1/"}


def test_roles_say_when_they_were_last_used_if_they_were(fifty):
    iam = fifty.reader_client("iam", PROD)
    used = {
        role["RoleName"]: role.get("RoleLastUsed", {})
        for role in pages(iam, AUTHORIZATION, "RoleDetailList")
    }
    assert used["github-deploy"]["Region"] == "eu-central-1"
    assert not used["lambda-worker-00"]


def test_a_login_profile_that_is_not_there_is_no_such_entity(fifty):
    with pytest.raises(ClientError) as caught:
        fifty.reader_client("iam", PROD).get_login_profile(UserName="ci-deploy")
    assert caught.value.response["Error"]["Code"] == "NoSuchEntity"


def test_a_key_never_used_has_no_date_and_says_not_applicable(fifty):
    unused = [
        row
        for row in fifty.world("credentials")
        if row["kind"] == "access_key" and row["last_used_at"] is None
    ]
    iam = fifty.reader_client("iam", unused[0]["account_id"])
    used = iam.get_access_key_last_used(AccessKeyId=unused[0]["id"])["AccessKeyLastUsed"]
    assert used == {"ServiceName": "N/A", "Region": "N/A"}


def test_service_specific_credentials_of_all_users_come_in_one_list(fifty):
    iam = fifty.reader_client("iam", ML_LAB)
    found = iam.list_service_specific_credentials(AllUsers=True)["ServiceSpecificCredentials"]
    assert [one["ServiceName"] for one in found] == ["bedrock.amazonaws.com"]


def test_the_github_provider_can_be_read(fifty):
    iam = fifty.reader_client("iam", PROD)
    arn = iam.list_open_id_connect_providers()["OpenIDConnectProviderList"][0]["Arn"]
    provider = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    assert provider["Url"] == "token.actions.githubusercontent.com"
    assert provider["ClientIDList"] == ["sts.amazonaws.com"]


def test_accounts_come_in_pages_and_all_are_active(fifty):
    client = fifty.portal_client("organizations")
    assert "NextToken" in client.list_accounts()
    accounts = pages(client, "list_accounts", "Accounts")
    assert len(accounts) == 12
    assert {account["Status"] for account in accounts} == {"ACTIVE"}


def test_units_are_nested(fifty):
    client = fifty.portal_client("organizations")
    root = client.list_roots()["Roots"][0]["Id"]
    units = children(client, root)
    assert set(units) == {"Security", "Infrastructure", "Workloads", "Sandbox"}
    assert set(children(client, units["Workloads"])) == {"Prod", "NonProd"}


def children(client, parent):
    listed = pages(
        client, "list_organizational_units_for_parent", "OrganizationalUnits", ParentId=parent
    )
    return {unit["Name"]: unit["Id"] for unit in listed}


def test_full_access_is_attached_everywhere_and_the_denial_to_the_sandbox_only(fifty):
    client = fifty.portal_client("organizations")
    policies = pages(client, "list_policies", "Policies", Filter="SERVICE_CONTROL_POLICY")
    targets = {
        policy["Name"]: [
            target["Name"]
            for target in pages(client, "list_targets_for_policy", "Targets", PolicyId=policy["Id"])
        ]
        for policy in policies
    }
    assert len(targets["FullAWSAccess"]) == 12 + 6 + 1
    assert targets["DenyIAMUserCreation"] == ["Sandbox"]


def test_eight_accounts_have_alternate_contacts(fifty):
    client = fifty.portal_client("account")
    assert sum(has_contact(client, account) for account in account_ids(fifty)) == 8


def has_contact(client, account_id):
    named = {} if account_id == HOME else {"AccountId": account_id}
    try:
        client.get_alternate_contact(AlternateContactType="SECURITY", **named)
    except client.exceptions.ResourceNotFoundException:
        return False
    return True


def test_the_instance_is_in_the_home_region_only(fifty):
    assert instance_of(fifty)["OwnerAccountId"] == HOME
    elsewhere = fifty.client("sso-admin", PORTAL_CREDENTIALS, "us-east-1", retries=10)
    assert elsewhere.list_instances()["Instances"] == []


def test_permission_sets_have_the_sessions_of_the_story(fifty):
    durations = {one["Name"]: one["SessionDuration"] for one in permission_sets_of(fifty)}
    assert durations == {
        "OrgAdmin": "PT4H",
        "ProductionAdmin": "PT4H",
        "ProductionReadOnly": "PT8H",
        "DeveloperFullAccess": "PT8H",
        "BillingViewer": "PT8H",
        "AuditorReadOnly": "PT8H",
        "ProdBreakGlass": "PT1H",
    }


def test_accounts_of_a_permission_set_come_in_pages(fifty):
    sso = patient_sso(fifty)
    instance = instance_of(fifty)["InstanceArn"]
    arn = next(
        one["PermissionSetArn"]
        for one in permission_sets_of(fifty)
        if one["Name"] == "AuditorReadOnly"
    )
    arguments = {"InstanceArn": instance, "PermissionSetArn": arn}
    first = sso.list_accounts_for_provisioned_permission_set(**arguments)
    assert len(first["AccountIds"]) == 10
    operation = "list_accounts_for_provisioned_permission_set"
    assert len(pages(sso, operation, "AccountIds", **arguments)) == 12


def test_the_directory_has_a_disabled_a_handmade_and_a_foreign_user(fifty):
    users = directory_of(fifty)["users"]
    assert len(users) == 36
    assert [u["UserStatus"] for u in users].count("DISABLED") == 1
    assert [u["UserName"] for u in users if "ExternalIds" not in u] == ["drill.account@example.com"]
    assert [u["UserName"] for u in users if not u["UserName"].endswith("@example.com")] == [
        "contractor@example.org"
    ]


def test_an_unknown_identity_store_is_not_found(fifty):
    store = fifty.portal_client("identitystore")
    with pytest.raises(store.exceptions.ResourceNotFoundException):
        store.list_users(IdentityStoreId="d-0000000000")


def test_the_organization_trail_is_logging_with_digests(fifty):
    client = fifty.portal_client("cloudtrail")
    trail = client.describe_trails()["trailList"][0]
    assert trail["IsOrganizationTrail"]
    status = client.get_trail_status(Name=trail["TrailARN"])
    assert status["IsLogging"]
    assert status["LatestDigestDeliveryTime"] < status["LatestDeliveryTime"]


def test_a_member_account_sees_the_organization_trail(fifty):
    client = fifty.admin_client("cloudtrail", PROD)
    assert [t["Name"] for t in client.describe_trails()["trailList"]] == ["acme-org-trail"]


def test_a_trail_without_selectors_records_management_events(fifty):
    client = fifty.portal_client("cloudtrail")
    arn = client.describe_trails()["trailList"][0]["TrailARN"]
    answer = client.get_event_selectors(TrailName=arn)
    assert answer["EventSelectors"][0]["IncludeManagementEvents"]
    assert "AdvancedEventSelectors" not in answer


def test_event_lookups_are_throttled_beyond_two_a_second(fifty):
    client = fifty.admin_client("cloudtrail", PROD)
    codes = set()
    for _ in range(5):
        try:
            client.lookup_events()
        except ClientError as error:
            codes.add(error.response["Error"]["Code"])
    assert codes == {"ThrottlingException"}


def test_central_root_access_is_a_feature_of_the_organization(fifty):
    features = fifty.portal_client("iam").list_organizations_features()["EnabledFeatures"]
    assert features == ["RootCredentialsManagement", "RootSessions"]

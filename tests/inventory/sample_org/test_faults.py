"""Trouble on demand, and the ledger of calls."""

import time
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ReadTimeoutError

from inventory.sample_org.process import SampleOrganization
from inventory.sample_org.reading import instance_of, pages

PROD = "555555555555"


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with SampleOrganization.start("fifty", tmp_path_factory.mktemp("faults")) as organization:
        yield organization


@pytest.fixture
def troubled(running):
    """The module's organisation, without faults and with an empty ledger before and after."""
    running.clear_faults()
    running.reset_calls()
    yield running
    running.clear_faults()


def error_of(call):
    with pytest.raises(ClientError) as caught:
        call()
    return caught.value.response["Error"]["Code"]


CODES = {
    "deny": ("AccessDenied", "AccessDeniedException"),
    "throttle": ("Throttling", "ThrottlingException"),
    "expired": ("ExpiredToken", "ExpiredTokenException"),
    "error500": ("InternalFailure", "InternalFailure"),
}


@pytest.mark.parametrize("kind", CODES)
def test_a_fault_answers_a_query_service_in_its_words(troubled, kind):
    iam = troubled.reader_client("iam", PROD)
    troubled.fault(service="iam", operation="ListAccountAliases", kind=kind)
    assert error_of(iam.list_account_aliases) == CODES[kind][0]


@pytest.mark.parametrize("kind", CODES)
def test_a_fault_answers_a_json_service_in_its_words(troubled, kind):
    troubled.fault(service="organizations", operation="*", kind=kind)
    assert error_of(troubled.portal_client("organizations").list_roots) == CODES[kind][1]


def test_an_html_failure_is_no_answer_a_client_can_read(troubled):
    troubled.fault(service="iam", operation="ListOrganizationsFeatures", kind="html500")
    with pytest.raises(ClientError) as caught:
        troubled.portal_client("iam").list_organizations_features()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500


def test_a_timeout_hangs_for_its_seconds(troubled):
    troubled.fault(service="organizations", operation="ListRoots", kind="timeout", seconds=5)
    with pytest.raises(ReadTimeoutError):
        impatient_client(troubled).list_roots()


def impatient_client(organization):
    environment = organization.environment()
    return boto3.client(
        "organizations",
        endpoint_url=environment["AWS_ENDPOINT_URL"],
        region_name=environment["AWS_DEFAULT_REGION"],
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=environment["AWS_SESSION_TOKEN"],
        config=Config(read_timeout=0.5, retries={"total_max_attempts": 1}),
    )


def test_a_broken_page_spares_the_first_page(troubled):
    client = troubled.portal_client("organizations")
    troubled.fault(service="organizations", operation="ListAccounts", kind="break_page")
    first = client.list_accounts()
    assert len(first["Accounts"]) == 10
    following = first["NextToken"]
    assert error_of(lambda: client.list_accounts(NextToken=following)) == "InternalFailure"


def test_a_broken_page_can_come_later(troubled):
    client = troubled.portal_client("organizations")
    troubled.fault(
        service="organizations", operation="ListAccounts", kind="break_page", after_pages=2
    )
    token = client.list_accounts(MaxResults=4)["NextToken"]
    token = client.list_accounts(MaxResults=4, NextToken=token)["NextToken"]
    assert error_of(lambda: client.list_accounts(NextToken=token)) == "InternalFailure"


def test_a_fault_with_a_count_wears_off(troubled):
    troubled.fault(service="organizations", operation="ListRoots", kind="throttle", count=2)
    client = troubled.portal_client("organizations")
    for _ in range(2):
        assert error_of(client.list_roots) == "ThrottlingException"
    assert client.list_roots()["Roots"]


def test_a_fault_may_concern_one_account_only(troubled):
    troubled.fault(service="iam", operation="*", account_id=PROD, kind="deny")
    assert error_of(troubled.reader_client("iam", PROD).list_account_aliases) == "AccessDenied"
    other = troubled.reader_client("iam", "777788889999")
    assert other.list_account_aliases()["AccountAliases"] == ["acme-prod-data"]


def test_assuming_a_role_can_fail_for_one_account(troubled):
    troubled.fault(service="sts", operation="AssumeRole", account_id=PROD, kind="deny")
    assert error_of(lambda: troubled.reader_client("iam", PROD)) == "AccessDenied"
    assert troubled.reader_client("iam", "777788889999")


def test_sso_and_sso_admin_name_the_same_service(troubled):
    troubled.fault(service="sso", operation="ListInstances", kind="deny")
    client = troubled.portal_client("sso-admin")
    assert error_of(client.list_instances) == "AccessDeniedException"


def test_cleared_faults_are_gone(troubled):
    troubled.fault(service="organizations", operation="*", kind="deny")
    troubled.clear_faults()
    assert troubled.portal_client("organizations").list_roots()["Roots"]


def test_an_unknown_kind_of_fault_is_refused(troubled):
    with pytest.raises(ValueError, match="kind must be one of"):
        troubled.fault(service="iam", kind="earthquake")


def test_calls_are_counted_by_action_and_account(troubled):
    iam = troubled.reader_client("iam", PROD)
    iam.list_account_aliases()
    iam.list_account_aliases()
    rows = troubled.calls()["calls"]
    wanted = {
        "service": "iam",
        "operation": "ListAccountAliases",
        "action": "iam:ListAccountAliases",
        "account_id": PROD,
        "count": 2,
    }
    assert wanted in rows
    assert troubled.calls()["total"] == 3


def test_a_refused_call_is_counted_too(troubled):
    error_of(troubled.portal_client("iam").list_users)
    assert [row["action"] for row in troubled.calls()["calls"]] == ["iam:ListUsers"]


def test_the_call_log_has_times_in_order(troubled):
    instance_of(troubled)
    instance_of(troubled)
    log = troubled.call_log()
    assert [entry[1:] for entry in log] == [["sso-admin", "ListInstances", "111122223333"]] * 2
    assert log[0][0] <= log[1][0]


def test_identity_center_throttles_beyond_twenty_calls_a_second(troubled):
    time.sleep(1.1)
    sso = troubled.portal_client("sso-admin")

    def call(_):
        try:
            sso.list_instances()
        except ClientError as error:
            return error.response["Error"]["Code"]
        return "fine"

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(call, range(40)))
    assert set(results) == {"fine", "ThrottlingException"}


def test_sixteen_clients_at_once_get_whole_answers(troubled):
    def read(_):
        iam = troubled.reader_client("iam", PROD)
        return len(pages(iam, "get_account_authorization_details", "RoleDetailList"))

    with ThreadPoolExecutor(16) as pool:
        assert len(set(pool.map(read, range(16)))) == 1

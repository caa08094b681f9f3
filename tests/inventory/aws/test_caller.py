"""Aws: counting, paging, retrying, absence."""

import pytest
from botocore.exceptions import (
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)
from botocore.parsers import ResponseParserError

from inventory.aws.caller import Aws
from inventory.aws.errors import AccessDenied, ReadError, ReadFailed, Throttled
from inventory.aws.rates import no_limits
from inventory.aws.retries import Patience
from tests.inventory.aws.payloads import key
from tests.inventory.aws.stubbed import ACCOUNT, ONCE, Step, stubbed_aws


def keys_page(**more):
    return Step("iam", "list_access_keys", {"AccessKeyMetadata": []} | more, {"UserName": "ana"})


def users(**more):
    return Step("organizations", "list_accounts", {"Accounts": []} | more)


class Sleeper:
    """A clock that only sleep moves."""

    def __init__(self):
        self.now = 0.0
        self.slept = []

    def clock(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds

    def patience(self, **more):
        return Patience(clock=self.clock, sleep=self.sleep, chance=lambda: 1.0, **more)


def test_pages_follow_tokens_to_the_end_even_over_an_empty_page():
    first = users(NextToken="1")
    second = Step("organizations", "list_accounts", users(NextToken="2").answer, {"NextToken": "1"})
    third = Step("organizations", "list_accounts", users().answer, {"NextToken": "2"})
    with stubbed_aws(first, second, third) as aws:
        assert len(list(aws.pages("organizations", "list_accounts"))) == 3
    assert aws.calls == 3


def test_a_repeated_page_token_is_a_failed_read():
    first = users(NextToken="1")
    again = Step("organizations", "list_accounts", users(NextToken="1").answer, {"NextToken": "1"})
    with stubbed_aws(first, again) as aws, pytest.raises(ReadFailed, match="repeated a page token"):
        list(aws.pages("organizations", "list_accounts"))


def test_truncated_without_a_marker_is_a_failed_read():
    with stubbed_aws(keys_page(IsTruncated=True)) as aws, pytest.raises(ReadFailed, match="more"):
        list(aws.pages("iam", "list_access_keys", UserName="ana"))


def test_a_marker_on_the_last_page_of_iam_is_not_followed():
    with stubbed_aws(keys_page(IsTruncated=False, Marker="x")) as aws:
        assert len(list(aws.pages("iam", "list_access_keys", UserName="ana"))) == 1


def test_an_absent_code_ends_pages_and_answers_none_but_no_other_code_does():
    gone = keys_page().failing("NoSuchEntity", 404)
    with stubbed_aws(gone) as aws:
        pages = aws.pages("iam", "list_access_keys", absent=("NoSuchEntity",), UserName="ana")
        assert list(pages) == []
    denied = Step("iam", "get_login_profile", params={"UserName": "ana"}).failing("AccessDenied")
    with stubbed_aws(denied) as aws, pytest.raises(AccessDenied):
        aws.call_or_none("iam", "get_login_profile", absent=("NoSuchEntity",), UserName="ana")


def test_throttles_are_retried_and_every_attempt_is_counted_and_told():
    told = []
    sleeper = Sleeper()
    steps = [users().failing("TooManyRequestsException")] * 3
    with stubbed_aws(
        *steps, users(), patience=sleeper.patience(), on_attempt=lambda: told.append(1)
    ) as aws:
        aws.call("organizations", "list_accounts")
    assert (aws.calls, len(told)) == (4, 4)
    assert sleeper.slept == [0.5, 1.0, 2.0]


def test_an_endless_throttle_is_given_up_after_eight_attempts_within_25_seconds():
    sleeper = Sleeper()
    steps = [users().failing("ThrottlingException")] * 8
    patience = sleeper.patience()
    with stubbed_aws(*steps, patience=patience, whole=False) as aws, pytest.raises(Throttled):
        aws.call("organizations", "list_accounts")
    assert aws.calls <= 8
    assert sleeper.now <= 25


def test_a_failing_server_is_asked_three_times_and_a_refusal_once():
    sleeper = Sleeper()
    steps = [users().failing("ServiceException", 500)] * 3
    with stubbed_aws(*steps, patience=sleeper.patience()) as aws, pytest.raises(ReadFailed):
        aws.call("organizations", "list_accounts")
    assert aws.calls == 3
    refused = users().failing("AccessDenied", 403)
    with stubbed_aws(refused, patience=sleeper.patience()) as aws, pytest.raises(AccessDenied):
        aws.call("organizations", "list_accounts")
    assert aws.calls == 1


def test_what_on_attempt_raises_stops_the_call_and_arrives_unchanged():
    class LeaseLostError(Exception):
        pass

    def lost():
        raise LeaseLostError

    with stubbed_aws(on_attempt=lost) as aws, pytest.raises(LeaseLostError):
        aws.call("organizations", "list_accounts")


class Raising:
    """Clients that cannot be had."""

    def __init__(self, error):
        self.error = error
        self.forgotten = 0

    def client(self, service, region, on_attempt):
        raise self.error

    def forget(self):
        self.forgotten += 1


@pytest.mark.parametrize(
    "error",
    [
        NoCredentialsError(),
        EndpointConnectionError(endpoint_url="https://sso.xx-9.amazonaws.com"),
        ReadTimeoutError(endpoint_url="https://iam.amazonaws.com"),
        ResponseParserError("<html>"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_every_local_error_of_boto3_is_a_read_error(error):
    aws = Aws(ACCOUNT, Raising(error), limits=no_limits(), patience=ONCE)
    with pytest.raises(ReadFailed) as raised:
        aws.call("iam", "list_mfa_devices", UserName="ana")
    assert raised.value.operation == "iam:ListMFADevices"
    assert ACCOUNT in raised.value.reason


def test_expired_credentials_are_forgotten_and_not_retried():
    error = ClientError({"Error": {"Code": "ExpiredToken", "Message": "expired"}}, "ListUsers")
    clients = Raising(error)
    aws = Aws(ACCOUNT, clients, limits=no_limits(), patience=Patience())
    with pytest.raises(ReadFailed, match="expired or invalid"):
        aws.call("iam", "list_users")
    assert clients.forgotten == 1


def test_the_original_error_is_not_chained_because_it_may_quote_a_token():
    refused = users().failing("SignatureDoesNotMatch", 403, "token: x")
    with stubbed_aws(refused) as aws, pytest.raises(ReadError) as raised:
        aws.call("organizations", "list_accounts")
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__


def test_answers_are_cleaned_of_what_a_database_refuses():
    hostile = key("ana", 1) | {"UserName": "a\x00na\ud800"}
    step = keys_page(AccessKeyMetadata=[hostile])
    with stubbed_aws(step) as aws:
        answer = aws.call("iam", "list_access_keys", UserName="ana")
    assert answer["AccessKeyMetadata"][0]["UserName"] == "a\ufffdna\ufffd"


def test_a_malformed_field_is_a_failed_read_that_names_the_call():
    with stubbed_aws() as aws, pytest.raises(ReadFailed, match=r"^iam:ListUsers: .*lacks 'Arn'"):
        aws.parsed("iam", "list_users", lambda raw: raw["Arn"], {})

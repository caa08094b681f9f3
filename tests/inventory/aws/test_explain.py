"""Every way boto3 fails, as one of four words and one safe sentence."""

from typing import Any

import pytest
from botocore import exceptions as boto
from botocore.retries.standard import ThrottledRetryableChecker

from inventory.aws import codes
from inventory.aws.errors import AccessDenied, ReadFailed, Throttled, Unsupported
from inventory.aws.explain import explain, is_passing, is_throttle, tidy


def told(error):
    return explain(error, service="sso-admin", operation="ListInstances", where="123456789012")


def client_error(code, message="made up", status=400):
    answer: Any = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return boto.ClientError(answer, "ListInstances")


def test_the_sentence_names_the_iam_action_the_account_and_awss_reason():
    error = told(client_error("AccessDeniedException", "not authorized to perform"))
    assert error.operation == "sso:ListInstances"
    assert str(error) == (
        "sso:ListInstances: account 123456789012: refused: "
        "not authorized to perform (AccessDeniedException)"
    )


@pytest.mark.parametrize(
    ("code", "message", "status", "expected", "words"),
    [
        ("Client.UnauthorizedOperation", "no", 403, AccessDenied, "refused"),
        ("AccountNotManagementOrDelegatedAdministratorException", "no", 400, AccessDenied, "no"),
        ("", "", 403, AccessDenied, "refused"),
        ("", "", 429, Throttled, "throttling"),
        ("SlowDown", "slow", 503, Throttled, "throttling"),
        ("ExpiredTokenException", "expired", 400, ReadFailed, "expired or invalid"),
        ("InvalidClientTokenId", "invalid", 403, ReadFailed, "expired or invalid"),
        ("UnrecognizedClientException", "invalid", 400, ReadFailed, "expired or invalid"),
        ("AuthFailure", "invalid", 401, ReadFailed, "expired or invalid"),
        ("RequestTimeTooSkewed", "skew", 403, ReadFailed, "clock of this host is off"),
        ("InvalidSignatureException", "Signature expired: 1", 400, ReadFailed, "clock"),
        ("SignatureDoesNotMatch", "Signature not yet current", 403, ReadFailed, "clock"),
        ("OptInRequired", "subscribe", 403, Unsupported, "not available"),
        ("UnknownOperationException", "", 404, Unsupported, "not available"),
        ("AWSOrganizationsNotInUseException", "no organization", 400, Unsupported, "no org"),
        ("ServiceAccessNotEnabledException", "not enabled", 400, Unsupported, "not enabled"),
        ("500", "<html>", 500, ReadFailed, "<html>"),
        ("SomethingNew", "who knows", 400, ReadFailed, "who knows (SomethingNew)"),
    ],
)
def test_each_code_of_aws_has_its_meaning(code, message, status, expected, words):
    error = told(client_error(code, message, status))
    assert type(error) is expected
    assert words in error.reason


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (boto.NoCredentialsError(), "AWS_PROFILE"),
        (boto.PartialCredentialsError(provider="env", cred_var="x"), "incomplete"),
        (boto.ProfileNotFound(profile="nobody"), "profile does not exist"),
        (boto.UnauthorizedSSOTokenError(), "aws sso login"),
        (boto.SSOTokenLoadError(error_msg="x"), "aws sso login"),
        (boto.TokenRetrievalError(provider="sso", error_msg="x"), "aws sso login"),
        (boto.ConnectTimeoutError(endpoint_url="https://x"), "no answer in time"),
        (boto.EndpointConnectionError(endpoint_url="https://x"), "Is the region right"),
        (boto.ConnectionClosedError(endpoint_url="https://x"), "connection broke"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_each_local_error_says_what_to_do_or_what_broke(error, words):
    assert words in told(error).reason
    assert type(told(error)) is ReadFailed


def test_words_of_a_credential_process_are_never_shown():
    error = boto.CredentialRetrievalError(provider="custom-process", error_msg="hunter2")
    assert "hunter2" not in str(told(error))


def test_secrets_in_awss_messages_are_taken_out():
    token = "FwoGZXIvYXdzE" + "A1b2" * 60
    message = (
        f"bad signature x-amz-security-token: {token} see https://user:pass@proxy/ "
        f"The Canonical String for this request should have been 'POST {token}'"
    )
    reason = told(client_error("SignatureDoesNotMatch", message, 403)).reason
    assert token[:20] not in reason
    assert "pass" not in reason
    assert "Canonical" not in reason


def test_hostile_messages_become_one_short_printable_line():
    hostile = "a\x00b\r\n\x1b[31mred\u202eevil\u2028x" + "\ud800" + "y" * 50 + " z" * 900
    reason = told(client_error("AccessDenied", hostile)).reason
    assert reason.isprintable()
    assert len(reason) == 500
    assert tidy("a\tb\x7f c") == "a b c"


def test_no_code_has_two_meanings_and_botocores_throttles_are_all_known():
    kinds = [
        codes.DENIED_CODES,
        codes.THROTTLED_CODES,
        codes.CREDENTIAL_CODES,
        codes.CLOCK_CODES,
        codes.UNSUPPORTED_CODES,
    ]
    assert sum(map(len, kinds)) == len(frozenset().union(*kinds))
    known_to_botocore = vars(ThrottledRetryableChecker)["_THROTTLED_ERROR_CODES"]
    assert set(known_to_botocore) <= codes.THROTTLED_CODES


def test_only_throttles_and_passing_faults_are_worth_another_attempt():
    assert is_throttle(client_error("Throttling"))
    assert is_passing(client_error("ServiceFailure", status=500))
    assert is_passing(boto.ReadTimeoutError(endpoint_url="https://x"))
    for error in (client_error("AccessDenied", status=403), boto.NoCredentialsError()):
        assert not is_throttle(error)
        assert not is_passing(error)

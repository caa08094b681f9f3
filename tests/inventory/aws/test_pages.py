"""Pages are followed strictly, by AWS's own model of the operation."""

import botocore.session
import pytest

from inventory.aws.pages import aws_name, next_token, problem_of, token_name
from inventory.aws.permissions import MANAGEMENT_ACTIONS, READER_ACTIONS

SESSION = botocore.session.get_session()


def model(service, operation):
    return SESSION.get_service_model(service).operation_model(operation)


DETAILS = model("iam", "GetAccountAuthorizationDetails")
ASSIGNMENTS = model("sso-admin", "ListAccountAssignments")


def test_names_of_operations_are_spelled_as_aws_does():
    for action in (*MANAGEMENT_ACTIONS, *READER_ACTIONS):
        operation = action.partition(":")[2]
        assert aws_name(botocore.xform_name(operation)) == operation


def test_iam_pages_by_marker_and_the_rest_by_next_token():
    assert token_name(DETAILS) == "Marker"
    assert token_name(ASSIGNMENTS) == "NextToken"
    assert next_token({"IsTruncated": True, "Marker": "m"}, DETAILS) == "m"
    assert next_token({"IsTruncated": False, "Marker": "m"}, DETAILS) is None
    assert next_token({"NextToken": ""}, ASSIGNMENTS) is None


@pytest.mark.parametrize(
    ("page", "operation"),
    [
        ({}, ASSIGNMENTS),
        ({"AccountAssignments": "none"}, ASSIGNMENTS),
        ({"AccountAssignments": None}, ASSIGNMENTS),
        ({"Message": "<html>"}, DETAILS),
        ({"Policies": [], "IsTruncated": True}, DETAILS),
    ],
)
def test_a_page_that_cannot_be_awss_has_a_problem(page, operation):
    assert problem_of(page, operation)


def test_a_page_needs_only_one_of_the_lists_it_may_hold():
    assert problem_of({"Policies": []}, DETAILS) is None

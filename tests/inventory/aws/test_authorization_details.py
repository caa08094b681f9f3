"""GetAccountAuthorizationDetails, live and from a file."""

import json
from urllib.parse import quote

import pytest

from inventory.aws.authorization_details import account_of_details, parse_details
from inventory.aws.iam_entities import parse_policy, parse_role, parse_user
from inventory.records import IamPolicyRecord, IamUserRecord
from tests.inventory.aws import payloads as p
from tests.inventory.aws.stubbed import ACCOUNT, EARLIER, MEMBER, WHEN


def test_an_entity_spread_over_two_pages_is_joined():
    records = parse_details([p.DETAILS_1, p.DETAILS_2], ACCOUNT)
    (ana,) = [record for record in records if isinstance(record, IamUserRecord)]
    assert ana.inline_policies == {"one": p.POLICY, "two": p.POLICY}
    assert ana.groups == ("Devs",)
    assert ana.tags == {"Owner": "ana@example.com"}


def test_a_file_gives_the_same_records_as_the_live_answer():
    live = parse_details([p.DETAILS_1, p.DETAILS_2], ACCOUNT)
    text = json.dumps([p.DETAILS_1, p.DETAILS_2], default=lambda when: when.isoformat())
    assert parse_details(json.loads(text.replace("+00:00", "Z")), ACCOUNT) == live
    encoded = json.loads(text)
    for page in encoded:
        for user in page["UserDetailList"]:
            for policy in user["UserPolicyList"]:
                policy["PolicyDocument"] = quote(policy["PolicyDocument"])
    assert parse_details(encoded, ACCOUNT) == live


def test_single_items_without_brackets_and_plain_values_are_understood():
    user = parse_user(
        p.ANA
        | {
            "GroupList": "Devs",
            "AttachedManagedPolicies": "arn:aws:iam::aws:policy/ReadOnlyAccess",
            "UserPolicyList": {"PolicyName": "one", "PolicyDocument": p.POLICY},
            "PermissionsBoundary": {"PermissionsBoundaryArn": "arn:aws:iam::aws:policy/B"},
            "Tags": {"Owner": "ana"},
        }
    )
    assert user.groups == ("Devs",)
    assert user.attached_policies == ("arn:aws:iam::aws:policy/ReadOnlyAccess",)
    assert user.inline_policies == {"one": p.POLICY}
    assert user.permissions_boundary == "arn:aws:iam::aws:policy/B"
    assert user.tags == {"Owner": "ana"}


def test_fields_that_aws_leaves_out_are_empty_or_none():
    bare = {name: p.ANA[name] for name in ("UserName", "UserId", "Arn", "CreateDate")}
    user = parse_user(bare)
    assert (user.groups, user.tags, user.permissions_boundary) == ((), {}, None)
    role = parse_role(p.ROLE)
    assert (role.last_used_at, role.last_used_region) == (None, None)
    used = parse_role(p.ROLE | {"RoleLastUsed": {"LastUsedDate": WHEN, "Region": "eu-west-1"}})
    assert (used.last_used_at, used.last_used_region) == (WHEN, "eu-west-1")


def test_a_managed_policy_shows_its_default_version():
    policy = parse_policy(p.OWN_POLICY, ACCOUNT)
    assert (policy.document, policy.default_version_id) == (p.POLICY, "v2")
    assert (policy.aws_managed, policy.created_at) == (False, EARLIER)
    unseen = parse_policy(p.AWS_POLICY | {"PolicyVersionList": []}, ACCOUNT)
    assert (unseen.aws_managed, unseen.document) == (True, None)
    assert unseen.key() == f"{ACCOUNT}|arn:aws:iam::aws:policy/ReadOnlyAccess"


def test_entities_of_another_account_are_an_error():
    with pytest.raises(ValueError, match=f"is not in account {MEMBER}"):
        parse_details([p.DETAILS_1], MEMBER)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"CreateDate": "yesterday"}, "user/ana.*yesterday"),
        ({"CreateDate": None}, "user/ana.*missing"),
        ({"UserName": ""}, "user/ana.*missing"),
        ({"UserPolicyList": [{"PolicyName": "x", "PolicyDocument": "{"}]}, "user/ana.*not JSON"),
        ({"UserPolicyList": [{"PolicyName": "x"}]}, "user/ana.*PolicyDocument"),
        ({"Tags": ["x"]}, "user/ana.*not a tag"),
    ],
)
def test_a_malformed_entity_is_named(change, words):
    with pytest.raises(ValueError, match=words):
        parse_details([{"UserDetailList": [p.ANA | change]}], ACCOUNT)


def test_the_account_of_a_file_comes_from_its_own_entities():
    assert account_of_details({"Policies": [p.AWS_POLICY, p.OWN_POLICY]}) == ACCOUNT
    assert account_of_details({"Policies": [p.AWS_POLICY]}) is None


def test_a_page_without_some_lists_is_read():
    records = parse_details([{"Policies": [p.OWN_POLICY]}], ACCOUNT)
    assert [type(record) for record in records] == [IamPolicyRecord]

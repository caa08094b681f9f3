"""AWS's managed policies without AWS: whole, readable by us, and beaten by live copies."""

import msgspec

from benchmarks.managed_policies import managed_policies_file
from migrations_plan.policy.documents import parse_policy
from migrations_plan.policy.managed import managed_document, managed_policies

READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"


def test_the_file_is_what_its_source_says_today():
    shipped = managed_policies()
    made = managed_policies_file()
    assert (shipped.source, shipped.as_of) == (made["source"], made["as_of"])
    assert shipped.policies.keys() == made["policies"].keys()
    assert all(
        msgspec.json.decode(policy.document) == made["policies"][name]["document"]
        for name, policy in shipped.policies.items()
    )


def test_every_policy_compiles_and_holds_no_operator_that_we_do_not_know():
    for name, policy in managed_policies().policies.items():
        compiled = parse_policy(msgspec.json.decode(policy.document), name=name)
        conditions = [c for statement in compiled.statements for c in statement.conditions]
        assert not [c.written for c in conditions if c.unknown], name


def test_a_collected_copy_wins():
    ours = {"Version": "2012-10-17", "Statement": []}
    assert managed_document(READ_ONLY, {READ_ONLY: ours}) is ours
    assert managed_document(READ_ONLY, {}) == managed_document(READ_ONLY)
    assert managed_document(READ_ONLY)


def test_policies_are_found_by_path_in_any_partition():
    path = "policy/service-role/AWSLambdaBasicExecutionRole"
    assert managed_document(f"arn:aws:iam::aws:{path}") == managed_document(
        f"arn:aws-us-gov:iam::aws:{path}"
    )


def test_what_is_not_known_is_none_and_not_empty():
    assert managed_document("arn:aws:iam::aws:policy/MadeUpToday") is None
    assert managed_document("arn:aws:iam::123456789012:policy/ReadOnlyAccess") is None

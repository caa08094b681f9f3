"""A restriction to addresses is evaluated: what looks like one and is none is told apart."""

import copy

import pytest

from migrations_plan.artefacts.legacy import source_ip_policy
from migrations_plan.policy.source_address import restriction

NETWORKS = ["52.10.20.0/24", "2600:1f00::/40"]
ALLOW = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
MADE = source_ip_policy(NETWORKS)


def changed(**changes):
    document = copy.deepcopy(MADE)
    document["Statement"][0] |= changes
    return document


def test_the_policy_made_here_holds():
    found = restriction({"a": ALLOW, "b": MADE}, NETWORKS)

    assert found.holds is True


WEAKER = {
    "no policy": ALLOW,
    "other addresses": source_ip_policy(["52.10.20.0/23", "2600:1f00::/40"]),
    "too narrow": source_ip_policy(["52.10.20.0/25", "2600:1f00::/40"]),
    "some services only": changed(Action="s3:*"),
    "an allow": changed(Effect="Allow"),
}


@pytest.mark.parametrize("document", WEAKER.values(), ids=WEAKER.keys())
def test_what_is_weaker_or_other_does_not_hold(document):
    assert restriction({"a": document}, NETWORKS).holds is False


def test_what_was_not_read_or_cannot_be_evaluated_is_not_known():
    assert restriction(None, NETWORKS).holds is None
    assert restriction({"a": {"Statement": "x"}}, NETWORKS).holds is None


def test_a_user_without_policies_is_not_restricted():
    assert restriction({}, NETWORKS).holds is False


@pytest.mark.parametrize("networks", [[], ["no network"]])
def test_without_networks_nothing_is_kept_to(networks):
    assert restriction({"b": MADE}, networks).holds is False


def test_who_is_denied_at_home_too_is_not_restricted_but_stopped():
    stopped = {"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}

    assert restriction({"b": stopped}, NETWORKS).holds is False

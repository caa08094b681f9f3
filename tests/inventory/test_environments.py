"""What an account is for, guessed from its unit and name, the unit's word first."""

import pytest

from inventory.environments import guess

CASES = [
    ("Root/Workloads/Prod", "shop", "prod"),
    ("Root/Workloads/Production", "shop-dev", "prod"),
    ("Root/Workloads/NonProd", "shop", "stage"),
    ("Root/Workloads/non-prod", "shop", "stage"),
    ("Root/Workloads/Non Production", "shop-dev", "dev"),
    ("Root/Workloads/NonProd", "ShopDevelopment", "dev"),
    ("Root/Workloads/NonProd", "shop-prod", "stage"),
    ("Root/Workloads/PreProd", "shop", "stage"),
    ("Root/Workloads/pre_production", "shop", "stage"),
    ("Root/Workloads/Staging", "shop-prod", "stage"),
    ("Root/Sandboxes", "alice", "sandbox"),
    ("Root/Security", "prod-logs", "audit"),
    ("Root/Prod/Sandbox", "x", "sandbox"),
    ("Root", "shop-prod", "prod"),
    ("Root", "ShopProd", "prod"),
    ("Root", "shop-dev", "dev"),
    ("Root", "shop_QA", "stage"),
    ("Root", "log-archive", "audit"),
    ("Root", "shop-preprod", "stage"),
    ("Root", "ShopPreProd", "stage"),
    ("Root", "shop-nonprod", "stage"),
    ("Root", "shop nonprod dev", "dev"),
    ("", "shop", "unknown"),
    ("", "", "unknown"),
    ("Root/Workloads", "shop", "unknown"),
    ("Root", "product-catalogue", "unknown"),
    ("Root", "reproduction", "unknown"),
    ("Root", "develop-ment-attestation", "dev"),
    ("Root", "latest-contest", "unknown"),
    ("Root", "catalog", "unknown"),
    ("Root", "eu1", "unknown"),
]


@pytest.mark.parametrize(("unit_path", "name", "expected"), CASES)
def test_the_guess_and_its_reason(unit_path, name, expected):
    found, reason = guess(name=name, unit_path=unit_path, is_management=False)
    assert found == expected
    assert reason


def test_the_management_account_is_that_whatever_its_name():
    assert guess(name="dev", unit_path="Root/Prod", is_management=True)[0] == "management"


def test_a_hostile_name_takes_no_time_and_has_no_environment():
    name = "non-" * 5000 + "pre " * 5000
    assert guess(name=name, unit_path="Root", is_management=False)[0] == "unknown"

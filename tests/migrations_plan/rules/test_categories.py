"""Categories of programs are suggested by evidence, and not without."""

import pytest

from migrations_plan.rules.categories import suggested
from migrations_plan.rules.patterns import COMPUTE, GITHUB, VENDOR

CASES = {
    ("app", GITHUB, ""): "ci-cd",
    ("svc-deploy", "", ""): "ci-cd",
    ("app", "", "terraform"): "ci-cd",
    ("prometheus", COMPUTE, ""): "monitoring",
    ("app-logs", "", ""): "monitoring",
    ("fivetran", VENDOR, ""): "integration",
    ("ses-smtp", "", ""): "integration",
    ("catalogs-app", COMPUTE, "boto3"): "",
}


@pytest.mark.parametrize(("given", "word"), CASES.items())
def test_a_category_has_evidence(given, word):
    name, pattern, family = given
    found = suggested(name, pattern, [family])

    assert found.word == word
    assert found.why

"""What should take the place of a static key, by its evidence."""

import pytest

from migrations_plan.rules.patterns import TITLES, Workload, suggested

GITHUB_HOST = "token.actions.githubusercontent.com"


@pytest.mark.parametrize(
    ("workload", "pattern"),
    [
        (Workload(name="datadog-integration", networks=["203.0.113.0/24"]), "vendor-role"),
        (Workload(name="x", families=["kubernetes"]), "irsa"),
        (Workload(name="github-deploy"), "github-oidc"),
        (Workload(name="gitlab-runner"), "gitlab-oidc"),
        (Workload(name="ci-orders", providers=[GITHUB_HOST]), "github-oidc"),
        (Workload(name="orders", providers=[GITHUB_HOST], networks=["20.1.1.0/24"]),
         "roles-anywhere"),
        (Workload(name="x", sources=["codepipeline.amazonaws.com"]), "codepipeline"),
        (Workload(name="ses-smtp"), "legacy"),
        (Workload(name="x", networks=["10.0.3.0/24"]), "compute-role"),
        (Workload(name="x", families=["aws-ssm-agent"]), "compute-role"),
        (Workload(name="x", families=["terraform"], networks=["20.1.1.0/24"]), "github-oidc"),
        (Workload(name="x", networks=["20.1.1.0/24"]), "roles-anywhere"),
        (Workload(name="x", networks=["20.1.1.0/24", "20.1.2.0/24"]), "compute-role"),
        (Workload(name="x"), ""),
        (Workload(name="x", networks=["nonsense", "aws"]), "roles-anywhere"),
    ],
)  # fmt: skip
def test_the_first_rule_with_evidence_decides(workload, pattern):
    found = suggested(workload)

    assert found.pattern == pattern
    assert found.why
    assert not pattern or pattern in TITLES

"""Whether root credentials of member accounts are managed centrally.

Source: iam:ListOrganizationsFeatures, in the management account.
Cost:   1 call.
None:   no record of a feature means that AWS listed it as not enabled.
Errors: Unsupported without an organization, or when IAM has no trusted access to it;
        AccessDenied elsewhere than in the management account; any other ReadError.
"""

from collections.abc import Mapping
from typing import Any

from inventory.aws.caller import Aws
from inventory.aws.reading import Inputs, Reading
from inventory.aws.values import sorted_texts
from inventory.records import OrganizationFeatureRecord


def fetch_organization_features(aws: Aws, inputs: Inputs) -> Reading:
    """An OrganizationFeatureRecord per enabled feature."""
    answer = aws.call("iam", "list_organizations_features")
    return Reading(records=aws.parsed("iam", "list_organizations_features", parse_features, answer))


def parse_features(answer: Mapping[str, Any]) -> list[OrganizationFeatureRecord]:
    """The answer of ListOrganizationsFeatures as records, by name."""
    return [
        OrganizationFeatureRecord(feature=name) for name in sorted_texts(answer["EnabledFeatures"])
    ]

"""Names and credentials that both sides of the simulated organisation agree on.

The keys are the examples of AWS's own documentation, so a secret scanner knows them and nobody can
mistake them for real ones.
"""

from dataclasses import dataclass
from typing import Final

MANAGEMENT_ACCOUNT_ID: Final = "111122223333"
# Not us-east-1 on purpose: code that forgets the home region must fail here too.
HOME_REGION: Final = "eu-central-1"
EXTERNAL_ID: Final = "sample-external-id"
ADMIN_ROLE_NAME: Final = "OrganizationAccountAccessRole"
ROLE_SESSION_SECONDS: Final = 3600
DEFAULT_SEED: Final = 47
WORLD_NAMES: Final = ("fifty", "fourteen")
CONTROL_PREFIX: Final = "/sample-org"
AWS_POLICY_PREFIX: Final = "arn:aws:iam::aws:policy/"


@dataclass(frozen=True)
class Credentials:
    """A set of AWS credentials as a client would configure them."""

    access_key_id: str
    secret_access_key: str
    session_token: str | None = None


_EXAMPLE_SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"  # noqa: S105 (AWS's documented example)

# A session of role access-portal in the management account: what the portal runs as.
PORTAL_CREDENTIALS: Final = Credentials("ASIAIOSFODNN7EXAMPLE", _EXAMPLE_SECRET, "sample")
# Unrestricted in the management account: for tests and drills that change the world.
ADMIN_CREDENTIALS: Final = Credentials("AKIAIOSFODNN7EXAMPLE", _EXAMPLE_SECRET)

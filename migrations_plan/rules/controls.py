"""The seven statements an auditor should be able to read, each with the rule that judges it.

docs/controls.md says of each how it is tested, over which population, and what makes it unknown.
"""

from collections.abc import Callable
from dataclasses import dataclass

from migrations_plan.rules import controls_access, controls_setup
from migrations_plan.rules.control_facts import Facts
from migrations_plan.rules.control_results import Result


@dataclass(frozen=True, slots=True)
class Control:
    """name: in addresses. statement: as the auditor reads it. short: the same in a few words."""

    name: str
    short: str
    statement: str
    judge: Callable[[Facts], Result]


CONTROLS = {
    one.name: one
    for one in (
        Control(
            "access-by-sso",
            "Access by SSO",
            "All human access is via SSO from a centralized identity provider.",
            controls_access.access_by_sso,
        ),
        Control(
            "provisioned-by-scim",
            "Provisioned by SCIM",
            "Access provisioning is automated via SCIM from identity provider groups.",
            controls_setup.provisioned_by_scim,
        ),
        Control(
            "off-boarding",
            "Off-boarding",
            "Off-boarding is automatic: whoever leaves the directory has no access to AWS left.",
            controls_access.off_boarding,
        ),
        Control(
            "sets-as-code",
            "Sets as code, reviewed",
            "Permission sets are defined as code, version-controlled and reviewed quarterly.",
            controls_setup.sets_as_code,
        ),
        Control(
            "time-bound-credentials",
            "Time-bound credentials",
            "Time-bound credentials limit the exposure window of any leaked session.",
            controls_setup.time_bound,
        ),
        Control(
            "full-audit-trail",
            "Full audit trail",
            "CloudTrail shows the full audit trail of access assumptions.",
            controls_setup.full_audit_trail,
        ),
        Control(
            "no-human-iam-users",
            "No human IAM users",
            "No human IAM users exist in the environment.",
            controls_access.no_human_users,
        ),
    )
}

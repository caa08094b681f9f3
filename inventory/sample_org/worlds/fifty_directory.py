"""Identity Center of world "fifty": groups, permission sets and grants, as the story has them."""

from inventory.sample_org.constants import MANAGEMENT_ACCOUNT_ID
from inventory.sample_org.documents import (
    ADMIN,
    BILLING_READ,
    NO_IAM_WRITES,
    POWER_USER,
    READ_ONLY,
    SECURITY_AUDIT,
)
from inventory.sample_org.spec import Assignment, DirectoryGroup, PermissionSet
from inventory.sample_org.worlds import hostile
from inventory.sample_org.worlds.fifty_users import (
    AUDIT,
    DEV,
    ML_LAB,
    PAYMENTS,
    PROD_APP,
    PROD_DATA,
    SANDBOX,
    SHARED,
    STAGING,
)
from inventory.sample_org.worlds.names import email_of

NETWORK = "444455556666"
EMPTY_GROUP = "aws-contractors"
SYNCED = "Synced from the identity provider"
STANDARD = (("tier", "standard"),)

GROUPS = (
    *(
        DirectoryGroup(name, SYNCED)
        for name in (
            "aws-org-admins",
            "aws-prod-oncall",
            "aws-prod-readers",
            "aws-developers",
            "aws-billing",
            "aws-auditors",
            "aws-breakglass",
            EMPTY_GROUP,
        )
    ),
    DirectoryGroup(hostile.GROUP_NAME, "Made by hand", scim=False),
)

PERMISSION_SETS = (
    PermissionSet(
        "OrgAdmin",
        "Full access to management and audit accounts. 2-3 senior engineers.",
        "PT4H",
        (ADMIN,),
        tags=STANDARD,
    ),
    PermissionSet(
        "ProductionAdmin",
        "Full access to production workload accounts. On-call rotation.",
        "PT4H",
        (ADMIN,),
        inline=NO_IAM_WRITES,
        tags=STANDARD,
    ),
    PermissionSet(
        "ProductionReadOnly",
        "Read-only access to production. The default.",
        "PT8H",
        (READ_ONLY,),
        tags=STANDARD,
        relay_state="https://eu-central-1.console.aws.amazon.com/cloudwatch",
    ),
    PermissionSet(
        "DeveloperFullAccess",
        "Full access to dev and sandbox accounts. The default for engineers.",
        "PT8H",
        (POWER_USER,),
        inline=NO_IAM_WRITES,
        boundary={"ManagedPolicyArn": POWER_USER},
        tags=STANDARD,
    ),
    PermissionSet(
        "BillingViewer",
        "Read-only access to billing dashboards. Finance.",
        "PT8H",
        (BILLING_READ,),
        customer=(("cost-explorer-read", "/finance/"),),
        tags=STANDARD,
    ),
    PermissionSet(
        "AuditorReadOnly",
        hostile.SET_DESCRIPTION,
        "PT8H",
        (SECURITY_AUDIT, READ_ONLY),
        tags=STANDARD,
    ),
    PermissionSet(
        "ProdBreakGlass",
        "Emergency only. Pages #sec-emergency.",
        "PT1H",
        (ADMIN,),
        tags=(("tier", "breakglass"),),
    ),
)

PROD = (PROD_APP, PROD_DATA, PAYMENTS)
GRANTS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("aws-org-admins", "OrgAdmin", (MANAGEMENT_ACCOUNT_ID, AUDIT)),
    ("aws-prod-oncall", "ProductionAdmin", PROD),
    ("aws-prod-readers", "ProductionReadOnly", (*PROD, SHARED, NETWORK)),
    ("aws-developers", "DeveloperFullAccess", (DEV, SANDBOX, STAGING, ML_LAB)),
    ("aws-billing", "BillingViewer", (MANAGEMENT_ACCOUNT_ID,)),
    ("aws-breakglass", "ProdBreakGlass", PROD),
    (EMPTY_GROUP, "ProductionReadOnly", (STAGING,)),
)


def assignments(account_ids: tuple[str, ...]) -> tuple[Assignment, ...]:
    """Grants to groups, auditors everywhere, and the one direct grant that policy forbids."""
    given = [Assignment(account, name, group) for group, name, where in GRANTS for account in where]
    auditors = [Assignment(account, "AuditorReadOnly", "aws-auditors") for account in account_ids]
    direct = Assignment(PAYMENTS, "ProductionAdmin", email_of(3), direct=True)
    return (*given, *auditors, direct)

"""IAM of world "fifty" besides users: groups, policies, roles, identity providers."""

from inventory.sample_org.constants import MANAGEMENT_ACCOUNT_ID
from inventory.sample_org.documents import (
    ADMIN,
    CHANGE_PASSWORD,
    GITHUB,
    LAMBDA_BASIC,
    POWER_USER,
    READ_ONLY,
    SSM_CORE,
    STAR,
    allow,
    document,
    trusts_account,
    trusts_github,
    trusts_service,
)
from inventory.sample_org.spec import Group, Policy, Provider, Role
from inventory.sample_org.worlds import hostile
from inventory.sample_org.worlds.fifty_users import (
    AUDIT,
    DEV,
    HOME,
    ML_LAB,
    PAYMENTS,
    PROD_APP,
    PROD_DATA,
    SHARED,
    STAGING,
)

READ_S3 = document(allow("s3:Get*", "s3:List*"))
# One account with more than a hundred entities, so that IAM's default page is not the last.
LAMBDA_ROLES = 90

GROUPS = (
    *(Group(account, "Admins", policies=(ADMIN,)) for account in sorted({*HOME.values(), DEV})),
    Group(SHARED, "Platform", inline=(("everything", STAR),)),
    Group(AUDIT, "Readers", policies=(READ_ONLY, CHANGE_PASSWORD)),
    Group(PROD_DATA, "Analysts", inline=(("read-s3", READ_S3),)),
)

POLICIES = (
    Policy("555555555555", "legacy-platform", (STAR, READ_S3), description="Narrowed in 2024"),
    Policy("777788889999", "team-admin", (READ_S3, STAR), description="Data team"),
    Policy("555555555555", "engineer-boundary", (document(allow("s3:*", "ec2:*", "ecs:*")),)),
    Policy(MANAGEMENT_ACCOUNT_ID, "cost-explorer-read", (document(allow("ce:Get*")),), "/finance/"),
    Policy(ML_LAB, "notebooks", (READ_S3,), description=hostile.POLICY_DESCRIPTION),
)

PROVIDERS = (
    Provider(PROD_APP, "oidc", GITHUB, ("sts.amazonaws.com",)),
    Provider(SHARED, "saml", "LegacyOkta"),
)


def _workload_roles() -> tuple[Role, ...]:
    subject = "repo:example-co/shop:ref:refs/heads/main"
    vendor = trusts_account("464622532012", "datadog-7f3a91")
    return (
        Role(
            PROD_APP,
            "github-deploy",
            trusts_github(PROD_APP, subject),
            description=hostile.ROLE_DESCRIPTION,
            policies=(POWER_USER,),
            used=0.2,
            tags=(("owner", "backend"),),
        ),
        Role(PROD_APP, "app-server", trusts_service("ec2.amazonaws.com"), "/app/", used=0.05),
        Role(PROD_DATA, "etl", trusts_service("glue.amazonaws.com"), used=1),
        Role(PROD_DATA, "datadog", vendor, policies=(READ_ONLY,), used=0.02),
        Role(
            PAYMENTS,
            "ops-admin",
            trusts_account(PAYMENTS),
            policies=(ADMIN,),
            used=9,
            session_seconds=43200,
        ),
        Role(SHARED, "bastion", trusts_service("ec2.amazonaws.com"), policies=(SSM_CORE,)),
        Role(DEV, "cross-account-admin", trusts_account(SHARED), policies=(ADMIN,), used=2),
        Role(STAGING, "release-manager", trusts_account(DEV), policies=(POWER_USER,), used=2),
        Role(
            STAGING,
            "workbench",
            trusts_service("account-access.amazonaws.com"),
            description="Account access for people of Identity Center",
            policies=(READ_ONLY,),
            used=1,
        ),
    )


def roles() -> tuple[Role, ...]:
    lambdas = (
        Role(
            PROD_APP,
            f"lambda-worker-{number:02}",
            trusts_service("lambda.amazonaws.com"),
            "/service-role/",
            policies=(LAMBDA_BASIC,),
            used=number if number % 3 else None,
        )
        for number in range(LAMBDA_ROLES)
    )
    return (*_workload_roles(), *lambdas)

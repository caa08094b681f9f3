"""World "fifty": 47 human IAM users, mostly administrators, and Identity Center half in place.

The company of the five-day story: twelve accounts, leavers nobody removed, a few service users, two
users that people and programs share.
"""

from inventory.sample_org.constants import MANAGEMENT_ACCOUNT_ID
from inventory.sample_org.documents import allow, deny_iam_users, document, portal_roles
from inventory.sample_org.ids import Ids
from inventory.sample_org.spec import Account, ControlPolicy, Root, World
from inventory.sample_org.worlds import fifty_access, fifty_directory, hostile
from inventory.sample_org.worlds.fifty_people import people
from inventory.sample_org.worlds.fifty_users import users

UNITS = (
    ("Security",),
    ("Infrastructure",),
    ("Workloads",),
    ("Workloads", "Prod"),
    ("Workloads", "NonProd"),
    ("Sandbox",),
)
BOTH = ("SECURITY", "BILLING")
ALL = (*BOTH, "OPERATIONS")


def _account(
    number: str,
    name: str,
    unit: tuple[str, ...] = (),
    contacts: tuple[str, ...] = (),
    root: Root | None = None,
    shown: str | None = None,
) -> Account:
    return Account(
        id=number,
        name=shown or name,
        email=f"aws+{name}@example.com",
        unit=unit,
        alias=name,
        contacts=contacts,
        root=root or Root(),
        joined=1500 - int(number[-3:]) / 2,
    )


ACCOUNTS = (
    _account(MANAGEMENT_ACCOUNT_ID, "acme-management", contacts=ALL, root=Root(last_used=75)),
    _account("222222222222", "acme-log-archive", ("Security",), BOTH),
    _account("333333333333", "acme-audit", ("Security",), BOTH),
    _account("123456789012", "acme-shared-services", ("Infrastructure",), ALL),
    _account("444455556666", "acme-network", ("Infrastructure",), BOTH),
    _account("555555555555", "acme-prod-app", ("Workloads", "Prod"), ALL),
    _account("777788889999", "acme-prod-data", ("Workloads", "Prod"), BOTH),
    _account("999999999999", "acme-prod-payments", ("Workloads", "Prod"), ALL),
    _account("666666666666", "acme-staging", ("Workloads", "NonProd"), shown=hostile.ACCOUNT_NAME),
    _account("888888888888", "acme-dev", ("Workloads", "NonProd"), root=Root(last_used=None)),
    # The one root user that an auditor would write about: a key, and no second factor.
    _account("444444444444", "acme-sandbox", ("Sandbox",), root=Root(mfa=False, key_age=900)),
    _account(
        "777777777777",
        "acme-ml-lab",
        ("Sandbox",),
        root=Root(last_used=6),
        shown=f"acme-ml-lab{hostile.ACCOUNT_SUFFIX}",
    ),
)


def _control_policies() -> tuple[ControlPolicy, ...]:
    stay = allow("organizations:LeaveOrganization") | {"Effect": "Deny", "Sid": "Stay"}
    leave = ControlPolicy(
        "DenyLeaveOrganization", "Accounts stay in the organization", document(stay), ((),)
    )
    return (deny_iam_users((("Sandbox",),)), leave)


def fifty(seed: int) -> World:
    ids = Ids("fifty", seed)
    account_ids = tuple(account.id for account in ACCOUNTS)
    return World(
        name="fifty",
        accounts=ACCOUNTS,
        management=MANAGEMENT_ACCOUNT_ID,
        units=UNITS,
        people=people(ids),
        users=users(ids),
        groups=fifty_access.GROUPS,
        policies=fifty_access.POLICIES,
        roles=(*portal_roles(account_ids), *fifty_access.roles()),
        providers=fifty_access.PROVIDERS,
        directory_groups=fifty_directory.GROUPS,
        permission_sets=fifty_directory.PERMISSION_SETS,
        assignments=fifty_directory.assignments(account_ids),
        control_policies=_control_policies(),
        trail="acme-org-trail",
    )

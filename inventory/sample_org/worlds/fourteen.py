"""World "fourteen": a small company with 14 IAM users, three of them administrators.

Two of the 14 were service accounts that a person took over because somebody needed admin quickly.
Four accounts; Identity Center is there with five permission sets.
"""

from inventory.sample_org.constants import MANAGEMENT_ACCOUNT_ID
from inventory.sample_org.documents import (
    ADMIN,
    BILLING_READ,
    CLOUDWATCH_READ,
    EC2_FULL,
    GITHUB,
    POWER_USER,
    READ_ONLY,
    S3_READ,
    allow,
    deny_iam_users,
    document,
    portal_roles,
    trusts_github,
    trusts_service,
)
from inventory.sample_org.ids import Ids
from inventory.sample_org.spec import (
    Account,
    Assignment,
    DirectoryGroup,
    Key,
    Password,
    PermissionSet,
    Person,
    Policy,
    Provider,
    Role,
    Root,
    User,
    World,
)
from inventory.sample_org.worlds.names import email_of, name_of, user_name

PROD, STAGE, DEV = "123456789012", "444455556666", "777788889999"
BOTH = ("SECURITY", "BILLING")
ACCOUNTS = (
    Account(MANAGEMENT_ACCOUNT_ID, "management", "aws@example.com", contacts=BOTH),
    Account(PROD, "prod", "aws+prod@example.com", ("Workloads",), "example-prod", BOTH),
    Account(STAGE, "stage", "aws+stage@example.com", ("Workloads",), "example-stage"),
    Account(DEV, "dev", "aws+dev@example.com", ("Workloads",), "example-dev", root=Root(mfa=False)),
)
# Number of the person -> account and policy. The first three are the administrators.
PLACES = (
    (PROD, ADMIN),
    (PROD, ADMIN),
    (PROD, READ_ONLY),
    (PROD, POWER_USER),
    (PROD, EC2_FULL),
    (STAGE, POWER_USER),
    (STAGE, POWER_USER),
    (STAGE, READ_ONLY),
    (DEV, POWER_USER),
    (DEV, POWER_USER),
    (DEV, POWER_USER),
    (MANAGEMENT_ACCOUNT_ID, READ_ONLY),
)
# Service users that a person took over: name, account, policy, person, services of the program.
TAKEN_OVER = (
    ("deploy-bot", PROD, ADMIN, 12, "s3"),
    ("metrics-exporter", STAGE, CLOUDWATCH_READ, 13, "cloudwatch"),
)
PEOPLE = range(14)


def _person(number: int) -> Person:
    given, family = name_of(number)
    groups = ["everyone-readonly", "developers"]
    if number < 4:
        groups.append("sre")
    if number < 2:
        groups.append("break-glass")
    if number == 11:
        groups = ["finance"]
    return Person(email_of(number), given, family, manager=email_of(0), groups=tuple(groups))


def _user(ids: Ids, number: int) -> User:
    account, policy = PLACES[number]
    rng = ids.random("iam user", str(number))
    age = rng.randint(60, 1100)
    return User(
        account=account,
        name=user_name(number, number),
        owner=email_of(number),
        created=age + 20,
        tags=(("email", email_of(number)),) if number % 3 else (),
        policies=(policy,),
        keys=(Key(age, rng.choice((0.3, 1, 6, 50)), "s3"),) if number % 5 else (),
        password=Password(age, rng.choice((0.5, 2, 20))),
        mfa=("virtual",) if number % 2 else (),
    )


def _taken_over() -> tuple[User, ...]:
    return tuple(
        User(
            account=account,
            name=name,
            kind="mixed",
            owner=email_of(number),
            created=1300,
            policies=(policy,),
            keys=(Key(1290, 0.05, service), Key(200, 1, "ec2")),
            password=Password(190, 3),
        )
        for name, account, policy, number, service in TAKEN_OVER
    )


def _permission_sets() -> tuple[PermissionSet, ...]:
    write = document(allow("ec2:*", "ecs:*", "s3:*", "lambda:*"))
    return (
        PermissionSet("ReadOnly", "Read most things", "PT8H", (READ_ONLY,)),
        PermissionSet(
            "Developer",
            "Read most things, write to dev/stage, no prod write",
            "PT8H",
            (READ_ONLY,),
            inline=write,
        ),
        PermissionSet("SREOnCall", "On-call rotation", "PT4H", (POWER_USER,)),
        PermissionSet("BillingViewer", "Finance", "PT8H", (BILLING_READ,)),
        PermissionSet(
            "ProdBreakGlass",
            "AdministratorAccess, one hour, posts to #sec-emergency",
            "PT1H",
            (ADMIN,),
            tags=(("tier", "breakglass"),),
        ),
    )


def _assignments() -> tuple[Assignment, ...]:
    given = (
        ("everyone-readonly", "ReadOnly", (PROD, STAGE, DEV)),
        ("developers", "Developer", (STAGE, DEV)),
        ("sre", "SREOnCall", (PROD, STAGE, DEV)),
        ("finance", "BillingViewer", (MANAGEMENT_ACCOUNT_ID,)),
        ("break-glass", "ProdBreakGlass", (PROD,)),
    )
    return tuple(Assignment(account, name, group) for group, name, ids in given for account in ids)


def _roles() -> tuple[Role, ...]:
    account_ids = tuple(account.id for account in ACCOUNTS)
    subject = "repo:example-co/app:ref:refs/heads/main"
    deploy = Role(PROD, "github-deploy", trusts_github(PROD, subject), policies=(POWER_USER,))
    worker = Role(DEV, "worker", trusts_service("ec2.amazonaws.com"), policies=(S3_READ,), used=1)
    return (*portal_roles(account_ids), deploy, worker)


def fourteen(seed: int) -> World:
    ids = Ids("fourteen", seed)
    groups = ("everyone-readonly", "developers", "sre", "finance", "break-glass")
    return World(
        name="fourteen",
        accounts=ACCOUNTS,
        management=MANAGEMENT_ACCOUNT_ID,
        units=(("Workloads",), ("Sandbox",)),
        people=tuple(_person(number) for number in PEOPLE),
        users=(*(_user(ids, number) for number in range(len(PLACES))), *_taken_over()),
        groups=(),
        policies=(Policy(DEV, "sandbox-limits", (document(allow("s3:*")),)),),
        roles=_roles(),
        providers=(Provider(PROD, "oidc", GITHUB, ("sts.amazonaws.com",)),),
        directory_groups=tuple(DirectoryGroup(name, "From Google Workspace") for name in groups),
        permission_sets=_permission_sets(),
        assignments=_assignments(),
        control_policies=(deny_iam_users((("Sandbox",),)),),
        trail="example-trail",
    )

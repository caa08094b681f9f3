"""The IAM users of world "fifty": 47 of people, six of services, two shared by both.

Most of it follows a few rules over the person's number; what a test or a page needs to find for
certain stands in SPECIAL.
"""

from dataclasses import replace
from random import Random
from typing import Any

from inventory.sample_org.constants import MANAGEMENT_ACCOUNT_ID
from inventory.sample_org.documents import (
    ADMIN,
    BACKUP_FULL,
    BILLING,
    DENY_ALL,
    POWER_USER,
    READ_ONLY,
    S3_FULL,
    SES_FULL,
    STAR,
    allow,
    document,
)
from inventory.sample_org.ids import Ids
from inventory.sample_org.spec import Key, Password, Tags, User
from inventory.sample_org.worlds import hostile
from inventory.sample_org.worlds.fifty_people import EMPLOYEES, LEAVERS, team_of
from inventory.sample_org.worlds.names import email_of, user_name

SHARED, PROD_APP, PROD_DATA = "123456789012", "555555555555", "777788889999"
PAYMENTS, STAGING, DEV = "999999999999", "666666666666", "888888888888"
AUDIT, SANDBOX, ML_LAB = "333333333333", "444444444444", "777777777777"
HOME = {
    "platform": SHARED,
    "backend": PROD_APP,
    "data": PROD_DATA,
    "payments": PAYMENTS,
    "ml": ML_LAB,
    "finance": MANAGEMENT_ACCOUNT_ID,
    "security": AUDIT,
}
OWNER_TAGS = ("email", "Owner", "owner_email")
REGIONS = ("eu-central-1", "us-east-1", "eu-west-1")
SERVICES = ("s3", "ec2", "sts", "cloudformation", "dynamodb", "iam")

# Changes to the rule-made user of a person, by number.
SPECIAL: dict[int, dict[str, Any]] = {
    # Administrator on paper, everything denied: not an administrator in effect.
    3: {"policies": (ADMIN, DENY_ALL), "groups": (), "inline": ()},
    # Administrator in two ways: removing one would change nothing.
    7: {"policies": (ADMIN,), "groups": ("Admins",), "inline": ()},
    # The default version of this policy is harmless; an older one was not.
    8: {"policies": ("legacy-platform", READ_ONLY), "groups": (), "inline": ()},
    # Administrator through a policy of the company's own.
    9: {"policies": ("team-admin",), "groups": (), "inline": ()},
    14: {"policies": (), "groups": ("Platform",), "inline": ()},
    15: {"boundary": "engineer-boundary", "policies": (ADMIN,)},
    16: {"ssh_keys": 1, "service_credentials": ("codecommit.amazonaws.com",)},
    17: {"certificates": 1},
    18: {"service_credentials": ("bedrock.amazonaws.com",)},
    20: {"password": Password(30, reset_required=True), "mfa": ()},
    22: {"mfa": ("hardware",), "password": Password(300, 1)},
    24: {"name": hostile.USER_NAMES[0], "tags": hostile.TAGS[0]},
    25: {"name": hostile.USER_NAMES[1], "tags": hostile.TAGS[1]},
    30: {"name": hostile.USER_NAMES[2], "tags": hostile.TAGS[2], "path": hostile.USER_PATH},
    # A leaver whose key still works: somebody, or something, used it yesterday.
    40: {"keys": (Key(500, 1, "s3"),)},
    42: {"keys": (), "password": Password(700, 200), "mfa": ()},
}
SECOND_USERS = {0: DEV, 1: DEV}


def _rights(number: int, rng: Random) -> dict[str, Any]:
    if team_of(number) == "finance":
        return {"policies": (BILLING, READ_ONLY)}
    dice = rng.random()
    if dice < 0.55:
        return {"policies": (ADMIN,)}
    if dice < 0.78:
        return {"groups": ("Admins",)}
    if dice < 0.88:
        return {"inline": (("admin-inline", STAR),)}
    return {"policies": (POWER_USER if dice < 0.95 else READ_ONLY,)}


def _keys(rng: Random, created: float, *, left: bool) -> tuple[Key, ...]:
    keys = []
    for position in range(rng.choice((0, 1, 1, 1, 1, 2))):
        age = min(rng.randint(20, 1200), created)
        recent = rng.choice((0.2, 0.5, 1, 1, 2, 3, 5, 9, 40, 140))
        used: float | None = rng.randint(45, 300) if left else recent
        # A second key was often made for something that never came.
        if position == 1 and rng.random() < 0.5:
            used = None
        active = not (position == 1 and rng.random() < 0.4)
        last = min(used, age) if used is not None else None
        keys.append(Key(age, last, rng.choice(SERVICES), rng.choice(REGIONS), active))
    return tuple(keys)


def _console(rng: Random, created: float, *, left: bool) -> dict[str, Any]:
    if rng.random() > 0.85:
        return {}
    age = min(rng.randint(100, 900), created)
    used = rng.randint(60, 400) if left else rng.choice((0.1, 1, 2, 4, 8, 30, 120))
    mfa = ("virtual",) if rng.random() < 0.55 else ()
    return {"password": Password(age, min(used, age)), "mfa": mfa}


def _hints(number: int) -> Tags:
    """Who owns the user: in one of three tags, or nowhere."""
    if number % 5 == 4:
        return ()
    return ((OWNER_TAGS[number % 3], email_of(number)), ("team", team_of(number)))


def _human(ids: Ids, number: int, account: str, *, second: bool = False) -> User:
    rng = ids.random("iam user", str(number), account)
    left, created = number in LEAVERS, float(rng.randint(200, 1600))
    values: dict[str, Any] = {
        "account": account,
        "name": user_name(number, 0 if second else number),
        "owner": email_of(number),
        "created": created,
        "tags": _hints(number),
        "keys": _keys(rng, created, left=left),
    }
    values |= _rights(number, rng) | _console(rng, created, left=left)
    user = User(**values)
    return _old_enough(user if second else replace(user, **SPECIAL.get(number, {})))


def _old_enough(user: User) -> User:
    """No credential is older than its user."""
    ages = [key.age for key in user.keys] + ([user.password.age] if user.password else [])
    return replace(user, created=max([user.created, *(age + 1 for age in ages)]))


def _service(
    name: str, account: str, policy: str, key: Key, *, hinted: bool = True, **more: Any
) -> User:
    return User(
        account=account,
        name=name,
        kind="service",
        path="/svc/",
        created=key.age + 5,
        tags=(("type", "service"),) if hinted else (),
        policies=(policy,),
        keys=(key,),
        **more,
    )


def _services() -> tuple[User, ...]:
    deploy = document(allow("ecs:*", "ecr:*", "iam:PassRole"))
    ci = _service("ci-deploy", PROD_APP, POWER_USER, Key(610, 0.05, "ecs"))
    return (
        replace(ci, inline=(("deploy", deploy),)),
        _service("terraform", SHARED, ADMIN, Key(1100, 0.3, "ec2")),
        _service("datadog-integration", PROD_DATA, READ_ONLY, Key(420, 0.01, "cloudwatch")),
        _service("backup-agent", PROD_DATA, BACKUP_FULL, Key(980, 0.4, "backup")),
        _service("ses-smtp", PROD_APP, SES_FULL, Key(1180, 0.02, "ses", "eu-west-1")),
        _service("airflow", ML_LAB, S3_FULL, Key(300, 0.1), hinted=False),
    )


def _shared() -> tuple[User, ...]:
    jenkins = User(
        account=STAGING,
        name="jenkins",
        kind="mixed",
        path="/svc/",
        owner=email_of(1),
        created=1250,
        tags=(("Owner", email_of(1)),),
        policies=(ADMIN,),
        keys=(Key(1190, 0.05, "ec2"), Key(240, 1, "s3")),
        password=Password(900, 12),
    )
    reporting = User(
        account=PAYMENTS,
        name="reporting",
        kind="mixed",
        owner=email_of(3),
        created=700,
        policies=(READ_ONLY,),
        keys=(Key(690, 0.3, "athena"),),
        password=Password(650, 4),
        mfa=("virtual",),
    )
    return jenkins, reporting


def users(ids: Ids) -> tuple[User, ...]:
    humans = [_human(ids, n, HOME[team_of(n)]) for n in (*EMPLOYEES, *LEAVERS)]
    seconds = [_human(ids, n, account, second=True) for n, account in SECOND_USERS.items()]
    return (*humans, *seconds, *_services(), *_shared())

"""The people of world "fifty": who works there, who left, who is in Identity Center already.

Numbers 0 to 37 are employees with IAM users, 38 to 44 are leavers, 45 to 48 joined lately and never
had an IAM user. The directory holds 36: 29 of the first, four newcomers, one leaver (disabled), an
entry made by hand, and a contractor from another domain.
"""

from inventory.sample_org.ids import Ids
from inventory.sample_org.spec import Person
from inventory.sample_org.worlds import hostile
from inventory.sample_org.worlds.names import email_of, name_of

EMPLOYEES = range(38)
LEAVERS = range(38, 45)
NEWCOMERS = range(45, 49)
DISABLED_LEAVER = 41
IN_DIRECTORY = 29
MANAGER = email_of(0)
TEAMS = ("platform", "backend", "data", "payments", "ml", "finance", "security")
DISPLAY_NAMES = {8: hostile.DISPLAY_NAME, 13: hostile.FORMULA_NAME, 6: "Goran Đorđe Nagy"}


def team_of(number: int) -> str:
    return TEAMS[number % len(TEAMS)]


def _groups(number: int) -> tuple[str, ...]:
    team = team_of(number)
    if team == "finance":
        return ("aws-billing",)
    groups = ["aws-developers"]
    if team in ("platform", "backend", "data", "payments"):
        groups.append("aws-prod-readers")
    if number % 6 == 0:
        groups.append("aws-prod-oncall")
    if number in (0, 6, 14):
        groups += ["aws-org-admins", "aws-breakglass"]
    if team == "security":
        groups.append("aws-auditors")
    return tuple(groups)


def _employee(ids: Ids, number: int, *, directory: bool) -> Person:
    given, family = name_of(number)
    rng = ids.random("person", str(number))
    return Person(
        email=email_of(number),
        given=given,
        family=family,
        display=DISPLAY_NAMES.get(number),
        title=f"{team_of(number).title()} engineer",
        directory=directory,
        manager=None if number == 0 else MANAGER,
        groups=_groups(number) if directory else (),
        created=rng.randint(31, 48),
        updated=rng.randint(1, 20),
    )


def _leaver(ids: Ids, number: int) -> Person:
    given, family = name_of(number)
    return Person(
        email=email_of(number),
        given=given,
        family=family,
        title=f"{team_of(number).title()} engineer",
        directory=number == DISABLED_LEAVER,
        enabled=False,
        left_on=ids.random("left", str(number)).randint(60, 420),
        manager=MANAGER,
    )


def _others() -> tuple[Person, ...]:
    by_hand = Person(
        "drill.account@example.com", "Drill", "Account", title="Made by hand", scim=False
    )
    contractor = Person(
        "contractor@example.org",
        "Kim",
        "Contractor",
        title="Contractor",
        groups=("aws-developers",),
    )
    return by_hand, contractor


def people(ids: Ids) -> tuple[Person, ...]:
    employees = [_employee(ids, n, directory=n < IN_DIRECTORY) for n in EMPLOYEES]
    leavers = [_leaver(ids, n) for n in LEAVERS]
    newcomers = [_employee(ids, n, directory=True) for n in NEWCOMERS]
    return (*employees, *leavers, *newcomers, *_others())

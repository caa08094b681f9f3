"""Facts of a plan with dull defaults, under which every gate is ready; and the same with every read
refused, or too old."""

from dataclasses import fields, is_dataclass, replace
from datetime import timedelta

from migrations_plan.artefacts.plan_gates import PERSON_GATES
from migrations_plan.rules.controls import CONTROLS
from migrations_plan.rules.facts import RootFacts, Told
from migrations_plan.rules.gate import GateVerdict
from migrations_plan.rules.plan_gates.facts import (
    Account,
    BreakGlassUse,
    Drill,
    Fate,
    Guarded,
    Move,
    PermissionSet,
    Person,
    PlanFacts,
    Review,
    StatementDay,
    Tail,
    Terms,
    TrailEvents,
    User,
)
from tests import control_facts
from tests.control_facts import DAY, HOUR, NOW, WHOLE

ADA, BEN = f"{1:012}", f"{2:012}"
ANA, OLD, CI, ERP = (f"arn:aws:iam::1:user/{name}" for name in ("ana", "old", "ci", "erp"))
DEV, ORG, READ, AUDIT, ONCALL, GLASS = (
    f"arn:{name}"
    for name in (
        "Developer", "OrgAdmin", "ProductionReadOnly", "AuditorReadOnly", "ProductionAdmin",
        "ProdBreakGlass",
    )
)  # fmt: skip


def root(**more):
    values = {
        "subject": "root", "account_id": ADA, "told": WHOLE, "has_key": False, "has_mfa": True,
        "has_password": True, "used_at": NOW - 90 * DAY, "used_by": "AWS", "used_told": WHOLE,
        **more,
    }  # fmt: skip
    return RootFacts(**values)


def account(number=1, **more):
    values = {
        "id": f"{number:012}",
        "name": f"account {number}",
        "environment": "management" if number == 1 else "prod",
        "is_management": number == 1,
        "users": WHOLE,
        "credentials": WHOLE,
        "days": 30,
        "snapshot_at": NOW - 30 * DAY,
        "contacts": frozenset({"BILLING", "SECURITY"}),
        "contacts_told": WHOLE,
        "root": root(),
        **more,
    }
    return Account(**values)


def user(arn=ANA, **more):
    values = {
        "arn": arn,
        "name": arn.rsplit("/", 1)[-1],
        "account": "account 1",
        "kind": "human",
        "human": True,
        "admin": False,
        "password": False,
        "active_keys": 0,
        "keys": 0,
        "denied": True,
        "owner": "ana@example.com",
        "made_at": NOW - 900 * DAY,
        "told": WHOLE,
        "credentials": WHOLE,
        "cut_at": NOW - 3 * DAY,
        "fate": Fate(word="delete", by="lead", until=None),
        **more,
    }
    return User(**values)


def program(arn=CI, **more):
    values = {"kind": "workload", "human": False, "owner": "", "cut_at": None, "fate": None, **more}
    return user(arn, **values)


def terms(**more):
    values = {
        "owner": "erp@example.com",
        "until": NOW + 30 * DAY,
        "rotation_days": 90,
        "addresses": ("198.51.100.0/24",),
        "verified": True,
        **more,
    }
    return Terms(**values)


def exception(**more):
    values = {
        "kind": "exception",
        "active_keys": 1,
        "keys": 1,
        "oldest_key_at": NOW - 30 * DAY,
        "terms": terms(),
        **more,
    }
    return program(ERP, **values)


def reviews(*actors, **more):
    values = {"at": NOW - 9 * DAY, "current": True, "code": True, **more}
    return tuple(Review(actor=actor, **values) for actor in actors)


def permission_set(arn=DEV, **more):
    values = {
        "arn": arn,
        "name": arn.removeprefix("arn:"),
        "seconds": 8 * 3600,
        "described": True,
        "as_code": True,
        "reviews": reviews("lea", "max", "eve"),
        "placed": (("account 2", "prod"),),
        "holders": 2,
        "groups": ("developers",),
        **more,
    }
    return PermissionSet(**values)


def sets(**changes):
    """By name, what to change."""
    everywhere = (("account 1", "management"), ("account 2", "prod"))
    listed = {
        "Developer": permission_set(DEV, placed=()),
        "OrgAdmin": permission_set(ORG, placed=(("account 1", "management"),), admin=True),
        "ProductionReadOnly": permission_set(READ, reads_only=True, tried=30),
        "AuditorReadOnly": permission_set(AUDIT, placed=everywhere, reads_only=True, tried=60),
        "ProductionAdmin": permission_set(ONCALL, groups=("aws-prod-oncall",)),
        "ProdBreakGlass": permission_set(GLASS, breaks_glass=True, marked=True, seconds=3600),
    }
    return tuple(replace(one, **changes.get(name, {})) for name, one in listed.items())


def person(pk=1, **more):
    ready = {name: GateVerdict(verdict="ready", sentence=f"{name} is so.") for name in PERSON_GATES}
    values = {
        "pk": pk,
        "name": f"Ana {pk}",
        "email": f"ana{pk}@example.com",
        "users": (ANA,) if pk == 1 else (),
        "gates": {**ready, **more.pop("gates", {})},
        "opened_at": NOW - 10 * DAY,
        "message": "sent",
        "message_at": NOW - 4 * DAY,
        "tested_at": NOW - 4 * DAY,
        **more,
    }
    return Person(**values)


def drill(kind="arrive", **more):
    start = NOW - 5 * DAY
    values = {
        "kind": kind, "user": "test@example.com", "started_at": start, "seen_at": start + HOUR,
        "gone_at": start + 2 * HOUR, "residual_until": start + 8 * HOUR, **more,
    }  # fmt: skip
    return Drill(**values)


def statements(**wrong):
    """wrong: the verdict of a statement on the last day, by its short name with underscores."""
    days = [NOW.date() - timedelta(days=number) for number in range(7)]
    found = []
    for one in CONTROLS.values():
        for day in days:
            word = wrong.get(one.name.replace("-", "_"), "met") if day == days[0] else "met"
            found.append(StatementDay(one.short, day, word))
    return tuple(found)


def move(**more):
    values = {
        "user_arn": CI, "name": "ci", "role": "arn:aws:iam::2:role/ci", "present": True,
        "wide": (), "unused": (), "unread": (), "told": WHOLE, **more,
    }  # fmt: skip
    return Move(**values)


def use(**more):
    values = {
        "key": "s1", "who": "Ana", "at": NOW - 9 * DAY, "reviewed_at": NOW - 8 * DAY,
        "outcome": "added", **more,
    }  # fmt: skip
    return BreakGlassUse(**values)


def tail(until=NOW + HOUR, **more):
    return Tail(**{"user_arn": ANA, "words": "role session", "until": until, **more})


CONTROL = replace(
    control_facts.GOOD,
    users=(control_facts.user("ci", False),),
    people=2,
    direct=(),
    grants=6,
)
GOOD = PlanFacts(
    now=NOW,
    settings={"org_admins_least": 2, "org_admins_most": 3, "exempt_roles": 1, "volunteers": 1},
    control=CONTROL,
    people=(person(1), person(2)),
    mine=(ANA, OLD),
    workloads=frozenset({CI, ERP}),
    accounts=(account(1), account(2)),
    users=(
        user(ANA),
        user(OLD, gone=True, kind="human"),
        program(),
        exception(),
    ),
    sets=sets(),
    domains=("example.com",),
    start_url="https://example.awsapps.com/start",
    volunteers=("Ana",),
    arrivals=(("ana", NOW - DAY),),
    drills=(drill("arrive"), drill("leave")),
    guardrails=WHOLE,
    guarded=(Guarded(BEN, "account 2", (), (), 13),),
    exempt=("emergency",),
    quiet_until=NOW + 9 * HOUR,
    statements=statements(),
    statements_until=NOW + 5 * HOUR,
    uses=(use(),),
    moves=(move(),),
    logs_through=NOW,
    trails=(TrailEvents("org", True, ("S3", "Lambda")),),
)


def facts(**changes):
    return replace(GOOD, **changes)


def with_user(arn=ANA, **more):
    """The same with another state of one user."""
    return facts(users=tuple(replace(u, **more) if u.arn == arn else u for u in GOOD.users))


def with_person(**more):
    return facts(people=(person(1, **more), person(2)))


def with_account(number=2, **more):
    found = (replace(a, **more) if a.id == f"{number:012}" else a for a in GOOD.accounts)
    return facts(accounts=tuple(found))


def with_control(**more):
    return facts(control=replace(CONTROL, **more))


def retold(value, change):
    """The same facts with every read changed, however deep it stands."""
    if isinstance(value, Told):
        return change(value)
    if isinstance(value, tuple):
        return tuple(retold(one, change) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        names = [one.name for one in fields(value) if one.init]
        return replace(value, **{name: retold(getattr(value, name), change) for name in names})
    return value


def refused(told):
    return replace(told, until=None, why="AWS refused it.")


def stale(told):
    return replace(told, until=NOW - HOUR, why="it told so 9 hours ago and not since")


def never(told):
    return Told(told.source, None, None, "never read")

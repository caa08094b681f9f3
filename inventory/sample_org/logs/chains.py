"""Roles in between: users who assume roles here and in other accounts, and roles that assume roles.

A call between accounts leaves a record in both, with one sharedEventID; the target's says only the
caller's account and id.
"""

from datetime import datetime, timedelta

from inventory.sample_org.logs.callers import Caller, Who, by_key, by_role, federated
from inventory.sample_org.logs.cast import RoleCast, UserCast
from inventory.sample_org.logs.happenings import Day
from inventory.sample_org.logs.members import day_end, set_session, sign_in
from inventory.sample_org.logs.operations import Operation
from inventory.sample_org.logs.programs import ASSUME, assumed
from inventory.sample_org.logs.requests import Asked
from inventory.sample_org.logs.stage import Allowed, Stage, Work, do, sometime, working_day
from inventory.sample_org.logs.users import last_use

FEDERATION = Operation("sts.amazonaws.com", "GetFederationToken")
ROLE_SERVICES = ("ec2", "s3", "rds", "logs")
FORMULA_SESSION = "=1+1@SUM"


def _open(operation: Operation) -> bool:
    """The roles of these stories may do all."""
    return True


def _ended(stage: Stage, role: RoleCast, at: datetime) -> bool:
    """Between the last use that IAM reports of a role and the epoch nobody is in it."""
    used = role.spec.used if role.spec else None
    return used is None or stage.ago(used) < at <= stage.cast.epoch


def enter(
    stage: Stage, day: Day, at: datetime, caller: Caller, role: RoleCast, session: str
) -> Caller:
    """Assumes a role; the target account, where it is another, has its own record of that."""
    region = stage.cast.home
    key_id = assumed(day, at, caller, role, session, region)
    if role.account != caller.account:
        made = day.happenings[-1]
        identity = {
            "type": "AWSAccount",
            "principalId": caller.identity["principalId"],
            "accountId": caller.account,
        }
        day.copy(made, role.account, identity)
    return by_role(role, session, key_id, at + timedelta(seconds=1), caller)


def _work(day: Day, stage: Stage, caller: Caller, at: datetime, may: Allowed = _open) -> datetime:
    rng = day.dice("role work", caller.identity["accessKeyId"])
    work = Work(ROLE_SERVICES, rng.randint(2, 7), stage.cast.home, may, day_end(at))
    return do(day, rng, caller, work, at + timedelta(seconds=2))


def _further(stage: Stage, day: Day, caller: Caller, at: datetime) -> None:
    """From one role into the next, where one trusts the first's account."""
    rng = day.dice("further", caller.identity["accessKeyId"])
    nexts = [
        role
        for role in stage.cast.trusting("AWS", f"::{caller.account}:root")
        if role.account != caller.account
    ]
    if nexts and rng.random() < 0.6:
        _work(day, stage, enter(stage, day, at, caller, nexts[0], "chained"), at)


def _user_chain(stage: Stage, day: Day, user: UserCast, role: RoleCast) -> None:
    rng = day.dice("chain", user.arn, role.arn)
    if not user.keys or not working_day(day.date, rng) or rng.random() > 0.3:
        return
    key_id, key = user.keys[0]
    last = last_use(stage, key.used, day.date, goes_on=key.active)
    at = sometime(day.date, rng)
    if last is None or at + timedelta(minutes=20) >= last or _ended(stage, role, at):
        return
    caller = by_key(user, key_id, stage.network(user.arn, rng), stage.tool(user.arn))
    session = FORMULA_SESSION if rng.random() < 0.1 else user.spec.name.split("@")[0]
    inside = enter(stage, day, at, caller, role, session)
    _further(stage, day, inside, _work(day, stage, inside, at))


def _refused(stage: Stage, day: Day, at: datetime, caller: Caller, role: RoleCast) -> None:
    """Somebody tries to enter a role and has no right to."""
    said = Asked({"roleArn": role.arn, "roleSessionName": "from-sso"})
    day.add(at, caller, ASSUME, stage.cast.home, said=said, error=ASSUME.denial)


def users_in_roles(stage: Stage, day: Day) -> None:
    """IAM users who assume the roles that trust their account."""
    for user in stage.cast.users:
        if user.spec.kind != "human" or user.spec.owner in stage.left:
            continue
        if not stage.user_may(user)(ASSUME):
            continue
        for role in stage.cast.trusting("AWS", f"::{user.account}:root"):
            _user_chain(stage, day, user, role)


def person_in_role(stage: Stage, day: Day) -> None:
    """Somebody goes from a permission set into an ordinary role: still the new path."""
    rng = day.dice("person in role")
    for member in stage.cast.members[:2]:
        for grant in member.grants:
            roles = stage.cast.trusting("AWS", f"::{grant[0]}:root")
            at = sometime(day.date, rng, 11, 15)
            if not roles or rng.random() > 0.15 or _ended(stage, roles[0], at):
                continue
            network = stage.network(member.email, rng)
            inside = sign_in(stage, day, member, at - timedelta(minutes=1), network)
            caller = set_session(stage, day, member, grant, at, inside, network)
            then = at + timedelta(minutes=1)
            may = stage.set_may(*grant)
            if not may(ASSUME):
                _refused(stage, day, then, caller, roles[0])
            elif caller.fresh_keys or caller.plain is None:
                # In the console, where roles are switched otherwise: plain work instead.
                _work(day, stage, caller, then, may)
            else:
                role = enter(stage, day, then, caller, roles[0], "from-sso")
                _work(day, stage, role, then)


def vendor(stage: Stage, day: Day) -> None:
    """A company outside the organisation comes in through a role that trusts it."""
    rng = day.dice("vendor")
    inside = set(stage.cast.accounts)
    for role in stage.cast.trusting("AWS", ":root"):
        principal = role.spec.trust["Statement"][0]["Principal"]["AWS"] if role.spec else ""  # type: ignore[index]
        outside = principal.split(":")[4]
        if outside in inside or not role.spec or role.spec.used is None:
            continue
        at = sometime(day.date, rng, 1, 4)
        unique = stage.cast.ids.unique("AROA", "vendor", outside)
        identity = {"type": "AWSAccount", "principalId": f"{unique}:poll", "accountId": outside}
        who = Who("unknown", "AWSAccount", unique)
        caller = Caller(who, identity, role.account, "198.18.0.9", "Datadog/7")
        key_id = assumed(day, at, caller, role, "DatadogAWSIntegration", stage.cast.home)
        maker = Caller(Who("unknown", "AWSAccount", role.arn), identity, outside, "198.18.0.9", "")
        working = by_role(role, "DatadogAWSIntegration", key_id, at, maker).using("Datadog/7")
        work = Work(("monitoring", "ec2"), 4, stage.cast.home, _open, day_end(at), writes=0)
        do(day, rng, working, work, at)


def federation(stage: Stage, day: Day) -> None:
    """A program shared with a person hands out GetFederationToken sessions."""
    rng = day.dice("federation")
    for user in stage.cast.users:
        if user.spec.kind != "mixed" or rng.random() > 0.25:
            continue
        key_id, key = user.keys[0]
        last = last_use(stage, key.used, day.date)
        at = sometime(day.date, rng)
        if last is None or at + timedelta(hours=1) >= last:
            continue
        caller = by_key(user, key_id, "203.0.113.200", "Boto3/1.28.0 md/Botocore#1.28.0")
        fresh = day.key(user.account)
        answer = {"credentials": {"accessKeyId": fresh}, "packedPolicySize": 6}
        said = Asked({"name": "dashboard", "durationSeconds": 3600}, answer)
        made = day.add(at, caller, FEDERATION, "us-east-1", said=said)
        made.record["responseElements"] = answer
        viewer = federated(user, "dashboard", fresh, at, "203.0.113.201", caller.agent)
        work = Work(("s3", "athena"), 4, stage.cast.home, _open, last, writes=0)
        do(day, rng, viewer, work, at)


def chains_day(stage: Stage, day: Day) -> None:
    """Everything that goes through a role in between, on one day."""
    users_in_roles(stage, day)
    person_in_role(stage, day)
    vendor(stage, day)
    federation(stage, day)

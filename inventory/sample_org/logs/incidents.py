"""What is rare: break-glass, root users, credentials of one service only, hostile strings."""

from dataclasses import replace
from datetime import timedelta

from inventory.sample_org.logs.callers import Caller, Who, as_root, by_service_credential
from inventory.sample_org.logs.happenings import Day, Start
from inventory.sample_org.logs.members import BREAK_GLASS, LOGIN, day_end, set_session, sign_in
from inventory.sample_org.logs.operations import READS, Operation
from inventory.sample_org.logs.requests import Asked
from inventory.sample_org.logs.stage import BROWSER, Stage, Work, do, moment, sometime
from inventory.sample_org.logs.users import goes_on
from inventory.sample_org.spec import Account
from inventory.sample_org.worlds import hostile

# Days before the epoch; every twelfth day after it.
EMERGENCIES = (24, 16, 3)
CENTRAL_ROOT = 11
ASSUME_ROOT = Operation("sts.amazonaws.com", "AssumeRoot", write=True)
GIT = Operation("codecommit.amazonaws.com", "GitPull")
MODEL = Operation("bedrock.amazonaws.com", "InvokeModel")
HOSTILE_AGENTS = (
    hostile.SCRIPT,
    hostile.FORMULA,
    hostile.TWO_LINES,
    hostile.RIGHT_TO_LEFT,
    "x" * 4000,
    "nul\x00byte",
    "half of a pair \ud83d",
)


def _days_ago(stage: Stage, day: Day) -> int:
    return (stage.cast.epoch - moment(day.date, 12)).days


def break_glass(stage: Stage, day: Day) -> None:
    """An emergency: somebody takes the break-glass set, late in the evening."""
    ago, rng = _days_ago(stage, day), day.dice("break glass")
    if ago not in EMERGENCIES and not (ago < 0 and ago % 12 == 0):
        return
    holders = [
        (member, grant)
        for member in stage.cast.members
        for grant in member.grants
        if grant[1] == BREAK_GLASS
    ]
    if not holders:
        return
    member, grant = rng.choice(holders)
    # Past midnight for one of them: delivered, and worked on, on the next day.
    at = moment(day.date, 23, 40) if ago == EMERGENCIES[1] else sometime(day.date, rng, 18, 20)
    network = stage.network(member.email, rng)
    inside = sign_in(stage, day, member, at, network)
    caller = set_session(stage, day, member, grant, at + timedelta(minutes=1), inside, network)
    may = stage.set_may(*grant)
    work = Work(("ec2", "rds", "iam"), 24, stage.cast.home, may, day_end(at), writes=0.5)
    do(day, rng, caller, work, at + timedelta(minutes=1))


def _root_sign_in(stage: Stage, day: Day, account: Account) -> None:
    rng, at = day.dice("root", account.id), stage.ago(account.root.last_used or 0)
    arn = f"arn:aws:iam::{account.id}:root"
    identity = {
        "type": "Root",
        "principalId": account.id,
        "arn": arn,
        "accountId": account.id,
        "accessKeyId": "",
    }
    network = "198.51.100.251"
    caller = Caller(Who("root", "Root", arn), identity, account.id, network, BROWSER)
    day.add(
        at,
        caller,
        LOGIN,
        "us-east-1",
        said=Asked(None, {"ConsoleLogin": "Success"}),
        eventType="AwsConsoleSignIn",
        additionalEventData={"MobileVersion": "No", "MFAUsed": "No"},
    )
    attributes = {"creationDate": at.strftime("%Y-%m-%dT%H:%M:%SZ"), "mfaAuthenticated": "false"}
    working = replace(
        caller,
        identity=identity
        | {"accessKeyId": day.key(account.id), "sessionContext": {"attributes": attributes}},
    )
    for operation in (READS["iam"][1], READS["s3"][0], READS["ce"][0]):
        day.add(at + timedelta(seconds=rng.randint(5, 500)), working, operation, "us-east-1")
    day.starts.append(Start(at, account.id, caller.who, None, None, None, network, None))


def roots(stage: Stage, day: Day) -> None:
    """Root users who signed in when IAM says that they did."""
    for account in stage.cast.world.accounts:
        used = account.root.last_used
        if used is not None and stage.ago(used).date().isoformat() == day.date:
            _root_sign_in(stage, day, account)


def central_root(stage: Stage, day: Day) -> None:
    """Somebody of the management account takes root's place in a member: no root signs in."""
    management = stage.cast.management
    holders = [
        (member, grant)
        for member in stage.cast.members
        for grant in member.grants
        if grant[0] == management and stage.set_may(*grant)(ASSUME_ROOT)
    ]
    if _days_ago(stage, day) != CENTRAL_ROOT or not holders:
        return
    (member, grant), target = holders[0], stage.cast.accounts[-1]
    at, network = moment(day.date, 13, 10), "198.51.100.14"
    inside = sign_in(stage, day, member, at, network)
    at += timedelta(minutes=2)
    caller = replace(set_session(stage, day, member, grant, at, inside, network), fresh_keys=False)
    key_id = day.key(target)
    policy = "arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy"
    answer = {"credentials": {"accessKeyId": key_id}, "sourceIdentity": "Admin"}
    said = Asked({"targetPrincipal": target, "taskPolicyArn": {"arn": policy}}, answer)
    at += timedelta(seconds=30)
    made = day.add(at, caller, ASSUME_ROOT, stage.cast.home, said=said)
    identity = {
        "type": "AWSAccount",
        "principalId": caller.identity["principalId"],
        "accountId": management,
    }
    day.copy(made, target, identity)
    root = as_root(target, key_id, at + timedelta(seconds=1), caller)
    delete = Operation("s3.amazonaws.com", "DeleteBucketPolicy", write=True)
    day.add(at + timedelta(seconds=40), root, delete, stage.cast.home)
    arn = str(root.identity["arn"])
    start = Start(at, target, root.who, member.email, None, arn, network, key_id)
    day.starts.append(start)


def one_service_only(stage: Stage, day: Day) -> None:
    """Credentials for CodeCommit and Bedrock: records of an IAM user without any key. Like their
    keys, people use them for some days after the epoch."""
    if not goes_on(stage, day.date):
        return
    for user in stage.cast.users:
        rng = day.dice("service credential", user.arn)
        for service in user.spec.service_credentials:
            if rng.random() > 0.4:
                continue
            at, home = sometime(day.date, rng), stage.cast.home
            caller = by_service_credential(user, stage.network(user.arn, rng), "git/2.43.0")
            if service.startswith("codecommit"):
                day.add(at, caller, GIT, home, said=Asked({"repositoryName": "shop"}))
            else:
                bearer = {"callWithBearerToken": True}
                day.add(at, caller, MODEL, "us-east-1", additionalEventData=bearer)


def strange_tools(stage: Stage, day: Day) -> None:
    """Strings that somebody chose in order to break whoever shows them carelessly."""
    rng = day.dice("strange")
    made = [one for one in day.happenings if one.who.path in ("old", "new") and one.direct]
    for happening in rng.sample(made, min(2, len(made))):
        happening.record["userAgent"] = rng.choice(HOSTILE_AGENTS)


def incidents_day(stage: Stage, day: Day) -> None:
    """Everything rare, on one day."""
    break_glass(stage, day)
    roots(stage, day)
    central_root(stage, day)
    one_service_only(stage, day)
    strange_tools(stage, day)

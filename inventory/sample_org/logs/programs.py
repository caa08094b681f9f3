"""Programs: static keys with the hours of a schedule, roles through OIDC, instances, functions."""

from dataclasses import replace
from datetime import datetime, timedelta

from inventory.sample_org.documents import GITHUB
from inventory.sample_org.logs.callers import (
    Caller,
    Who,
    by_key,
    by_service,
    workload,
)
from inventory.sample_org.logs.cast import RoleCast, UserCast, principals
from inventory.sample_org.logs.happenings import Day
from inventory.sample_org.logs.operations import OBJECTS, READS, WRITES, Operation
from inventory.sample_org.logs.requests import Asked
from inventory.sample_org.logs.stage import CLI, TERRAFORM, Stage, moment, sometime, working_day
from inventory.sample_org.logs.users import goes_on
from inventory.sample_org.spec import Key

ASSUME = Operation("sts.amazonaws.com", "AssumeRole")
WITH_TOKEN = Operation("sts.amazonaws.com", "AssumeRoleWithWebIdentity")
GITHUB_AGENT = "configure-aws-credentials-for-github-actions"
MACHINE = "203.0.113.200"
# service of the key -> (hours, calls at each, tool)
SCHEDULES: dict[str, tuple[tuple[int, ...], int, str]] = {
    "ecs": ((8, 10, 13, 16), 8, CLI[1]),
    "ec2": ((2,), 45, TERRAFORM),
    "cloudwatch": (tuple(range(24)), 3, "Datadog/2.0 boto3/1.40 md/Botocore#1.40"),
    "backup": ((1,), 10, "Boto3/1.34.0 md/Botocore#1.34.0"),
    "ses": (tuple(range(0, 24, 3)), 4, "aws-sdk-php/3.301 GuzzleHttp/7"),
    "s3": ((3,), 20, CLI[3]),
    "athena": ((4,), 6, "Boto3/1.28.0 md/Botocore#1.28.0"),
}


def _calls(service: str) -> list[Operation]:
    named = "monitoring" if service == "cloudwatch" else service
    return [*READS.get(named, []), *WRITES.get(named, [])]


def _ends(stage: Stage, key: Key, date: str) -> datetime | None:
    """Up to the epoch a program's key stops at the use that IAM reports; later it goes on."""
    if key.used is None or not key.active:
        return None
    last = stage.ago(key.used)
    if date > stage.cast.epoch.date().isoformat():
        return moment(date, 23, 59, 59)
    return last if date <= last.date().isoformat() else None


def key_program(stage: Stage, day: Day, user: UserCast, key_id: str, key: Key) -> None:
    """A program with a static key: the same hours every day, weekends too."""
    end = _ends(stage, key, day.date)
    if end is None:
        return
    hours, calls, agent = SCHEDULES.get(key.service, SCHEDULES["s3"])
    rng, may = day.dice("program", key_id), stage.user_may(user)
    caller = by_key(user, key_id, MACHINE, agent)
    for hour in hours:
        at = moment(day.date, hour, 5)
        # A program that was refused was mended long ago, but for one call or two.
        known = [one for one in _calls(key.service) if may(one) or rng.random() < 0.05]
        for _ in range(calls if known else 0):
            at += timedelta(seconds=rng.randint(1, 15))
            operation = rng.choice(known)
            error = None if may(operation) else operation.denial
            if at < end:
                day.add(at, caller, operation, key.region, error=error)
    if end.date().isoformat() == day.date and end <= stage.cast.epoch:
        day.add(end, caller, _calls(key.service)[0], key.region)


def _assumed(role: RoleCast, session: str, key_id: str) -> Asked:
    parameters = {"roleArn": role.arn, "roleSessionName": session, "durationSeconds": 3600}
    answer = {
        "credentials": {"accessKeyId": key_id, "sessionToken": "IQoJb3JpZ2luX2VjE"},
        "assumedRoleUser": {
            "assumedRoleId": f"{role.id}:{session}",
            "arn": f"arn:aws:sts::{role.account}:assumed-role/{role.name}/{session}",
        },
    }
    return Asked(parameters, answer, (("AWS::IAM::Role", role.arn),))


def assumed(
    day: Day,
    at: datetime,
    caller: Caller,
    role: RoleCast,
    session: str,
    region: str,
    *,
    operation: Operation = ASSUME,
    account: str | None = None,
) -> str:
    """A role is assumed. Returns the temporary key that the answer carries; the happening is the
    last of the day."""
    key_id = day.key(role.account)
    said = _assumed(role, session, key_id)
    made = day.add(at, caller, operation, region, account=account, said=said)
    made.record["responseElements"] = said.answer
    return key_id


def github(stage: Stage, day: Day, role: RoleCast) -> None:
    """Deployments by a repository's workflow, without any stored key."""
    rng, provider = day.dice("github", role.arn), ""
    if role.spec:
        provider = principals(role.spec.trust, "Federated")[0]
    subject = "repo:example-co/shop:ref:refs/heads/main"
    identity = {
        "type": "WebIdentityUser",
        "principalId": f"{provider}:sts.amazonaws.com:{subject}",
        "userName": subject,
        "identityProvider": provider,
    }
    who = Who("workload", "WebIdentityUser", role.arn)
    for _ in range(rng.randint(1, 4)):
        at = moment(day.date, rng.randint(6, 19), rng.randint(0, 59))
        network = f"140.82.112.{rng.randint(1, 250)}"
        caller = Caller(who, identity, role.account, network, GITHUB_AGENT)
        home = stage.cast.home
        key_id = assumed(day, at, caller, role, "GitHubActions", home, operation=WITH_TOKEN)
        origin = {"federatedProvider": provider, "attributes": {}}
        working = workload(
            role, "GitHubActions", key_id, at, network, CLI[1], webIdFederationData=origin
        )
        for operation in (*READS["ecr"], *WRITES["ecr"], *WRITES["ecs"], *READS["ecs"]):
            at += timedelta(seconds=rng.randint(1, 20))
            day.add(at, working, operation, home)


def instances(stage: Stage, day: Day, role: RoleCast) -> None:
    """A server with an instance profile: EC2 fetches a session for it four times a day."""
    rng, home = day.dice("instance", role.arn), stage.cast.home
    session = f"i-0{stage.cast.ids.hexadecimal(16, 'instance', '0', role.account, home)}"
    for hour in (0, 6, 12, 18):
        at = moment(day.date, hour, 2)
        service = by_service("ec2.amazonaws.com")
        key_id = assumed(day, at, service, role, session, home, account=role.account)
        caller = workload(role, session, key_id, at, "10.0.3.17", CLI[3], ec2RoleDelivery="2.0")
        for _ in range(rng.randint(2, 5)):
            at += timedelta(minutes=rng.randint(5, 60))
            day.add(at, caller, rng.choice([*READS["s3"], *READS["ec2"]]), home)


def functions(stage: Stage, day: Day, role: RoleCast, service: str) -> None:
    """A function or a job: its service assumes the role, and the program calls with it."""
    rng, home = day.dice("function", role.arn), stage.cast.home
    at = moment(day.date, rng.randint(0, 23), rng.randint(0, 50))
    session = role.name.replace("worker", "run")
    key_id = assumed(day, at, by_service(service), role, session, home, account=role.account)
    caller = workload(role, session, key_id, at, "10.0.8.20", "aws-sdk-nodejs/3.600 os/linux")
    for _ in range(rng.randint(1, 4)):
        at += timedelta(seconds=rng.randint(1, 60))
        day.add(at, caller, rng.choice((*WRITES["kms"], READS["logs"][0])), home)


def linked(stage: Stage, day: Day) -> None:
    """A service-linked role: AWS works with it and says which service it is."""
    rng = day.dice("linked")
    for account in stage.cast.accounts[5:8]:
        name, service = "AWSServiceRoleForAutoScaling", "autoscaling.amazonaws.com"
        role = stage.cast.linked_role(account, service, name)
        at = moment(day.date, rng.randint(0, 23), rng.randint(0, 59))
        caller = workload(role, "AutoScaling", day.key(account), at, service, service)
        operation = READS["ec2"][0]
        day.add(at, caller, operation, stage.cast.home, invoked_by=service)


def aws_itself(stage: Stage, day: Day) -> None:
    """Services at work for nobody: one action that two accounts record, and one without a type."""
    rng, accounts = day.dice("aws"), sorted(stage.cast.accounts)
    first, second = accounts[0], accounts[2]
    check = Operation("s3.amazonaws.com", "GetBucketAcl")
    for hour in (3, 15):
        at = moment(day.date, hour, rng.randint(0, 59))
        caller = replace(by_service("cloudtrail.amazonaws.com"), account=first)
        made = day.add(at, caller, check, stage.cast.home, said=Asked())
        day.copy(made, second, caller.identity)
    who = Who("aws", None, "ec2.amazonaws.com")
    identity = {"accountId": second, "invokedBy": "ec2.amazonaws.com"}
    nobody = Caller(who, identity, second, "ec2.amazonaws.com", "ec2.amazonaws.com")
    shared = Operation("ec2.amazonaws.com", "SharedSnapshotVolumeCreated", write=True)
    at = moment(day.date, rng.randint(0, 23))
    made = day.add(at, nobody, shared, stage.cast.home, eventType="AwsServiceEvent", said=Asked())
    made.direct = False


def objects(stage: Stage, day: Day) -> None:
    """Data events: only the account with a trail of its own has objects' reads and writes. A
    program makes them at night; people do while they work."""
    rng = day.dice("objects")
    for user in stage.cast.users:
        if user.account != stage.cast.own_trail or not user.keys or not user.spec.policies:
            continue
        key_id, key = user.keys[0]
        end, count = _ends(stage, key, day.date), rng.randint(0, 12)
        caller, at = by_key(user, key_id, MACHINE, CLI[3]), moment(day.date, 5, 30)
        if user.spec.kind == "human":
            tool = stage.tool(user.spec.name)
            caller = by_key(user, key_id, stage.network(user.arn, rng), tool)
            at, works = sometime(day.date, rng), working_day(day.date, rng)
            still = works and user.spec.owner not in stage.left
            count = count if still and goes_on(stage, day.date) else 0
        for _ in range(count if end else 0):
            at += timedelta(seconds=rng.randint(1, 9))
            operation = rng.choice(OBJECTS)
            error = None if stage.user_may(user)(operation) else operation.denial
            if end and at < end:
                day.add(at, caller, operation, stage.cast.home, error=error)


def programs_day(stage: Stage, day: Day) -> None:
    """Every program on one day."""
    for user in stage.cast.users:
        if user.spec.kind in ("service", "mixed"):
            key_program(stage, day, user, *user.keys[0])
    for role in stage.cast.trusting("Federated", GITHUB):
        github(stage, day, role)
    for role in stage.cast.trusting("Service", "ec2.amazonaws.com"):
        instances(stage, day, role)
    rng = day.dice("which functions")
    lambdas = stage.cast.trusting("Service", "lambda.amazonaws.com")
    for role in rng.sample(lambdas, min(6, len(lambdas))):
        functions(stage, day, role, "lambda.amazonaws.com")
    for role in stage.cast.trusting("Service", "glue.amazonaws.com"):
        functions(stage, day, role, "glue.amazonaws.com")
    linked(stage, day)
    objects(stage, day)
    aws_itself(stage, day)

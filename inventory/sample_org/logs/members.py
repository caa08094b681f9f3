"""The new path: people sign in to Identity Center and work in permission sets.

Some began early as volunteers, most in a wave, some are stuck on their keys. Whoever stopped using
an IAM user some days ago began here before that.
"""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from inventory.sample_org.logs.callers import (
    Caller,
    Who,
    by_account_access,
    by_permission_set,
    on_behalf,
)
from inventory.sample_org.logs.cast import Member, RoleCast
from inventory.sample_org.logs.happenings import Day, Record, Start
from inventory.sample_org.logs.operations import Operation
from inventory.sample_org.logs.requests import Asked
from inventory.sample_org.logs.stage import (
    BROWSER,
    CONSOLE,
    Stage,
    Work,
    do,
    moment,
    silent,
    sometime,
    working_day,
)

BREAK_GLASS = "ProdBreakGlass"
PORTAL = "https://example.awsapps.com/start"
SAML = "https://signin.aws.amazon.com/saml"
LOGIN = Operation("signin.amazonaws.com", "ConsoleLogin", write=True)
WITH_SAML = Operation("sts.amazonaws.com", "AssumeRoleWithSAML")
VOLUNTEERS = 3
STEPS = ("CredentialChallenge", "CredentialVerification", "UserAuthentication")


def began(stage: Stage, member: Member) -> datetime | None:
    """When the person first signed in to Identity Center; None while stuck for good."""
    rng = stage.person_dice("began", member.email)
    own = [user.spec for user in stage.cast.users if user.spec.owner == member.email]
    uses = [key.used for user in own for key in user.keys]
    uses += [user.password.used for user in own if user.password]
    known = [used for used in uses if used is not None]
    if member.number < VOLUNTEERS:
        return stage.ago(rng.uniform(22, 27))
    if not known:
        return stage.ago(rng.uniform(12, 24))
    quiet = min(known)
    if quiet >= 2:
        return stage.ago(min(27.0, quiet + rng.uniform(2, 9)))
    if rng.random() < 0.35:
        # Stuck: the story goes on after the epoch, and so do they.
        return stage.ago(-rng.uniform(1, 9))
    return stage.ago(rng.uniform(2, 13))


def portal_identity(stage: Stage, member: Member, credential: str, *, known: bool) -> Caller:
    """Somebody at Identity Center's own door; before they proved who they are the type differs."""
    identity = {
        "type": "IdentityCenterUser" if known else "Unknown",
        "accountId": stage.cast.management,
        "onBehalfOf": on_behalf(member, stage.cast.store_arn),
        "credentialId": credential,
    }
    who = Who("signin", str(identity["type"]), f"identitystore:{member.user_id}")
    return Caller(who, identity, stage.cast.management, "", BROWSER)


def _step(
    stage: Stage, day: Day, at: datetime, caller: Caller, name: str, source: str, **fields: Any
) -> Record:
    operation = Operation(f"{source}.amazonaws.com", name, write=True)
    made = day.add(
        at,
        caller,
        operation,
        stage.cast.home,
        said=Asked(),
        eventType="AwsServiceEvent",
        **fields,
    )
    made.record.pop("tlsDetails", None)
    return made.record


def sign_in(stage: Stage, day: Day, member: Member, at: datetime, network: str) -> Caller:
    """The three steps of a sign-in, and sometimes a failed one before. Returns who is in."""
    rng = day.dice("sign in", member.email)
    workflow, credential = day.uuid(), day.uuid()
    door = portal_identity(stage, member, credential, known=rng.random() < 0.8)
    inside = portal_identity(stage, member, credential, known=True)
    failed = rng.random() < 0.06
    for number, name in enumerate(STEPS):
        caller = inside if name == "UserAuthentication" else door
        extra: dict[str, Any] = {"AuthWorkflowID": workflow, "CredentialType": "EXTERNAL_IDP"}
        if name != "CredentialVerification":
            extra["UserName"] = member.email
        if name == "UserAuthentication":
            extra["LoginTo"] = PORTAL
        result = "Failure" if failed and name == "CredentialVerification" else "Success"
        moved = at + timedelta(seconds=3 * number)
        record = _step(
            stage,
            day,
            moved,
            caller,
            name,
            "signin",
            additionalEventData=extra,
            serviceEventDetails={name: result},
        )
        record["sourceIPAddress"] = network
    return inside


def assume(
    stage: Stage,
    day: Day,
    member: Member,
    role: RoleCast,
    created: datetime,
    key_id: str,
    network: str,
) -> None:
    """Identity Center enters the account for the person: AssumeRoleWithSAML, sign-in evidence."""
    provider = stage.cast.provider(role.account)
    identity = {
        "type": "SAMLUser",
        "principalId": f"{provider.rsplit('/', 1)[1]}:{member.email}",
        "userName": member.email,
        "identityProvider": provider.rsplit("/", 1)[1],
    }
    who = Who("signin", "SAMLUser", provider, member.email)
    caller = Caller(who, identity, role.account, network, "sso.amazonaws.com")
    answer = {
        "credentials": {"accessKeyId": key_id, "sessionToken": "IQoJb3JpZ2luX2VjE"},
        "assumedRoleUser": {
            "assumedRoleId": f"{role.id}:{member.email}",
            "arn": f"arn:aws:sts::{role.account}:assumed-role/{role.name}/{member.email}",
        },
        "audience": SAML,
    }
    parameters = {
        "roleArn": role.arn,
        "principalArn": provider,
        "roleSessionName": member.email,
        "durationSeconds": 3600,
    }
    resources = (("AWS::IAM::Role", role.arn), ("AWS::IAM::SAMLProvider", provider))
    said = Asked(parameters, answer, resources)
    made = day.add(created, caller, WITH_SAML, stage.cast.home, said=said)
    made.record["responseElements"] = answer


def set_session(
    stage: Stage,
    day: Day,
    member: Member,
    grant: tuple[str, str],
    at: datetime,
    inside: Caller,
    network: str,
) -> Caller:
    """Opens an account with a permission set, in the console or for the command line."""
    account, name = grant
    rng = day.dice("open", member.email, account, name, str(at))
    role, console = stage.cast.reserved(account, name), rng.random() < 0.35
    record = _step(
        stage,
        day,
        at,
        inside,
        "Federate" if console else "GetRoleCredentials",
        "sso",
        serviceEventDetails={"role_name": name, "account_id": account},
    )
    record["sourceIPAddress"] = network
    created, key_id = at + timedelta(seconds=1), day.key(account)
    assume(stage, day, member, role, created, key_id, network)
    agent = CONSOLE if console else stage.tool(member.email)
    caller = by_permission_set(member, stage.cast.store_arn, role, key_id, created, network, agent)
    if rng.random() < 0.015:
        caller = silent(caller, role.arn)
    if console:
        caller = _console(day, caller, created)
    who = caller.who
    # Nobody can tell whose session it was that never said so.
    person = None if who.actor == role.arn else member.email
    fresh = None if console else key_id
    day.starts.append(Start(created, account, who, person, name, role.arn, network, fresh))
    return caller


def _console(day: Day, caller: Caller, created: datetime) -> Caller:
    """Into the console: its own ConsoleLogin, of an assumed role, and a key for each request."""
    entering = Caller(
        caller.who,
        (caller.plain or caller.identity) | {"accessKeyId": ""},
        caller.account,
        caller.network,
        BROWSER,
    )
    day.add(
        created,
        entering,
        LOGIN,
        "us-east-1",
        said=Asked(None, {"ConsoleLogin": "Success"}),
        eventType="AwsConsoleSignIn",
        additionalEventData={"LoginTo": PORTAL, "MobileVersion": "No", "MFAUsed": "No"},
    )
    return Caller(
        caller.who,
        caller.identity,
        caller.account,
        caller.network,
        CONSOLE,
        caller.plain,
        {"sessionCredentialFromConsole": "true"},
        fresh_keys=True,
    )


def _work(stage: Stage, member: Member, grant: tuple[str, str], rng: Random, end: datetime) -> Work:
    account, name = grant
    region = stage.cast.home if rng.random() < 0.8 else "us-east-1"
    may = stage.set_may(account, name)
    services = stage.services(member.email)
    return Work(services, rng.randint(4, 14), region, may, end, tries=0.12)


def member_day(stage: Stage, day: Day, member: Member) -> None:
    """A person's day with Identity Center."""
    first = began(stage, member)
    rng = day.dice("member", member.email)
    if first is None or moment(day.date, 23, 59) < first or not member.grants:
        return
    if not working_day(day.date, rng) or rng.random() > 0.8:
        return
    network = stage.network(member.email, rng)
    at = sometime(day.date, rng, 7, 9)
    inside = sign_in(stage, day, member, at, network)
    usual = [grant for grant in member.grants if grant[1] != BREAK_GLASS]
    for grant in rng.sample(usual, min(len(usual), rng.choice((1, 1, 2)))):
        at += timedelta(minutes=rng.randint(2, 120))
        caller = set_session(stage, day, member, grant, at, inside, network)
        work = _work(stage, member, grant, rng, at + timedelta(hours=1))
        do(day, rng, caller, work, at + timedelta(seconds=2))


def account_access(stage: Stage, day: Day) -> None:
    """Ordinary roles that Identity Center's users are entitled to, without a permission set."""
    rng = day.dice("account access")
    for role in stage.cast.trusting("Service", "account-access.amazonaws.com"):
        member = rng.choice(stage.cast.members[:4])
        if not working_day(day.date, rng) or rng.random() > 0.4:
            continue
        at, network = sometime(day.date, rng), stage.network(member.email, rng)
        key_id = day.key(role.account)
        caller = by_account_access(
            member,
            stage.cast.store_arn,
            role,
            key_id,
            at,
            network,
            stage.tool(member.email),
        )
        work = Work(("s3", "logs"), 6, stage.cast.home, lambda one: not one.write, day_end(at))
        do(day, rng, caller, work, at)
        person, who = member.email, caller.who
        start = Start(at, role.account, who, person, None, role.arn, network, key_id)
        day.starts.append(start)


def day_end(at: datetime) -> datetime:
    return at + timedelta(hours=3)


def members_day(stage: Stage, day: Day) -> None:
    """Everybody's new path on one day."""
    for member in stage.cast.members:
        member_day(stage, day, member)
    account_access(stage, day)

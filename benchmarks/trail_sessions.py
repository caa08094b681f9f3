"""Sessions of each kind, as lists of calls, in the logs made for benchmarks and property tests.

A call is (account that records it, fields that make it this call): trail_logs adds the rest.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from benchmarks.trail_identities import (
    AGENTS,
    BROWSER,
    CLI,
    ROLES,
    SETS,
    STORE,
    Event,
    People,
    handed_out,
)

Call = tuple[str, Event]
SIGN_IN = {"eventSource": "signin.amazonaws.com", "sourceIPAddress": "203.0.113.9"}


def static_key(people: People, start: datetime, size: int) -> list[Call]:
    """An IAM user's static key at work."""
    user = people.random.choice(people.users)
    agent = people.random.choice(AGENTS)
    return [(user["accountId"], {"userIdentity": user, "userAgent": agent}) for _ in range(size)]


def user_console(people: People, start: datetime, size: int) -> list[Call]:
    """An IAM user in the console: a sign-in, then a key for each request."""
    user = people.random.choice(people.users)
    account = user["accountId"]
    browser = BROWSER.format(people.random.randrange(110, 142))
    failed = people.random.random() < 0.1
    sign_in = {
        **SIGN_IN,
        "userIdentity": user | {"accessKeyId": ""},
        "eventName": "ConsoleLogin",
        "userAgent": browser,
        "eventType": "AwsConsoleSignIn",
        "responseElements": {"ConsoleLogin": "Failure" if failed else "Success"},
        "additionalEventData": {"MobileVersion": "No", "MFAUsed": "Yes"},
    }
    context = {"attributes": {"creationDate": _text(start), "mfaAuthenticated": "true"}}
    calls: list[Call] = [(account, sign_in)]
    for _ in range(0 if failed else size):
        identity = user | {"accessKeyId": people.id("ASIA"), "sessionContext": context}
        fields = {"userIdentity": identity, "userAgent": browser}
        if people.random.random() < 0.06:
            identity["invokedBy"] = fields["sourceIPAddress"] = fields["userAgent"] = "AWS Internal"
        calls.append((account, fields | {"sessionCredentialFromConsole": "true"}))
    return calls


def assumed_by_user(people: People, start: datetime, size: int) -> list[Call]:
    """A role assumed with a static key, half of the time in another account, sometimes chained."""
    user = people.random.choice(people.users)
    home = user["accountId"]
    account = people.random.choice([home, people.random.choice(people.accounts)])
    calls, session = _assumed(people, start, user, home, account, "ops")
    if people.random.random() < 0.3:
        more, session = _assumed(people, start, session, account, account, "audit")
        calls += more
    agent = people.random.choice(AGENTS)
    calls += [(account, {"userIdentity": session, "userAgent": agent}) for _ in range(size)]
    if people.random.random() < 0.2:
        people.random.shuffle(calls)
    return calls


def _assumed(
    people: People, start: datetime, caller: Event, home: str, account: str, role: str
) -> tuple[list[Call], Event]:
    """The AssumeRole event, one in each account that records it, and the session's identity."""
    key = people.id("ASIA")
    session = people.role(account, role, f"session-{people.random.randrange(10**6)}", key, start)
    arn = f"arn:aws:iam::{account}:role/{role}"
    fields = handed_out(caller, arn, session["principalId"].split(":")[1], key, "AssumeRole")
    if account == home:
        return [(home, fields)], session
    fields["sharedEventID"] = people.uuid()
    outside = {"type": "AWSAccount", "principalId": caller["principalId"], "accountId": home}
    return [(home, fields), (account, fields | {"userIdentity": outside})], session


def permission_set(people: People, start: datetime, size: int) -> list[Call]:
    """An Identity Center user: sign-in, entry by SAML, then a CLI's or a console's calls."""
    random = people.random
    email, user_id = random.choice(people.sso)
    account, name = random.choice(people.accounts), random.choice(SETS)
    console = random.random() < 0.35
    behind = {"userId": user_id, "identityStoreArn": STORE}
    key = people.id("ASIA")
    session = people.permission_set(account, name, email, key, start)
    agent = CLI.format(random.randrange(9, 40), "s3", "ls")
    if console:
        agent = BROWSER.format(random.randrange(110, 142))
    calls = [_user_authentication(behind, agent), (account, _entry(people, session, email, key))]
    for _ in range(size):
        identity = session if not console else session | {"accessKeyId": people.id("ASIA")}
        if random.random() < 0.87:
            identity = identity | {"onBehalfOf": behind}
        fields = {"userIdentity": identity, "userAgent": agent}
        calls.append(
            (account, fields | ({"sessionCredentialFromConsole": "true"} if console else {}))
        )
    return calls


def _user_authentication(behind: Event, agent: str) -> Call:
    identity = {"type": "IdentityCenterUser", "accountId": "999999999999", "onBehalfOf": behind}
    event: dict[str, Any] = {
        **SIGN_IN,
        "userIdentity": identity,
        "eventName": "UserAuthentication",
        "eventType": "AwsServiceEvent",
        "userAgent": agent,
        "serviceEventDetails": {"UserAuthentication": "Success"},
    }
    return "999999999999", event


def _entry(people: People, session: Event, email: str, key: str) -> Event:
    role = session["sessionContext"]["sessionIssuer"]["arn"]
    caller = {"type": "SAMLUser", "principalId": f"abc=:{email}", "userName": email}
    fields = handed_out(caller, role, email, key, "AssumeRoleWithSAML")
    provider = f"arn:aws:iam::{session['accountId']}:saml-provider/AWSSSO_1a2b_DO_NOT_DELETE"
    fields["requestParameters"]["principalArn"] = provider
    fields["responseElements"]["assumedRoleUser"]["arn"] = session["arn"]
    return fields


def instance_role(people: People, start: datetime, size: int) -> list[Call]:
    """A role that an EC2 instance holds."""
    account = people.random.choice(people.accounts)
    name, instance = people.random.choice(ROLES), f"i-0{people.random.getrandbits(64):016x}"
    session = people.role(account, name, instance, people.id("ASIA"), start)
    session["sessionContext"]["ec2RoleDelivery"] = "2.0"
    agent = people.random.choice(AGENTS)
    return [(account, {"userIdentity": session, "userAgent": agent}) for _ in range(size)]


def function_role(people: People, start: datetime, size: int) -> list[Call]:
    """A role that Lambda assumed."""
    account, key = people.random.choice(people.accounts), people.id("ASIA")
    session = people.role(account, "lambda-exec", f"fn-{people.random.randrange(60)}", key, start)
    service = {"type": "AWSService", "invokedBy": "lambda.amazonaws.com"}
    arn = f"arn:aws:iam::{account}:role/lambda-exec"
    fields = handed_out(service, arn, session["principalId"].split(":")[1], key, "AssumeRole")
    fields["sharedEventID"] = people.uuid()
    fields["sourceIPAddress"] = fields["userAgent"] = "lambda.amazonaws.com"
    rest = [(account, {"userIdentity": session, "userAgent": AGENTS[0]}) for _ in range(size)]
    return [(account, fields), *rest]


def web_identity(people: People, start: datetime, size: int) -> list[Call]:
    """A build of GitHub Actions."""
    account, key = people.random.choice(people.accounts), people.id("ASIA")
    session = people.role(account, "github-deploy", "GitHubActions", key, start)
    provider = f"arn:aws:iam::{account}:oidc-provider/token.actions.githubusercontent.com"
    session["sessionContext"]["webIdFederationData"] = {"federatedProvider": provider}
    caller = {
        "type": "WebIdentityUser",
        "principalId": f"{provider}:sts.amazonaws.com:repo:acme/shop:ref:refs/heads/main",
        "userName": "repo:acme/shop:ref:refs/heads/main",
        "identityProvider": provider,
    }
    arn = f"arn:aws:iam::{account}:role/github-deploy"
    fields = handed_out(caller, arn, "GitHubActions", key, "AssumeRoleWithWebIdentity")
    rest = [(account, {"userIdentity": session, "userAgent": AGENTS[1]}) for _ in range(size)]
    return [(account, fields), *rest]


def service(people: People, start: datetime, size: int) -> list[Call]:
    """AWS services at their own work, some of it recorded without any identity."""
    account = people.random.choice(people.accounts)
    calls: list[Call] = []
    for _ in range(size):
        name = people.random.choice(("config", "guardduty", "ssm", "inspector2")) + ".amazonaws.com"
        fields: Event = {"userAgent": name, "sourceIPAddress": name}
        fields["userIdentity"] = {"type": "AWSService", "invokedBy": name}
        if people.random.random() < 0.1:
            fields["userIdentity"] = {"accountId": account, "invokedBy": name}
        if people.random.random() < 0.3:
            fields["sharedEventID"] = people.uuid()
        calls.append((account, fields))
    return calls


def root(people: People, start: datetime, size: int) -> list[Call]:
    """Somebody as root in the console."""
    account = people.random.choice(people.accounts)
    context = {"attributes": {"creationDate": _text(start), "mfaAuthenticated": "true"}}
    identity = {
        "type": "Root",
        "principalId": account,
        "arn": f"arn:aws:iam::{account}:root",
        "accountId": account,
    }
    sign_in = {
        **SIGN_IN,
        "userIdentity": identity,
        "eventName": "ConsoleLogin",
        "responseElements": {"ConsoleLogin": "Success"},
    }
    rest = [
        (
            account,
            {
                "userIdentity": identity
                | {"accessKeyId": people.id("ASIA"), "sessionContext": context}
            },
        )
        for _ in range(min(size, 5))
    ]
    return [(account, sign_in), *rest]


def _text(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def moments(people: People, start: datetime, size: int) -> list[datetime]:
    """When the calls of a session happen."""
    steps = people.random.choices((0, 0, 1, 2, 5, 20, 60, 240), k=size)
    at, times = start, []
    for step in steps:
        at += timedelta(seconds=step)
        times.append(at)
    return times


Kind = Callable[[People, datetime, int], list[Call]]
# How many of a hundred sessions, and how long they are in the middle.
KINDS: tuple[tuple[Kind, float, int], ...] = (
    (static_key, 18, 40),
    (user_console, 8, 30),
    (assumed_by_user, 6, 40),
    (permission_set, 28, 45),
    (instance_role, 14, 45),
    (function_role, 12, 15),
    (web_identity, 4, 40),
    (service, 8, 60),
    (root, 2, 5),
)

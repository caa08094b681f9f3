"""CloudTrail usage counted slowly and plainly: the standard library, a dictionary an event, all of
it at once. Shares no code with the portal, so that the two can prove each other.

Gives {exported fields: [events, direct events, first, last]}; the fields are in FIELDS.
"""

import gzip
import json
import re
from typing import Any

FIELDS = "day account path kind actor user_name key set source name region error"
RESERVED = re.compile(r"^AWSReservedSSO_([A-Za-z0-9_+=,.@-]{1,32})_([0-9a-f]{16})$")
SIGN_IN = ("sso", "sso-oidc", "sso-oauth", "sso-directory", "signin", "identitystore")


def count_usage(objects):
    """objects: the bytes of log objects ({"Records": [...]}, gzip or not)."""
    events = distinct(objects)
    made: dict[str, Any] = {}
    users: dict[Any, str] = {}
    for event in events:
        learn(event, made, users)
    rows: dict[tuple[str, ...], list[Any]] = {}
    for event in events:
        identity = event.get("userIdentity") or {}
        path, kind, actor, user_name, key, permission_set = who(event, made, users)
        error = event.get("errorCode") or ""
        if (event.get("responseElements") or {}).get("ConsoleLogin") == "Failure":
            error = "Failure"
        time = event["eventTime"]
        who_row = (time[:10], event["recipientAccountId"], path, kind, actor, user_name, key)
        what_row = (event["eventSource"], event["eventName"], event["awsRegion"], error)
        row = (*who_row, permission_set, *what_row)
        count = rows.setdefault(row, [0, 0, time, time])
        count[0] += 1
        count[1] += 0 if identity.get("invokedBy") else 1
        count[2] = min(count[2], time)
        count[3] = max(count[3], time)
    return rows


def distinct(objects):
    """Every event once; of copies in several accounts the caller's own, else the smallest id's."""
    best: dict[str, tuple[str, Any]] = {}
    for data in objects:
        text = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
        for event in json.loads(text)["Records"]:
            one = event.get("sharedEventID") or event["eventID"]
            account = event["recipientAccountId"]
            own = (event.get("userIdentity") or {}).get("accountId") == account
            place = "" if own or not event.get("sharedEventID") else account
            if one not in best or place < best[one][0]:
                best[one] = (place, event)
    return [event for _place, event in best.values()]


def session_of(event):
    """What names a session: the temporary key, in the console the principal and the start."""
    identity = event.get("userIdentity") or {}
    start = ((identity.get("sessionContext") or {}).get("attributes") or {}).get("creationDate")
    in_console = event.get("sessionCredentialFromConsole") == "true"
    if (in_console or event["eventName"] == "ConsoleLogin") and start:
        return ("console", identity.get("principalId"), start)
    key = identity.get("accessKeyId") or ""
    return key if key.startswith("ASIA") else None


def learn(event, made, users):
    """made: key -> the event that handed it out. users: session -> Identity Center user."""
    credentials = (event.get("responseElements") or {}).get("credentials")
    if credentials:
        made[credentials["accessKeyId"]] = event
    user = ((event.get("userIdentity") or {}).get("onBehalfOf") or {}).get("userId")
    if user and session_of(event):
        users[session_of(event)] = user


def who(event, made, users):
    """path, kind, actor, user name, static key, permission set."""
    identity = event.get("userIdentity") or {}
    kind = identity.get("type") or ""
    name = identity.get("userName") or ""
    key = identity.get("accessKeyId") or ""
    if kind == "IAMUser":
        return "old", kind, identity["arn"], name, key if key.startswith("AKIA") else "", ""
    if kind == "Root":
        return "root", kind, identity["arn"], "", key if key.startswith("AKIA") else "", ""
    if kind == "AWSService" or not kind:
        return "aws", kind, identity.get("invokedBy") or event["eventSource"], "", "", ""
    if kind == "AssumedRole":
        return session(event, made, users)
    user = (identity.get("onBehalfOf") or {}).get("userId")
    if kind == "IdentityCenterUser" or (kind == "Unknown" and user):
        return "signin", kind, f"identitystore:{user}", name, "", ""
    request = event.get("requestParameters") or {}
    if kind == "SAMLUser" and "AWSSSO_" in request.get("principalArn", ""):
        return "signin", kind, request["principalArn"], name, "", ""
    if kind in ("SAMLUser", "WebIdentityUser"):
        return "workload", kind, request["roleArn"], "", "", ""
    if kind == "AWSAccount" and identity["principalId"].startswith("AIDA"):
        return "old", kind, identity["principalId"], "", "", ""
    return "unknown", kind, identity["principalId"].split(":")[0], "", "", ""


def session(event, made, users):
    """Who is behind a role's session, through as many AssumeRoles as it takes."""
    identity = event["userIdentity"]
    issuer = identity["sessionContext"]["sessionIssuer"]
    behind = (identity.get("onBehalfOf") or {}).get("userId") or users.get(session_of(event))
    reserved = RESERVED.match(issuer["userName"])
    if reserved:
        actor = f"identitystore:{behind}" if behind else issuer["arn"]
        email = identity["principalId"].split(":", 1)[1]
        return "new", "AssumedRole", actor, email, "", reserved[1]
    if behind:
        return "new", "AssumedRole", f"identitystore:{behind}", "", "", ""
    context = identity["sessionContext"]
    if context.get("ec2RoleDelivery") or context.get("webIdFederationData"):
        return "workload", "AssumedRole", issuer["arn"], "", "", ""
    maker = made.get(identity.get("accessKeyId"))
    if maker is None:
        return "unknown", "AssumedRole", issuer["arn"], "", "", ""
    path, _kind, actor, name, _key, _set = who(maker, made, users)
    if path == "old":
        return "old", "AssumedRole", actor, name, "", ""
    if path == "new":
        return "new", "AssumedRole", actor, "", "", ""
    if path in ("workload", "aws"):
        return "workload", "AssumedRole", issuer["arn"], "", "", ""
    return "unknown", "AssumedRole", issuer["arn"], "", "", ""

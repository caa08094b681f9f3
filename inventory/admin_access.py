"""Which IAM users can do everything, and through which policies.

Pure: no Django, no boto3.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from inventory.records import Document, IamGroupRecord, IamUserRecord

# 'aws' in the account's place: a policy that AWS manages, in any partition.
AWS_MANAGED = re.compile(r"arn:aws[a-z-]*:iam::aws:policy/(?P<path_and_name>.+)")
EVERY_ACTION = re.compile(r"\*+(:\*+)?")
EVERY_RESOURCE = re.compile(r"\*+")

# Condition keys that say when, from where or as whom, never what: an administrator with MFA is one.
# Any other key (aws:RequestedRegion, aws:ResourceTag/..., aws:IsMcpServiceAction) cuts out part of
# the actions or resources, so such an Allow is not of everything.
WHEN_NOT_WHAT = (
    "aws:multifactorauth",
    "aws:sourceip",
    "aws:sourcevpc",
    "aws:vpcsourceip",
    "aws:currenttime",
    "aws:epochtime",
    "aws:tokenissuetime",
    "aws:securetransport",
    "aws:useragent",
    "aws:referer",
    "aws:userid",
    "aws:username",
    "aws:principal",
)

ALLOW_ALL: Document = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
DENY_ALL: Document = {"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}
NOTHING_OF_ALL: Document = {"Statement": []}

# What files often name without showing. Every other policy that AWS manages allows less than
# everything and denies less than everything; a test reads all their documents to prove it.
KNOWN_BY_NAME: Mapping[str, Document] = {
    "AdministratorAccess": ALLOW_ALL,
    "AWSDenyAll": DENY_ALL,
}


@dataclass(frozen=True, slots=True)
class AdminAccess:
    """admin None: not known. how: sorted "direct:ARN", "group:NAME:ARN", "inline:NAME" and
    "group:NAME:inline:POLICY"; empty unless admin is True."""

    admin: bool | None
    how: tuple[str, ...]


def effective_admin(
    user: IamUserRecord,
    groups: Mapping[str, IamGroupRecord] | None,
    policies: Mapping[str, Document | None],
) -> AdminAccess:
    """Whether some identity policy allows every action on every resource and none denies it all.

    groups: the account's groups by name, None when they are not known. policies: managed policies'
    documents by ARN, None or absent where a document is not known. Parts of the user that are None
    are not known either.

    An Allow whose conditions say only when, from where or as whom still counts ("admin with MFA" is
    an admin); a Deny counts only without a condition. A known Deny of everything answers False
    whatever else is unknown. A known Allow of everything answers True although an unknown policy
    might deny it: calling somebody an administrator who is not costs a second look, the reverse
    hides one. Otherwise anything unknown makes the answer None. Boundaries and SCPs are no identity
    policies and do not count here.
    """
    found = dict(_identity_policies(user, groups, policies))
    known = {how: document for how, document in found.items() if document is not None}
    if any(denies_all(document) for document in known.values()):
        return AdminAccess(admin=False, how=())
    how = tuple(sorted(name for name, document in known.items() if allows_all(document)))
    if how:
        return AdminAccess(admin=True, how=how)
    return AdminAccess(admin=None if len(known) < len(found) else False, how=())


def allows_all(document: Document) -> bool:
    """One statement allows every action on every resource, whatever the time and place."""
    return any(
        s.get("Effect") == "Allow" and _covers_all(s) and _limits_no_action(s.get("Condition"))
        for s in _statements(document)
    )


def denies_all(document: Document) -> bool:
    """One statement denies every action on every resource, without a condition."""
    return any(
        s.get("Effect") == "Deny" and not s.get("Condition") and _covers_all(s)
        for s in _statements(document)
    )


def _identity_policies(
    user: IamUserRecord,
    groups: Mapping[str, IamGroupRecord] | None,
    policies: Mapping[str, Document | None],
) -> Iterator[tuple[str, Document | None]]:
    if user.attached_policies is None:
        yield "direct", None
    if user.inline_policies is None:
        yield "inline", None
    if user.groups is None:
        yield "group", None
    for arn in user.attached_policies or ():
        yield f"direct:{arn}", _managed(arn, policies)
    for name, document in (user.inline_policies or {}).items():
        yield f"inline:{name}", document
    for group_name in user.groups or ():
        group = groups.get(group_name) if groups is not None else None
        if group is None:
            yield f"group:{group_name}", None
            continue
        for arn in group.attached_policies:
            yield f"group:{group_name}:{arn}", _managed(arn, policies)
        for name, document in group.inline_policies.items():
            yield f"group:{group_name}:inline:{name}", document


def _managed(arn: str, policies: Mapping[str, Document | None]) -> Document | None:
    document = policies.get(arn)
    by_aws = AWS_MANAGED.fullmatch(arn)
    if document is not None or by_aws is None:
        return document
    return KNOWN_BY_NAME.get(by_aws["path_and_name"], NOTHING_OF_ALL)


def _statements(document: Document) -> Iterator[Document]:
    return (s for s in _as_list(document.get("Statement")) if isinstance(s, dict))


def _covers_all(statement: Document) -> bool:
    return _any_matches(EVERY_ACTION, statement.get("Action")) and _any_matches(
        EVERY_RESOURCE, statement.get("Resource")
    )


def _limits_no_action(condition: Any) -> bool:
    if not condition:
        return True
    if not isinstance(condition, dict) or not all(isinstance(c, dict) for c in condition.values()):
        return False
    keys = (str(key).lower() for tests in condition.values() for key in tests)
    return all(key.startswith(WHEN_NOT_WHAT) for key in keys)


def _any_matches(pattern: re.Pattern[str], value: Any) -> bool:
    return any(isinstance(text, str) and pattern.fullmatch(text) for text in _as_list(value))


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]

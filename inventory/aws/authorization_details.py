"""Users, groups, roles and managed policies of one account, in one paged call.

Source: iam:GetAccountAuthorizationDetails, or a file that `aws iam
        get-account-authorization-details` wrote.
Cost:   1 call per 1,000 entities (AWS may make smaller pages), none per user.
None:   a policy's document None: it was named without a default version's text.
Errors: any ReadError; from the parsers KeyError or ValueError, naming the entity.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from inventory.aws.caller import Aws
from inventory.aws.iam_entities import parse_group, parse_policy, parse_role, parse_user
from inventory.aws.reading import Inputs, Reading
from inventory.aws.values import account_of, as_list, as_name, shown
from inventory.records import Record

__all__ = [
    "account_of_details",
    "fetch_authorization_details",
    "parse_details",
    "parse_group",
    "parse_policy",
    "parse_role",
    "parse_user",
]

FILTER = ("User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy")
USERS, GROUPS, ROLES, POLICIES = LISTS = (
    "UserDetailList",
    "GroupDetailList",
    "RoleDetailList",
    "Policies",
)


def fetch_authorization_details(aws: Aws, inputs: Inputs) -> Reading:
    """A record per user, group, role and managed policy of inputs.account_id."""
    pages = list(
        aws.pages("iam", "get_account_authorization_details", Filter=list(FILTER), MaxItems=1000)
    )
    records = aws.parsed(
        "iam", "get_account_authorization_details", parse_details, pages, inputs.account_id
    )
    return Reading(records=records)


def parse_details(pages: Iterable[Mapping[str, Any]], account_id: str) -> list[Record]:
    """Every entity of one account's pages (a file is one page), each once, cleaned pages expected.

    ValueError: an entity is malformed, or belongs to another account.
    """
    lists = {name: _joined(pages, name) for name in LISTS}
    records: list[Record] = []
    records += [_named(parse_user, raw) for raw in lists[USERS]]
    records += [_named(parse_group, raw) for raw in lists[GROUPS]]
    records += [_named(parse_role, raw) for raw in lists[ROLES]]
    for raw in [*lists[USERS], *lists[GROUPS], *lists[ROLES], *lists[POLICIES]]:
        if account_of(raw["Arn"]) not in (account_id, "aws"):
            raise ValueError(f"{shown(raw['Arn'])} is not in account {account_id}")
    records += [_named(lambda one: parse_policy(one, account_id), raw) for raw in lists[POLICIES]]
    return records


def account_of_details(payload: Mapping[str, Any]) -> str | None:
    """The account a file is about, from its first entity; None: only AWS's own policies in it."""
    for name in LISTS:
        for raw in as_list(payload.get(name)):
            account_id = account_of(raw["Arn"])
            if account_id != "aws":
                return account_id
    return None


def _named(parse: Callable[[Mapping[str, Any]], Record], raw: Mapping[str, Any]) -> Record:
    try:
        return parse(raw)
    except KeyError as error:
        raise ValueError(f"{shown(raw.get('Arn'))} lacks {error}") from None
    except ValueError as error:
        raise ValueError(f"{shown(raw.get('Arn'))}: {error}") from None


def _joined(pages: Iterable[Mapping[str, Any]], name: str) -> list[dict[str, Any]]:
    # AWS may show one entity on two pages, each with a part of its policies: the parts are joined.
    entities: dict[str, dict[str, Any]] = {}
    for page in pages:
        for raw in as_list(page.get(name)):
            arn = as_name(raw["Arn"])
            entities[arn] = _merged(entities[arn], raw) if arn in entities else dict(raw)
    return list(entities.values())


def _merged(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    merged = {**first, **second}
    for key, value in first.items():
        if isinstance(value, list) and isinstance(second.get(key), list):
            merged[key] = value + [item for item in second[key] if item not in value]
    return merged

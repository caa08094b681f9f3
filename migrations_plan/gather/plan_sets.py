"""Permission sets and guardrails as the gates of plans see them, with what evaluation proves.

Cost: a fixed number of queries; proofs are made once for equal documents.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from inventory.admin_access import allows_all
from inventory.models import (
    AccountAssignment,
    AwsAccount,
    GroupMembership,
    IamRole,
    IdentityStoreGroup,
    PermissionSet,
    ServiceControlPolicy,
)
from migrations_plan.artefacts.catalogue import CatalogueSet, catalogue, place_problems
from migrations_plan.artefacts.scp import CREDENTIAL_ACTIONS, HolderOfTag
from migrations_plan.gather.access import Shelf
from migrations_plan.gather.controls import REVIEW
from migrations_plan.gather.target_facts import BREAK_GLASS, is_break_glass
from migrations_plan.models import JournalEntry
from migrations_plan.policy.access import Judge
from migrations_plan.policy.proofs import WRITE_ACTIONS, attacked, writes
from migrations_plan.rules import control_facts
from migrations_plan.rules.controls_setup import as_code
from migrations_plan.rules.plan_gates import facts as gates
from migrations_plan.rules.plan_gates.sets import PRODUCTION

GROUP = "GROUP"
ADMINISTRATOR = "/AdministratorAccess"
FIRST_ACTION = "iam:createuser"
LINKS = ("https://", "http://")


@dataclass(frozen=True, slots=True)
class _Assigned:
    """By set: accounts it is assigned in, groups by id, users by id, and everybody who holds it."""

    accounts: Mapping[str, set[str]]
    groups: Mapping[str, set[str]]
    direct: Mapping[str, set[str]]
    holders: Mapping[str, set[str]]
    names: Mapping[str, str]


def sets_of(
    judged: Iterable[control_facts.SetFacts], shelf: Shelf, *, known: bool
) -> tuple[gates.PermissionSet, ...]:
    """judged: as controls see them. known: who holds what was read at least once. Five queries."""
    assigned, reviews = _assigned(), _reviews()
    judge, stories = Judge(), _stories()
    return tuple(_set(one, shelf, assigned, reviews, judge, stories, known=known) for one in judged)


def _assigned() -> _Assigned:
    """Three queries."""
    accounts: dict[str, set[str]] = defaultdict(set)
    groups: dict[str, set[str]] = defaultdict(set)
    direct: dict[str, set[str]] = defaultdict(set)
    rows = AccountAssignment.objects.present().order_by()
    columns = ("permission_set_id", "account_id", "principal_type", "principal_id")
    grants: Iterable[tuple[str, str, str, str]] = rows.values_list(*columns)
    for arn, account_id, kind, key in grants:
        accounts[arn].add(account_id)
        (groups if kind == GROUP else direct)[arn].add(key)
    members: dict[str, set[str]] = defaultdict(set)
    for group, user in (
        GroupMembership.objects.present().order_by().values_list("group_id", "user_id")
    ):
        members[group].add(user)
    names = IdentityStoreGroup.objects.present().order_by()
    holders = {
        arn: direct[arn].union(*(members[group] for group in groups[arn])) for arn in accounts
    }
    named = dict(names.values_list("group_id", "display_name"))
    return _Assigned(accounts, groups, direct, holders, named)


def _reviews() -> dict[str, list[Any]]:
    """Lines of the journal by the set's ARN. One query."""
    found: dict[str, list[Any]] = defaultdict(list)
    for row in JournalEntry.objects.filter(action=REVIEW).order_by("seq"):
        found[row.subject].append(row)
    return found


def _stories() -> Mapping[str, Sequence[CatalogueSet]]:
    found: dict[str, list[CatalogueSet]] = defaultdict(list)
    for one in catalogue():
        found[one.name].append(one)
    return found


def _set(
    one: control_facts.SetFacts,
    shelf: Shelf,
    assigned: _Assigned,
    reviews: Mapping[str, Sequence[Any]],
    judge: Judge,
    stories: Mapping[str, Sequence[CatalogueSet]],
    *,
    known: bool,
) -> gates.PermissionSet:
    arn, row = one.subject.id, shelf.sets[one.subject.id]
    places = sorted(assigned.accounts.get(arn, ()))
    listed = stories.get(row.name, ())
    reads_only = bool(listed) and _reads_only(listed)
    written = _written(arn, places, shelf, judge) if reads_only else []
    return gates.PermissionSet(
        arn=arn,
        name=row.name,
        seconds=one.seconds,
        described=row.managed_policies is not None and row.customer_managed_policies is not None,
        as_code=as_code(one.tags),
        reviews=tuple(_review(line, row.digest) for line in reviews.get(arn, ())),
        placed=tuple(_place(shelf.accounts, place) for place in places),
        holders=len(assigned.holders.get(arn, ())) if known else None,
        groups=tuple(sorted(assigned.names.get(g, g) for g in assigned.groups.get(arn, ()))),
        direct=len(assigned.direct.get(arn, ())),
        admin=_admin(row),
        breaks_glass=is_break_glass(row),
        marked=_marked(row),
        scope=_scope(listed, [_place(shelf.accounts, place) for place in places]),
        reads_only=reads_only,
        writes=tuple(written),
        tried=len(WRITE_ACTIONS) * len(_production(places, shelf)) if reads_only else 0,
    )


def _place(accounts: Mapping[str, AwsAccount], account_id: str) -> tuple[str, str]:
    account = accounts.get(account_id)
    return (str(account), account.environment) if account else (account_id, "unknown")


def _review(line: Any, digest: str) -> gates.Review:
    details: Mapping[str, Any] = line.details or {}
    words = f"{line.reason} {details.get('code', '')} {details.get('link', '')}"
    code = any(link in words for link in LINKS)
    return gates.Review(line.actor, line.at, details.get("digest") == digest, code)


def _admin(row: PermissionSet) -> bool:
    managed = any(arn.endswith(ADMINISTRATOR) for arn in row.managed_policies or ())
    return managed or allows_all(row.inline_policy or {})


def _marked(row: PermissionSet) -> bool:
    return any(
        mark in str(tag).lower() for tag in (row.tags or {}).values() for mark in BREAK_GLASS
    )


def _reads_only(listed: Sequence[CatalogueSet]) -> bool:
    """Every story means it to write nothing in production: it may not be there, or only reads."""
    return all("prod" not in one.environments or _reads(one) for one in listed)


def _reads(one: CatalogueSet) -> bool:
    marks = ("readonly", "viewonly", "securityaudit")
    return bool(one.managed) and all(
        any(mark in name.lower() for mark in marks) for name in one.managed
    )


def _production(places: Sequence[str], shelf: Shelf) -> list[str]:
    """An account whose environment nobody knows counts as production."""
    return [one for one in places if _place(shelf.accounts, one)[1] in PRODUCTION]


def _written(
    arn: str, places: Sequence[str], shelf: Shelf, judge: Judge
) -> list[tuple[str, str, str]]:
    found = []
    for place in _production(places, shelf):
        held, levels = shelf.set_in(arn, place), shelf.levels(place)
        name = _place(shelf.accounts, place)[0]
        found += [(name, action, word) for action, word in writes(held, levels, place, judge)]
    return found


def _scope(listed: Sequence[CatalogueSet], placed: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Wrong by every story that knows the set."""
    said = [tuple(place_problems(one, placed)) for one in listed]
    return min(said, key=lambda lines: len(lines), default=())


def guarded(shelf: Shelf, listed: Iterable[AwsAccount]) -> tuple[gates.Guarded, ...]:
    """Member accounts under the guardrails as they stand."""
    number = len(CREDENTIAL_ACTIONS)
    return tuple(
        gates.Guarded(
            one.account_id,
            str(one),
            *attacked(shelf.levels(one.account_id), one.account_id),
            number,
        )
        for one in listed
        if not one.is_management
    )


def exempt_roles(accounts: Mapping[str, AwsAccount]) -> tuple[str, ...]:
    """Roles with the tag of the exemption, and those that a guardrail names. Two queries."""
    tag = HolderOfTag()
    found = set()
    rows = IamRole.objects.present().exclude(tags={}).order_by("arn")
    for arn, name, account_id, tags in rows.values_list("arn", "role_name", "account_id", "tags"):
        held = {key.lower(): value for key, value in tags.items()}
        if str(held.get(tag.key.lower(), "")) == tag.value:
            found.add(f"{name} in {accounts.get(account_id, account_id)} ({arn})")
    for document in ServiceControlPolicy.objects.present().values_list("document", flat=True):
        found |= {f"{arn.rsplit('/', 1)[-1]} ({arn})" for arn in _excepted(document)}
    # One role that has the tag and is named too is one.
    return tuple(
        sorted({one.rpartition("(")[2].rstrip(")"): one for one in sorted(found)}.values())
    )


def _excepted(document: Mapping[str, Any]) -> set[str]:
    """ARNs that a Deny of new IAM users leaves out."""
    found: set[str] = set()
    statements = document.get("Statement", [])
    for statement in statements if isinstance(statements, list) else [statements]:
        actions = statement.get("Action", [])
        named = [actions] if isinstance(actions, str) else actions
        if statement.get("Effect") != "Deny" or FIRST_ACTION not in map(str.lower, named):
            continue
        for keys in (statement.get("Condition") or {}).values():
            for key, value in keys.items():
                if key.lower() == "aws:principalarn":
                    found |= {value} if isinstance(value, str) else set(value)
    return found

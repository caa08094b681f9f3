"""Rows -> what permission sets allow in each account: their policies, boundaries and the guardrails
above the account, as the pure forecast takes them.

Cost: nine queries for any number of sets, accounts and people; each document becomes text once.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Max

from inventory.models import (
    AwsAccount,
    IamPolicy,
    OrganizationalUnit,
    PermissionSet,
    PolicyTarget,
    ServiceControlPolicy,
)
from migrations_plan.gather.reach import Reach, reach_of
from migrations_plan.gather.told import Reads
from migrations_plan.policy.access import (
    AccountAccess,
    Levels,
    Paper,
    SetPolicies,
    document_text,
)
from migrations_plan.policy.managed import managed_document

GUARDRAILS, SETS = "service_control_policies", "permission_sets"
ASSIGNMENTS, STORE, ORGANIZATION = "account_assignments", "identity_store", "organization"
ORGANIZATION_SOURCES = (GUARDRAILS, SETS, ASSIGNMENTS, STORE, ORGANIZATION)
INLINE = "(inline)"
DEEPEST = 12
# An account whose customer-managed policies a set uses must have been read for them.
DETAILS = "authorization_details"

Grants = Mapping[str, Collection[str]]


@dataclass(slots=True)
class Shelf:
    """Everything that sets and guardrails say, looked up once. Answers are kept, so that equal
    questions give the very same objects."""

    reads: Reads
    sets: Mapping[str, PermissionSet]
    by_name: Mapping[str, str]
    customer: Mapping[tuple[str, str], Any]
    managed: Mapping[str, Any]
    accounts: Mapping[str, AwsAccount]
    parents: Mapping[str, str | None]
    scps: Mapping[str, tuple[Paper, ...]]
    guarded: bool
    _sets: dict[tuple[str, str], SetPolicies] = field(default_factory=dict)
    _levels: dict[str, Levels | None] = field(default_factory=dict)
    _papers: dict[str, Paper] = field(default_factory=dict)

    def access(self, account_id: str, set_arns: Collection[str], *, unread: str) -> AccountAccess:
        """What these sets give in an account."""
        return AccountAccess(
            account_id,
            tuple(self.set_in(arn, account_id) for arn in sorted(set_arns)),
            self.levels(account_id),
            unread,
        )

    def set_in(self, arn: str, account_id: str) -> SetPolicies:
        """One set as it stands in an account. An ARN that is no set's is a name nobody has read."""
        known = self._sets.get((arn, account_id))
        if known is None:
            known = self._sets[arn, account_id] = self._set(arn, account_id)
        return known

    def _set(self, arn: str, account_id: str) -> SetPolicies:
        one = self.sets.get(arn)
        if one is None:
            why = "the permission set was not read"
            return SetPolicies(arn.rpartition("/")[2], (Paper(arn, None, why),))
        if one.managed_policies is None or one.customer_managed_policies is None:
            return SetPolicies(one.name, (Paper(one.name, None, "its policies were not read"),))
        papers = [self._managed(policy) for policy in one.managed_policies]
        papers += [self._customer(name, account_id) for name in one.customer_managed_policies]
        papers += [Paper(INLINE, document_text(one.inline_policy))] if one.inline_policy else []
        return SetPolicies(one.name, tuple(papers), self._boundary(one, account_id))

    def _managed(self, arn: str) -> Paper:
        known = self._papers.get(arn)
        if known is None:
            document = managed_document(arn, self.managed)
            text = None if document is None else document_text(document)
            name = arn.rpartition("/")[2]
            known = self._papers[arn] = Paper(name, text, "no copy of it is known")
        return known

    def _customer(self, path_and_name: str, account_id: str) -> Paper:
        document = self.customer.get((account_id, path_and_name))
        name = path_and_name.rpartition("/")[2]
        if document is not None:
            return Paper(name, document_text(document))
        read = self.reads.states.get((DETAILS, account_id))
        never = read is None or read.observed_at is None
        what = "its account was not read" if never else f"account {account_id} does not show it"
        # The name is the same in every account, the document is not.
        return Paper(f"{name} in {account_id}", None, what)

    def _boundary(self, one: PermissionSet, account_id: str) -> Paper | None:
        boundary = one.permissions_boundary
        if not boundary:
            return None
        arn = boundary.get("ManagedPolicyArn")
        if isinstance(arn, str):
            return self._managed(arn)
        reference = boundary.get("CustomerManagedPolicyReference") or {}
        if isinstance(reference, dict) and isinstance(reference.get("Name"), str):
            return self._customer(f"{reference.get('Path') or '/'}{reference['Name']}", account_id)
        return Paper("of an unknown kind", None, "what AWS said of it cannot be read")

    def levels(self, account_id: str) -> Levels | None:
        """The guardrails from the root to the account; None: none apply."""
        if account_id not in self._levels:
            self._levels[account_id] = self._guardrails(account_id)
        return self._levels[account_id]

    def _guardrails(self, account_id: str) -> Levels | None:
        account = self.accounts.get(account_id)
        if account is not None and account.is_management:
            return None
        if not self.guarded:
            return _not_known("they were never read")
        if not self.scps:
            return None
        targets = [account_id]
        parent = account.parent_id if account is not None else None
        while parent is not None and len(targets) < DEEPEST:
            targets.append(parent)
            if parent not in self.parents:
                return _not_known("the unit of the account was not read")
            parent = self.parents[parent]
        if len(targets) == 1:
            return _not_known("the place of the account in the organization is not known")
        nothing = (Paper("none", None, f"none is known at a level above account {account_id}"),)
        return tuple(self.scps.get(target, nothing) for target in reversed(targets))


def _not_known(why: str) -> Levels:
    return ((Paper("of the organization", None, why),),)


def shelf(reads: Reads, accounts: Mapping[str, AwsAccount]) -> Shelf:
    """Seven queries. accounts: all of them, by id."""
    sets = {one.arn: one for one in PermissionSet.objects.present()}
    state = reads.states.get((GUARDRAILS, ""))
    of_accounts = {name for one in sets.values() for name in customer_names(one)}
    return Shelf(
        reads=reads,
        sets=sets,
        by_name={one.name: one.arn for one in sets.values()},
        customer=customer_documents(of_accounts),
        managed=_managed_documents(sets.values()),
        accounts=accounts,
        parents=dict(OrganizationalUnit.objects.present().values_list("unit_id", "parent_id")),
        scps=_scps(),
        guarded=state is not None and state.observed_at is not None,
    )


def customer_names(one: PermissionSet) -> set[str]:
    """Names, without their paths, of the policies that the set and its boundary take from the
    accounts."""
    reference = (one.permissions_boundary or {}).get("CustomerManagedPolicyReference") or {}
    bounded = {str(reference["Name"])} if isinstance(reference.get("Name"), str) else set()
    return bounded | {name.rpartition("/")[2] for name in one.customer_managed_policies or ()}


def managed_arns(one: PermissionSet) -> set[str]:
    """ARNs of the policies that AWS manages, of the set and its boundary."""
    boundary = (one.permissions_boundary or {}).get("ManagedPolicyArn")
    return {*(one.managed_policies or ()), *([boundary] if isinstance(boundary, str) else ())}


def customer_documents(names: Collection[str]) -> dict[tuple[str, str], Any]:
    """By account and path with name, of customer-managed policies with these names. One query."""
    rows = IamPolicy.objects.present().filter(aws_managed=False, policy_name__in=names)
    columns = ("account_id", "path", "policy_name", "document")
    return {
        (account_id, f"{path}{name}"): document
        for account_id, path, name, document in rows.values_list(*columns)
        if document is not None
    }


def _managed_documents(sets: Iterable[PermissionSet]) -> dict[str, Any]:
    """What AWS manages, as some account showed it last: the same in all of them."""
    arns = {arn for one in sets for arn in managed_arns(one)}
    known = IamPolicy.objects.present().filter(arn__in=arns, aws_managed=True)
    last = known.exclude(document=None).order_by().values("arn").annotate(last=Max("pk"))
    rows = IamPolicy.objects.filter(pk__in=[row["last"] for row in last])
    return dict(rows.values_list("arn", "document"))


def _scps() -> dict[str, tuple[Paper, ...]]:
    """By target. Two queries."""
    papers = {
        one.policy_id: Paper(one.name, document_text(one.document))
        for one in ServiceControlPolicy.objects.present()
    }
    found: dict[str, list[Paper]] = defaultdict(list)
    rows = PolicyTarget.objects.present().order_by("policy_id")
    for policy_id, target_id in rows.values_list("policy_id", "target_id"):
        gone = Paper(policy_id, None, "the policy itself was not read")
        found[target_id].append(papers.get(policy_id, gone))
    return {target: tuple(listed) for target, listed in found.items()}


def why_unread(reads: Reads) -> str:
    """Why nobody can tell what is assigned to whom; '' once it was read whole at least once."""
    for source, what in ((ASSIGNMENTS, "account assignments"), (STORE, "the identity store")):
        state = reads.states.get((source, ""))
        if state is None or state.observed_at is None:
            reason = state.reason if state else "never read"
            return f"what is assigned is not known, because {what} was not read ({reason})"
    return ""


def grants_of(user_ids: Collection[str]) -> dict[str, Grants]:
    """By user, the ARNs of sets by account. Two queries."""
    return {user_id: _by_account(reach) for user_id, reach in reach_of(user_ids).items()}


def _by_account(reach: Reach) -> Grants:
    found: dict[str, set[str]] = defaultdict(set)
    for grant in reach.grants:
        found[grant.account_id].add(grant.permission_set_arn)
    return found

"""Changes of permission sets, as typed into the what-if form -> SetEdits, or what is wrong.

A policy of AWS is named by its name or ARN; a customer-managed one by its name, or its path and
name ('/team/Reports'), as permission sets name it: AWS looks for it in each account.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from inventory.models import IamPolicy, PermissionSet
from migrations_plan.gather.what_if import collected_documents
from migrations_plan.policy.documents import PolicyError, parse_policy
from migrations_plan.policy.lint import MOST_INLINE
from migrations_plan.policy.managed import AWS_MANAGED, managed_document, managed_policies
from migrations_plan.questions import SetEdit, is_customers

MOST_DEPTH = 32
# More than a permission set holds at AWS.
MOST_POLICIES = 50
KEEP, REPLACE, REMOVE = "keep", "replace", "remove"
SET_FIELDS = ("set", "attach", "detach", "inline", "inline_do", "boundary", "boundary_do")
# What a block has even where nobody typed anything.
SET_CHOICES = ("inline_do", "boundary_do")


class Problem(ValueError):
    """str() is one sentence for whoever filled in the form."""


def short(text: str) -> str:
    """In quotes, and not longer than a sentence bears."""
    return f"“{text[:80]}…”" if len(text) > 80 else f"“{text}”"


@dataclass(frozen=True, slots=True)
class Known:
    """What a change may speak of. sets: by name. collected: documents of AWS's policies by ARN, as
    accounts show them. customers: paths and names of customer-managed policies that any account
    shows."""

    sets: Mapping[str, PermissionSet]
    collected: Mapping[str, Any]
    customers: frozenset[str]

    def policy(self, text: str) -> str:
        """The ARN of a policy of AWS, or the path and name of a customer-managed one."""
        if is_customers(text):
            if text not in self.customers:
                raise Problem(f"No account shows a customer-managed policy {short(text)}.")
            return text
        of_aws = _arns(text)
        found = [arn for arn in of_aws if managed_document(arn, self.collected) is not None]
        found += sorted(one for one in self.customers if one.rpartition("/")[2] == text)
        if not found and text.startswith("arn:") and not of_aws:
            raise Problem(
                f"{short(text)} is no policy that AWS manages; a customer-managed one is named by "
                "its path and name, as /Reports."
            )
        if not found:
            raise Problem(
                f"No policy of AWS with the name {short(text)} is known, and no account shows one."
            )
        return _only(found, text)

    def set(self, name: str) -> PermissionSet:
        """The permission set with this name."""
        if name not in self.sets:
            raise Problem(f"There is no permission set with the name {short(name)}.")
        return self.sets[name]


def _only(found: Sequence[str], text: str) -> str:
    if len(found) > 1:
        raise Problem(f"Several policies have the name {short(text)}: {', '.join(found[:5])}.")
    return found[0]


def look_up(blocks: Sequence[Mapping[str, str]]) -> Known:
    """Looks up what these blocks name. Four queries at most."""
    named = {raw["boundary"] for raw in blocks} - {""}
    # What is beyond is refused by set_edit, so nobody asks for it.
    named |= {text for raw in blocks for text in lines(raw["attach"])[:MOST_POLICIES]}
    last = {text.rpartition("/")[2] for text in named}
    shown = IamPolicy.objects.present().filter(aws_managed=False, policy_name__in=last)
    pairs = shown.order_by().values_list("path", "policy_name").distinct() if last else ()
    return Known(
        sets={one.name: one for one in PermissionSet.objects.present()},
        collected=collected_documents({arn for text in named for arn in _arns(text)}),
        customers=frozenset(f"{path}{name}" for path, name in pairs),
    )


def _arns(text: str) -> list[str]:
    """What a policy that AWS manages may have as ARN, by its ARN, path and name, or name alone."""
    if AWS_MANAGED.fullmatch(text):
        return [text]
    paths = managed_policies().policies
    named = [path for path in paths if path == text or path.rpartition("/")[2] == text]
    return [f"arn:aws:iam::aws:policy/{path}" for path in named]


def set_edit(raw: Mapping[str, str], by: Known) -> SetEdit:
    """One block of the form."""
    one = by.set(raw["set"])
    if max(len(lines(raw[name])) for name in ("attach", "detach")) > MOST_POLICIES:
        raise Problem(f"Please name {MOST_POLICIES} policies of {one.name} at most.")
    attach = tuple(dict.fromkeys(by.policy(name) for name in lines(raw["attach"])))
    detach = tuple(dict.fromkeys(_detached(name, one) for name in lines(raw["detach"])))
    return SetEdit(one.arn, one.name, attach, detach, _inline(raw, one), _boundary(raw, one, by))


def lines(text: str) -> list[str]:
    """One name a line: a policy's name may hold a comma."""
    return [line for line in map(str.strip, text.splitlines()) if line]


def _detached(text: str, one: PermissionSet) -> str:
    """One of the policies that the set has."""
    has = [*(one.managed_policies or ()), *(one.customer_managed_policies or ())]
    found = [str(name) for name in has if text in (name, name.rpartition("/")[2])]
    if not found:
        raise Problem(f"{one.name} has no policy with the name {short(text)}.")
    return text if text in found else _only(found, text)


def _inline(raw: Mapping[str, str], one: PermissionSet) -> dict[str, Any] | None:
    if raw["inline_do"] == REMOVE:
        return {}
    return inline_document(raw["inline"], one.name) if raw["inline_do"] == REPLACE else None


def _boundary(raw: Mapping[str, str], one: PermissionSet, by: Known) -> str | None:
    if raw["boundary_do"] == REMOVE:
        return ""
    if raw["boundary_do"] != REPLACE:
        return None
    if not raw["boundary"]:
        raise Problem(f"Please name the policy that is to be the boundary of {one.name}.")
    return by.policy(raw["boundary"])


def typed_set(edit: SetEdit) -> dict[str, str]:
    """The block that would make the same change."""
    inline = msgspec.json.format(msgspec.json.encode(edit.inline), indent=2).decode()
    return {
        "set": edit.name,
        "attach": "\n".join(edit.attach),
        "detach": "\n".join(edit.detach),
        "inline": inline if edit.inline else "",
        "inline_do": _word(edit.inline),
        "boundary": edit.boundary or "",
        "boundary_do": _word(edit.boundary),
    }


def _word(value: Collection[Any] | None) -> str:
    return KEEP if value is None else REPLACE if value else REMOVE


def inline_document(text: str, name: str) -> dict[str, Any]:
    """A policy document that was typed. Strict JSON, bounded, and a policy."""
    where = f"The policy for {name}"
    if len(text) > MOST_INLINE:
        raise Problem(f"{where} has more than {MOST_INLINE:,} characters, which AWS refuses.")
    try:
        document: Any = msgspec.json.decode(text)
        _bounded(document, MOST_DEPTH)
        parse_policy(document, name=where)
    except PolicyError as problem:
        raise Problem(f"{problem}.") from None
    except (msgspec.DecodeError, RecursionError, UnicodeError, ValueError) as problem:
        raise Problem(f"{where} is no JSON: {short(str(problem))}.") from None
    found: dict[str, Any] = document
    return found


def _bounded(value: Any, depth: int) -> None:
    """No NUL, which PostgreSQL keeps in no JSON, and no nesting that no policy has."""
    if depth < 0:
        raise ValueError("it is nested too deeply")
    if isinstance(value, str) and "\0" in value:
        raise ValueError("it holds the character NUL")
    if isinstance(value, dict):
        for key, inner in value.items():
            _bounded(key, depth)
            _bounded(inner, depth - 1)
    elif isinstance(value, list):
        for inner in value:
            _bounded(inner, depth - 1)

"""Whether a role's trust policy lets a principal assume it, external id included.

Only what trust policies of the sample use: Principal.AWS and StringEquals or StringLike on
sts:ExternalId. A condition this does not understand is never satisfied, which is the safe side.
"""

import json
import re
from collections.abc import Iterable
from typing import Any


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _matches(pattern: str, text: str) -> bool:
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, text, re.IGNORECASE) is not None


def _principal_fits(principal: Any, names: Iterable[str]) -> bool:
    if principal == "*":
        return True
    listed = _many(principal.get("AWS", [])) if isinstance(principal, dict) else []
    return "*" in listed or bool(set(listed) & set(names))


def _condition_holds(condition: dict[str, Any], context: dict[str, str]) -> bool:
    for operator, tests in condition.items():
        for key, wanted in tests.items():
            actual = context.get(key.lower())
            if actual is None or operator not in ("StringEquals", "StringLike"):
                return False
            exact = operator == "StringEquals"
            if not any(w == actual if exact else _matches(w, actual) for w in _many(wanted)):
                return False
    return True


def may_assume(
    trust_document: str, account_id: str, arns: Iterable[str], external_id: str | None
) -> bool:
    """True when some statement allows and none denies; `arns` are the caller's own names."""
    names = {account_id, f"arn:aws:iam::{account_id}:root", *arns}
    context = {"sts:externalid": external_id} if external_id else {}
    allowed = False
    for statement in _many(json.loads(trust_document)["Statement"]):
        if not any(_matches(action, "sts:AssumeRole") for action in _many(statement["Action"])):
            continue
        if not _principal_fits(statement.get("Principal", {}), names):
            continue
        if not _condition_holds(statement.get("Condition", {}), context):
            continue
        if statement["Effect"] == "Deny":
            return False
        allowed = True
    return allowed

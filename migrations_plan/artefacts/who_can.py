"""Who really can assume a role, said from its trust policy in sentences.

The surprises are AWS's: the "root" of an account means the whole account, a root user cannot assume
a role, and a federated trust without a subject is open to everybody at that host.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

ROOT = re.compile(r"arn:aws[a-z-]*:iam::(\d{12}):root")
ACCOUNT = re.compile(r"\d{12}")


def who_can(document: Mapping[str, Any]) -> tuple[str, ...]:
    """One sentence for each principal of each statement that allows, in order, each once."""
    said: list[str] = []
    for statement in _many(document.get("Statement", [])):
        if isinstance(statement, Mapping):
            said += _of_statement(statement)
    return tuple(dict.fromkeys(said))


def _of_statement(statement: Mapping[str, Any]) -> Iterable[str]:
    if statement.get("Effect") == "Deny":
        yield "Some are denied by a statement of their own; the rest of this may be less."
        return
    if "NotPrincipal" in statement or "Principal" not in statement:
        yield "Who is trusted is not named: everybody but some. Name them instead."
        return
    conditions = _keys(statement)
    principal = statement["Principal"]
    if not isinstance(principal, Mapping):
        principal = {"AWS": principal}
    for kind, named in principal.items():
        for name in _many(named):
            yield _sentence(str(kind), str(name), conditions)


def _sentence(kind: str, name: str, conditions: set[str]) -> str:
    if kind == "AWS":
        return _aws(name, conditions)
    if kind == "Service":
        return f"The service {name}, for whoever may hand it this role (iam:PassRole)."
    if kind == "Federated" and ":saml-provider/" in name:
        return f"Whoever the identity provider {name} sends, on its word alone."
    if kind == "Federated":
        host = name.split(":oidc-provider/", 1)[-1].lower()
        if f"{host}:sub" in conditions:
            return f"Those whom {name} vouches for under the subject that the condition names."
        return f"EVERYBODY for whom {name} signs a token: no condition names a subject."
    return f"{kind} {name}."


def _aws(name: str, conditions: set[str]) -> str:
    if name == "*":
        limited = "" if conditions else " No condition limits it."
        return f"EVERYBODY in every AWS account.{limited}"
    found = ROOT.fullmatch(name)
    if found or ACCOUNT.fullmatch(name):
        account = found[1] if found else name
        return (
            f"Every user and role of account {account} whose own policies allow sts:AssumeRole "
            "on this role: 'root' here means the whole account. Its root user is not among them: "
            "a root user cannot assume a role."
        )
    mfa = " With a second factor." if "aws:multifactorauthpresent" in conditions else ""
    return f"{name}.{mfa}"


def _keys(statement: Mapping[str, Any]) -> set[str]:
    """The condition keys of a statement. Only operators that demand something count."""
    found: set[str] = set()
    condition = statement.get("Condition")
    for operator, tests in condition.items() if isinstance(condition, Mapping) else ():
        if "Not" not in str(operator) and not str(operator).endswith("IfExists"):
            found |= {str(key).lower() for key in tests} if isinstance(tests, Mapping) else set()
    return found


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]

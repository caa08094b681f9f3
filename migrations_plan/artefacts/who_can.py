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


def whole_accounts(document: Mapping[str, Any]) -> frozenset[str]:
    """Accounts of which every user and role may be let in, by their own policies."""
    found: set[str] = set()
    for statement in _many(document.get("Statement", [])):
        principal = statement.get("Principal") if isinstance(statement, Mapping) else None
        if not isinstance(principal, Mapping) or statement.get("Effect") != "Allow":
            continue
        for name in map(str, _many(principal.get("AWS", []))):
            root = ROOT.fullmatch(name)
            if root or ACCOUNT.fullmatch(name):
                found.add(root[1] if root else name)
    return frozenset(found)


def _of_statement(statement: Mapping[str, Any]) -> Iterable[str]:
    if statement.get("Effect") == "Deny":
        yield "Some are denied by a statement of their own; the rest of this may be less."
        return
    if "NotPrincipal" in statement or "Principal" not in statement:
        yield "Who is trusted is not named: everybody but some. Name them instead."
        return
    demanded = _demanded(statement)
    principal = statement["Principal"]
    if not isinstance(principal, Mapping):
        principal = {"AWS": principal}
    for kind, named in principal.items():
        for name in _many(named):
            yield _sentence(str(kind), str(name), demanded)


def _sentence(kind: str, name: str, demanded: Mapping[str, list[str]]) -> str:
    if kind == "AWS":
        return _aws(name, demanded)
    if kind == "Service":
        return f"The service {name}, for whoever may hand it this role (iam:PassRole)."
    if kind == "Federated" and ":saml-provider/" in name:
        return f"Whoever the identity provider {name} sends, on its word alone."
    if kind == "Federated":
        host = name.split(":oidc-provider/", 1)[-1].lower()
        return _federated(name, demanded.get(f"{host}:sub", []))
    return f"{kind} {name}."


def _federated(name: str, subjects: list[str]) -> str:
    if not subjects:
        return f"EVERYBODY for whom {name} signs a token: no condition names a subject."
    if any(not one.strip("*") for one in subjects):
        return f"EVERYBODY for whom {name} signs a token: the condition lets any subject in."
    wide = [one for one in subjects if "*" in one or "?" in one]
    if wide:
        return f"All for whom {name} signs a token under a subject like {', '.join(wide)}."
    return f"Those whom {name} vouches for under the subject {', '.join(subjects)}."


def _aws(name: str, demanded: Mapping[str, list[str]]) -> str:
    if name == "*":
        limited = "" if demanded else " No condition limits it."
        return f"EVERYBODY in every AWS account.{limited}"
    found = ROOT.fullmatch(name)
    if found or ACCOUNT.fullmatch(name):
        account = found[1] if found else name
        return (
            f"Every user and role of account {account} whose own policies allow sts:AssumeRole "
            "on this role: 'root' here means the whole account. Its root user is not among them: "
            "a root user cannot assume a role."
        )
    mfa = " With a second factor." if demanded.get("aws:multifactorauthpresent") == ["true"] else ""
    return f"{name}.{mfa}"


def _demanded(statement: Mapping[str, Any]) -> dict[str, list[str]]:
    """What conditions demand of a key, in lower case. Negations, and operators that a missing key
    satisfies, demand nothing."""
    found: dict[str, list[str]] = {}
    condition = statement.get("Condition")
    for operator, tests in condition.items() if isinstance(condition, Mapping) else ():
        word = str(operator)
        lenient = "Not" in word or word.endswith("IfExists") or word.startswith("ForAllValues")
        if lenient or word == "Null" or not isinstance(tests, Mapping):
            continue
        for key, values in tests.items():
            found.setdefault(str(key).lower(), []).extend(str(one) for one in _many(values))
    return found


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]

"""Random requests against AWS's managed policies, with the keys that their conditions ask for.

Seeded: the same seed gives the same cases.
"""

import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from migrations_plan.policy.actions import IAM_DATA, SERVICES
from migrations_plan.policy.context import principal_keys
from migrations_plan.policy.managed import managed_policies
from migrations_plan.policy.wildcards import wildcard

Document = dict[str, Any]

ACCOUNT = "123456789012"
PRINCIPAL = f"arn:aws:iam::{ACCOUNT}:user/ana"
PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")
REGIONS = ("eu-west-1", "us-east-1")
WORDS = ("orders", "red", "blue", "0abc", "prod")
FULL_ACCESS: Document = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}


@dataclass(frozen=True, slots=True)
class Case:
    """identity, boundary and scps name documents of documents(); context: JSON values."""

    action: str
    resource: str
    context: dict[str, Any]
    identity: list[str]
    boundary: list[str] | None
    scps: list[list[str]] | None


def documents() -> dict[str, Document]:
    """Every managed policy by path and name, and the SCPs that use one as guardrail."""
    listed = managed_policies().policies
    found = {name: msgspec.json.decode(policy.document) for name, policy in listed.items()}
    return {**found, "FullAWSAccess": FULL_ACCESS}


def random_cases(count: int, seed: int, known: Mapping[str, Document]) -> Iterator[Case]:
    """Most actions are ones the chosen policies speak of: others are denied without a thought."""
    chance = random.Random(seed)
    names = sorted(known)
    every = [(service, name) for service in sorted(SERVICES) for name in _actions(service)]
    for _ in range(count):
        identity = chance.sample(names, chance.choice((1, 1, 2, 3)))
        boundary = [chance.choice(names)] if chance.random() < 0.2 else None
        scps = None
        if chance.random() < 0.4:
            guardrail = [chance.choice(names)] if chance.random() < 0.3 else ["FullAWSAccess"]
            scps = [["FullAWSAccess"], guardrail]
        in_play = [*identity, *(boundary or []), *(name for lv in scps or [] for name in lv)]
        statements = [s for name in in_play for s in _listed(known[name]["Statement"])]
        service, name = chance.choice(every)
        if chance.random() < 0.85:
            service, name = _spoken_of(chance, known[identity[0]]) or (service, name)
        covering = [s for s in statements if _covers(s, f"{service}:{name}".lower())]
        resource = _resource(chance, service, name, covering)
        context = _context(chance, covering)
        yield Case(f"{service}:{name}", resource, context, identity, boundary, scps)


def _spoken_of(chance: random.Random, document: Document) -> tuple[str, str] | None:
    """An action that one of the document's statements allows or denies by name or pattern."""
    statement = chance.choice(_listed(document["Statement"]))
    pattern = chance.choice(_listed(statement.get("Action", statement.get("NotAction"))))
    service, _, name = pattern.lower().partition(":")
    if service not in SERVICES:
        return None
    compiled = wildcard(name or "*")
    fitting = [action for action in _actions(service) if compiled.matches(action.lower())]
    return (service, chance.choice(fitting)) if fitting else None


def _covers(statement: Document, action: str) -> bool:
    excepted = "NotAction" in statement
    named = any(
        wildcard(pattern.lower()).matches(action)
        for pattern in _listed(statement.get("NotAction", statement.get("Action")))
    )
    return named is not excepted


def _resource(chance: random.Random, service: str, name: str, covering: list[Document]) -> str:
    """An ARN of a type of the action: of a statement's own pattern where one fits, else any."""
    types = IAM_DATA.actions.get_action_details(service, name)["resourceTypes"]
    formats = [
        IAM_DATA.resources.get_resource_type_details(service, entry["name"])["arn"]
        for entry in types
        if IAM_DATA.resources.resource_type_exists(service, entry["name"])
    ]
    if not formats:
        return "*"
    if chance.random() < 0.6:
        patterns = [
            pattern
            for statement in covering
            for pattern in _listed(statement.get("Resource", statement.get("NotResource")))
            if pattern.startswith(f"arn:aws:{service}:")
        ]
        shapes = [wildcard(PLACEHOLDER.sub("*", text)) for text in formats]
        for pattern in chance.sample(patterns, min(len(patterns), 5)):
            arn = _filled(chance, pattern, arn=True)
            if arn.count(":") >= 5 and any(shape.matches(arn) for shape in shapes):
                return arn
    return _filled(chance, chance.choice(formats), arn=True)


def _context(chance: random.Random, covering: list[Document]) -> dict[str, Any]:
    """Values for most keys that the statements ask for, often ones that they want."""
    keys: dict[str, Any] = {name: values[0] for name, values in _caller().items()}
    seen = set(keys)
    for statement in covering:
        for operator, tests in statement.get("Condition", {}).items():
            for key, wanted in tests.items():
                if key.lower() in seen or chance.random() < 0.25:
                    continue
                seen.add(key.lower())
                value = _value(chance, operator, [str(text) for text in _listed(wanted)])
                several = operator.lower().startswith("for")
                keys[key] = [value] if several else value
                if several and chance.random() < 0.4:
                    keys[key].append(chance.choice(WORDS))
    return keys


def _caller() -> dict[str, tuple[str, ...]]:
    found = principal_keys(PRINCIPAL)
    return {key: values for key, values in found.items() if values}


def _value(chance: random.Random, operator: str, wanted: list[str]) -> str:
    base = operator.lower()
    if "bool" in base or base == "null":
        return chance.choice(("true", "false"))
    if "numeric" in base:
        return str(chance.choice((1, 5, 10, 100)))
    if "date" in base:
        return chance.choice(("2020-01-01T00:00:00Z", "2026-11-22T00:00:00Z"))
    if "ip" in base and "ipv" not in base and "address" in base:
        return chance.choice(("10.1.2.3", "203.0.113.9"))
    # A key of ARNs has an ARN in every request, so only ever another one of the wanted form.
    if wanted and (base.rpartition(":")[2].startswith("arn") or chance.random() < 0.7):
        return _filled(chance, chance.choice(wanted), arn=False)
    return chance.choice(WORDS)


def _filled(chance: random.Random, text: str, *, arn: bool) -> str:
    """A pattern with its placeholders, variables and wildcards replaced by something plain."""

    def named(found: re.Match[str]) -> str:
        name = found[1].lower()
        if name == "partition":
            return "aws"
        if "account" in name:
            return ACCOUNT
        if name == "region":
            return chance.choice(REGIONS)
        return "ana" if name == "aws:username" else chance.choice(WORDS)

    text = PLACEHOLDER.sub(named, text)
    parts = text.split(":", 5)
    if arn and len(parts) == 6:
        parts[1] = parts[1].replace("*", "aws")
        parts[3] = parts[3].replace("*", chance.choice(REGIONS))
        parts[4] = parts[4].replace("*", ACCOUNT)
    text = ":".join(parts).replace("?", "x")
    return "".join(chance.choice(WORDS) if c == "*" else c for c in text)


def _actions(service: str) -> list[str]:
    return list(IAM_DATA.actions.get_actions_for_service(service))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]

"""A program's policy from what it was seen doing: its actions, on its resources, and no more.

A resource is written as it was seen. A wildcard stands only where the log does not say on what an
action worked, or where the action knows no resource; statements and comments say which. What a
program does once a year was perhaps not seen: the text says from when to when was looked at.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from migrations_plan.artefacts.artefact import TERRAFORM, Artefact, commented
from migrations_plan.artefacts.hcl_blocks import VERSIONS, json_policy, label, resource
from migrations_plan.artefacts.quoting import comment_text, hcl, slug
from migrations_plan.policy.context import request_context
from migrations_plan.policy.documents import Policy, parse_policy
from migrations_plan.policy.evaluate import Outcome, Policies, evaluate
from migrations_plan.policy.statements import NO_RESOURCE, request

Document = dict[str, Any]

# IAM's limit for a managed policy, white space not counted.
MOST_CHARACTERS = 6144
ACTION = re.compile(r"[a-z0-9-]+:[A-Za-z0-9]+", re.ASCII)
# Sids: what a statement's resources are.
SEEN, NONE, NOT_KNOWN = "Seen", "KnowNoResource", "ResourcesNotKnown"


class PolicyNeedsError(ValueError):
    """Use that no policy can be made from. str() is one sentence."""


@dataclass(frozen=True, slots=True)
class Used:
    """An action on a resource and how often. resource: an ARN; '*' where the action knows none;
    None where the log does not say."""

    action: str
    resource: str | None
    events: int


@dataclass(frozen=True, slots=True)
class Use:
    """What one program was seen doing, in the days that were read. unknown: what is not known of
    it, in sentences that the file says itself."""

    name: str
    used: tuple[Used, ...]
    first_day: date
    last_day: date
    as_of: datetime
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lint:
    """missing: used, yet not allowed. excess: allowed, yet not used and not said to be wide.
    wide: allowed only because the resources of its action are not known."""

    missing: tuple[tuple[str, str | None], ...]
    excess: tuple[tuple[str, str], ...]
    wide: tuple[tuple[str, str], ...]


def policies(use: Use) -> tuple[Document, ...]:
    """The policy, in as many documents as AWS's limit of size asks for. Raises PolicyNeedsError."""
    for one in use.used:
        if not ACTION.fullmatch(one.action):
            raise PolicyNeedsError(f"{one.action!a} is not the name of an action.")
        if one.resource not in (None, NO_RESOURCE) and not str(one.resource).startswith("arn:"):
            raise PolicyNeedsError(f"{one.resource!a} is not the ARN of a resource.")
    if not use.used:
        raise PolicyNeedsError(f"Nothing was seen of {use.name!a}: there is nothing to allow.")
    return tuple(_documents(_statements(use)))


def terraform(use: Use) -> Artefact:
    """The policies as Terraform, with a comment on each action: how often, and on what."""
    documents = policies(use)
    name = label(use.name)
    blocks = [VERSIONS]
    for number, document in enumerate(documents, 1):
        tail = f"-{number}" if len(documents) > 1 else ""
        rows = [
            ("name", hcl(f"{slug(use.name) or 'workload'}{tail}")),
            ("policy", json_policy(document)),
        ]
        blocks.append(resource("aws_iam_policy", f"{name}{tail}".replace("-", "_"), rows))
    comments = "".join(f"# {comment_text(line)}\n" for line in _comments(use))
    text = comments + "\n" + "\n".join(blocks)
    about = f"What {use.name} was seen doing from {use.first_day} to {use.last_day}, and no more."
    return commented(
        f"{slug(use.name) or 'workload'}-policy.tf", TERRAFORM, text, use.as_of, about=about
    )


def lint(
    documents: Sequence[Mapping[str, Any]], use: Use, sample: Iterable[tuple[str, str]]
) -> Lint:
    """Evaluates the policy: on all that was used, and on a sample of (action, resource)."""
    compiled = tuple(
        parse_policy(document, name=f"policy {number}")
        for number, document in enumerate(documents, 1)
    )
    used = {(one.action, one.resource) for one in use.used}
    missing = [one for one in sorted(used, key=str) if _decide(compiled, *one) is None]
    excess: list[tuple[str, str]] = []
    wide: list[tuple[str, str]] = []
    for action, arn in sorted(set(sample) - used, key=str):
        sid = _decide(compiled, action, arn)
        if sid is not None:
            (wide if sid.startswith(NOT_KNOWN) else excess).append((action, arn))
    return Lint(tuple(missing), tuple(excess), tuple(wide))


def _decide(compiled: tuple[Policy, ...], action: str, arn: str | None) -> str | None:
    """The sid of the statement that allows; None where nothing does for certain."""
    asked = request(action, arn, context=request_context({}))
    decision = evaluate(asked, Policies(compiled))
    if decision.outcome is not Outcome.ALLOWED or decision.found is None:
        return None
    return decision.found.statement.sid or ""


def _statements(use: Use) -> list[Document]:
    """Actions that were seen on the same resources stand together."""
    by_action: dict[str, set[str | None]] = {}
    for one in use.used:
        by_action.setdefault(one.action, set()).add(one.resource)
    together: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for action, found in sorted(by_action.items()):
        # One use on something unknown needs the wildcard, which covers what is known.
        if None in found:
            group: tuple[str, tuple[str, ...]] = (NOT_KNOWN, (NO_RESOURCE,))
        elif found == {NO_RESOURCE}:
            group = (NONE, (NO_RESOURCE,))
        elif NO_RESOURCE in found:
            group = (NOT_KNOWN, (NO_RESOURCE,))
        else:
            group = (SEEN, tuple(sorted(_literal(str(arn)) for arn in found)))
        together.setdefault(group, []).append(action)
    return [
        {"Sid": kind, "Effect": "Allow", "Action": actions, "Resource": list(resources)}
        for (kind, resources), actions in sorted(together.items())
    ]


def _literal(arn: str) -> str:
    """An ARN in which nothing is a wildcard or a variable: a key in S3 may hold such signs."""
    return re.sub(r"[*?]|\$(?=\{)", lambda sign: f"${{{sign[0]}}}", arn)


def _documents(statements: Sequence[Document]) -> Iterable[Document]:
    """As many statements in a document as fit; one that does not fit at all is cut in two."""
    waiting, taken = list(statements), list[Document]()
    while waiting:
        one = waiting.pop(0)
        if _size([*taken, one]) <= MOST_CHARACTERS:
            taken.append(one)
        elif taken:
            yield _document(taken)
            taken, waiting = [], [one, *waiting]
        else:
            waiting = [*_halves(one), *waiting]
    if taken:
        yield _document(taken)


def _halves(statement: Document) -> list[Document]:
    kind = "Resource" if len(statement["Resource"]) > 1 else "Action"
    listed = statement[kind]
    if len(listed) < 2:
        raise PolicyNeedsError("One action on one resource is more than a policy may hold.")
    middle = len(listed) // 2
    return [statement | {kind: listed[:middle]}, statement | {kind: listed[middle:]}]


def _document(statements: Sequence[Document]) -> Document:
    """A sid may stand once in a policy."""
    numbered = [one | {"Sid": f"{one['Sid']}{n}"} for n, one in enumerate(statements, 1)]
    return {"Version": "2012-10-17", "Statement": numbered}


def _size(statements: Sequence[Document]) -> int:
    return len(re.sub(r"\s", "", json.dumps(_document(statements))))


def _comments(use: Use) -> Iterable[str]:
    for sentence in use.unknown:
        yield f"Not known: {sentence}"
    yield "What is done less often was perhaps not seen. Compare with the program's code."
    by_action: dict[str, list[Used]] = {}
    for one in use.used:
        by_action.setdefault(one.action, []).append(one)
    for action, found in sorted(by_action.items()):
        events = sum(one.events for one in found)
        known = {one.resource for one in found} - {None, NO_RESOURCE}
        said = f"{len(known)} resources" if len(known) != 1 else "1 resource"
        if any(one.resource is None for one in found):
            said = "WILDCARD: the log does not say on what; narrow it if you know"
        elif not known:
            said = "wildcard: the action knows no resource"
        yield f"{action}: {events} times, {said}"

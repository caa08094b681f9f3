"""Whether one statement applies to one request, in three values."""

from collections.abc import Iterator
from dataclasses import dataclass

from migrations_plan.policy.arns import ArnPattern, split_arn
from migrations_plan.policy.conditions import holds, undecided_about
from migrations_plan.policy.context import Context
from migrations_plan.policy.documents import Statement
from migrations_plan.policy.principals import names

NO_RESOURCE = "*"


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of AWS. resource: an ARN; '*' for actions that know none; None: not known.

    action_folded and arn are derived; make one with request().
    """

    action: str
    resource: str | None
    context: Context
    principal: str | None
    action_folded: str
    arn: tuple[str, ...]


def request(
    action: str, resource: str | None, *, context: Context, principal: str | None = None
) -> Request:
    """A request, with what every comparison needs taken apart once."""
    arn = split_arn(resource) if resource is not None else ()
    return Request(action, resource, context, principal, action.lower(), arn)


def applies(statement: Statement, asked: Request) -> bool | None:
    """Whether a statement that covers the action applies to the rest of the request."""
    truth = _resource_truth(statement, asked)
    if truth is False:
        return False
    if statement.principals is not None:
        named = names(statement.principals, asked.principal)
        named = named if named is None else named is not statement.principals_excepted
        if named is False:
            return False
        truth = truth and named
    for condition in statement.conditions:
        met = holds(condition, asked.context)
        if met is False:
            return False
        truth = truth and met
    return truth


def undecided_by(statement: Statement, asked: Request) -> list[str]:
    """The names of what would decide the statement, each once, in its order."""
    return list(dict.fromkeys(_open_questions(statement, asked)))


def _open_questions(statement: Statement, asked: Request) -> Iterator[str]:
    context = asked.context
    if _resource_truth(statement, asked) is None:
        if asked.resource is None:
            yield "the resource"
        parts = (part for pattern in statement.resources for part in pattern.components)
        variables = (variable for part in parts for variable in part.variables)
        yield from (v.key for v in variables if context.get(v.key) is None)
    if statement.principals is not None and names(statement.principals, asked.principal) is None:
        yield "the caller"
    for condition in statement.conditions:
        if holds(condition, context) is None:
            yield from undecided_about(condition, context)


def _resource_truth(statement: Statement, asked: Request) -> bool | None:
    named = _named(statement.resources, asked)
    if not statement.resources_excepted:
        return named
    # A variable without a value makes a NotResource match nothing, as it does a Resource.
    if any(pattern.has_no_value(asked.context) for pattern in statement.resources):
        return False
    if named:
        return False
    # Nor does it match while nobody knows whether the variable has one.
    unsure = any(pattern.may_have_no_value(asked.context) for pattern in statement.resources)
    return None if named is None or unsure else True


def _named(patterns: tuple[ArnPattern, ...], asked: Request) -> bool | None:
    found: bool | None = False
    for pattern in patterns:
        if asked.resource is None:
            one = True if pattern.everything else None
        else:
            one = pattern.matches(asked.arn, asked.context)
        if one:
            return True
        if one is None:
            found = None
    return found

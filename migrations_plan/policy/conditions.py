"""The Condition element: every test of it must hold.

Source: IAM user guide, "Condition operators" (missing keys, IfExists, Null) and "Creating a
condition with multiple keys or values" (ForAllValues, ForAnyValue).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from migrations_plan.policy.arns import ArnPattern
from migrations_plan.policy.context import Context, text_of
from migrations_plan.policy.operators import OPERATORS, Operator
from migrations_plan.policy.templates import Template

IF_EXISTS = "ifexists"


class Over(Enum):
    """How many of the request's values must pass the test."""

    ONE = ""
    ALL = "forallvalues"
    ANY = "foranyvalue"


@dataclass(frozen=True, slots=True)
class Condition:
    """One operator on one key. key: in lower case; written: operator and key as in the policy.

    operator None: Null, or an operator that we do not know (unknown), which stays undecided.
    """

    written: tuple[str, str]
    key: str
    over: Over
    if_exists: bool
    operator: Operator | None
    operands: tuple[Any, ...]
    unknown: bool = False

    @property
    def readable(self) -> bool:
        """Whether each of the policy's values is of the operator's kind (a number, a date, ...)."""
        return all(operand is not None for operand in self.operands)


def parse_conditions(block: object, *, variables: bool) -> tuple[Condition, ...]:
    """Reads a Condition element. Raises ValueError where its shape is none."""
    if block is None:
        return ()
    if not isinstance(block, Mapping) or not all(isinstance(t, Mapping) for t in block.values()):
        raise ValueError("Condition is not an object of operators with their keys")
    return tuple(
        _condition(name, key, values, variables)
        for name, tests in block.items()
        for key, values in tests.items()
    )


def holds(condition: Condition, context: Context) -> bool | None:
    """Whether a condition is met; None where that hangs on what is not known."""
    if condition.unknown:
        return None
    found = context.get(condition.key)
    if found is None:
        return None
    if condition.operator is None:
        return ("true" if not found else "false") in condition.operands
    if not found:
        return _without_value(condition)
    if condition.over is Over.ONE:
        # AWS asks for a set operator where a key has several values and says no more.
        return _passes(condition, found[0], context) if len(found) == 1 else None
    if not any(found):
        return condition.over is Over.ALL
    truths = [_passes(condition, text, context) for text in found]
    return _every(truths) if condition.over is Over.ALL else _some(truths)


def undecided_about(condition: Condition, context: Context) -> Iterator[str]:
    """The names of what keeps a condition undecided, as the policy writes them."""
    name, key = condition.written
    if condition.unknown:
        yield f"the operator {name}"
    found = context.get(condition.key)
    if found is None or (condition.over is Over.ONE and len(found) > 1):
        yield key
    for operand in condition.operands:
        parts = operand.components if isinstance(operand, ArnPattern) else (operand,)
        templates = (part for part in parts if isinstance(part, Template))
        variables = (variable for part in templates for variable in part.variables)
        yield from (v.key for v in variables if context.get(v.key) is None)


def _condition(name: object, key: object, values: object, variables: bool) -> Condition:
    listed = values if isinstance(values, list | tuple) else [values]
    if not all(isinstance(value, str | int | float) for value in listed):
        raise ValueError(f"the condition {name} on {key} has a value that is no text")
    texts = [text_of(value) for value in listed]
    prefix, colon, rest = str(name).lower().rpartition(":")
    if_exists = rest.endswith(IF_EXISTS)
    base = rest.removesuffix(IF_EXISTS)
    over = Over(prefix) if prefix in {"forallvalues", "foranyvalue"} else Over.ONE
    found = OPERATORS.get(base)
    is_null = base == "null" and not if_exists
    unknown = (found is None and not is_null) or bool(colon and over is Over.ONE)
    operands: tuple[Any, ...] = ()
    if is_null:
        operands = tuple(text.lower() for text in texts)
    elif found is not None:
        operands = tuple(found.read(text, variables) for text in texts)
    return Condition(
        (str(name), str(key)), str(key).lower(), over, if_exists, found, operands, unknown
    )


def _without_value(condition: Condition) -> bool:
    """The key is not in the request."""
    assert condition.operator is not None
    if condition.if_exists or condition.over is Over.ALL:
        return True
    return condition.over is Over.ONE and condition.operator.negated


def _passes(condition: Condition, text: str, context: Context) -> bool | None:
    operator = condition.operator
    assert operator is not None
    if operator.negated and not (operator.readable(text) and condition.readable):
        return None  # What is no number equals none; whether it then differs, AWS does not say.
    truth = _some([operator.test(operand, text, context) for operand in condition.operands])
    if truth is None or not operator.negated:
        return truth
    return not truth


def _some(truths: list[bool | None]) -> bool | None:
    return True if True in truths else None if None in truths else False


def _every(truths: list[bool | None]) -> bool | None:
    return False if False in truths else None if None in truths else True

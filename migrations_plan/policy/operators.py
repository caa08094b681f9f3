"""IAM's condition operators: how one value of a policy compares with one value of a request.

Source: IAM user guide, "IAM JSON policy elements: Condition operators". Variables work with the
string, ARN and Bool operators only; elsewhere ${...} is text that equals nothing.
"""

import base64
import binascii
import ipaddress
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from migrations_plan.policy.arns import COMPONENTS, ArnPattern, parse_arn_pattern, split_arn
from migrations_plan.policy.context import Context
from migrations_plan.policy.templates import Template, parse_template

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
LONGEST_NUMBER = 40
LONGEST_DATE = 40
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,2})?", re.ASCII)
# The forms of ISO 8601 that the W3C's note on dates has, which AWS names.
DATE = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?)?)?",
    re.ASCII,
)
DAY_TIME = re.compile(r"\d{4}-\d\d-\d\dT", re.ASCII)
YEAR_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Operator:
    """read: a policy's text to an operand; the second argument says whether variables work.
    test: operand, request's text, context -> truth. readable: whether a request's text is of the
    operator's kind (a number, a date, ...). negated: the Not form.
    """

    read: Callable[[str, bool], Any]
    test: Callable[[Any, str, Context], bool | None]
    readable: Callable[[str], bool]
    negated: bool = False


def _exact(text: str, variables: bool) -> Template:
    return parse_template(text, wildcards=False, variables=variables)


def _folded(text: str, variables: bool) -> Template:
    return parse_template(text, wildcards=False, variables=variables, fold=True)


def _like(text: str, variables: bool) -> Template:
    return parse_template(text, variables=variables)


def _same(template: Template, text: str, context: Context) -> bool | None:
    return template.matches(text, context)


def _same_folded(template: Template, text: str, context: Context) -> bool | None:
    if template.fixed is not None:
        return template.fixed.matches(text.lower())
    lowered = {
        variable.key: values and tuple(value.lower() for value in values)
        for variable in template.variables
        for values in [context.get(variable.key)]
    }
    return template.matches(text.lower(), Context(lowered, complete=True))


def _arn(text: str, variables: bool) -> ArnPattern:
    return parse_arn_pattern(text, variables=variables)


def _same_arn(pattern: ArnPattern, text: str, context: Context) -> bool | None:
    """AWS says nothing of patterns with fewer than six components: a match is undecided."""
    parts = split_arn(text)
    if len(parts) != COMPONENTS:
        return False
    truth: bool | None = True
    if len(pattern.components) != COMPONENTS:
        truth = pattern.components[0].matches(text, context)
    else:
        for component, part in zip(pattern.components, parts, strict=True):
            one = component.matches(part, context)
            if one is False:
                return False
            truth = truth and one
    return None if truth and pattern.short else truth


@lru_cache(maxsize=4096)
def number(text: str) -> Decimal | None:
    """A number as conditions write it; None for anything else."""
    text = text.strip()
    if len(text) > LONGEST_NUMBER or not NUMBER.fullmatch(text):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


@lru_cache(maxsize=4096)
def instant(text: str) -> Decimal | None:
    """A date as seconds since 1970: ISO 8601, or such seconds themselves."""
    text = text.strip()
    found = DATE.fullmatch(text) if len(text) <= LONGEST_DATE else None
    if found is None or (text.isdigit() and len(text) != YEAR_DIGITS):
        return number(text)
    year, month, day, clock = found.groups()
    clock = (clock or "T00:00Z").replace("Z", "+00:00")
    # Python reads six digits of a second, and all that AWS writes.
    clock = re.sub(r"(\.\d{6})\d+", r"\1", clock)
    try:
        at = datetime.fromisoformat(f"{year}-{month or '01'}-{day or '01'}{clock}")
        return Decimal(str((at - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()))
    except (ValueError, OverflowError):
        return None


@lru_cache(maxsize=4096)
def network(text: str) -> Network | None:
    """An address or a range; a lone address is a range of one."""
    try:
        return ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        return None


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _within(operand: Network | None, text: str, _context: Context) -> bool:
    inner = network(text)
    if operand is None or inner is None or operand.version != inner.version:
        return False
    return inner.subnet_of(operand)  # type: ignore[arg-type]  # of one version, as just seen


def _same_bytes(operand: bytes | None, text: str, _context: Context) -> bool:
    return operand is not None and _decoded(text) == operand


def _comparison(
    parse: Callable[[str], Decimal | None], compare: Callable[[Decimal, Decimal], bool]
) -> Callable[[Decimal | None, str, Context], bool]:
    def test(operand: Decimal | None, text: str, _context: Context) -> bool:
        value = parse(text)
        return operand is not None and value is not None and compare(value, operand)

    return test


def _parsed_by(parse: Callable[[str], Any]) -> tuple[Callable[..., Any], Callable[[str], bool]]:
    def read(text: str, _variables: bool) -> Any:
        return parse(text)

    return read, lambda text: parse(text) is not None


def _any_text(_text: str) -> bool:
    return True


def _ordered(family: str, parse: Callable[[str], Decimal | None]) -> dict[str, Operator]:
    """The six comparisons of numbers or dates."""
    read, readable = _parsed_by(parse)
    comparisons = {
        "equals": operator.eq,
        "lessthan": operator.lt,
        "lessthanequals": operator.le,
        "greaterthan": operator.gt,
        "greaterthanequals": operator.ge,
    }
    made = {
        family + name: Operator(read, _comparison(parse, compare), readable)
        for name, compare in comparisons.items()
    }
    test = _comparison(parse, operator.eq)
    return made | {f"{family}notequals": Operator(read, test, readable, negated=True)}


def _pair(name: str, read: Callable[..., Any], test: Callable[..., Any]) -> dict[str, Operator]:
    """A text operator and its Not form: StringLike and StringNotLike."""
    head, tail = re.match(r"(string|arn)(.*)", name).groups()  # type: ignore[union-attr]
    return {
        name: Operator(read, test, _any_text),
        f"{head}not{tail}": Operator(read, test, _any_text, negated=True),
    }


_read_network, _is_network = _parsed_by(network)
_read_bytes, _is_bytes = _parsed_by(_decoded)

# By name in lower case, without set operator and IfExists. Null is none of them: it looks at the
# key alone.
OPERATORS: Mapping[str, Operator] = {
    **_pair("stringequals", _exact, _same),
    **_pair("stringequalsignorecase", _folded, _same_folded),
    **_pair("stringlike", _like, _same),
    **_pair("arnequals", _arn, _same_arn),
    **_pair("arnlike", _arn, _same_arn),
    **_ordered("numeric", number),
    **_ordered("date", instant),
    "bool": Operator(_folded, _same_folded, _any_text),
    "binaryequals": Operator(_read_bytes, _same_bytes, _is_bytes),
    "ipaddress": Operator(_read_network, _within, _is_network),
    "notipaddress": Operator(_read_network, _within, _is_network, negated=True),
}

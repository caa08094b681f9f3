"""Texts of a policy that may hold wildcards and policy variables, compared with a request's text.

Source: IAM user guide, "IAM policy elements: Variables and tags". A variable's value is literal:
an asterisk in a tag is no wildcard. ${*}, ${?} and ${$} stand for the characters themselves.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from migrations_plan.policy.context import Context
from migrations_plan.policy.wildcards import Wild, Wildcard, compile_wildcard, split_wildcards

# IAM's language knows variables from this version on; before, ${...} is literal text.
VARIABLES_SINCE = "2012-10-17"
REMEMBERED = 8192
LITERAL_CHARACTERS = frozenset("*?$")


@dataclass(frozen=True, slots=True)
class Variable:
    """A policy variable. key: in lower case; default: None without one."""

    key: str
    default: str | None


Token = str | Wild | Variable


@dataclass(frozen=True, slots=True)
class Template:
    """A text with its wildcards and variables. fixed: compiled already, without a variable."""

    tokens: tuple[Token, ...]
    fixed: Wildcard | None

    @property
    def variables(self) -> tuple[Variable, ...]:
        return tuple(token for token in self.tokens if isinstance(token, Variable))

    def has_no_value(self, context: Context) -> bool:
        """Whether a variable is known to have no value, so that the text equals nothing."""
        return any(
            variable.default is None and _is_null(context.get(variable.key))
            for variable in self.variables
        )

    def may_have_no_value(self, context: Context) -> bool:
        """Whether a variable is not known to have a value."""
        return any(
            variable.default is None and context.get(variable.key) is None
            for variable in self.variables
        )

    def matches(self, text: str, context: Context) -> bool | None:
        """Whether the text is of this template; None where that hangs on an unknown variable."""
        if self.fixed is not None:
            return self.fixed.matches(text)
        if self.has_no_value(context):
            return False
        tokens, certain = _filled(self.tokens, context)
        if not compile_wildcard(tokens).matches(text):
            return False  # An unknown value was taken as an asterisk: no value would match.
        return True if certain else None


@lru_cache(maxsize=REMEMBERED)
def parse_template(
    text: str, *, wildcards: bool = True, variables: bool = True, fold: bool = False
) -> Template:
    """Reads a policy's text. wildcards False: * and ? are literal. fold: lower case throughout."""
    return template_of(tuple(tokens_of(text, wildcards=wildcards, variables=variables)), fold=fold)


def template_of(tokens: Sequence[Token], *, fold: bool = False) -> Template:
    """A template of tokens that were read before."""
    folded = tuple(_folded(token) if fold else token for token in tokens)
    plain = [token for token in folded if not isinstance(token, Variable)]
    return Template(folded, compile_wildcard(plain) if len(plain) == len(folded) else None)


def tokens_of(text: str, *, wildcards: bool, variables: bool) -> Iterator[Token]:
    """The parts of a text in order. A ${ that never ends is literal text."""
    while variables and (start := text.find("${")) >= 0:
        end = text.find("}", start)
        if end < 0:
            break
        yield from _plain(text[:start], wildcards=wildcards)
        yield _variable(text[start + 2 : end])
        text = text[end + 1 :]
    yield from _plain(text, wildcards=wildcards)


def _folded(token: Token) -> Token:
    if isinstance(token, Variable):
        return Variable(token.key, token.default and token.default.lower())
    return token if isinstance(token, Wild) else token.lower()


def _plain(text: str, *, wildcards: bool) -> Sequence[Token]:
    if wildcards:
        return split_wildcards(text)
    return [text] if text else []


def _variable(inner: str) -> Token:
    if inner in LITERAL_CHARACTERS:
        return inner
    key, comma, default = inner.partition(",")
    default = default.strip()
    if comma and len(default) >= 2 and default[0] == default[-1] == "'":
        return Variable(key.strip().lower(), default[1:-1])
    return Variable(inner.strip().lower(), None)


def _is_null(values: tuple[str, ...] | None) -> bool:
    """No value, or several: AWS allows no key of several values as a variable."""
    return values is not None and len(values) != 1


def _filled(tokens: Sequence[Token], context: Context) -> tuple[list[str | Wild], bool]:
    """Variables replaced by their values, unknown ones by an asterisk; whether all were known."""
    filled: list[str | Wild] = []
    certain = True
    for token in tokens:
        if not isinstance(token, Variable):
            filled.append(token)
            continue
        values = context.get(token.key)
        if values is None:
            filled.append(Wild.MANY)
            certain = False
        else:
            filled.append(token.default or "" if len(values) != 1 else values[0])
    return filled, certain

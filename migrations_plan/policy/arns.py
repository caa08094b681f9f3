"""ARN patterns: six components, each matched on its own.

Source: IAM user guide, "IAM JSON policy elements: Resource" and the ARN condition operators. An
asterisk does not reach over a colon of the first five components.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from migrations_plan.policy.context import Context
from migrations_plan.policy.templates import Template, Token, Variable, template_of, tokens_of
from migrations_plan.policy.wildcards import Wild, Wildcard, compile_wildcard

COMPONENTS = 6
# The same few patterns stand in policy after policy.
REMEMBERED = 8192
EVERYTHING = Template((Wild.MANY,), compile_wildcard([Wild.MANY]))


@dataclass(frozen=True, slots=True)
class ArnPattern:
    """components: six, or one for a text that is no ARN and is matched whole.

    everything: matches every resource, known or not. never: a variable stands before the fifth
    colon, where AWS allows none. short: fewer than six components were written.
    """

    text: str
    components: tuple[Template, ...]
    everything: bool
    never: bool
    short: bool
    # All components compiled, which makes matching quick; None where one holds a variable.
    fixed: tuple[Wildcard, ...] | None

    def matches(self, arn: Sequence[str], context: Context) -> bool | None:
        """arn: the request's ARN split at its first five colons, fewer parts if it is none."""
        if self.everything:
            return True
        if self.never:
            return False
        parts = arn if len(self.components) == COMPONENTS else (":".join(arn),)
        if len(parts) != len(self.components):
            return False
        if self.fixed is not None:
            return all(map(Wildcard.matches, self.fixed, parts))
        truth: bool | None = True
        for component, part in zip(self.components, parts, strict=True):
            one = component.matches(part, context)
            if one is False:
                return False
            truth = truth and one
        return truth

    def has_no_value(self, context: Context) -> bool:
        """Whether a variable in it is known to have no value."""
        return any(component.has_no_value(context) for component in self.components)

    def may_have_no_value(self, context: Context) -> bool:
        """Whether it is not known of a variable in it that it has a value."""
        return any(component.may_have_no_value(context) for component in self.components)


@lru_cache(maxsize=REMEMBERED)
def parse_arn_pattern(text: str, *, variables: bool) -> ArnPattern:
    """Reads a policy's ARN. What is missing of six components is completed with asterisks."""
    tokens = list(tokens_of(text, wildcards=True, variables=variables))
    components = _split(tokens)
    is_arn = components[0] == ["arn"] and len(components) > 1
    if not is_arn:
        parts = [template_of(tokens)]
    else:
        parts = [template_of(tuple(part)) for part in components]
        parts += [EVERYTHING] * (COMPONENTS - len(parts))
    fixed = tuple(part.fixed for part in parts if part.fixed is not None)
    return ArnPattern(
        text,
        tuple(parts),
        everything=not is_arn and parts[0].fixed is not None and parts[0].fixed.matches_all,
        never=is_arn and any(part.variables for part in parts[:-1]),
        short=len(components) < COMPONENTS,
        fixed=fixed if len(fixed) == len(parts) else None,
    )


def split_arn(arn: str) -> tuple[str, ...]:
    """An ARN's components; the last one keeps its colons."""
    return tuple(arn.split(":", COMPONENTS - 1))


def _split(tokens: Sequence[Token]) -> list[list[Token]]:
    """Cuts at the first five colons of the literal text, never inside a variable."""
    components: list[list[Token]] = [[]]
    for token in tokens:
        if isinstance(token, Wild | Variable):
            components[-1].append(token)
            continue
        first, *more = token.split(":", COMPONENTS - len(components))
        if first:
            components[-1].append(first)
        components += [[part] if part else [] for part in more]
    return components

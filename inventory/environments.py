"""What an account is for, told from its place in the organization and its name. Pure.

The unit's name counts before the account's name, because people file accounts with more care than
they name them. A lead can override the answer; unknown counts as production.
"""

import re

WORDS: tuple[tuple[str, frozenset[str]], ...] = (
    ("sandbox", frozenset({"sandbox", "sandboxes", "lab", "labs", "playground", "experiments"})),
    ("audit", frozenset({"audit", "security", "log", "logs", "logging", "archive"})),
    ("stage", frozenset({"stage", "staging", "preprod", "uat", "qa", "test", "testing"})),
    ("dev", frozenset({"dev", "development", "develop"})),
    ("prod", frozenset({"prod", "production", "prd", "live"})),
)
NOT_PRODUCTION = re.compile(r"(?i)non[\s_-]*prod(uction)?|pre[\s_-]*prod(uction)?")


def guess(*, name: str, unit_path: str, is_management: bool) -> tuple[str, str]:
    """The environment and the reason for it, as one phrase. ('unknown', ...) when nothing tells."""
    if is_management:
        return "management", "it is the management account"
    for unit in reversed(unit_path.split("/")):
        found = _by_words(unit)
        if found:
            return found, f"it is in the unit {unit}"
        if NOT_PRODUCTION.search(unit):
            named = _by_words(name)
            if named and named != "prod":
                return named, f"its unit is {unit} and its name says {named}"
            return "stage", f"it is in the unit {unit}"
    found = _by_words(name) or ("stage" if NOT_PRODUCTION.search(name) else "")
    return (found, "its name says so") if found else ("unknown", "neither unit nor name tells")


def _by_words(text: str) -> str:
    if NOT_PRODUCTION.search(text):
        text = NOT_PRODUCTION.sub(" ", text)
    split = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    tokens = set(re.split(r"[^a-z0-9]+", split.lower()))
    return next((environment for environment, words in WORDS if words & tokens), "")

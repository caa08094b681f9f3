"""The catalogue of permission sets from the stories: purpose, audience, and where each may be.

Source: plan_templates/catalogue.toml. An account whose environment is not known counts as
production, so a set that may not be in production may not be there.
"""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass

from migrations_plan.artefacts.plan_template import FOLDER, SOURCES
from migrations_plan.artefacts.terraform import PermissionSet
from migrations_plan.artefacts.toml_reading import PlanDataError, Table

FILE = "catalogue.toml"
ENVIRONMENTS = ("management", "audit", "prod", "stage", "dev", "sandbox")
UNKNOWN, PRODUCTION = "unknown", "prod"
# What touches production needs more reviewers; the management and audit accounts do too.
PRODUCTION_LIKE = ("management", "audit", "prod", "unknown")
NAME = re.compile(r"[\w+=,.@-]{1,32}", re.ASCII)
MOST_HOLDERS = 1_000_000
DURATION = re.compile(r"PT([1-9]|1[0-2])H")


@dataclass(frozen=True, slots=True)
class CatalogueSet:
    """A permission set of a story. managed: names of policies that AWS manages, with their path.

    inline: what else it holds, in words: the company writes that policy. default: for everybody who
    has no other need. holders: how few and how many people shall hold it; None: not said.
    """

    name: str
    source: str
    purpose: str
    audience: str
    environments: tuple[str, ...]
    managed: tuple[str, ...]
    inline: str
    session: str
    default: bool
    break_glass: bool
    holders_least: int | None
    holders_most: int | None

    def permission_set(self, partition: str = "aws") -> PermissionSet:
        """As Terraform is made from it."""
        arns = tuple(f"arn:{partition}:iam::aws:policy/{name}" for name in self.managed)
        tags = (("tier", "breakglass"),) if self.break_glass else ()
        return PermissionSet(self.name, self.purpose, self.session, arns, tags=tags)


def catalogue() -> tuple[CatalogueSet, ...]:
    """The sets that the portal brings."""
    return load_catalogue((FOLDER / FILE).read_text(encoding="utf-8"))


def load_catalogue(text: str, *, file: str = FILE) -> tuple[CatalogueSet, ...]:
    """Reads a catalogue. Raises PlanDataError."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise PlanDataError(file, "", f"is not TOML: {problem}") from None
    table = Table(file, "", raw)
    stories = Table(file, "story", table.rest("story"))
    for source in SOURCES:
        if (story := stories.rest(source)) != {}:
            told = Table(file, f"story {source}", story)
            told.text("title")
            told.done()
    stories.done()
    sets = tuple(_set(file, number, one) for number, one in enumerate(table.tables("set"), 1))
    table.done()
    seen: set[tuple[str, str]] = set()
    for one in sets:
        if (one.source, one.name) in seen:
            raise PlanDataError(file, f"set {one.name}", "stands twice in one story")
        seen.add((one.source, one.name))
    return sets


def may_be_in(wanted: CatalogueSet, environment: str) -> bool:
    """Whether the set belongs into an account of this environment."""
    place = PRODUCTION if environment == UNKNOWN else environment
    return place in wanted.environments


def place_problems(wanted: CatalogueSet, placed: Sequence[tuple[str, str]]) -> list[str]:
    """A sentence for each (account, environment) in which the set should not be."""
    return [
        f"{wanted.name} is assigned in {account} ({environment}), "
        f"but is meant for {', '.join(wanted.environments)}."
        for account, environment in placed
        if not may_be_in(wanted, environment)
    ]


def scope_problems(
    wanted: CatalogueSet, placed: Sequence[tuple[str, str]], holders: int | None
) -> tuple[str, ...]:
    """What is not as the catalogue says, in sentences.

    placed: (account, environment) of the accounts it is assigned in; holders: people who hold it,
    None where that is not known.
    """
    said = place_problems(wanted, placed)
    if holders is None:
        if wanted.holders_most is not None:
            said.append(f"How many people hold {wanted.name} is not known.")
    elif wanted.holders_most is not None and holders > wanted.holders_most:
        said.append(f"{holders} people hold {wanted.name}; {wanted.holders_most} at most should.")
    elif wanted.holders_least is not None and holders < wanted.holders_least:
        said.append(
            f"{holders} people hold {wanted.name}; {wanted.holders_least} at least should, so that "
            "one may be away."
        )
    return tuple(said)


def reviewers_needed(environments: Sequence[str], *, plain: int = 1, production: int = 3) -> int:
    """How many must review a set that is assigned in these environments."""
    return production if any(one in PRODUCTION_LIKE for one in environments) else plain


def _set(file: str, number: int, raw: object) -> CatalogueSet:
    table = Table(file, f"set {number}", raw)
    name = table.text("name")
    table.item = f"set {name}"
    least, most = table.number("holders_least", default=0), table.number("holders_most", default=0)
    found = CatalogueSet(
        name=name,
        source=table.choice("source", SOURCES),
        purpose=table.text("purpose"),
        audience=table.text("audience"),
        environments=table.texts("environments"),
        managed=table.texts("managed"),
        inline=table.text("inline", default=""),
        session=table.text("session"),
        default=table.flag("default"),
        break_glass=table.flag("break_glass"),
        holders_least=least or None,
        holders_most=most or None,
    )
    table.done()
    _check_set(table, found)
    return found


def _check_set(table: Table, found: CatalogueSet) -> None:
    if not NAME.fullmatch(found.name):
        raise table.error("is no name that a permission set may have")
    if not DURATION.fullmatch(found.session):
        raise table.error(f"its session {found.session!r} is not PT1H to PT12H")
    strange = [one for one in found.environments if one not in ENVIRONMENTS]
    if strange or not found.environments:
        raise table.error(f"its environments are not among {', '.join(ENVIRONMENTS)}")
    if not found.managed and not found.inline:
        raise table.error("holds no policy")
    if (found.holders_least or 0) > (found.holders_most or MOST_HOLDERS):
        raise table.error("needs more holders than it may have")

"""Everything that can be made, each with the reads that it stands on."""

from dataclasses import dataclass
from datetime import datetime

from inventory.freshness import tallies
from inventory.sources import SOURCE_BY_NAME
from migrations_plan.gather.generated import emergency, guardrails, runbook_facts
from migrations_plan.gather.generated.behind import CENTER, Behind, behind_of


@dataclass(frozen=True, slots=True)
class Kind:
    """address: the name of its page; query: of the address. sources: by name."""

    title: str
    what: str
    address: str
    query: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    kind: Kind
    behind: Behind


KINDS = (
    Kind(
        "Identity Center as it is",
        "Permission sets, groups and assignments as Terraform with import blocks",
        "generated-center",
        "",
        CENTER,
    ),
    Kind(
        "Identity Center as it shall be",
        "The same from confirmed target access, and who has to be put into which group",
        "generated-center",
        "?of=target",
        CENTER,
    ),
    Kind(
        "Catalogue of permission sets",
        "The sets of two stories, compared with those that are there, as Terraform",
        "generated-catalogue",
        "",
        (*CENTER, "organization"),
    ),
    Kind(
        "Guardrail",
        "A service control policy against new long-lived credentials, as JSON and Terraform",
        "generated-guardrail",
        "",
        guardrails.SOURCES,
    ),
    Kind(
        "Break-glass",
        "Both ways in for an emergency, and who can really use those that are there",
        "generated-break-glass",
        "",
        emergency.SOURCES,
    ),
    Kind(
        "Runbooks",
        "New engineer, leaver, break-glass, adding a permission, as Markdown and HTML",
        "generated-runbooks",
        "",
        (*CENTER, *runbook_facts.SOURCES),
    ),
)


def rows(now: datetime) -> list[Row]:
    """Each with how its reads stand. Four queries at most, whatever their number."""
    names = dict.fromkeys(name for kind in KINDS for name in kind.sources)
    counted = {
        one.source.name: one for one in tallies(now, sources=[SOURCE_BY_NAME[n] for n in names])
    }
    return [Row(kind, behind_of([counted[name] for name in kind.sources])) for kind in KINDS]

"""Blocks of Terraform's language, written as `terraform fmt` would write them."""

import hashlib
import re
from collections.abc import Iterable, Sequence

from migrations_plan.artefacts.quoting import aligned, hcl, hcl_value

Rows = Sequence[tuple[str, str]]

# No required_providers: a folder may hold one such block only, and several of these files.
VERSIONS = """\
# Made for the provider hashicorp/aws 5.40 or newer.
terraform {
  required_version = ">= 1.5"
}
"""


def block(head: str, rows: Rows, inner: Iterable[str] = (), indent: int = 0) -> str:
    """A block with its attributes, then the blocks inside it (made with indent + 1).

    rows: names with expressions, ready to stand after the equals sign.
    """
    pad = "  " * indent
    parts = [aligned(rows, pad + "  ")] if rows else []
    body = "\n".join([*parts, *inner])
    return f"{pad}{head} {{\n{body}{pad}}}\n"


def resource(kind: str, label: str, rows: Rows, inner: Iterable[str] = ()) -> str:
    """A resource."""
    return block(f'resource "{kind}" "{label}"', rows, inner)


def imported(kind: str, label: str, identifier: str) -> str:
    """Takes what exists into Terraform's care without making it again."""
    return block("import", [("to", f"{kind}.{label}"), ("id", hcl(identifier))])


def json_policy(document: object, indent: int = 1) -> str:
    """A policy document as an expression; policy variables stay text."""
    return f"jsonencode({hcl_value(document, indent)})"


def label(name: str) -> str:
    """A Terraform name for an outside name; not unique, see labels."""
    plain = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    return plain if plain and plain[0].isalpha() else f"n_{plain}".rstrip("_")


def labels(names: Iterable[str]) -> dict[str, str]:
    """A name of its own for each: names that would be written alike get a part of their SHA-256."""
    wanted = sorted(set(names))
    alike: dict[str, int] = {}
    for name in wanted:
        alike[label(name)] = alike.get(label(name), 0) + 1
    return {
        name: label(name)
        if alike[label(name)] == 1
        else f"{label(name)}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"
        for name in wanted
    }

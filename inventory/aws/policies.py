"""Everything that grants the portal its rights, for installers and documentation.

`python -m inventory.aws.policies docs/aws` writes the generated files again.
"""

import json
import sys
from pathlib import Path

from inventory.aws.cloudformation import cloudformation_template, management_template
from inventory.aws.policy_documents import (
    management_policy,
    management_trust_policy,
    reader_policy,
    reader_trust_policy,
)
from inventory.aws.terraform import terraform
from inventory.records import Document

__all__ = [
    "cloudformation_template",
    "generated_files",
    "management_policy",
    "management_template",
    "management_trust_policy",
    "reader_policy",
    "reader_trust_policy",
    "terraform",
]

# The module reads the reader's template from its own folder, so they stay together.
READER_TEMPLATE = "reader-role.cloudformation.json"


def generated_files() -> dict[str, str]:
    """File name -> text of everything under docs/aws/."""
    return {
        "management-policy.json": _text(management_policy()),
        "management-roles.cloudformation.json": management_template(),
        "main.tf": terraform(),
        "reader-policy.json": _text(reader_policy()),
        READER_TEMPLATE: cloudformation_template(),
    }


def write_files(folder: Path) -> None:
    """Writes generated_files() into a folder, making it when needed."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in generated_files().items():
        (folder / name).write_text(text, encoding="utf-8")


def _text(document: Document) -> str:
    return json.dumps(document, indent=2) + "\n"


if __name__ == "__main__":
    write_files(Path(sys.argv[1]))

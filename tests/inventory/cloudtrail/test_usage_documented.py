"""docs/usage.md names all that an export may hold."""

from pathlib import Path as File

import pytest

from inventory.cloudtrail.reasons import Reason
from inventory.cloudtrail.records import Credential, Path

PAGE = (File(__file__).parents[3] / "docs" / "usage.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("value", [*Path, *Credential, *Reason])
def test_every_value_is_explained(value):
    assert f"| {value.value} |" in PAGE

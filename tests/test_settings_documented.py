"""Every environment variable is described in docs/settings.md, and nothing else is."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
READERS = ("accessportal", "migrations_plan/management", "inventory/management")
READ = re.compile(
    r"""(?:env_(?:text|secret|bool|int|list|https|choice)\(\s*|environ\.get\(|environ\[)["']([A-Z_]+)["']"""
)
# Read by the web framework's own conventions, not settings of ours; *_FILE goes with its name.
OURS_OTHERWISE = {"DJANGO_SETTINGS_MODULE", "REDIS_URL_FILE"}


def _names_in_code() -> set[str]:
    names: set[str] = set()
    for room in READERS:
        for path in (ROOT / room).rglob("*.py"):
            names.update(READ.findall(path.read_text(encoding="utf-8")))
    return names - OURS_OTHERWISE


def _names_in_docs() -> set[str]:
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    return set(re.findall(r"^\| `([A-Z_]+)`", text, re.MULTILINE))


def test_every_environment_variable_is_documented() -> None:
    assert _names_in_code() - _names_in_docs() == set()


def test_every_documented_variable_is_read() -> None:
    assert _names_in_docs() - _names_in_code() == set()

"""Imports a roster: people and leavers."""

from inventory.imports.files import SavedFile
from inventory.imports.part import Parsed
from inventory.imports.roster import parse_roster
from inventory.management.importing import ImportCommand


class Command(ImportCommand):
    """See inventory/imports/roster.py."""

    help = (
        "Imports a roster: a CSV with columns email, name, status, left_on (like 2025-01-31), "
        "manager. All of it or nothing."
    )
    source = "import_roster"
    with_account = False

    def parse(self, file: SavedFile, account_id: str | None) -> Parsed:
        return parse_roster(file)

"""Imports a file that `aws iam get-account-authorization-details` wrote."""

from inventory.imports.files import SavedFile
from inventory.imports.iam_snapshot import parse_iam_snapshot
from inventory.imports.part import Parsed
from inventory.management.importing import ImportCommand


class Command(ImportCommand):
    """See inventory/imports/iam_snapshot.py."""

    help = (
        "Imports a file that `aws iam get-account-authorization-details` wrote. All of it or "
        "nothing."
    )
    source = "import_iam_snapshot"
    account_required = False

    def parse(self, file: SavedFile, account_id: str | None) -> Parsed:
        return parse_iam_snapshot(file, account_id)

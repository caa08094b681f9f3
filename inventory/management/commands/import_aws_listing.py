"""Imports saved output of AWS's list calls."""

from inventory.imports.aws_listing import parse_aws_listing
from inventory.imports.files import SavedFile
from inventory.imports.part import Parsed
from inventory.management.importing import ImportCommand


class Command(ImportCommand):
    """See inventory/imports/aws_listing.py."""

    help = (
        "Imports saved output of list calls of `aws iam`, `sso-admin`, `identitystore` and "
        "`organizations`. All of it or nothing."
    )
    source = "import_aws_listing"
    account_required = True

    def parse(self, file: SavedFile, account_id: str | None) -> Parsed:
        return parse_aws_listing(file, account_id or "")

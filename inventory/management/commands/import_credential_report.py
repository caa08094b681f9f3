"""Imports an IAM credential report (the CSV, or the JSON of get-credential-report)."""

from inventory.imports.credential_report import parse_credential_report_file
from inventory.imports.files import SavedFile
from inventory.imports.part import Parsed
from inventory.management.importing import ImportCommand


class Command(ImportCommand):
    """See inventory/imports/credential_report.py."""

    help = (
        "Imports an IAM credential report: the CSV, or the JSON that `aws iam "
        "get-credential-report` prints. All of it or nothing."
    )
    source = "import_credential_report"
    account_required = False

    def parse(self, file: SavedFile, account_id: str | None) -> Parsed:
        return parse_credential_report_file(file, account_id)

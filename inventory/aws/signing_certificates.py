"""X.509 signing certificates of IAM users. The certificate body is not kept.

Source: iam:ListSigningCertificates per user.
Cost:   1 call per user of inputs.user_names, as long as nothing pages.
None:   nothing here is None; no record means that AWS listed none.
Errors: any ReadError. A user deleted while being read has none.
"""

from collections.abc import Mapping
from typing import Any

from inventory.aws.caller import Aws
from inventory.aws.reading import Inputs, Reading
from inventory.aws.values import as_instant, as_name
from inventory.records import SigningCertificateRecord


def fetch_signing_certificates(aws: Aws, inputs: Inputs) -> Reading:
    """A SigningCertificateRecord per certificate of inputs.user_names."""
    records: list[SigningCertificateRecord] = []
    for user_name in inputs.user_names:
        pages = aws.pages(
            "iam", "list_signing_certificates", absent=("NoSuchEntity",), UserName=user_name
        )
        for page in pages:
            for raw in page["Certificates"]:
                records.append(
                    aws.parsed(
                        "iam",
                        "list_signing_certificates",
                        parse_signing_certificate,
                        raw,
                        inputs.account_id,
                    )
                )
    return Reading(records=records)


def parse_signing_certificate(raw: Mapping[str, Any], account_id: str) -> SigningCertificateRecord:
    """One item of ListSigningCertificates."""
    return SigningCertificateRecord(
        account_id=account_id,
        user_name=as_name(raw["UserName"]),
        certificate_id=as_name(raw["CertificateId"]),
        status=as_name(raw["Status"]),
        uploaded_at=as_instant(raw["UploadDate"]),
    )

"""Whom AWS writes to about each account, besides the root user's address.

Source: account:GetAlternateContact, from the management account.
Cost:   3 calls per account.
None:   no record means that AWS said there is no such contact.
Errors: any ReadError, for any account: give it active accounts only.
"""

from collections.abc import Mapping
from typing import Any

from inventory.aws.caller import Aws
from inventory.aws.reading import Inputs, Reading
from inventory.aws.values import as_text
from inventory.records import AlternateContactRecord

CONTACT_TYPES = ("BILLING", "OPERATIONS", "SECURITY")


def fetch_alternate_contacts(aws: Aws, inputs: Inputs) -> Reading:
    """An AlternateContactRecord per contact that exists in inputs.account_ids."""
    records: list[AlternateContactRecord] = []
    for account_id in inputs.account_ids:
        # AWS refuses the caller's own account when it is named.
        target = {} if account_id == inputs.account_id else {"AccountId": account_id}
        for contact_type in CONTACT_TYPES:
            answer = aws.call_or_none(
                "account",
                "get_alternate_contact",
                absent=("ResourceNotFoundException",),
                AlternateContactType=contact_type,
                **target,
            )
            if answer is not None:
                records.append(
                    aws.parsed(
                        "account",
                        "get_alternate_contact",
                        parse_contact,
                        answer,
                        account_id,
                        contact_type,
                    )
                )
    return Reading(records=records)


def parse_contact(
    answer: Mapping[str, Any], account_id: str, contact_type: str
) -> AlternateContactRecord:
    """The answer of GetAlternateContact as a record. The phone number is not kept."""
    raw = answer["AlternateContact"]
    return AlternateContactRecord(
        account_id=account_id,
        contact_type=contact_type,
        name=as_text(raw.get("Name")),
        title=as_text(raw.get("Title")),
        email=as_text(raw.get("EmailAddress")),
    )

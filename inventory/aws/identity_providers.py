"""OIDC and SAML identity providers of one account: who may come in without an IAM user.

Source: iam:ListOpenIDConnectProviders, GetOpenIDConnectProvider, ListSAMLProviders.
Cost:   2 calls + 1 per OIDC provider.
None:   valid_until None: an OIDC provider does not expire. A SAML provider's url is ''.
Errors: any ReadError. A provider deleted while being read is left out.
"""

from collections.abc import Mapping
from typing import Any

from inventory.aws.caller import Aws
from inventory.aws.reading import Inputs, Reading
from inventory.aws.values import account_of, as_list, as_name, as_time, sorted_texts
from inventory.records import IdentityProviderRecord

OIDC, SAML = "oidc", "saml"


def fetch_identity_providers(aws: Aws, inputs: Inputs) -> Reading:
    """An IdentityProviderRecord per provider, provider_type 'oidc' or 'saml'."""
    records: list[IdentityProviderRecord] = []
    answer = aws.call("iam", "list_open_id_connect_providers")
    for arn in aws.parsed("iam", "list_open_id_connect_providers", _oidc_arns, answer):
        described = aws.call_or_none(
            "iam",
            "get_open_id_connect_provider",
            absent=("NoSuchEntity",),
            OpenIDConnectProviderArn=arn,
        )
        if described is not None:
            records.append(
                aws.parsed("iam", "get_open_id_connect_provider", parse_oidc, described, arn)
            )
    answer = aws.call("iam", "list_saml_providers")
    records += aws.parsed("iam", "list_saml_providers", parse_saml, answer)
    return Reading(records=records)


def _oidc_arns(answer: Mapping[str, Any]) -> list[str]:
    return [as_name(raw["Arn"]) for raw in answer["OpenIDConnectProviderList"]]


def parse_oidc(raw: Mapping[str, Any], arn: str) -> IdentityProviderRecord:
    """The answer of GetOpenIDConnectProvider as a record."""
    return IdentityProviderRecord(
        account_id=account_of(arn),
        arn=arn,
        provider_type=OIDC,
        url=as_name(raw["Url"]),
        client_ids=sorted_texts(as_list(raw.get("ClientIDList"))),
        created_at=as_time(raw.get("CreateDate")),
        valid_until=None,
    )


def parse_saml(answer: Mapping[str, Any]) -> list[IdentityProviderRecord]:
    """The answer of ListSAMLProviders as records."""
    return [
        IdentityProviderRecord(
            account_id=account_of(raw["Arn"]),
            arn=as_name(raw["Arn"]),
            provider_type=SAML,
            url="",
            client_ids=(),
            created_at=as_time(raw.get("CreateDate")),
            valid_until=as_time(raw.get("ValidUntil")),
        )
        for raw in answer["SAMLProviderList"]
    ]

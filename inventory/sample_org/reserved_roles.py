"""The roles Identity Center makes in an account where a permission set is assigned."""

import json
from typing import Any

from moto.iam.models import iam_backends

from inventory.sample_org.clock import CLOCK
from inventory.sample_org.constants import HOME_REGION
from inventory.sample_org.side import SIDE

# us-east-1 would have no region segment.
RESERVED_PATH = f"/aws-reserved/sso.amazonaws.com/{HOME_REGION}/"


def role_name(permission_set: Any, account_id: str) -> str:
    suffix = SIDE.ids.hexadecimal(16, "reserved role", permission_set.name, account_id)
    return f"AWSReservedSSO_{permission_set.name}_{suffix}"


def _provider_arn(account_id: str) -> str:
    return f"arn:aws:iam::{account_id}:saml-provider/{provider_name(account_id)}"


def provider_name(account_id: str) -> str:
    return f"AWSSSO_{SIDE.ids.hexadecimal(16, 'saml provider', account_id)}_DO_NOT_DELETE"


def _trust(account_id: str) -> dict[str, Any]:
    audience = {"SAML:aud": "https://signin.aws.amazon.com/saml"}
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": _provider_arn(account_id)},
        "Action": ["sts:AssumeRoleWithSAML", "sts:TagSession"],
        "Condition": {"StringEquals": audience},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def materialise(permission_set: Any, account_id: str) -> None:
    """Creates the reserved role, and the account's SAML provider, unless they are there."""
    backend = iam_backends[account_id]["aws"]
    if provider_name(account_id) not in backend.saml_providers:
        provider = backend.create_saml_provider(provider_name(account_id), "<EntityDescriptor/>")
        provider.create_date = provider.valid_until = CLOCK.ago(40)
        provider.valid_until = CLOCK.ago(40 - 3650)
    name = role_name(permission_set, account_id)
    if any(role.name == name for role in backend.roles.values()):
        return
    role = backend.create_role(
        role_name=name,
        assume_role_policy_document=json.dumps(_trust(account_id)),
        path=RESERVED_PATH,
        permissions_boundary=None,
        description=permission_set.description or "",
        tags=[],
        max_session_duration="43200",
    )
    _settle(backend, role, permission_set, account_id)


def _settle(backend: Any, role: Any, permission_set: Any, account_id: str) -> None:
    """The role's lasting id and date, and the policies of its permission set."""
    backend.roles.pop(role.id)
    role.id = SIDE.ids.unique("AROA", account_id, role.name)
    role.create_date = CLOCK.ago(39)
    backend.roles[role.id] = role
    for policy in permission_set.managed_policies:
        if policy.arn in backend.managed_policies:
            backend.attach_role_policy(policy.arn, role.name)
    for reference in permission_set.customer_managed_policies:
        arn = f"arn:aws:iam::{account_id}:policy{reference.path}{reference.name}"
        if arn in backend.managed_policies:
            backend.attach_role_policy(arn, role.name)
    if permission_set.inline_policy:
        backend.put_role_policy(role.name, "AwsSSOInlinePolicy", permission_set.inline_policy)


def forget(permission_set: Any, account_id: str) -> None:
    """The last grant of the set in this account is gone, and the role with it."""
    backend = iam_backends[account_id]["aws"]
    for role in list(backend.roles.values()):
        if role.name == role_name(permission_set, account_id):
            for arn in list(role.managed_policies):
                backend.detach_role_policy(arn, role.name)
            backend.roles.pop(role.id)

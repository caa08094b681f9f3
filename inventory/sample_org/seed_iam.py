"""Seeds IAM: policies, groups, users with their credentials, roles and identity providers.

Straight into moto's backends, because dates of the past cannot be written through any AWS call.
"""

import json
from typing import Any

from moto.iam.models import AccessKeyLastUsed, SigningCertificate, iam_backends

from inventory.sample_org.clock import CLOCK
from inventory.sample_org.side import SIDE
from inventory.sample_org.spec import Group, Key, Password, Policy, Provider, Role, User, World

CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIBSample\n-----END CERTIFICATE-----"
METADATA = "<EntityDescriptor entityID='https://idp.example.com'/>"


def _backend(account_id: str) -> Any:
    return iam_backends[account_id]["aws"]


def _arn(account_id: str, policy: str) -> str:
    """A policy by its ARN, or by the name of one of the account's own."""
    return policy if policy.startswith("arn:") else f"arn:aws:iam::{account_id}:policy/{policy}"


def seed_iam(world: World) -> None:
    for account in world.accounts:
        for policy in _backend(account.id).managed_policies.values():
            policy.id = SIDE.ids.unique("ANPA", "aws", policy.name)
    for own in world.policies:
        _policy(own)
    for group in world.groups:
        _group(group)
    for user in world.users:
        _user(user)
    for role in world.roles:
        _role(role)
    for provider in world.providers:
        _provider(provider)


def _policy(spec: Policy) -> None:
    backend = _backend(spec.account)
    first, *later = (json.dumps(document) for document in spec.versions)
    made = backend.create_policy(spec.description, spec.path, first, spec.name, [])
    made.id = SIDE.ids.unique("ANPA", spec.account, spec.name)
    for document in later:
        backend.create_policy_version(made.arn, document, "true")
    if spec.default is not None:
        backend.set_default_policy_version(made.arn, f"v{spec.default}")
    made.create_date = CLOCK.ago(900)
    made.update_date = CLOCK.ago(120)
    for number, version in enumerate(made.versions):
        version.create_date = CLOCK.ago(900 - 300 * number)


def _group(spec: Group) -> None:
    backend = _backend(spec.account)
    made = backend.create_group(spec.name, spec.path)
    made.id = SIDE.ids.unique("AGPA", spec.account, spec.name)
    made.create_date = CLOCK.ago(1400)
    for policy in spec.policies:
        backend.attach_group_policy(_arn(spec.account, policy), spec.name)
    for name, document in spec.inline:
        made.policies[name] = json.dumps(document)


def _user(spec: User) -> None:
    backend = _backend(spec.account)
    tags = [{"Key": key, "Value": value} for key, value in spec.tags]
    made = backend.create_user("us-east-1", spec.name, spec.path, tags)
    made.id = SIDE.ids.unique("AIDA", spec.account, spec.name)
    made.create_date = CLOCK.ago(spec.created)
    SIDE.kinds[made.arn] = spec.kind
    if spec.owner:
        SIDE.owners[made.arn] = spec.owner
    for policy in spec.policies:
        backend.attach_user_policy(_arn(spec.account, policy), spec.name)
    for name, document in spec.inline:
        made.policies[name] = json.dumps(document)
    for group in spec.groups:
        backend.add_user_to_group(group, spec.name)
    if spec.boundary:
        made.permissions_boundary_arn = _arn(spec.account, spec.boundary)
    for number, key in enumerate(spec.keys):
        _key(backend, made, number, key)
    if spec.password:
        _password(made, spec.password)
    _devices(backend, made, spec)
    _other_credentials(made, spec)


def _key(backend: Any, user: Any, number: int, spec: Key) -> None:
    made = backend.create_access_key(user.name)
    backend.access_keys.pop(made.access_key_id)
    made.access_key_id = SIDE.ids.access_key(user.account_id, user.name, str(number))
    backend.access_keys[made.access_key_id] = made
    made.create_date = CLOCK.ago(spec.age)
    made.status = "Active" if spec.active else "Inactive"
    if spec.used is not None:
        made.last_used = AccessKeyLastUsed(CLOCK.ago(spec.used), spec.service, spec.region)


def _password(user: Any, spec: Password) -> None:
    user.password = "set"  # noqa: S105 (nobody signs in here; moto only asks whether there is one)
    user.login_created = user.password_changed = CLOCK.ago(spec.age)
    user.password_reset_required = spec.reset_required
    if spec.used is not None:
        user.password_last_used = CLOCK.ago(spec.used)


def _devices(backend: Any, user: Any, spec: User) -> None:
    enabled = CLOCK.ago(max(spec.created - 10, 1))
    for number, kind in enumerate(spec.mfa):
        if kind == "virtual":
            suffix = f"-{number}" if number else ""
            device = backend.create_virtual_mfa_device(f"{spec.name}{suffix}", "/")
            serial = device.serial_number
        else:
            serial = "GAHT" + SIDE.ids.unique("", "mfa", spec.account, spec.name, length=8)
        backend.enable_mfa_device(spec.name, serial, "123456", "654321")
        user.mfa_devices[serial].enable_date = enabled
        if kind == "virtual":
            device.enable_date = enabled


def _other_credentials(user: Any, spec: User) -> None:
    ids, account = SIDE.ids, spec.account
    for number in range(spec.ssh_keys):
        made = user.upload_ssh_public_key(f"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABSample{number}")
        made.ssh_public_key_id = ids.unique("APKA", account, spec.name, str(number), length=16)
        made.upload_date = CLOCK.ago(spec.created / 2)
    for number in range(spec.certificates):
        name = ids.unique("", "certificate", account, spec.name, str(number), length=32)
        certificate = SigningCertificate(name, spec.name, CERTIFICATE)
        certificate.upload_date = CLOCK.ago(spec.created / 3)
        user.signing_certificates[name] = certificate
    for service in spec.service_credentials:
        SIDE.service_credentials.setdefault(account, []).append(
            {
                "CreateDate": CLOCK.ago(spec.created / 4),
                "ServiceName": service,
                "ServiceUserName": f"{spec.name}-at-{account}",
                "ServiceSpecificCredentialId": ids.unique("ACCA", account, spec.name, service),
                "UserName": spec.name,
                "Status": "Active",
            }
        )


def _role(spec: Role) -> None:
    backend = _backend(spec.account)
    made = backend.create_role(
        role_name=spec.name,
        assume_role_policy_document=json.dumps(spec.trust),
        path=spec.path,
        permissions_boundary=_arn(spec.account, spec.boundary) if spec.boundary else None,
        description=spec.description,
        tags=[{"Key": key, "Value": value} for key, value in spec.tags],
        max_session_duration=str(spec.session_seconds),
    )
    backend.roles.pop(made.id)
    made.id = SIDE.ids.unique("AROA", spec.account, spec.name)
    backend.roles[made.id] = made
    made.create_date = CLOCK.ago(spec.created)
    if spec.used is not None:
        made.last_used = CLOCK.ago(spec.used)
        made.last_used_region = "eu-central-1"
    for policy in spec.policies:
        backend.attach_role_policy(_arn(spec.account, policy), spec.name)
    for name, document in spec.inline:
        made.policies[name] = json.dumps(document)
    if "ec2.amazonaws.com" in json.dumps(spec.trust):
        profile = backend.create_instance_profile(spec.name, "/", [spec.name])
        profile.id = SIDE.ids.unique("AIPA", spec.account, spec.name)
        profile.create_date = CLOCK.ago(spec.created)


def _provider(spec: Provider) -> None:
    backend = _backend(spec.account)
    if spec.kind == "saml":
        saml = backend.create_saml_provider(spec.name, METADATA)
        saml.create_date, saml.valid_until = CLOCK.ago(600), CLOCK.ago(-3000)
        return
    thumbprint = SIDE.ids.hexadecimal(40, "thumbprint", spec.name)
    made = backend.create_open_id_connect_provider(
        f"https://{spec.name}", [thumbprint], list(spec.audiences), []
    )
    made.create_date = CLOCK.ago(500)

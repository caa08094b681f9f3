"""Rows with dull defaults, made by keyword. Each call makes another one."""

import hashlib
import itertools
from datetime import UTC, datetime, timedelta

from django.test import Client
from django.utils import timezone

from inventory.models import (
    AccessKey,
    AccountAssignment,
    AccountSummary,
    AlternateContact,
    AwsAccount,
    Change,
    CollectionRun,
    CredentialReportRow,
    GroupMembership,
    IamGroup,
    IamPolicy,
    IamUser,
    IdentityProvider,
    IdentityStoreGroup,
    IdentityStoreUser,
    LoginProfile,
    MfaDevice,
    Observation,
    PermissionSet,
    ServiceSpecificCredential,
)
from migrations_plan.models import IamUserLink, Person, PortalUser
from tests.read_rows import read_everything as read_everything
from tests.read_rows import run as run

LONG_AGO = datetime(2023, 3, 1, 9, 0, tzinfo=UTC)
_numbers = itertools.count(1)


def number():
    return next(_numbers)


def _fact(**values):
    at = values.pop("observed_at", None) or timezone.now() - timedelta(minutes=20)
    shared = {"first_seen_at": at, "observed_at": at, "changed_at": at, "digest": "0" * 64}
    if "run" not in values:
        shared["run"] = CollectionRun.objects.first() or run()
    return {**shared, **values}


def account(name=None, **more):
    n = number()
    values = {
        "account_id": f"{111_111_111_110 + n:012d}",
        "name": name if name is not None else f"account-{n}",
        "email": f"aws+{n}@example.com",
        "status": "ACTIVE",
        "unit_path": "Root/Workloads",
        "environment": "dev",
        "environment_reason": "it is in the unit Dev",
        **more,
    }
    return AwsAccount.objects.create(**_fact(**values))


def iam_user(user_name=None, *, account, **more):
    n = number()
    name = user_name if user_name is not None else f"user-{n}"
    values = {
        "account": account,
        "arn": f"arn:aws:iam::{account.account_id}:user/{name}",
        "user_id": f"AIDA{n:017d}",
        "user_name": name,
        "path": "/",
        "created_at": LONG_AGO,
        "admin": False,
        "console_password": False,
        "mfa": False,
        "active_keys": 0,
        **more,
    }
    return IamUser.objects.create(**_fact(**values))


def _of(user, **more):
    return _fact(account=user.account, user=user, user_name=user.user_name, **more)


def access_key(user, **more):
    values = {
        "access_key_id": f"AKIA{number():016d}",
        "status": "Active",
        "created_at": LONG_AGO,
        "last_used_read": True,
        **more,
    }
    return AccessKey.objects.create(**_of(user, **values))


def login_profile(user, **more):
    values = {"created_at": LONG_AGO, "password_reset_required": False, **more}
    return LoginProfile.objects.create(**_of(user, **values))


def mfa_device(user, **more):
    serial = f"arn:aws:iam::{user.account_id}:mfa/{user.user_name}-{number()}"
    values = {"serial_number": serial, "enabled_at": LONG_AGO, **more}
    return MfaDevice.objects.create(**_of(user, **values))


def service_credential(user, **more):
    values = {
        "credential_id": f"ACCA{number():016d}",
        "service_name": "codecommit.amazonaws.com",
        "status": "Active",
        "created_at": LONG_AGO,
        **more,
    }
    return ServiceSpecificCredential.objects.create(**_of(user, **values))


def report_row(user, **more):
    return CredentialReportRow.objects.create(**_of(user, arn=user.arn, **more))


def iam_group(name, *, account, **more):
    values = {
        "account": account,
        "arn": f"arn:aws:iam::{account.account_id}:group/{name}",
        "group_id": f"AGPA{number():017d}",
        "group_name": name,
        "path": "/",
        "created_at": LONG_AGO,
        **more,
    }
    return IamGroup.objects.create(**_fact(**values))


def iam_policy(arn, *, account, document=None, **more):
    values = {
        "account": account,
        "arn": arn,
        "policy_name": arn.rsplit("/", 1)[-1],
        "path": "/",
        "aws_managed": ":aws:policy/" in arn,
        "document": document,
        **more,
    }
    return IamPolicy.objects.create(**_fact(**values))


def account_summary(account, **more):
    values = {"root_mfa_enabled": True, "root_access_keys_present": False, **more}
    return AccountSummary.objects.create(**_fact(account=account, **values))


def alternate_contact(account, contact_type="SECURITY", **more):
    values = {"name": "Sec Team", "title": "On call", "email": "sec@example.com", **more}
    return AlternateContact.objects.create(
        **_fact(account=account, contact_type=contact_type, **values)
    )


def identity_provider(account, **more):
    values = {
        "arn": f"arn:aws:iam::{account.account_id}:oidc-provider/p{number()}.example.com",
        "provider_type": "oidc",
        "url": "https://token.actions.example.com",
        "client_ids": ["sts.amazonaws.com"],
        **more,
    }
    return IdentityProvider.objects.create(**_fact(account=account, **values))


def permission_set(name=None, **more):
    n = number()
    values = {
        "arn": f"arn:aws:sso:::permissionSet/ssoins-1/ps-{n:016d}",
        "name": name or f"Set{n}",
        "session_duration": "PT1H",
        **more,
    }
    return PermissionSet.objects.create(**_fact(**values))


def assignment(account, permission_set, principal_id, principal_type="GROUP", **more):
    return AccountAssignment.objects.create(
        **_fact(
            account=account,
            permission_set=permission_set,
            principal_id=principal_id,
            principal_type=principal_type,
            **more,
        )
    )


def store_user(email=None, **more):
    n = number()
    values = {
        "identity_store_id": "d-1",
        "user_id": f"store-user-{n}",
        "user_name": email or f"person{n}@example.com",
        "display_name": f"Person {n}",
        "email": email or f"person{n}@example.com",
        "enabled": True,
        **more,
    }
    return IdentityStoreUser.objects.create(**_fact(**values))


def store_group(name=None, **more):
    n = number()
    values = {
        "identity_store_id": "d-1",
        "group_id": f"store-group-{n}",
        "display_name": name or f"Group {n}",
        **more,
    }
    return IdentityStoreGroup.objects.create(**_fact(**values))


def membership(group, user, **more):
    values = {"membership_id": f"m-{number()}", "group_id": group.group_id, **more}
    return GroupMembership.objects.create(**_fact(user_id=user.user_id, **values))


def observation(kind, key, record, *, change=Change.APPEARED, at=None, account_id=""):
    at = at or timezone.now() - timedelta(days=1)
    seq = (Observation.objects.order_by("-seq").values_list("seq", flat=True).first() or 0) + 1
    mark = hashlib.sha256(f"{seq}".encode()).hexdigest()
    return Observation.objects.create(
        seq=seq,
        run=CollectionRun.objects.first() or run(),
        kind=kind,
        account_id=account_id,
        key=key,
        change=change,
        observed_at=at,
        recorded_at=at,
        record=record,
        salt="0" * 32,
        fact_hash=mark,
        chain_hash=mark,
    )


def person(email=None, **more):
    n = number()
    address = email or f"person{n}@example.com"
    return Person.objects.create(email=address, **{"name": f"Person {n}", **more})


def owner(user, person, **more):
    values = {"confirmed_by": "lead@example.com", "confirmed_at": timezone.now(), **more}
    return IamUserLink.objects.create(iam_user_arn=user.arn, person=person, **values)


def portal_user(role="lead", username=None, **more):
    user = PortalUser.objects.create_user(
        username or f"{role or 'nobody'}{number()}@example.com", role=role, password=None
    )
    for name, value in more.items():
        setattr(user, name, value)
    user.save()
    return user


def signed_in(role="lead", **more):
    """A client with a session of a new user in this role; `client.user` is that user."""
    client = Client()
    client.user = portal_user(role, **more)  # type: ignore[attr-defined]
    client.force_login(client.user)  # type: ignore[attr-defined]
    return client


HTMX = {"HX-Request": "true"}

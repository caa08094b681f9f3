"""Rows of IAM users and their credentials."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from inventory.admin_access import AdminAccess, effective_admin
from inventory.exports.facts import AllFacts, UserFacts
from inventory.exports.keys import access_keys
from inventory.user_summary import ASKED_SOURCES, Told, UserSummary, user_summary

Row = dict[str, Any]


def iam_user_rows(everything: AllFacts) -> Iterator[Row]:
    """One row per user that a list of users or a credential report shows."""
    for facts in everything.users:
        if facts.user is not None or facts.report is not None:
            yield _user_row(facts, everything)


def _user_row(facts: UserFacts, everything: AllFacts) -> Row:
    user = facts.user.record if facts.user else None
    report = facts.report.record if facts.report else None
    access, summary = _admin(facts, everything), _summary(facts, everything)
    times = [seen.observed_at for seen in (facts.user, facts.report) if seen is not None]
    return {
        "account_id": facts.account_id,
        "arn": facts.arn(),
        "user_id": user.user_id if user else None,
        "user_name": facts.user_name,
        "path": user.path if user else _path_in(facts.arn() or ""),
        "created_at": user.created_at if user else report and report.user_created_at,
        "console_password": summary.console_password,
        "password_last_used_at": summary.password_last_used_at,
        "mfa": summary.mfa,
        "groups": user.groups if user else None,
        "admin": access.admin,
        "admin_how": access.how,
        "active_keys": summary.active_keys,
        "observed_at": facts.user.observed_at if facts.user else max(times),
    }


def _path_in(arn: str) -> str:
    name = arn.partition(":user/")[2]
    return f"/{name.rpartition('/')[0]}/".replace("//", "/")


def _admin(facts: UserFacts, everything: AllFacts) -> AdminAccess:
    if facts.user is None:
        return AdminAccess(admin=None, how=())
    policies = everything.policies.get(facts.account_id, {})
    return effective_admin(
        facts.user.record,
        everything.groups.get(facts.account_id, {}),
        {arn: policy.document for arn, policy in policies.items()},
    )


def _summary(facts: UserFacts, everything: AllFacts) -> UserSummary:
    return user_summary(
        Told(
            created_at=facts.user.record.created_at if facts.user else None,
            report=facts.report.record if facts.report else None,
            report_at=facts.report.observed_at if facts.report else None,
            asked_at={source: everything.asked_at(source, facts) for source in ASKED_SOURCES},
            keys=[key.record for key in facts.keys],
            has_profile=facts.profile is not None,
            has_mfa=bool(facts.mfa),
        )
    )


def credential_rows(everything: AllFacts) -> Iterator[Row]:
    """One row per credential, by account, ARN, kind and id."""
    rows = [row for facts in everything.users for row in _credentials_of(facts, everything)]
    yield from sorted(
        rows, key=lambda r: (r["account_id"], r["arn"] or "", r["kind"], r["id"] or "")
    )


def _credentials_of(facts: UserFacts, everything: AllFacts) -> Iterator[Row]:
    for key in access_keys(facts, everything):
        yield _row(
            facts,
            "access_key",
            key.id,
            key.status,
            key.created_at,
            key.observed_at,
            last_used_at=key.last_used_at,
            last_used_service=key.last_used_service,
            last_used_region=key.last_used_region,
        )
    yield from _password(facts, everything)
    for ssh in facts.ssh_keys:
        one = ssh.record
        values = (one.ssh_public_key_id, one.status, one.uploaded_at, ssh.observed_at)
        yield _row(facts, "ssh_key", *values)
    for certificate in facts.certificates:
        cert = certificate.record
        values = (cert.certificate_id, cert.status, cert.uploaded_at, certificate.observed_at)
        yield _row(facts, "signing_certificate", *values)
    for service in facts.service_specific:
        own = service.record
        values = (own.credential_id, own.status, own.created_at, service.observed_at)
        yield _row(facts, "service_specific", *values)


def _password(facts: UserFacts, everything: AllFacts) -> Iterator[Row]:
    summary = _summary(facts, everything)
    if not summary.console_password:
        return
    times = [seen.observed_at for seen in (facts.profile, facts.report) if seen is not None]
    yield _row(
        facts,
        "password",
        None,
        "Active",
        facts.profile.record.created_at if facts.profile else None,
        max(times),
        last_used_at=summary.password_last_used_at,
    )


def _row(
    facts: UserFacts,
    kind: str,
    identifier: str | None,
    status: str | None,
    created_at: datetime | None,
    observed_at: datetime,
    *,
    last_used_at: datetime | None = None,
    last_used_service: str | None = None,
    last_used_region: str | None = None,
) -> Row:
    return {
        "account_id": facts.account_id,
        "user_name": facts.user_name,
        "arn": facts.arn(),
        "kind": kind,
        "id": identifier,
        "status": status,
        "created_at": created_at,
        "last_used_at": last_used_at,
        "last_used_service": last_used_service,
        "last_used_region": last_used_region,
        "observed_at": observed_at,
    }

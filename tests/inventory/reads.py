"""Records and reads for tests: as short as a test's sentence, through the real writer."""

from dataclasses import fields
from datetime import UTC, datetime, timedelta

from django.db import transaction

from inventory import jobs, store
from inventory.models import Job, Outcome
from inventory.records import (
    AccessKeyRecord,
    AccountRecord,
    CredentialReportRowRecord,
    IamUserRecord,
    LoginProfileRecord,
    OrganizationRecord,
)
from inventory.saving.tables import TABLES, row_key
from inventory.sources import SOURCE_BY_NAME

T0 = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MINE = "111122223333"
OTHER = "444455556666"


def user(name, account_id=MINE, **changed):
    values = {
        "account_id": account_id,
        "arn": f"arn:aws:iam::{account_id}:user/{name}",
        "user_id": f"AIDA{name.upper()}",
        "user_name": name,
        "path": "/",
        "created_at": T0 - 100 * DAY,
        "groups": (),
        "attached_policies": (),
        "inline_policies": {},
        "permissions_boundary": None,
        "tags": {},
    }
    return IamUserRecord(**{**values, **changed})


def key(key_id, user_name, account_id=MINE, **changed):
    values = {
        "account_id": account_id,
        "user_name": user_name,
        "access_key_id": key_id,
        "status": "Active",
        "created_at": T0 - 50 * DAY,
        "last_used_read": True,
        "last_used_at": None,
        "last_used_service": None,
        "last_used_region": None,
    }
    return AccessKeyRecord(**{**values, **changed})


def profile(user_name, account_id=MINE):
    return LoginProfileRecord(
        account_id=account_id,
        user_name=user_name,
        created_at=T0 - 50 * DAY,
        password_reset_required=False,
    )


def report_row(name, account_id=MINE, **changed):
    values = dict.fromkeys(field.name for field in fields(CredentialReportRowRecord))
    values |= {
        "account_id": account_id,
        "user_name": name,
        "arn": f"arn:aws:iam::{account_id}:user/{name}",
        "user_created_at": T0 - 100 * DAY,
        "password_enabled": False,
        "mfa_active": False,
        "access_key_1_active": False,
        "access_key_2_active": False,
        "words": {},
        "extra": {},
    }
    return CredentialReportRowRecord(**{**values, **changed})


def account(account_id=MINE, **changed):
    values = {
        "account_id": account_id,
        "arn": f"arn:aws:organizations::{MINE}:account/o-1/{account_id}",
        "name": f"account {account_id}",
        "email": f"{account_id}@example.com",
        "status": "ACTIVE",
        "joined_method": "CREATED",
        "joined_at": T0 - 900 * DAY,
        "parent_id": "r-1",
        "unit_path": "Root",
    }
    return AccountRecord(**{**values, **changed})


def organization(management=MINE):
    return OrganizationRecord(
        organization_id="o-1",
        arn=f"arn:aws:organizations::{management}:organization/o-1",
        management_account_id=management,
        feature_set="ALL",
    )


def read(source, records, at, *, account_id=MINE, types=None, origin="aws", now=None, **scope):
    """One whole, successful read, saved as a worker saves it. Returns the run and the counts."""
    types = types or SOURCE_BY_NAME[source].records
    with transaction.atomic():
        run = store.open_run(source, account_id, now=now or at, observed_at=at, origin=origin)
        counts = store.save(records, run=run, types=types, account_id=account_id, **scope)
        store.close_run(run, Outcome.COMPLETE, now=now or at, items=len(records))
    return run, counts


def read_organization(at, *accounts):
    listed = [organization(), *(accounts or (account(MINE), account(OTHER)))]
    return read("organization", listed, at, account_id="")


def ask_users(source, records, at, names, *, account_id=MINE):
    """A read of some users, one by one, remembered as a worker does."""
    with transaction.atomic():
        run = store.open_run(source, account_id, now=at)
        store.note_user_reads(source, account_id, names, run=run, report_digests={})
        types = SOURCE_BY_NAME[source].records
        store.save(records, run=run, types=types, account_id=account_id, user_names=set(names))
        store.close_run(run, Outcome.COMPLETE, now=at)
    return run


def failed(source, at, *, account_id=MINE, outcome=Outcome.DENIED, error="refused", origin="aws"):
    run = store.open_run(source, account_id, now=at, origin=origin)
    store.close_run(run, outcome, now=at, error=error)
    return run


def row_of(record):
    """The row that holds this record's fact."""
    record_type = type(record)
    rows = TABLES[record_type]._default_manager.all()
    return next(row for row in rows if row_key(row, record_type) == record.key())


def queued(source="access_keys", account_id=MINE, *, now=T0, slot=None):
    """A job on the list, made as the list makes it."""
    job = jobs._job(SOURCE_BY_NAME[source], account_id, now=now, slot=slot)
    job.save()
    return Job.objects.get(pk=job.pk)

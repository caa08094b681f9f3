"""Export rows of facts: the same columns and the same arithmetic now and as of an instant.

None always means not known. The columns are the contract of the command line.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q

from inventory.exports.assignments import assignment_rows
from inventory.exports.facts import gather
from inventory.exports.users import credential_rows, iam_user_rows
from inventory.models import CollectionRun
from inventory.population import Accounts, Names

Row = dict[str, Any]
Rows = Callable[[datetime | None], Iterator[Row]]

IAM_USERS = (
    "account_id",
    "arn",
    "user_id",
    "user_name",
    "path",
    "created_at",
    "console_password",
    "password_last_used_at",
    "mfa",
    "groups",
    "admin",
    "admin_how",
    "active_keys",
    "observed_at",
)
CREDENTIALS = (
    "account_id",
    "user_name",
    "arn",
    "kind",
    "id",
    "status",
    "created_at",
    "last_used_at",
    "last_used_service",
    "last_used_region",
    "observed_at",
)
ASSIGNMENTS = (
    "account_id",
    "permission_set",
    "principal_type",
    "principal",
    "person",
    "via_group",
)
RUNS = (
    "source",
    "account_id",
    "region",
    "outcome",
    "started_at",
    "ended_at",
    "calls",
    "items",
    "error",
)


def iam_users(
    at: datetime | None, account_ids: Accounts = None, user_names: Names = None
) -> Iterator[Row]:
    """One row per IAM user, by account, name and ARN; of these accounts only, if any are given, and
    of users of these names there."""
    return iam_user_rows(gather(at, account_ids, user_names))


def credentials(
    at: datetime | None, account_ids: Accounts = None, user_names: Names = None
) -> Iterator[Row]:
    """One row per credential of an IAM user, by account, ARN, kind and id. Root is no IAM user."""
    return credential_rows(gather(at, account_ids, user_names))


def assignments(at: datetime | None) -> Iterator[Row]:
    """One row per grant and person it reaches; a grant that reaches nobody known has one row."""
    return assignment_rows(at)


def runs(at: datetime | None, *, between: Q | None = None) -> Iterator[Row]:
    """Every collection and import, in the order they began. account_id '' is the organization."""
    found = CollectionRun.objects.filter(between or Q()).order_by("started_at", "pk")
    if at is not None:
        found = found.filter(started_at__lte=at)
    for values in found.values_list(*RUNS).iterator(chunk_size=2000):
        yield dict(zip(RUNS, values, strict=True))

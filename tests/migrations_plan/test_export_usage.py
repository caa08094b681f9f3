"""Export of usage and of session starts."""

from datetime import date

import pytest
from django.core.management import CommandError

from inventory.models import DailyUsage
from migrations_plan.models import IamUserLink, Person
from tests.inventory.imports.importing import rows
from tests.inventory.usage.telling import (
    DAY,
    HERE,
    NOW,
    THERE,
    assume_role,
    at,
    count,
    days_later,
    event,
    iam_user,
    permission_set_session,
    role_session,
)

pytestmark = pytest.mark.django_db
USER_ID = "906752ab-1111-2222-3333-444455556666"


def test_a_row_has_every_field_and_null_for_what_is_not_known():
    count([event(iam_user(), at(9)), event(iam_user() | {"invokedBy": "x"}, at(10))])
    assert rows("usage") == [
        {
            "day": "2026-03-10",
            "account_id": HERE,
            "path": "old",
            "actor_kind": "IAMUser",
            "actor": iam_user()["arn"],
            "user_name": "ana",
            "access_key_id": iam_user()["accessKeyId"],
            "permission_set": None,
            "event_source": "s3.amazonaws.com",
            "event_name": "ListBuckets",
            "region": "eu-west-1",
            "error": None,
            "events": 2,
            "direct_events": 1,
            "first_at": "2026-03-10T09:00:00Z",
            "last_at": "2026-03-10T10:00:00Z",
        }
    ]


def test_rows_that_differ_in_nothing_exported_are_one():
    count([event(role_session("ASIAONE")), event(role_session("ASIATWO"), at(11))])
    [row] = rows("usage")
    assert DailyUsage.objects.count() == 2
    assert (row["events"], row["first_at"], row["last_at"]) == (
        2,
        "2026-03-10T09:00:00Z",
        "2026-03-10T11:00:00Z",
    )


def test_days_are_chosen_and_rows_have_one_order():
    for name in ("bo", "Cy", "ana"):
        events = [event(iam_user(name), at(day=days_later(n))) for n in range(3)]
        count([*events, event(iam_user(name), recipientAccountId=THERE)])
    found = rows("usage", "--from", str(DAY), "--to", str(days_later(1)))
    keys = [(row["day"], row["account_id"], row["user_name"]) for row in found]
    assert keys == sorted(keys)
    assert len(keys) == 9
    assert date.fromisoformat(keys[-1][0]) == days_later(1)


def test_an_instant_chooses_no_usage():
    with pytest.raises(CommandError, match="use --from and --to"):
        rows("usage", "--as-of", "2026-03-10T00:00:00Z")


def test_a_session_start_names_the_person_that_decisions_know():
    person = Person.objects.create(email="ana@example.com", identity_center_user_id=USER_ID)
    IamUserLink.objects.create(
        iam_user_arn=iam_user()["arn"], person=person, confirmed_by="lea", confirmed_at=NOW
    )
    count([event(permission_set_session("ASIASSO", user_id=USER_ID))])
    [row] = rows("access")
    assert row == {
        "started_at": "2026-03-10T08:00:00Z",
        "account_id": HERE,
        "path": "new",
        "person": "ana@example.com",
        "permission_set": "Admin",
        "role": permission_set_session("x")["sessionContext"]["sessionIssuer"]["arn"],
        "network": "198.51.100.0/24",
        "access_key_id": "ASIASSO",
    }


def test_sessions_of_machines_and_taken_roles_are_no_access():
    service = {"type": "AWSService", "invokedBy": "lambda.amazonaws.com"}
    count([assume_role(service, "ASIAONE"), assume_role(iam_user(), "ASIATWO")])
    assert rows("access") == []
    assert rows("access", "--from", "2026-03-11") == []

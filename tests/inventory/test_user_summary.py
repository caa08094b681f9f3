"""Password, MFA and keys, computed once: the newer teller decides, and unknown stays unknown."""

from typing import Any

import pytest

from inventory import exports
from inventory.models import IamUser
from inventory.user_summary import Told, user_summary
from tests.inventory.reads import DAY, HOUR, T0, ask_users, key, profile, read, report_row, user

REPORT = report_row("ann", password_enabled=True, mfa_active=True, access_key_1_active=True)


def told(**changed):
    values: dict[str, Any] = {
        "created_at": T0 - 100 * DAY,
        "report": None,
        "report_at": None,
        "asked_at": {},
        "keys": [],
        "has_profile": False,
        "has_mfa": False,
    }
    return Told(**{**values, **changed})


def three(found):
    return (found.console_password, found.mfa, found.active_keys)


def test_nobody_told_anything():
    assert three(user_summary(told())) == (None, None, None)


def test_the_report_alone_decides():
    assert three(user_summary(told(report=REPORT, report_at=T0))) == (True, True, 1)


@pytest.mark.parametrize(
    ("asked_at", "expected"), [(T0 - HOUR, (True, True, 1)), (T0, (False, False, 0))]
)
def test_the_newer_of_question_and_report_decides(asked_at, expected):
    asked = dict.fromkeys(("access_keys", "login_profiles", "mfa_devices"), asked_at)
    found = user_summary(told(report=REPORT, report_at=T0, asked_at=asked))
    assert three(found) == expected


def test_what_was_told_of_an_earlier_user_of_that_name_tells_nothing():
    asked = dict.fromkeys(("access_keys", "login_profiles", "mfa_devices"), T0 - HOUR)
    found = user_summary(
        told(
            created_at=T0,
            report=REPORT,
            report_at=T0 - DAY,
            asked_at=asked,
            keys=[key("AKIA1", "ann", created_at=T0 - DAY, last_used_at=T0 - HOUR)],
        )
    )
    assert three(found) == (None, None, None)
    assert found.keys_last_used_at is None


def test_a_key_of_which_the_report_does_not_say_whether_it_is_active_makes_the_number_unknown():
    row = report_row("ann", access_key_1_active=True, access_key_2_active=None)
    assert user_summary(told(report=row, report_at=T0)).active_keys is None


@pytest.mark.django_db
def test_lists_and_exports_say_the_same_of_every_user():
    names = ("ann", "bob", "cat", "dan")
    read("authorization_details", [user(name) for name in names], T0)
    rows = [report_row("ann", password_enabled=True), report_row("bob", access_key_1_active=None)]
    read("credential_report", rows, T0)
    ask_users("login_profiles", [profile("bob")], T0 + HOUR, ("ann", "bob", "cat"))
    ask_users("access_keys", [key("AKIA1", "cat")], T0 + HOUR, ("cat",))
    columns = ("user_name", "console_password", "mfa", "active_keys", "password_last_used_at")
    listed = list(IamUser.objects.order_by("user_name").values_list(*columns))
    exported = [tuple(row[column] for column in columns) for row in exports.iam_users(None)]
    assert exported == listed
    assert [row[1] for row in listed] == [False, True, False, None]
    assert [row[3] for row in listed] == [0, None, 1, None]

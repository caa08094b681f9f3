"""From rows to what rules judge: which read counts, whose credential it is, who has left."""

from datetime import UTC, datetime, timedelta

import pytest

from inventory.models import AccessKey, IamUser, Outcome
from migrations_plan.models import Finding
from tests import builders
from tests.stale import MINUTES, company, evaluate, key, rules_of, seen, standing

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def test_use_that_cloudtrail_saw_counts_when_it_is_later_than_what_aws_keeps():
    _, user = company(NOW)
    used = key(user, NOW, used=80)
    idle = key(user, NOW, used=80)
    seen(user, NOW - 3 * DAY, access_key_id=used.access_key_id)
    seen(user, NOW - 85 * DAY, access_key_id=idle.access_key_id)

    evaluate(NOW)

    assert "key-unused" not in rules_of(used.access_key_id)
    assert rules_of(idle.access_key_id)["key-unused"] == "open"


def test_a_failed_call_is_no_use():
    _, user = company(NOW)
    idle = key(user, NOW, used=80)
    day = seen(user, NOW - DAY, access_key_id=idle.access_key_id)
    day.succeeded_at = None
    day.save()

    evaluate(NOW)

    assert rules_of(idle.access_key_id)["key-unused"] == "open"


def test_a_key_whose_last_use_nobody_asked_for_is_unknown():
    _, user = company(NOW)
    one = key(user, NOW, age=30, used=None, last_used_read=False)

    evaluate(NOW)

    assert rules_of(one.access_key_id) == {"key-never-used": "unknown"}


def test_the_credential_report_answers_where_the_list_was_refused():
    account, user = company(NOW)
    one = key(user, NOW, age=100, used=1)
    builders.report_row(
        user,
        observed_at=NOW - MINUTES,
        access_key_1_active=True,
        access_key_1_last_rotated_at=one.created_at,
        access_key_1_last_used_at=NOW - 60 * DAY,
    )
    AccessKey.objects.filter(pk=one.pk).update(last_used_at=NOW - 61 * DAY)
    builders.run("access_keys", account.account_id, at=NOW, outcome=Outcome.DENIED, error="no")

    evaluate(NOW)

    assert rules_of(one.access_key_id) == {"key-old": "open", "key-unused": "open"}


def test_a_key_that_only_a_credential_report_knows_is_judged_too():
    account = builders.account()
    user = builders.iam_user("bo", account=account, active_keys=2, observed_at=NOW - MINUTES)
    builders.run("credential_report", account.account_id, at=NOW - MINUTES)
    made = NOW - 100 * DAY
    builders.report_row(
        user,
        observed_at=NOW - MINUTES,
        access_key_1_active=False,
        access_key_1_last_rotated_at=made,
        access_key_2_active=True,
        access_key_2_last_rotated_at=made,
        words={"access_key_2_last_used_date": "N/A"},
    )

    evaluate(NOW)

    assert rules_of(f"{user.arn}/report:access_key_2") == {
        "key-old": "open",
        "key-never-used": "open",
    }
    assert rules_of(f"{user.arn}/report:access_key_1") == {}


def test_credentials_of_an_earlier_user_of_the_name_are_not_this_ones():
    account = builders.account()
    user = builders.iam_user("ana", account=account, created_at=NOW - 5 * DAY)
    builders.read_everything(account, at=NOW - MINUTES)
    key(user, NOW, age=100)

    evaluate(NOW)

    assert standing() == []


def test_passwords_have_findings_of_their_own():
    _, user = company(NOW)
    IamUser.objects.filter(pk=user.pk).update(console_password=True, mfa=False)
    builders.login_profile(user, observed_at=NOW - MINUTES)
    builders.report_row(
        user, observed_at=NOW - MINUTES, password_last_used_at=NOW - 50 * DAY, password_enabled=True
    )

    evaluate(NOW)

    assert rules_of(user.arn) == {"console-without-mfa": "open", "password-unused": "open"}


def test_a_sign_in_that_cloudtrail_saw_is_a_use_of_the_password():
    _, user = company(NOW)
    IamUser.objects.filter(pk=user.pk).update(console_password=True, mfa=True)
    builders.login_profile(user, observed_at=NOW - MINUTES)
    builders.report_row(
        user, observed_at=NOW - MINUTES, password_last_used_at=NOW - 50 * DAY, password_enabled=True
    )
    seen(user, NOW - DAY, credential="console")

    evaluate(NOW)

    assert rules_of(user.arn) == {}


def test_root_findings_sit_on_the_root_user():
    account, _ = company(NOW)
    builders.account_summary(
        account,
        root_mfa_enabled=False,
        root_access_keys_present=True,
        observed_at=NOW - MINUTES,
    )

    evaluate(NOW)

    assert rules_of(f"arn:aws:iam::{account.account_id}:root") == {
        "root-key": "open",
        "root-without-mfa": "open",
    }


def test_the_rule_about_leavers_follows_owner_roster_and_identity_store():
    _, user = company(NOW)
    one = key(user, NOW)
    person = builders.person("ana@example.com", left_on="2026-11-01")
    builders.owner(user, person)
    evaluate(NOW)
    assert rules_of(one.access_key_id) == {"leaver-credential": "open"}
    assert "21 days ago" in Finding.objects.get().sentence

    person.left_on = None
    person.save()
    evaluate(NOW)

    assert standing() == []


def test_somebody_disabled_in_identity_center_has_left():
    _, user = company(NOW)
    one = key(user, NOW)
    stored = builders.store_user("ana@example.com", enabled=False)
    person = builders.person("ana@example.com", identity_center_user_id=stored.user_id)
    builders.owner(user, person)

    evaluate(NOW)

    assert rules_of(one.access_key_id) == {"leaver-credential": "open"}
    assert "is disabled in Identity Center" in Finding.objects.get().sentence

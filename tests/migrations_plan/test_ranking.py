"""The table of credentials in the order in which to look at them."""

from datetime import UTC, datetime, timedelta

import pytest

from inventory.models import AccessKey, IamUser
from migrations_plan.models import RankedCredential
from tests import builders
from tests.stale import MINUTES, company, evaluate, key, seen

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def test_every_kind_of_credential_has_a_row():
    account, user = company(NOW)
    IamUser.objects.filter(pk=user.pk).update(console_password=True)
    builders.login_profile(user, observed_at=NOW - MINUTES)
    builders.service_credential(user, observed_at=NOW - MINUTES)
    builders.account_summary(account, root_access_keys_present=True, observed_at=NOW - MINUTES)
    key(user, NOW)

    evaluate(NOW)

    assert sorted(RankedCredential.objects.values_list("kind", flat=True)) == [
        "access_key",
        "password",
        "root",
        "service_specific",
    ]
    assert RankedCredential.objects.values_list("kind", flat=True)[0] == "root"


def test_a_row_says_who_told_the_last_use():
    _, user = company(NOW)
    one, other = key(user, NOW, used=5), key(user, NOW, used=5)
    seen(user, NOW - timedelta(hours=2), access_key_id=one.access_key_id)

    evaluate(NOW)

    found = {row.subject: row for row in RankedCredential.objects.all()}
    assert found[one.access_key_id].used_by == "CloudTrail"
    assert found[one.access_key_id].used_at == NOW - timedelta(hours=2)
    assert found[other.access_key_id].used_by == "AWS"


def test_rows_follow_the_facts_and_go_with_them():
    account, user = company(NOW)
    one, other = key(user, NOW), key(user, NOW)
    person = builders.person("ana@example.com")
    evaluate(NOW)
    builders.owner(user, person)
    AccessKey.objects.filter(pk=other.pk).update(gone_at=NOW)

    evaluate(NOW, [account.account_id])

    row = RankedCredential.objects.get()
    assert (row.subject, row.owner) == (one.access_key_id, person)


def test_an_engineer_sees_the_credentials_and_findings_of_own_users_only():
    _, mine = company(NOW)
    _, other = company(NOW)
    one = key(mine, NOW, age=100)
    key(other, NOW, age=100)
    person = builders.person()
    builders.owner(mine, person)
    evaluate(NOW)
    engineer = builders.portal_user("engineer", person=person)

    assert [row.subject for row in RankedCredential.objects.visible_to(engineer)] == [
        one.access_key_id
    ]
    nobody = builders.portal_user("engineer")
    assert not RankedCredential.objects.visible_to(nobody).exists()

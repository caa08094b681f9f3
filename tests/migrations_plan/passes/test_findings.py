"""A finding opens, stays open, closes by itself and comes back; unknown is never clean."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from inventory import after
from inventory.models import AccessKey, IamUser, Outcome
from migrations_plan.models import Finding, FindingPass
from migrations_plan.passes import findings
from migrations_plan.passes.judging import TITLES
from tests import builders
from tests.stale import MINUTES, company, evaluate, key, rules_of, standing

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def read_again(account, at):
    """Everything was read once more, and told the same."""
    builders.read_everything(account, at=at - MINUTES)
    for model in (AccessKey, IamUser):
        model.objects.filter(account=account, gone_at=None).update(observed_at=at - MINUTES)


def test_a_finding_opens_stays_open_and_keeps_its_beginning():
    account, user = company(NOW)
    old = key(user, NOW, age=100)
    evaluate(NOW)
    read_again(account, NOW + DAY)

    outcome = evaluate(NOW + DAY)

    row = Finding.objects.get(subject=old.access_key_id)
    assert (outcome.opened, outcome.closed) == (0, 0)
    assert (row.rule, row.verdict) == ("key-old", "open")
    assert (row.opened_at, row.last_true_at) == (NOW, NOW + DAY)
    assert row.sentence == "Active and 101 days old; the limit is 90."


def test_a_finding_closes_by_itself_and_its_history_stays():
    account, user = company(NOW)
    old = key(user, NOW, age=100)
    evaluate(NOW)
    read_again(account, NOW + HOUR)
    AccessKey.objects.filter(pk=old.pk).update(status="Inactive")

    evaluate(NOW + HOUR)

    row = Finding.objects.get(subject=old.access_key_id)
    assert (row.closed_at, row.closed_because) == (NOW + HOUR, "It is inactive.")
    assert standing() == []


def test_what_comes_back_opens_another_row():
    account, user = company(NOW)
    old = key(user, NOW, age=100)
    for hours, status in ((0, "Active"), (1, "Inactive"), (2, "Active")):
        at = NOW + hours * HOUR
        read_again(account, at)
        AccessKey.objects.filter(pk=old.pk).update(status=status)
        evaluate(at)

    rows = Finding.objects.filter(subject=old.access_key_id).order_by("opened_at")
    assert [(row.opened_at, row.closed_at) for row in rows] == [
        (NOW, NOW + HOUR),
        (NOW + 2 * HOUR, None),
    ]


def test_a_key_that_a_whole_read_no_longer_shows_closes_its_findings():
    _, user = company(NOW)
    old = key(user, NOW, age=100)
    evaluate(NOW)
    AccessKey.objects.filter(pk=old.pk).update(gone_at=NOW)

    evaluate(NOW + HOUR)

    assert Finding.objects.get(subject=old.access_key_id).closed_because == findings.VANISHED


def test_an_inactive_first_key_never_hides_a_stale_second():
    _, user = company(NOW)
    key(user, NOW, age=300, used=None, status="Inactive")
    second = key(user, NOW, age=200, used=100)

    evaluate(NOW)

    assert rules_of(second.access_key_id) == {"key-old": "open", "key-unused": "open"}


def test_the_second_of_two_active_keys_is_the_one_made_later():
    _, user = company(NOW)
    first, second = key(user, NOW, age=20), key(user, NOW, age=10)

    evaluate(NOW)

    assert rules_of(first.access_key_id) == {}
    assert rules_of(second.access_key_id) == {"second-active-key": "open"}


REFUSALS = [Outcome.DENIED, Outcome.THROTTLED, Outcome.FAILED, Outcome.PARTIAL, Outcome.LOST]


@pytest.mark.parametrize("outcome", REFUSALS)
def test_a_refused_read_makes_a_finding_unknown_and_closes_nothing(outcome):
    account, user = company(NOW)
    old = key(user, NOW, age=100)
    evaluate(NOW)
    builders.run("access_keys", account.account_id, at=NOW, outcome=outcome, error="AWS refused it")
    # Were this believed, the finding would be over.
    AccessKey.objects.filter(pk=old.pk).update(status="Inactive")

    evaluate(NOW + HOUR)

    row = Finding.objects.get(subject=old.access_key_id)
    assert (row.closed_at, row.verdict, row.opened_at) == (None, "unknown", NOW)
    assert "not whole and fresh" in row.sentence


def test_a_finding_is_open_again_once_the_read_works_again():
    account, user = company(NOW)
    old = key(user, NOW, age=100)
    evaluate(NOW)
    builders.run("access_keys", account.account_id, at=NOW, outcome=Outcome.DENIED, error="no")
    evaluate(NOW + HOUR)
    assert rules_of(old.access_key_id) == {"key-old": "unknown"}
    read_again(account, NOW + 2 * HOUR)

    evaluate(NOW + 2 * HOUR)

    assert rules_of(old.access_key_id) == {"key-old": "open"}
    assert Finding.objects.get(subject=old.access_key_id).opened_at == NOW


def test_an_unread_account_is_unknown_not_clean():
    unread = builders.account("never read")

    evaluate(NOW)

    assert standing() == [("not-read", unread.account_id, "unknown")]
    assert "9 of 9 reads" in Finding.objects.get().sentence


def test_an_account_that_left_is_asked_nothing():
    builders.account("closed", status="SUSPENDED")

    evaluate(NOW)

    assert standing() == []


def test_a_user_whose_keys_nobody_knows_any_more_loses_no_finding():
    account, user = company(NOW)
    old = key(user, NOW, age=100)
    evaluate(NOW)
    AccessKey.objects.filter(pk=old.pk).update(gone_at=NOW)
    IamUser.objects.filter(pk=user.pk).update(active_keys=None)

    evaluate(NOW + HOUR)

    assert rules_of(old.access_key_id) == {"key-old": "unknown"}
    assert rules_of(account.account_id) == {"not-read": "unknown"}


def test_a_pass_over_one_account_leaves_the_others_alone():
    _, ana = company(NOW)
    other, bo = company(NOW)
    key(ana, NOW, age=100), key(bo, NOW, age=100)

    evaluate(NOW, [other.account_id])

    assert [row.account_id for row in Finding.objects.all()] == [other.account_id]


def test_a_pass_that_sees_nothing_new_changes_nothing():
    _, user = company(NOW)
    key(user, NOW, age=100, used=50)
    evaluate(NOW)
    before = list(Finding.objects.values())

    outcome = evaluate(NOW)

    assert (outcome.opened, outcome.closed, outcome.standing) == (0, 0, 2)
    assert list(Finding.objects.values()) == before


def test_the_number_of_questions_does_not_grow_with_the_company(django_assert_max_num_queries):
    for number in range(2):
        for _ in range(1 + number * 6):
            _, user = company(NOW)
            for _ in range(1 + number * 2):
                key(user, NOW, age=100, used=50)
        with django_assert_max_num_queries(45):
            evaluate(NOW)


def test_what_is_due_is_found_by_comparing_reads():
    account, user = company(NOW)
    key(user, NOW, age=100)
    assert findings.evaluate_due(NOW).opened == 1
    assert findings.evaluate_due(NOW).standing == 0

    builders.run("access_keys", account.account_id, at=NOW, outcome=Outcome.DENIED, error="no")

    assert findings.evaluate_due(NOW).standing == 2


def test_time_alone_makes_a_pass_due_after_an_hour():
    _, user = company(NOW)
    key(user, NOW, age=89)
    findings.evaluate_due(NOW)

    assert findings.evaluate_due(NOW + timedelta(minutes=59)).credentials == 0
    assert findings.evaluate_due(NOW + HOUR).credentials == 1


def test_a_decision_about_an_account_makes_its_pass_due():
    account, user = company(NOW)
    key(user, NOW)
    findings.evaluate_due(NOW)

    findings.look_again(account.account_id)

    assert findings.evaluate_due(NOW).credentials == 1


def test_whoever_ends_work_on_facts_brings_findings_up_to_date():
    _, user = company(NOW)
    old = key(user, NOW, age=100)

    after.settle(NOW)

    assert rules_of(old.access_key_id) == {"key-old": "open"}
    assert FindingPass.objects.count() == 2


def test_every_rule_is_described():
    text = (Path(__file__).parents[3] / "docs" / "findings.md").read_text(encoding="utf-8")

    assert [name for name in TITLES if f"`{name}`" not in text] == []

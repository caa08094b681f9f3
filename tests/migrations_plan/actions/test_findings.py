"""Acknowledging a finding: by a lead, with a reason and an end, in the journal."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from inventory.models import AccessKey
from migrations_plan.actions.findings import acknowledge_finding, unacknowledge_finding
from migrations_plan.models import Finding, JournalEntry
from tests import builders
from tests.stale import company, evaluate, key

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def finding():
    _, user = company(NOW)
    key(user, NOW, age=80, used=50)
    evaluate(NOW)
    return Finding.objects.get()


def acknowledge(finding, *, by=None, reason="moves in week 49", until=NOW + 7 * DAY, now=NOW):
    by = by or builders.portal_user("lead")
    acknowledge_finding(by=by, finding=finding, reason=reason, until=until, now=now)
    finding.refresh_from_db()


def test_an_acknowledged_finding_stays_open_and_leaves_the_list(finding):
    acknowledge(finding)

    assert finding.state(NOW) == "open"
    assert not Finding.objects.waiting(NOW).exists()
    entry = JournalEntry.objects.get()
    assert (entry.action, entry.reason) == ("acknowledge-finding", "moves in week 49")
    assert entry.subject == f"key-unused {finding.subject}"
    assert entry.details["until"] == "2026-11-29T12:00:00Z"


def test_it_ends_by_itself(finding):
    acknowledge(finding)

    assert Finding.objects.waiting(NOW + 7 * DAY).exists()
    assert not finding.is_acknowledged(NOW + 7 * DAY)


def test_it_can_be_taken_back(finding):
    acknowledge(finding)
    lead = builders.portal_user("lead")

    unacknowledge_finding(by=lead, finding=finding, reason="not yet", now=NOW)

    assert Finding.objects.waiting(NOW).exists()
    assert JournalEntry.objects.values_list("action", flat=True)[0] == "unacknowledge-finding"
    with pytest.raises(ValidationError):
        unacknowledge_finding(by=lead, finding=finding, reason="again", now=NOW)


@pytest.mark.parametrize("role", ["auditor", "engineer", ""])
def test_only_a_lead_may(finding, role):
    with pytest.raises(PermissionDenied):
        acknowledge(finding, by=builders.portal_user(role))
    assert not JournalEntry.objects.exists()


REFUSED = {
    "no reason": {"reason": "  "},
    "an end in the past": {"until": NOW},
    "an end too far away": {"until": NOW + 367 * DAY},
}


@pytest.mark.parametrize("wrong", REFUSED.values(), ids=REFUSED.keys())
def test_a_wrong_request_changes_nothing(finding, wrong):
    with pytest.raises(ValidationError):
        acknowledge(finding, **wrong)

    assert Finding.objects.waiting(NOW).exists()
    assert not JournalEntry.objects.exists()


def test_what_has_closed_cannot_be_acknowledged(finding):
    AccessKey.objects.update(status="Inactive")
    evaluate(NOW)

    with pytest.raises(ValidationError, match="closed by itself"):
        acknowledge(finding)


def test_a_pass_keeps_an_acknowledgement(finding):
    acknowledge(finding)
    evaluate(NOW + timedelta(hours=1))

    finding.refresh_from_db()
    assert finding.is_acknowledged(NOW + timedelta(hours=1))


def test_an_acknowledgement_of_the_milder_degree_ends_when_it_gets_worse(finding):
    acknowledge(finding)
    AccessKey.objects.update(last_used_at=NOW - 91 * DAY)

    evaluate(NOW)

    finding.refresh_from_db()
    assert finding.severe
    assert not finding.is_acknowledged(NOW)
    assert finding.acknowledged_reason == "moves in week 49"


def test_a_finding_that_comes_back_is_not_acknowledged_any_more(finding):
    acknowledge(finding)
    for status in ("Inactive", "Active"):
        AccessKey.objects.update(status=status)
        evaluate(NOW)

    assert Finding.objects.waiting(NOW).count() == 1

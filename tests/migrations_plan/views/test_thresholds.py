"""Thresholds: leads change them, auditors read them, and gates say which are in force."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from migrations_plan.actions.gates import set_thresholds
from migrations_plan.models import JournalEntry, ThresholdSettings, thresholds
from migrations_plan.passes import assessing
from migrations_plan.rules.thresholds import Thresholds
from tests import builders
from tests.ready import World

pytestmark = pytest.mark.django_db

URL = "/thresholds/"
WANTED = {"quiet_days": 7, "window_days": 30, "session_hours": 8, "reason": "As seed four does."}


def test_a_lead_puts_other_numbers_in_force_and_the_gate_says_so():
    world, lead = World(now=timezone.now()), builders.signed_in("lead")
    assert world.judged()["quiet"] == "ready"

    response = lead.post(URL, WANTED)

    assert response.status_code == 302
    assert thresholds() == Thresholds(quiet_days=7)
    line = JournalEntry.objects.get(action="set-thresholds")
    assert (line.details["before"]["quiet_days"], line.details["after"]["quiet_days"]) == (2, 7)
    assessing.assess_due(timezone.now())
    assert world.gates(timezone.now())["quiet"] == "blocked"
    assert "7 days without use are needed" in world.sentence("quiet")
    text = lead.get(URL).content.decode()
    assert "In force: 7 quiet days" in text
    assert "As seed four does." in text


@pytest.mark.parametrize(
    "more",
    [
        {"quiet_days": 1},
        {"quiet_days": 31},
        {"window_days": 6},
        {"window_days": 91},
        {"session_hours": 13},
        {"session_hours": 0},
        {"quiet_days": "x"},
        {"reason": ""},
        {"reason": "  "},
    ],
)
def test_numbers_out_of_bounds_and_no_reason_are_refused(more):
    builders.signed_in("lead").post(URL, {**WANTED, **more})

    assert not ThresholdSettings.objects.exists()
    assert not JournalEntry.objects.exists()


def test_an_auditor_reads_and_does_not_change():
    auditor = builders.signed_in("auditor")

    text = auditor.get(URL).content.decode()
    assert "48 hours" in text
    assert '<form class="decide"' not in text
    assert auditor.post(URL, WANTED).status_code == 403
    assert not ThresholdSettings.objects.exists()
    with pytest.raises(PermissionDenied):
        set_thresholds(by=auditor.user, wanted=Thresholds(), reason="x", now=timezone.now())


def test_the_page_says_where_the_defaults_come_from():
    text = builders.signed_in("lead").get(reverse("thresholds")).content.decode()

    assert "nobody has changed them" in text
    assert "another a week" in text

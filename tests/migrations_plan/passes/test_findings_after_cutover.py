"""A key that is active after the cutover of its user is a finding, until a read shows it off."""

from datetime import timedelta

import pytest
from django.utils import timezone

from inventory.models import AccessKey
from migrations_plan.models import Finding, Handout
from migrations_plan.passes import findings
from tests import builders
from tests.waves import a_handout, a_wave

pytestmark = pytest.mark.django_db
RULE = "active-after-cutover"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def missed():
    """Scripts ran two minutes ago, and a read since then shows a key active."""
    now = timezone.now()
    account = builders.account("dev")
    builders.read_everything(account, at=now - MINUTE)
    user = builders.iam_user("ana", account=account, active_keys=1, observed_at=now - MINUTE)
    key = builders.access_key(user, observed_at=now - MINUTE)
    a_handout(a_wave(), user, ran_at=now - 2 * MINUTE)
    return key


def judged(now=None):
    findings.evaluate_findings(now or timezone.now())
    return Finding.objects.present().filter(rule=RULE)


def test_a_key_that_the_scripts_missed_is_raised(missed):
    (found,) = judged()

    assert found.subject == missed.access_key_id
    assert (found.verdict, found.severe) == ("open", True)
    assert "missed, or given back" in found.sentence


def test_it_closes_when_a_read_shows_it_off(missed):
    judged()
    AccessKey.objects.filter(pk=missed.pk).update(status="Inactive")

    assert not judged().exists()


def test_scripts_that_were_not_run_or_were_withdrawn_raise_nothing(missed):
    Handout.objects.update(withdrawn_at=timezone.now())
    assert not judged().exists()

    Handout.objects.update(withdrawn_at=None, started_at=None)
    assert not judged().exists()


def test_before_anything_was_read_again_it_is_unknown(missed):
    Handout.objects.update(started_at=timezone.now())

    assert judged().get().verdict == "unknown"

"""Uses of break-glass and their reviews: who may, what is refused, and what the page shows."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from migrations_plan.actions.plans import reviewing
from migrations_plan.models import BreakGlassReview, JournalEntry
from tests import builders, plans, usage_rows

pytestmark = pytest.mark.django_db
NAME = "ProdBreakGlass"


@pytest.fixture
def ana():
    return builders.person("ana@example.com", identity_center_user_id="user-ana")


@pytest.fixture
def use(ana):
    """A session of the set for emergencies, two days ago."""
    builders.permission_set(NAME, tags={"tier": "breakglass"})
    actor = usage_rows.sso_actor("user-ana", NAME)
    at = timezone.now() - timedelta(days=2)
    return usage_rows.session(actor, at, kind="permission_set", permission_set=NAME)


def review(use, **changes):
    values = {
        "by": builders.portal_user("lead"),
        "session": use.key,
        "outcome": "rds:RebootDBInstance was missing.",
        "added": "rds:RebootDBInstance",
        "now": timezone.now(),
    }
    return reviewing.review_use(**(values | changes))


def test_a_review_keeps_what_came_of_it_and_stands_in_the_journal(use):
    made = review(use)

    assert (made.session, made.permission_set) == (use.key, NAME)
    assert made.action == "rds:RebootDBInstance"
    line = JournalEntry.objects.get(action="review-break-glass")
    assert line.reason == "rds:RebootDBInstance was missing."
    assert line.details["permission_set"] == NAME


def test_a_use_is_reviewed_once(use):
    review(use)

    with pytest.raises(ValidationError, match="has reviewed this use already"):
        review(use, outcome="Another word.")
    assert BreakGlassReview.objects.get().outcome == "rds:RebootDBInstance was missing."


def test_nobody_reviews_what_they_used_themselves(use, ana):
    own = builders.portal_user("lead", "ana@example.com", person=ana)

    with pytest.raises(ValidationError, match="Somebody else than who used it"):
        review(use, by=own)


def test_a_review_says_what_came_of_it(use):
    with pytest.raises(ValidationError, match="what came of it"):
        review(use, outcome="  ")


def test_a_session_of_an_everyday_set_is_no_use_of_break_glass(use):
    builders.permission_set("Developer")
    use.permission_set = "Developer"
    use.save()

    with pytest.raises(ValidationError, match="no such use"):
        review(use)


@pytest.mark.parametrize("role", ["auditor", "engineer"])
def test_only_leads_review(use, role):
    with pytest.raises(PermissionDenied):
        review(use, by=builders.portal_user(role))


def test_the_page_of_the_item_offers_what_awaits_its_review(use):
    plan = plans.running(template="four-weeks")
    client = builders.signed_in("lead")
    url = f"/plans/{plan.pk}/items/review-break-glass/"
    before = client.get(url).content.decode()
    posted = client.post(f"{url}review/", {"session": use.key, "outcome": "It was a drill."})
    after = client.get(url).content.decode()

    assert posted.status_code == 302
    assert "awaits its review" in before
    assert f'value="{use.key}"' in before
    assert "It was a drill." in after
    assert f'value="{use.key}"' not in after


def test_an_auditor_reads_the_uses_and_is_offered_no_review(use):
    plan = plans.running(template="four-weeks")
    shown = builders.signed_in("auditor").get(f"/plans/{plan.pk}/items/review-break-glass/")

    assert "awaits its review" in shown.content.decode()
    assert "Record the review" not in shown.content.decode()

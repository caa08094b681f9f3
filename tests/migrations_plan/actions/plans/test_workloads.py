"""Leads decide about programs and set the terms of exceptions, with a line in the journal."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from migrations_plan.actions.plans import workloads
from migrations_plan.models import (
    Declaration,
    ExceptionTerms,
    IdentityClass,
    JournalEntry,
    WorkloadMove,
)
from tests import builders, plans
from tests.address_rows import a_program

pytestmark = pytest.mark.django_db
NETWORK = "52.10.20.0/24"


@pytest.fixture
def identity():
    return IdentityClass.objects.get(pk=a_program(builders.account()))


def decide(identity, **changes):
    values = {
        "by": plans.lead(),
        "pattern": "github-oidc",
        "category": "ci-cd",
        "role_arn": "arn:aws:iam::111111111111:role/deploy",
        "subject": "repository=acme%2Fapp&branch=main",
        "reason": "It deploys from there.",
        "now": timezone.now(),
    }
    workloads.decide(identity=identity, **(values | changes))


def bind(identity, **changes):
    now = timezone.now()
    values = {
        "by": plans.lead(),
        "owner": "ana@example.com",
        "rotation_days": 90,
        "addresses": [NETWORK],
        "until": now + timedelta(days=60),
        "reason": "The printer knows keys only.",
        "now": now,
    }
    workloads.bind_exception(identity=identity, **(values | changes))


def test_a_decision_is_kept_once_and_the_journal_has_each(identity):
    decide(identity)
    decide(identity, pattern="gitlab-oidc")

    assert WorkloadMove.objects.get().pattern == "gitlab-oidc"
    last, first = JournalEntry.objects.filter(action="decide-workload").order_by("-seq")
    assert (first.details["before"], last.details["before"]) == (None, "github-oidc")


WRONG = {
    "an unknown pattern": {"pattern": "magic"},
    "an exception without terms": {"pattern": "legacy"},
    "an unknown category": {"category": "fun"},
    "no role": {"role_arn": "arn:aws:iam::1:user/x"},
    "no reason": {"reason": " "},
    "too much": {"subject": "x" * 501},
}


@pytest.mark.parametrize("changes", WRONG.values(), ids=WRONG.keys())
def test_a_decision_that_makes_no_sense_is_refused(identity, changes):
    with pytest.raises(ValidationError):
        decide(identity, **changes)

    assert not WorkloadMove.objects.exists()


def test_an_exception_is_a_declaration_with_terms(identity):
    bind(identity)

    assert ExceptionTerms.objects.get().addresses == [NETWORK]
    assert Declaration.objects.get(subject=identity.user_arn).kind == "exception"
    identity.refresh_from_db()
    assert identity.kind_at(timezone.now()) == "exception"
    actions = set(JournalEntry.objects.values_list("action", flat=True))
    assert actions >= {"bind-exception", "declare-class"}


BAD_TERMS = {
    "nobody": {"owner": " "},
    "never changed": {"rotation_days": 0},
    "no address": {"addresses": []},
    "a private address": {"addresses": ["10.0.0.0/8"]},
    "the whole world": {"addresses": ["0.0.0.0/0"]},
    "no network": {"addresses": ["office"]},
    "no end": {"until": None},
    "two years": {"until": timezone.now() + timedelta(days=800)},
}


@pytest.mark.parametrize("changes", BAD_TERMS.values(), ids=BAD_TERMS.keys())
def test_terms_that_bind_nothing_leave_nothing_behind(identity, changes):
    with pytest.raises(ValidationError):
        bind(identity, **changes)

    assert not ExceptionTerms.objects.exists()
    assert not Declaration.objects.exists()
    assert not JournalEntry.objects.filter(action="bind-exception").exists()


@pytest.mark.parametrize("role", ["auditor", "engineer"])
def test_only_leads_decide(identity, role):
    other = builders.portal_user(role)
    for act in (decide, bind):
        with pytest.raises(PermissionDenied):
            act(identity, by=other)

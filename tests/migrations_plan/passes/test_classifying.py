"""Classes as rows: made by a pass, declared by a lead, unknown when nothing supports them."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from migrations_plan import journal
from migrations_plan.actions.classes import declare_class, take_back_declaration
from migrations_plan.models import Declaration, IdentityClass, JournalEntry, ThresholdSettings
from migrations_plan.passes import classifying
from migrations_plan.passes.classifying import workloads_in_identity_center
from tests import builders, usage_rows
from tests.migrations_plan import identities

pytestmark = pytest.mark.django_db


def kinds():
    rows = IdentityClass.objects.order_by("user_name", "access_key_id")
    return [(row.user_name, bool(row.access_key_id), row.kind) for row in rows]


def test_a_program_a_person_a_shared_user_and_a_quiet_one_are_told_apart():
    account = identities.company()
    identities.program(account, "nightly")
    identities.opened(identities.program(account, "shared", console_password=True))
    identities.console_user(account, "ana")
    builders.iam_user("quiet", account=account)

    identities.passes()

    assert kinds() == [
        ("ana", False, "human"),
        ("nightly", False, "workload"),
        ("nightly", True, "workload"),
        ("quiet", False, "dormant"),
        ("shared", False, "mixed"),
        ("shared", True, "workload"),
    ]
    assert IdentityClass.objects.get(user_name="quiet").sentence.startswith(
        "No call in the last 30"
    )


def test_without_logs_nobody_knows():
    account = builders.account()
    builders.read_everything(account)
    builders.iam_user("ana", account=account)

    identities.passes()

    row = IdentityClass.objects.get()
    assert row.kind == "unknown"
    assert "no day of the logs was read whole" in row.sentence


def test_a_read_that_is_too_old_makes_a_class_unknown():
    identities.program(identities.company())
    identities.passes()

    row = IdentityClass.objects.users().get()
    assert row.kind_at(row.stale_after - timedelta(seconds=1)) == "workload"
    assert row.kind_at(row.stale_after) == "unknown"


def test_a_second_pass_over_the_same_facts_writes_nothing():
    identities.program(identities.company())
    now = timezone.now()
    classifying.settle(now)
    before = list(IdentityClass.objects.order_by("pk").values())

    with CaptureQueriesContext(
        connection,
    ) as queries:
        classifying.settle(now + timedelta(minutes=1))

    assert list(IdentityClass.objects.order_by("pk").values()) == before
    assert len(queries) <= 14


def test_new_calls_and_another_window_make_a_pass_due():
    account = identities.company()
    user = identities.program(account)
    now = timezone.now()
    classifying.settle(now)

    identities.opened(user)
    classifying.settle(now + timedelta(seconds=1))
    assert IdentityClass.objects.users().get().kind == "mixed"

    ThresholdSettings.objects.create(pk=1, window_days=7)
    classifying.settle(now + timedelta(seconds=2))
    assert IdentityClass.objects.users().get().calls < 7 * 20 + 20


def test_a_user_that_is_gone_has_no_class():
    user = identities.program(identities.company())
    identities.passes()
    user.gone_at = timezone.now()
    user.save()

    identities.passes()

    assert not IdentityClass.objects.exists()


def declare(row, kind="human", by=None, until=None, reason="asked", now=None):
    now = now or timezone.now()
    declare_class(
        by=by or builders.portal_user("lead"),
        identity=row,
        kind=kind,
        reason=reason,
        until=until,
        now=now,
    )


@pytest.fixture
def judged():
    identities.program(identities.company())
    identities.passes()
    return IdentityClass.objects.users().get()


def test_a_leads_word_holds_at_once_and_after_the_next_pass(judged):
    declare(judged, "human")

    for _ in range(2):
        row = IdentityClass.objects.users().get()
        assert (row.kind, row.judged, row.declared) == ("human", "workload", True)
        assert row.declaration.endswith(": asked")
        identities.passes()
    assert JournalEntry.objects.get().action == "declare-class"
    assert journal.verify().first_bad is None


def test_an_exception_ends_by_itself(judged):
    now = timezone.now()
    declare(judged, "exception", until=now + timedelta(days=2), now=now)
    row = IdentityClass.objects.users().get()

    assert row.kind_at(now) == "exception"
    assert row.kind_at(now + timedelta(days=3)) in ("workload", "unknown")

    Declaration.objects.update(until=now)
    classifying.settle(timezone.now())
    assert IdentityClass.objects.users().get().kind == "workload"


@pytest.mark.parametrize(
    ("kind", "days", "reason"),
    [
        ("exception", None, "why"),
        ("exception", 400, "why"),
        ("exception", -1, "why"),
        ("dormant", None, "why"),
        ("unknown", None, "why"),
        ("human", None, "  "),
    ],
)
def test_what_makes_no_sense_is_refused(judged, kind, days, reason):
    until = None if days is None else timezone.now() + timedelta(days=days)

    with pytest.raises(ValidationError):
        declare(judged, kind, until=until, reason=reason)

    assert not Declaration.objects.exists()
    assert not JournalEntry.objects.exists()


@pytest.mark.parametrize("role", ["auditor", "engineer", ""])
def test_only_a_lead_declares(judged, role):
    with pytest.raises(PermissionDenied):
        declare(judged, by=builders.portal_user(role))


def test_a_declaration_is_taken_back_once(judged):
    lead = builders.portal_user("lead")
    declare(judged, "human")
    given = {"by": lead, "identity": judged, "reason": "wrong", "now": timezone.now()}

    take_back_declaration(**given)

    assert IdentityClass.objects.users().get().kind == "workload"
    with pytest.raises(ValidationError):
        take_back_declaration(**given)


def test_a_workload_with_a_user_in_identity_center_is_flagged():
    identities.program(identities.company(), "ci-bot")
    builders.store_user("ci-bot@example.com")
    identities.passes()

    found = workloads_in_identity_center()

    assert [row.user_name for row in found] == ["ci-bot"]
    assert "ci-bot@example.com" in found[0].in_identity_center


def test_an_identity_center_user_that_behaves_like_a_program_is_flagged():
    account = identities.company()
    builders.store_user("robot@example.com", user_id="u-1")
    who = usage_rows.sso_actor("u-1")
    for number in range(1, 29):
        day = usage_rows.days_ago(number)
        usage_rows.used(who, day, 20, hours={3: 20}, account_id=account.account_id)
        usage_rows.came_from(who, day, "203.0.113.0/24", "boto3", 20)
        usage_rows.called(who, day, "PutObject", 20, account_id=account.account_id)
    identities.passes()

    row = workloads_in_identity_center().get()

    assert row.subject == "identitystore:u-1"
    assert "560 of 560 calls are a program's" in row.in_identity_center
    assert not IdentityClass.objects.users().filter(subject=row.subject).exists()


def test_what_should_take_a_programs_place_is_said_with_its_evidence():
    account = identities.company()
    builders.identity_provider(account, url="https://token.actions.githubusercontent.com")
    identities.program(account, "ci-deploy")
    identities.passes()

    row = IdentityClass.objects.users().get()

    assert row.pattern == "github-oidc"
    assert "token.actions.githubusercontent.com" in row.pattern_why
    assert row.places == [["203.0.113.0/24", "boto3", 580]]

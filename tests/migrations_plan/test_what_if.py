"""What would break: the same forecast, under access as it would be."""

from datetime import timedelta

import pytest
from django.utils import timezone

from inventory.models import IamUser, IdentityStoreUser, UsageCoverage
from migrations_plan import what_if
from migrations_plan.models import ForecastSummary, IdentityClass, IdentityKind, Person
from migrations_plan.passes import forecasting
from migrations_plan.questions import Grant, Question, SetEdit
from tests import builders, usage_rows
from tests.forecasts import ADMIN, OBJECT, S3_READ, company, document

pytestmark = pytest.mark.django_db

DENY_ALL = "arn:aws:iam::aws:policy/AWSDenyAll"


def today():
    return timezone.now().date()


def ask(people=None, *, day=None, sets=(), grants=()):
    return Question(people, day or today(), tuple(sets), tuple(grants))


def result(*args, **more):
    return what_if.answer(ask(*args, **more), timezone.now()).result


def of(found, person):
    return next(one for one in found["people"] if one["person_id"] == person.pk)


def edit(made, **more):
    return SetEdit(made.developer.arn, made.developer.name, **more)


def grant(made, *, add=True, person=None, group="", arn=None):
    return Grant(
        add, made.account.account_id, arn or made.developer.arn, "Developer", "somebody",
        person.pk if person else None, group,
    )  # fmt: skip


def shown(name, account, *actions):
    """A customer-managed policy, as one account has it."""
    arn = f"arn:aws:iam::{account.account_id}:policy{name}"
    builders.iam_policy(arn, account=account, document=document(*actions))


@pytest.fixture
def made():
    return company()


@pytest.fixture
def ada(made):
    """Reads an object, which Developer allows, and writes one, which it does not."""
    person = made.person("Ada")
    made.calls(person)
    made.calls(person, "PutObject", events=4)
    return person


def test_without_changes_it_is_the_forecast(made, ada):
    forecasting.forecast_due(timezone.now())
    summary, found = ForecastSummary.objects.get(person=ada), of(result(), ada)

    assert (found["calls"], found["denied"], found["unknown"]) == (
        summary.calls, summary.denied, summary.unknown,
    )  # fmt: skip
    assert (found["denied"], found["denied_now"], found["worse"], found["better"]) == (1, 1, 0, 0)
    assert found["state"] == "loses"
    assert [line["action"] for line in found["lines"]] == ["s3:PutObject"]


def test_an_attached_policy_makes_somebody_clean(made, ada):
    found = of(result(sets=[edit(made, attach=(ADMIN,))]), ada)

    assert (found["state"], found["denied"], found["denied_now"], found["better"]) == (
        "clean", 0, 1, 1,
    )  # fmt: skip


def test_a_detached_policy_takes_calls_away(made, ada):
    found = of(result(sets=[edit(made, detach=(S3_READ,))]), ada)

    assert (found["denied"], found["worse"]) == (2, 1)
    by_action = {line["action"]: line["now"] for line in found["lines"]}
    assert by_action == {"s3:GetObject": "allowed", "s3:PutObject": "denied"}


@pytest.mark.parametrize(
    ("inline", "denied"),
    [
        (None, 1),
        ({}, 1),
        (document("s3:PutObject"), 0),
        (document("s3:PutObject", resource="arn:aws:s3:::other/*"), 1),
        (document("s3:*", effect="Deny"), 2),
    ],
)
def test_an_own_policy_is_replaced(made, ada, inline, denied):
    assert of(result(sets=[edit(made, inline=inline)]), ada)["denied"] == denied


def test_a_boundary_bounds_and_its_removal_frees(made, ada):
    bounded = of(result(sets=[edit(made, boundary=DENY_ALL)]), ada)
    made.developer.permissions_boundary = {"ManagedPolicyArn": DENY_ALL}
    made.developer.save()
    freed = of(result(sets=[edit(made, boundary="")]), ada)

    assert (bounded["denied"], bounded["denied_now"]) == (2, 1)
    assert (freed["denied"], freed["denied_now"]) == (1, 2)


def test_a_customer_managed_policy_is_attached_as_the_account_shows_it(made, ada):
    shown("/Writes", made.account, "s3:Put*")

    assert of(result(sets=[edit(made, attach=("/Writes",))]), ada)["state"] == "clean"


def test_a_customer_managed_policy_that_the_account_does_not_show_makes_unknown(made, ada):
    shown("/Writes", builders.account("other"), "s3:Put*")
    found = of(result(sets=[edit(made, attach=("/Writes",))]), ada)

    # It may deny what is allowed otherwise.
    assert (found["state"], found["denied"], found["unknown"]) == ("unknown", 0, 2)


def test_a_customer_managed_policy_is_detached():
    made = company(managed=(), customer_managed_policies=["/Reads"])
    shown("/Reads", made.account, "s3:Get*")
    ada = made.person()
    made.calls(ada)

    assert of(result(), ada)["state"] == "clean"
    assert of(result(sets=[edit(made, detach=("/Reads",))]), ada)["denied"] == 1


def test_an_own_policy_is_removed():
    made = company(managed=(), inline_policy=document("s3:GetObject"))
    ada = made.person()
    made.calls(ada)

    assert of(result(), ada)["state"] == "clean"
    assert of(result(sets=[edit(made, inline={})]), ada)["denied"] == 1


def test_a_grant_is_added_for_a_person(made):
    bob = made.person("Bob", assigned=False)
    made.calls(bob)

    assert of(result(), bob)["denied"] == 1
    assert of(result(grants=[grant(made, person=bob)]), bob)["state"] == "clean"


def test_a_grant_is_added_for_somebody_who_is_not_in_identity_center(made):
    bob = made.person("Bob", assigned=False)
    Person.objects.filter(pk=bob.pk).update(identity_center_user_id=None)
    made.calls(bob)

    assert of(result(grants=[grant(made, person=bob)]), bob)["state"] == "clean"


def test_a_grant_to_a_group_reaches_its_members_only(made, ada):
    bob, group = made.person("Bob", assigned=False), builders.store_group()
    made.calls(bob)
    other = builders.permission_set(
        "Writer", managed_policies=[ADMIN], customer_managed_policies=[]
    )
    user = IdentityStoreUser.objects.get(user_id=bob.identity_center_user_id)
    builders.membership(group, user)
    found = result(grants=[grant(made, group=group.group_id, arn=other.arn)])

    assert (of(found, bob)["state"], of(found, ada)["state"]) == ("clean", "loses")


def test_what_is_taken_away_in_one_way_and_held_in_another_stays(made, ada):
    group = builders.store_group()
    user = IdentityStoreUser.objects.get(user_id=ada.identity_center_user_id)
    builders.membership(group, user)
    builders.assignment(made.account, made.developer, group.group_id)

    assert of(result(grants=[grant(made, add=False, person=ada)]), ada)["denied"] == 1
    both = [grant(made, add=False, person=ada), grant(made, add=False, group=group.group_id)]
    assert of(result(grants=both), ada)["denied"] == 2


def test_only_the_people_named_are_asked_about(made, ada):
    bob = made.person("Bob")
    made.calls(bob)

    assert [one["person_id"] for one in result((bob.pk,))["people"]] == [bob.pk]
    assert len(result()["people"]) == 2


def test_a_day_that_was_not_read_makes_nobody_clean(made):
    ada = made.person()
    made.calls(ada)
    UsageCoverage.objects.filter(day=usage_rows.days_ago(9)).delete()
    found = of(result(), ada)

    assert found["state"] == "unknown"
    assert "logs of" in found["why"]


def test_whoever_has_left_by_the_date_loses_nothing(made, ada):
    Person.objects.filter(pk=ada.pk).update(left_on=(today() + timedelta(days=5)).isoformat())

    assert of(result(day=today() + timedelta(days=4)), ada)["state"] == "loses"
    gone = of(result(day=today() + timedelta(days=5)), ada)
    assert (gone["state"], gone["denied"]) == ("gone", 0)


def test_somebody_without_an_iam_user_has_nothing_to_cut(made):
    nobody = builders.person()

    assert of(result((nobody.pk,)), nobody)["state"] == "nothing"
    assert result()["people"] == []


def test_a_date_in_the_past_asks_what_would_have_broken_since(made):
    ada = made.person()
    made.calls(ada, "PutObject", days=20)

    assert of(result(day=usage_rows.days_ago(21)), ada)["denied"] == 1
    assert of(result(day=usage_rows.days_ago(20)), ada)["denied"] == 1
    assert of(result(day=usage_rows.days_ago(19)), ada)["calls"] == 0
    assert of(result(day=today()), ada)["denied"] == 1


def classify(arn, kind, key="", **more):
    IdentityClass.objects.create(
        subject=key or arn, user_arn=arn, access_key_id=key, kind=kind, judged=kind,
        made_at=timezone.now(), **more,
    )  # fmt: skip


def test_programs_that_would_stop_are_named(made, ada):
    arn = ada.links.get().iam_user_arn
    user = IamUser.objects.get(arn=arn)
    classify(arn, IdentityKind.MIXED)
    classify(arn, IdentityKind.WORKLOAD, "AKIAPROGRAM")
    classify(arn, IdentityKind.HUMAN, "AKIAHUMAN")
    usage_rows.used(usage_rows.actor_of(user, access_key_id="AKIAPROGRAM"), usage_rows.days_ago(2))
    found = result()["programs"]

    assert [(one["access_key_id"], one["kind"]) for one in found] == [
        ("", "mixed"), ("AKIAPROGRAM", "workload"),
    ]  # fmt: skip
    assert (found[0]["calls"], found[1]["calls"]) == (24, 10)
    assert found[0]["iam_user"] == user.pk


@pytest.mark.parametrize(
    ("kind", "more", "named"),
    [
        (IdentityKind.HUMAN, {}, None),
        (IdentityKind.DORMANT, {}, None),
        (IdentityKind.UNKNOWN, {}, "unknown"),
        (IdentityKind.HUMAN, {"stale_after": timezone.now() - timedelta(days=1)}, "unknown"),
    ],
)
def test_a_user_of_whom_nobody_knows_may_be_a_program(made, ada, kind, more, named):
    classify(ada.links.get().iam_user_arn, kind, **more)

    assert [one["kind"] for one in result()["programs"]] == ([named] if named else [])


def test_what_to_add_is_the_least_that_clears_people(made, ada):
    bob = made.person("Bob")
    made.calls(bob, "PutObject", resource="arn:aws:s3:::reports/2027.csv")
    made.calls(bob, "RunInstances", source="ec2.amazonaws.com", resource="")
    (one,) = result()["additions"]

    assert (one["permission_set"], one["people"], one["cleared"]) == ("Developer", 2, 2)
    put = [s for s in one["statements"] if s["Action"] == ["s3:PutObject"]]
    assert put[0]["Resource"] == [OBJECT, "arn:aws:s3:::reports/2027.csv"]
    fixed = {"Version": "2012-10-17", "Statement": list(one["statements"])}
    assert result(sets=[edit(made, inline=fixed)])["denied"] == 0


def test_where_nothing_is_assigned_an_assignment_is_what_to_add(made):
    bob = made.person("Bob", assigned=False)
    made.calls(bob)
    (one,) = result()["additions"]

    assert (one["permission_set"], one["statements"]) == ("", ())
    assert one["others"][0].startswith("assign a permission set that allows s3:GetObject")

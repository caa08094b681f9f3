"""An answer is that of its facts: made again it is the same, and a change of them is told."""

import pytest
from django.utils import timezone

from inventory.models import UsageCoverage
from migrations_plan import what_if
from migrations_plan.gather.what_if import scene
from migrations_plan.models import IdentityClass, IdentityKind
from migrations_plan.policy.access import Judge
from migrations_plan.policy.what_if import outcome
from migrations_plan.questions import Grant, Question, SetEdit, question_of
from tests import builders, usage_rows
from tests.forecasts import S3_READ, company, document

pytestmark = pytest.mark.django_db


def today():
    return timezone.now().date()


def ask(people=None, *, day=None, sets=(), grants=()):
    return Question(people, day or today(), tuple(sets), tuple(grants))


def edit(made, **more):
    return SetEdit(made.developer.arn, made.developer.name, **more)


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


def classify(arn, kind, key="", **more):
    IdentityClass.objects.create(
        subject=key or arn, user_arn=arn, access_key_id=key, kind=kind, judged=kind,
        made_at=timezone.now(), **more,
    )  # fmt: skip


def test_the_answer_is_that_of_a_fresh_judge_for_each_person(made, ada):
    for name in ("Bob", "Cat", "Dan"):
        person = made.person(name)
        made.calls(person)
        made.calls(person, "DeleteObject")
    question = ask(sets=[edit(made, attach=("arn:aws:iam::aws:policy/AmazonEC2FullAccess",))])
    now = timezone.now()
    found = scene(question, now)
    alone = what_if.told_of(found, [outcome(cut, Judge()) for cut in found.cuts])

    assert what_if.answer(question, now).result == alone


def test_the_same_facts_give_the_same_answer_and_digest(made, ada):
    question = ask(sets=[edit(made, detach=(S3_READ,))])
    first, second = (what_if.answer(question, timezone.now()) for _ in range(2))

    assert (first.result, first.facts) == (second.result, second.facts)


@pytest.mark.parametrize("what", ["call", "policy", "guardrail", "class", "link", "day"])
def test_whatever_the_answer_hangs_on_changes_its_digest(made, ada, what):
    before = what_if.answer(ask(), timezone.now()).facts
    if what == "call":
        made.calls(ada, "ListBuckets", resource="")
    elif what == "policy":
        made.developer.inline_policy = document("ec2:*")
        made.developer.save()
    elif what == "guardrail":
        builders.iam_policy("arn:x", account=made.account)
        made.account.parent_id = None
        made.account.save()
    elif what == "class":
        classify(ada.links.get().iam_user_arn, IdentityKind.WORKLOAD)
    elif what == "link":
        ada.links.all().delete()
    else:
        UsageCoverage.objects.filter(day=usage_rows.days_ago(9)).delete()

    assert what_if.answer(ask(), timezone.now()).facts != before


def test_what_has_nothing_to_do_with_it_changes_no_digest(made, ada):
    before = what_if.answer(ask(), timezone.now()).facts
    builders.read_everything(made.account)
    builders.permission_set("Other", inline_policy=document("*"))
    made.calls(made.person("Bob"))

    assert what_if.answer(ask((ada.pk,)), timezone.now()).facts == before


def test_a_question_is_kept_as_json():
    question = Question(
        (1, 2), today(), (SetEdit("arn:a", "A", ("x",), ("y",), {"Statement": []}),),
        (Grant(False, "1", "arn:a", "A", "devs", None, "g-1"),),
    )  # fmt: skip

    assert question_of(question.as_json()) == question
    assert question_of(ask().as_json()) == ask()

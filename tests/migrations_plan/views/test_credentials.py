"""The page Credentials: which one first, why, and what is not known."""

import csv
import io
from datetime import timedelta

import pytest
from django.utils import timezone

from inventory.models import AccessKey, IamUser, Outcome
from migrations_plan.models import RankedCredential
from tests import builders
from tests.stale import company, evaluate, key, seen

pytestmark = pytest.mark.django_db

URL = "/credentials/"
HOSTILE = '"><script>alert(1)</script>{{ 7|add:7 }}'


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def some(now):
    """Two accounts: an administrator's unused key, a young key with an owner, a password."""
    prod, ana = company(now)
    dev, bo = company(now, environment="dev")
    IamUser.objects.filter(pk=ana.pk).update(admin=True)
    IamUser.objects.filter(pk=bo.pk).update(user_name="bo", console_password=True, mfa=True)
    bo.refresh_from_db()
    unused = key(ana, now, age=200, used=100)
    young = key(bo, now)
    idle = key(bo, now, status="Inactive")
    builders.login_profile(bo, created_at=now, observed_at=now - timedelta(minutes=20))
    builders.owner(bo, builders.person("bo@example.com", name="Bo"))
    evaluate(now)
    return {
        "prod": prod,
        "dev": dev,
        "unused": unused.access_key_id,
        "young": young.access_key_id,
        "idle": idle.access_key_id,
        "password": bo.arn,
    }


def listed(client, query=""):
    found = client.get(f"{URL}?{query}").context["page"].object_list
    return [row.subject for row in found]


def test_the_worst_comes_first_and_what_opens_nothing_last(some):
    order = listed(builders.signed_in("lead"))

    assert (order[0], order[-1]) == (some["unused"], some["idle"])


FILTERS = {
    "q=ana": {"unused"},
    "kind=password": {"password"},
    "rule=key-unused": {"unused"},
    "rule=any": {"unused"},
    "rule=none": {"young", "idle", "password"},
    "environment=prod": {"unused"},
    "owner=yes": {"young", "idle", "password"},
    "owner=no": {"unused"},
    "status=inactive": {"idle"},
    "status=active&kind=access_key": {"unused", "young"},
    "status=stale": set(),
    "kind=x&rule=y&status=z&sort=password&page=99": {"unused", "young", "idle", "password"},
}


@pytest.mark.parametrize("query", FILTERS)
def test_filters(some, query):
    found = listed(builders.signed_in("auditor"), query)

    assert set(found) == {some[name] for name in FILTERS[query]}


def test_one_account(some):
    found = listed(builders.signed_in("lead"), f"account={some['dev'].account_id}")

    assert set(found) == {some["young"], some["idle"], some["password"]}


@pytest.mark.parametrize("word", ["first", "name", "user", "account", "owner", "age", "used"])
def test_every_column_sorts_both_ways(some, word):
    client = builders.signed_in("lead")

    assert len(listed(client, f"sort={word}")) == len(listed(client, f"sort=-{word}")) == 4


def test_a_row_says_why_and_who_told_the_last_use(some, now):
    user = IamUser.objects.get(user_name="bo")
    seen(user, now - timedelta(hours=1), access_key_id=some["young"])
    evaluate(now)

    body = builders.signed_in("lead").get(URL).content.decode()

    assert "not used for 100 days, per AWS" in body
    assert "its user is an administrator" in body
    assert "per CloudTrail" in body


def test_what_was_refused_is_shown_as_stale_never_as_clean(some, now):
    account = some["dev"]
    builders.run("access_keys", account.account_id, outcome=Outcome.DENIED, error="AWS refused it")
    evaluate(now)

    client = builders.signed_in("lead")

    assert some["young"] in listed(client, "status=stale")
    body = client.get(f"{URL}?q={some['young']}").content.decode()
    assert "stale read" in body
    assert '<span class="quiet">none</span>' not in body


def test_an_unknown_last_use_is_not_shown_as_none(now):
    _, user = company(now)
    key(user, now, age=30, used=None, last_used_read=False)
    evaluate(now)

    body = builders.signed_in("lead").get(URL).content.decode()

    assert "the last use was not read" in body
    assert "no use known" not in body


def test_csv_holds_the_reasons_and_the_rules(some):
    answer = builders.signed_in("auditor").get(f"{URL}?format=csv&q=ana")
    text = b"".join(answer.streaming_content).decode()
    header, row = list(csv.reader(io.StringIO(text)))
    told = dict(zip(header, row, strict=True))

    assert told["id"] == some["unused"]
    assert told["findings"] == '["key-old", "key-unused"]'
    assert "30 its user is an administrator" in told["reasons"]
    assert told["last_used_per"] == "AWS"


def test_before_the_first_pass_nothing_is_known():
    body = builders.signed_in("lead").get(URL).content.decode()

    assert "Nothing was evaluated yet" in body


def test_an_empty_list_says_whether_that_is_known(now):
    builders.account("refused")
    evaluate(now)

    assert (
        "We do not know of any credential" in builders.signed_in("lead").get(URL).content.decode()
    )


def test_a_fresh_and_empty_company_has_none(now):
    builders.read_everything(builders.account())
    evaluate(now)

    assert (
        "none has a long-lived credential" in builders.signed_in("lead").get(URL).content.decode()
    )


def test_names_from_aws_are_text(now):
    account = builders.account(HOSTILE)
    user = builders.iam_user(HOSTILE, account=account)
    builders.read_everything(account)
    key(user, now, age=200)
    builders.owner(user, builders.person(name=HOSTILE, left_on="2024-01-01"))
    evaluate(now)

    body = builders.signed_in("lead").get(URL).content.decode()

    assert "<script>alert" not in body
    assert "{{ 7|add:7 }}" in body


def test_what_is_too_old_by_now_is_said_without_a_pass(now):
    _, user = company(now)
    key(user, now)
    evaluate(now)
    RankedCredential.objects.update(stale_after=now - timedelta(minutes=1))

    body = builders.signed_in("lead").get(URL).content.decode()

    assert "it was not read again in time" in body


def test_a_key_that_is_gone_is_listed_no_more(some, now):
    AccessKey.objects.update(gone_at=now)
    evaluate(now)

    assert listed(builders.signed_in("lead")) == [some["password"]]

"""The page Alerts, one finding, and findings on the pages of users, accounts and people."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from inventory.models import AccessKey, Outcome
from migrations_plan.models import Finding, JournalEntry
from tests import builders
from tests.stale import company, evaluate, key

pytestmark = pytest.mark.django_db

URL = "/alerts/"
HOSTILE = '"><script>alert(1)</script>{{ 7|add:7 }}'


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def lead():
    return builders.signed_in("lead")


@pytest.fixture
def some(now):
    """An open finding, a severe one, an unknown account."""
    account, user = company(now)
    old, unused = key(user, now, age=100), key(user, now, age=80, used=95)
    AccessKey.objects.filter(pk=old.pk).update(created_at=now - timedelta(days=100))
    unread = builders.account("never read")
    evaluate(now)
    return {"account": account, "user": user, "old": old, "unused": unused, "unread": unread}


def listed(client, query=""):
    return {row.rule for row in client.get(f"{URL}?{query}").context["page"].object_list}


def the(rule):
    return Finding.objects.get(rule=rule)


def acknowledge(client, finding, **more):
    until = timezone.now().date() + timedelta(days=7)
    values = {"reason": "moves in week 49", "until": f"{until}", **more}
    url = reverse("finding-acknowledge", args=[finding.pk])
    return client.post(url, values, follow=True)


FILTERS = {
    "": {"key-old", "key-unused", "second-active-key", "not-read"},
    "status=open": {"key-old", "key-unused", "second-active-key"},
    "status=unknown": {"not-read"},
    "status=acknowledged": set(),
    "status=closed": set(),
    "status=all&rule=key-old": {"key-old"},
    "severe=yes": {"key-unused"},
    "q=never": {"not-read"},
    "environment=prod": {"key-old", "key-unused", "second-active-key"},
    "rule=x&status=y&severe=z&sort=q&page=0": {
        "key-old",
        "key-unused",
        "second-active-key",
        "not-read",
    },
}


@pytest.mark.parametrize("query", FILTERS)
def test_filters(some, lead, query):
    assert listed(lead, query) == FILTERS[query]


@pytest.mark.parametrize("word", ["worst", "rule", "subject", "account", "since"])
def test_every_column_sorts_both_ways(some, lead, word):
    assert listed(lead, f"sort={word}") == listed(lead, f"sort=-{word}") == FILTERS[""]


def test_the_worst_comes_first(some, lead):
    assert lead.get(URL).context["page"].object_list[0].rule == "key-unused"


def test_what_is_too_old_is_unknown_when_it_is_read(some, lead, now):
    Finding.objects.filter(rule="key-old").update(stale_after=now - timedelta(minutes=1))

    assert "key-old" in listed(lead, "status=unknown")
    assert "key-old" not in listed(lead, "status=open")
    page = lead.get(reverse("finding", args=[the("key-old").pk])).content.decode()
    assert "too old to say whether this is still so" in page


def test_a_lead_acknowledges_and_takes_it_back(some, lead):
    finding = the("key-old")
    body = acknowledge(lead, finding).content.decode()

    assert "moves in week 49" in body
    assert "key-old" not in listed(lead)
    assert listed(lead, "status=acknowledged") == {"key-old"}
    url = reverse("finding-unacknowledge", args=[finding.pk])
    lead.post(url, {"reason": "not in week 49"})
    assert "key-old" in listed(lead)
    assert [entry.reason for entry in JournalEntry.objects.order_by("seq")] == [
        "moves in week 49",
        "not in week 49",
    ]


@pytest.mark.parametrize(
    "wrong", [{"reason": ""}, {"until": "soon"}, {"until": ""}, {"until": "2020-01-01"}]
)
def test_a_wrong_acknowledgement_is_told_and_changes_nothing(some, lead, wrong):
    body = acknowledge(lead, the("key-old"), **wrong).content.decode()

    assert "Please give" in body
    assert "key-old" in listed(lead)


def test_an_auditor_reads_and_has_no_form(some):
    auditor = builders.signed_in("auditor")
    url = reverse("finding", args=[the("key-old").pk])

    assert auditor.get(url).status_code == 200
    assert b"<form" not in auditor.get(url).content.split(b"<main")[1]
    assert acknowledge(auditor, the("key-old")).status_code == 403


def test_a_finding_shows_its_facts_with_source_and_time_and_its_history(some, lead, now):
    AccessKey.objects.filter(pk=some["old"].pk).update(status="Inactive")
    evaluate(now)
    AccessKey.objects.filter(pk=some["old"].pk).update(status="Active")
    evaluate(now)
    finding = Finding.objects.present().get(rule="key-old")

    answer = lead.get(reverse("finding", args=[finding.pk]))

    assert [(fact["name"], fact["source"]) for fact in answer.context["facts"]] == [
        ("made", "Access keys"),
        ("state", "Access keys"),
    ]
    assert len(answer.context["history"]) == 2
    assert "It is inactive." in answer.content.decode()


def test_an_engineer_sees_own_findings_only(some, now):
    _, other = company(now)
    key(other, now, age=300)
    person = builders.person()
    builders.owner(some["user"], person)
    evaluate(now)
    engineer = builders.signed_in("engineer", person=person)
    mine = Finding.objects.get(subject=some["old"].access_key_id, rule="key-old")
    foreign = Finding.objects.get(user_arn=other.arn)

    body = engineer.get("/my-access/").content.decode()

    assert mine.sentence in body
    assert foreign.sentence not in body
    assert engineer.get(reverse("finding", args=[mine.pk])).status_code == 200
    assert engineer.get(reverse("finding", args=[foreign.pk])).status_code == 404


def test_the_page_of_a_user_shows_what_stands_out(some, lead):
    body = lead.get(reverse("iam-user", args=[some["user"].pk])).content.decode()

    assert "Active and 100 days old; the limit is 90." in body


def test_the_page_of_an_account_shows_root_and_what_is_unread(some, lead, now):
    builders.account_summary(some["account"], root_mfa_enabled=False, observed_at=now)
    evaluate(now)

    read = lead.get(reverse("account", args=[some["account"].account_id])).content.decode()
    unread = lead.get(reverse("account", args=[some["unread"].account_id])).content.decode()

    assert "The root user has 0 MFA devices." in read
    assert "so stale ones may hide here" in unread


def test_the_overview_counts_by_rule(some, lead):
    counts = {row.rule: (row.open, row.unknown) for row in lead.get("/").context["rules"]}

    assert counts == {
        "key-unused": (1, 0),
        "second-active-key": (1, 0),
        "key-old": (1, 0),
        "not-read": (0, 1),
    }


def test_a_refused_read_shows_as_unknown_with_its_reason(some, lead, now):
    account_id = some["account"].account_id
    builders.run("access_keys", account_id, outcome=Outcome.DENIED, error="AWS refused it")
    evaluate(now)

    assert listed(lead, "status=open") == set()
    assert "AWS refused it" in lead.get(f"{URL}?rule=key-old").content.decode()


def test_names_from_aws_and_reasons_are_text(lead, now):
    account = builders.account(HOSTILE)
    user = builders.iam_user(HOSTILE, account=account)
    builders.read_everything(account)
    key(user, now, age=200)
    builders.run("mfa_devices", account.account_id, outcome=Outcome.DENIED, error=HOSTILE)
    evaluate(now)
    acknowledge(lead, the("key-old"), reason=HOSTILE)

    for url in (f"{URL}?status=all", reverse("finding", args=[the("key-old").pk])):
        body = lead.get(url).content.decode()
        assert "<script>alert" not in body
        assert "{{ 7|add:7 }}" in body


def test_csv_holds_everything_that_is_chosen(some, lead):
    text = b"".join(lead.get(f"{URL}?format=csv&status=open").streaming_content).decode()

    assert text.count("\r\n") == 4
    assert "Active and 100 days old; the limit is 90." in text


def test_before_the_first_pass_nothing_is_known(lead):
    assert "Nothing was evaluated yet" in lead.get(URL).content.decode()


def test_a_quiet_company_says_so(lead, now):
    builders.read_everything(builders.account())
    evaluate(now)

    assert "Nothing needs attention." in lead.get(URL).content.decode()

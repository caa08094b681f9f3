"""What one person or one IAM user did: by credential, from where, and what nobody knows."""

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests import builders, usage_rows
from tests.usage_rows import days_ago

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead():
    return builders.signed_in("lead")


@pytest.fixture
def ana():
    account = builders.account("prod")
    user = builders.iam_user("ana", account=account)
    person = builders.person("ana@example.com", identity_center_user_id="u-ana")
    builders.owner(user, person)
    return {"account": account, "user": user, "person": person}


def of_person(person):
    return reverse("person-usage", args=[person.pk])


def of_user(user):
    return reverse("iam-user-usage", args=[user.pk])


def text(client, url, **headers):
    return " ".join(client.get(url, headers=headers).content.decode().split())


def usage(client, url):
    return client.get(url).context["usage"]


def test_the_last_use_of_each_credential_is_over_all_time(lead, ana):
    key = usage_rows.actor_of(ana["user"], access_key_id="AKIA1")
    console = usage_rows.actor_of(ana["user"], "console")
    usage_rows.used(key, days_ago(2), 5)
    usage_rows.used(key, days_ago(60), 100)
    usage_rows.used(console, days_ago(50), 7)

    found = usage(lead, of_person(ana["person"]))

    assert [(use.actor.credential, use.calls) for use in found.old] == [
        ("access_key", 5),
        ("console", 0),
    ]
    assert found.last_old.date() == days_ago(2)
    assert found.old[0].first_at.date() == days_ago(60)


def test_failures_are_no_last_use(lead, ana):
    usage_rows.used(usage_rows.actor_of(ana["user"], "console"), days_ago(1), 3, failed=True)

    page = text(lead, of_user(ana["user"]))

    assert usage(lead, of_user(ana["user"])).last_old is None
    assert "only failures" in page


def test_origins_and_hours_become_a_habit(lead, ana):
    key = usage_rows.actor_of(ana["user"], access_key_id="AKIA1")
    for number in range(1, 8):
        usage_rows.used(key, days_ago(number), 10, hours={2: 10})
        usage_rows.came_from(key, days_ago(number))

    page = text(lead, of_user(ana["user"]))

    assert "02:00 UTC daily" in page
    assert "from 198.51.100.0/24 with boto3" in page


def test_a_permission_set_is_one_line_in_however_many_accounts(lead, ana):
    for account_id in ("1", "2"):
        who = usage_rows.sso_actor("u-ana", account_id=account_id)
        usage_rows.used(who, days_ago(1), 4)
        usage_rows.came_from(who, days_ago(1), events=4)
    usage_rows.used(usage_rows.sso_actor("u-ana", "ReadOnly", account_id="1"), days_ago(1), 1)

    uses = usage(lead, of_person(ana["person"])).new

    assert sorted((use.actor.permission_set, use.calls) for use in uses) == [
        ("Developer", 8),
        ("ReadOnly", 1),
    ]
    assert [one.events for use in uses for one in use.origins] == [8]


def test_top_actions_are_told_by_path_with_their_failures(lead, ana):
    key, new = usage_rows.actor_of(ana["user"]), usage_rows.sso_actor("u-ana")
    usage_rows.called(key, days_ago(1), "PutObject", 3, account_id="1")
    usage_rows.called(key, days_ago(2), "PutObject", 4, error="AccessDenied", account_id="1")
    usage_rows.called(key, days_ago(40), "PutObject", 90, account_id="1")
    usage_rows.called(new, days_ago(1), "ListBuckets", 2, account_id="1")

    found = usage(lead, of_person(ana["person"]))

    assert [(a.name, a.events, a.errors) for a in found.old_actions] == [("PutObject", 7, 4)]
    assert [(a.name, a.events, a.errors) for a in found.new_actions] == [("ListBuckets", 2, 0)]


def test_accounts_are_told_by_path(lead, ana):
    other = builders.account("dev")
    usage_rows.used(usage_rows.actor_of(ana["user"]), days_ago(1), 3)
    usage_rows.used(usage_rows.sso_actor("u-ana"), days_ago(1), 8, account_id=other.account_id)

    accounts = lead.get(of_person(ana["person"])).context["accounts"]

    assert [(name, use.old, use.new) for use, name in accounts] == [("prod", 3, 0), ("dev", 0, 8)]


def test_the_first_use_of_identity_center_is_told_by_way_of_working(lead, ana):
    new = usage_rows.sso_actor("u-ana")
    for number, family in ((9, "console"), (80, "browser"), (3, "aws-cli-v2")):
        usage_rows.used(new, days_ago(number), 1, account_id="1")
        usage_rows.came_from(new, days_ago(number), family=family, events=1)

    first = usage(lead, of_person(ana["person"])).first_sso

    assert first["console"].date() == days_ago(80)
    assert first["command line"].date() == days_ago(3)
    assert first["other tools"] is None


@pytest.mark.parametrize(
    ("whole", "says"),
    [(True, "not seen in the last 30 days"), (False, "Whether the old path was used is <span")],
)
def test_not_seen_is_unknown_unless_everything_was_read(lead, ana, whole, says):
    if whole:
        usage_rows.read_all(ana["account"])

    page = text(lead, of_person(ana["person"]))

    assert says in page
    assert ("state-unknown" in page) is not whole


def test_sessions_that_may_still_live_are_listed(lead, ana):
    now = timezone.now()
    key = usage_rows.actor_of(ana["user"])
    usage_rows.session(key, now - timedelta(hours=20))
    usage_rows.session(key, now - timedelta(hours=37))
    usage_rows.session(key, now - timedelta(hours=2), "role", role_arn="arn:aws:iam::1:role/ops")
    usage_rows.session(key, now - timedelta(hours=13), "role")
    usage_rows.session(usage_rows.sso_actor("u-ana"), now, "permission_set", account_id="1")

    live = usage(lead, of_user(ana["user"])).live

    assert [one.session.kind for one in live] == ["role", "session_token"]
    assert all(one.until > now for one in live)
    assert "arn:aws:iam::1:role/ops" in text(lead, of_user(ana["user"]))


def test_an_engineer_sees_the_own_use_and_nobody_elses(ana):
    other = builders.iam_user("bob", account=ana["account"])
    usage_rows.used(usage_rows.actor_of(other), days_ago(1), 99)
    usage_rows.used(usage_rows.actor_of(ana["user"]), days_ago(1), 5)
    client = builders.signed_in("engineer", person=ana["person"])

    assert client.get(of_user(other)).status_code == 404
    assert client.get(of_person(ana["person"])).status_code == 403
    assert usage(client, of_user(ana["user"])).old_calls == 5
    assert usage(client, reverse("my-usage")).old_calls == 5


def test_a_lead_sees_only_the_own_use_on_my_access(ana):
    other = builders.iam_user("bob", account=ana["account"])
    usage_rows.used(usage_rows.actor_of(other), days_ago(1), 99)

    assert usage(builders.signed_in("lead", person=ana["person"]), reverse("my-usage")).old == ()
    assert usage(builders.signed_in("lead"), reverse("my-usage")).old == ()


@pytest.mark.parametrize("manner", [{}, {"HX-Request": "true"}])
def test_the_part_is_a_page_without_scripts(lead, ana, manner):
    body = text(lead, of_user(ana["user"]), **manner)

    assert ("<html" in body) is not bool(manner)
    assert 'id="identity-usage"' in body


def test_the_credentials_are_a_file_too(lead, ana):
    key = usage_rows.actor_of(ana["user"], access_key_id="AKIA1")
    usage_rows.used(key, days_ago(1), 5)
    usage_rows.came_from(key, days_ago(1), family="=HYPERLINK()")

    answer = lead.get(of_user(ana["user"]) + "?format=csv")
    [row] = csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode()))

    assert (row["access_key_id"], row["calls"], row["path"]) == ("AKIA1", "5", "old")
    assert row["origins"] == '["from 198.51.100.0/24 with =HYPERLINK(): 10"]'


def test_pages_ask_for_their_part(lead, ana):
    pages = [
        (reverse("person", args=[ana["person"].pk]), of_person(ana["person"])),
        (reverse("iam-user", args=[ana["user"].pk]), of_user(ana["user"])),
        (reverse("account", args=[ana["account"].pk]), f"?account={ana['account'].pk}"),
    ]
    for page, part in pages:
        assert f'{part}" hx-trigger="load"' in text(lead, page)


def test_the_summary_is_a_sentence_with_its_coverage(lead, ana):
    usage_rows.read(ana["account"], [days_ago(number) for number in range(1, 11)])
    usage_rows.used(usage_rows.actor_of(ana["user"]), days_ago(1), 5)
    url = f"{reverse('usage-summary')}?account={ana['account'].account_id}"

    page = text(lead, url)

    assert "at least <strong>5 calls</strong> in the last 30 days" in page
    assert "Logs of 10 of the last 30 days were read whole" in page
    assert page.count("cell-unknown") == 20
    assert lead.get(reverse("usage-summary") + "?account=000000000000").status_code == 404


@pytest.mark.parametrize("role", ["lead", "engineer"])
def test_use_is_asked_for_in_a_fixed_number_of_questions(role, ana, django_assert_max_num_queries):
    client = builders.signed_in(role, person=ana["person"])
    for number in range(12):
        key = usage_rows.actor_of(ana["user"], access_key_id=f"AKIA{number}")
        usage_rows.read(builders.account(), [days_ago(number)])
        usage_rows.used(key, days_ago(number))
        usage_rows.came_from(key, days_ago(number))
        usage_rows.called(key, days_ago(number), f"Get{number}")
        usage_rows.session(key, timezone.now())

    for url in (of_user(ana["user"]), reverse("my-usage")):
        client.get(url)
        with django_assert_max_num_queries(12):
            assert client.get(url).status_code == 200

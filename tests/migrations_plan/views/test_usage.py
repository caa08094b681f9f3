"""Usage: what the page says when it knows, when it knows a part, and when it knows nothing."""

import csv
import io

import pytest
from django.urls import reverse

from tests import builders, usage_rows
from tests.usage_rows import days_ago

pytestmark = pytest.mark.django_db
WEEK = "?days=7"


@pytest.fixture
def lead():
    return builders.signed_in("lead")


def text(client, name="usage", query=WEEK):
    return " ".join(client.get(reverse(name) + query).content.decode().split())


def table(client, name="usage", query=WEEK):
    answer = client.get(f"{reverse(name)}{query}&format=csv")
    return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))


@pytest.fixture
def company():
    """Two accounts read in whole; an IAM user with a key, and its owner over Identity Center."""
    prod, dev = builders.account("prod"), builders.account("dev")
    user = builders.iam_user("ana", account=prod)
    person = builders.person("ana@example.com", identity_center_user_id="u-ana", name="Ana")
    builders.owner(user, person)
    usage_rows.read_all(prod, dev)
    key = usage_rows.actor_of(user, access_key_id="AKIA1")
    new = usage_rows.sso_actor("u-ana")
    for number in range(1, 8):
        usage_rows.used(key, days_ago(number), 69)
        usage_rows.used(key, days_ago(number + 7), 100)
        usage_rows.used(new, days_ago(number), 621, account_id=dev.account_id)
    return {"prod": prod, "dev": dev, "user": user, "person": person, "key": key, "new": new}


def test_the_page_opens_with_one_sentence(lead, company):
    page = text(lead)

    assert "<strong>483 calls</strong> by <a" in page
    assert "1 identity</a> in the last 7 days, 31 % fewer than in the 7 days before." in page
    assert "at least" not in page


def test_the_attribution_rate_is_said_with_its_definition(lead, company):
    page = text(lead)

    assert "<strong>90 %</strong>" in page
    assert "4,347 of 4,830" in page
    assert "The share of human actions that is traced" in page


def test_a_session_of_nobody_lowers_the_rate(lead, company):
    usage_rows.used(usage_rows.sso_actor(""), days_ago(2), 4830, account_id="1")

    assert lead.get(reverse("usage") + WEEK).context["summary"].rate.percent == "45 %"


def test_calls_that_aws_made_do_not_count_as_human_actions(lead, company):
    usage_rows.used(usage_rows.sso_actor(""), days_ago(2), 9999, direct=0, account_id="1")

    assert lead.get(reverse("usage") + WEEK).context["summary"].rate.percent == "90 %"


def test_the_chart_and_the_table_have_the_same_numbers(lead, company):
    context = lead.get(reverse("usage") + WEEK).context
    [old, new, workload] = context["chart"].panels

    assert [numbers[0] for _, numbers, _ in context["days"]] == [0] + [69] * 7
    assert len(old.bars) == len(new.bars) == 7
    assert workload.bars == old.gaps == ()
    assert workload.highest == "none"


def test_an_account_that_was_not_read_makes_numbers_lower_bounds(lead, company):
    builders.account("dark")

    page = text(lead)

    assert "at least <strong>483 calls</strong> by at least <a" in page
    assert "7 account-days were not read." in page
    assert "2 of 3 whole" in page
    assert "It cannot be said: not every account was read" in page


def test_a_day_that_was_not_read_is_unknown_and_not_none(lead):
    account = builders.account()
    usage_rows.read(account, [days_ago(number) for number in range(3)])

    rows = table(lead)

    assert [row["old"] for row in rows] == [""] * 5 + ["0"] * 3
    assert len(lead.get(reverse("usage") + WEEK).context["chart"].panels[0].gaps) == 5
    assert "Old path: none was seen in the last 7 days, but not everything was read" in text(lead)


def test_files_for_which_nothing_vouches_are_lower_bounds(lead):
    account = builders.account()
    usage_rows.read(account, [days_ago(2)], whole=False)
    usage_rows.path_day(days_ago(2), account.account_id, "old", 5)

    [row] = [row for row in table(lead) if row["old"]]

    assert (row["old"], row["at_least"], row["accounts_read_in_part"]) == ("5", "true", "1")


def test_an_account_is_not_expected_before_it_joined(lead):
    account = builders.account(joined_at=usage_rows.at(days_ago(3)))
    usage_rows.read(account, [days_ago(number) for number in range(4)])

    assert [row["accounts_expected"] for row in table(lead)] == ["0"] * 4 + ["1"] * 4


def test_nothing_counted_ever_says_what_to_set(lead):
    builders.account()

    page = text(lead)

    assert "No usage was counted yet." in page
    assert "CLOUDTRAIL_SOURCE" in page
    assert "usage-chart" not in page


def test_sessions_of_unknown_makers_are_said(lead, company):
    usage_rows.path_day(days_ago(1), company["prod"].account_id, "unknown", 12)

    assert "Of 12 calls nobody knows yet who made the session" in text(lead)


def test_one_account_has_its_own_numbers(lead, company):
    query = f"{WEEK}&account={company['dev'].account_id}"

    rows = table(lead, query=query)

    assert {(row["old"], row["new"]) for row in rows} == {("0", "621"), ("0", "0")}
    assert "Nobody in the last 7 days; everything was read." in text(lead, query=query)


@pytest.mark.parametrize("word", ["ana@example.com", "ANA@example.com", "pk"])
def test_one_person_has_both_paths(lead, company, word):
    usage_rows.used(usage_rows.sso_actor("u-bob"), days_ago(1), 5, account_id="1")
    word = company["person"].pk if word == "pk" else word

    rows = table(lead, query=f"{WEEK}&person={word}")

    assert {(row["old"], row["new"]) for row in rows[:7]} == {("69", "621")}
    assert "Usage of Ana" in text(lead, query=f"{WEEK}&person={word}")


@pytest.mark.parametrize("word", ["AKIA1", "arn"])
def test_one_credential_has_its_own_numbers(lead, company, word):
    console = usage_rows.actor_of(company["user"], "console")
    usage_rows.used(console, days_ago(1), 1)
    word = company["user"].arn if word == "arn" else word

    rows = table(lead, query=f"{WEEK}&credential={word}")

    assert rows[6]["old"] == ("70" if word.startswith("arn") else "69")
    assert {row["new"] for row in rows} == {"0"}


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("&person=nobody@example.com", "Nobody with this e-mail address is known."),
        ("&credential=AKIAX", "No access key or IAM user with this id or ARN is known."),
        ("&credential=arn:aws:iam::1:user/x", "No access key or IAM user"),
        ("&credential=%00&account=000000000000", "No usage was counted yet."),
        ("&from=2026-02-30&to=nonsense", "No usage was counted yet."),
    ],
)
def test_who_is_not_known_has_no_numbers(lead, query, says):
    assert says in text(lead, query=WEEK + query)


def test_a_key_that_was_never_used_is_told_from_one_that_nobody_knows(lead, company):
    builders.access_key(company["user"], access_key_id="AKIA2")

    assert {row["old"] for row in table(lead, query=f"{WEEK}&credential=AKIA2")} == {"0"}


def test_who_is_still_on_the_old_path_and_from_where(lead, company):
    usage_rows.came_from(company["key"], days_ago(1))
    usage_rows.came_from(company["key"], days_ago(20), network="203.0.113.0/24")

    page = text(lead)

    assert "from 198.51.100.0/24 with boto3" in page
    assert "203.0.113.0" not in page
    assert reverse("iam-user", args=[company["user"].pk]) in page
    assert reverse("person", args=[company["person"].pk]) in page
    [row] = table(lead, "usage-identities")
    assert (row["calls"], row["owner"], row["access_key_id"]) == ("483", "ana@example.com", "AKIA1")


def test_a_failed_sign_in_is_shown_as_a_failure_and_not_as_use(lead):
    account = builders.account()
    user = builders.iam_user("bob", account=account)
    usage_rows.used(usage_rows.actor_of(user, "console"), days_ago(1), 3, failed=True)

    assert "only failures, on" in text(lead)
    assert table(lead, "usage-identities")[0]["last_use_at"] == ""


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("-calls", ["heavy", "late"]),
        ("calls", ["late", "heavy"]),
        ("-seen", ["late", "heavy"]),
        ("identity", ["heavy", "late"]),
    ],
)
def test_identities_are_sorted_by_the_address(lead, sort, order):
    account = builders.account()
    for name, number, events in (("late", 1, 2), ("heavy", 3, 90)):
        who = usage_rows.actor_of(builders.iam_user(name, account=account))
        usage_rows.used(who, days_ago(number), events)

    rows = table(lead, "usage-identities", f"{WEEK}&sort={sort}")

    assert [row["user_name"] for row in rows] == order


def test_corrections_are_listed(lead, company):
    for number in range(6):
        usage_rows.correction(days_ago(3), company["prod"].account_id, events=number - 3)
    usage_rows.correction(days_ago(30), company["prod"].account_id)

    assert "All corrections of these days" in text(lead)
    assert "6 corrections of days in the last 7 days" in text(lead, "usage-corrections")
    assert len(table(lead, "usage-corrections")) == 6
    assert table(lead, "usage-corrections", f"{WEEK}&account={company['dev'].account_id}") == []


def test_a_day_that_can_still_grow_says_so_far(lead, company):
    assert text(lead).count("so far</small>") == 2
    assert [row["open"] for row in table(lead)] == ["false"] * 6 + ["true"] * 2


def test_hostile_names_stay_text(lead, company):
    evil = usage_rows.actor(
        arn="arn:aws:iam::1:user/<b>x</b>", user_name="<b>x</b>", account_id="1"
    )
    usage_rows.used(evil, days_ago(1), 1)
    usage_rows.came_from(evil, days_ago(1), family="=cmd|'<script>")

    page = text(lead)

    assert "<b>x</b>" not in page
    assert "<script>" not in page.replace('<script src="', "")

"""What templates draw: times, states, unknowns."""

from datetime import UTC, datetime, timedelta

import pytest
from django.template import Context, Template
from django.utils.html import format_html

from accessportal.templatetags import portal
from tests import builders

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HOSTILE = '"><img src=x onerror=alert(1)>'


def draw(text, **context):
    return Template(text).render(Context({"now": NOW, **context}))


@pytest.mark.parametrize(
    ("back", "words"),
    [
        (timedelta(seconds=5), "just now"),
        (timedelta(seconds=60), "1 minute ago"),
        (timedelta(hours=3, minutes=50), "3 hours ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=400), "400 days ago"),
        (timedelta(days=-2), "in 2 days"),
    ],
)
def test_times_are_relative_and_exact_on_hover(back, words):
    drawn = draw("{% ago at %}", at=NOW - back)

    assert f">{words}</time>" in drawn
    assert 'title="' in drawn
    assert " UTC" in drawn


def test_an_unknown_time_is_hatched_unless_it_means_something():
    assert "state-unknown" in draw("{% ago at %}", at=None)
    assert draw('{% ago at none="never" %}', at=None) == '<span class="quiet">never</span>'
    assert "state-unknown" in draw("{{ at|utc }}", at=None)
    assert "state-unknown" in draw("{% age_badge at %}", at=None)


@pytest.mark.parametrize(("days", "kind"), [(90, None), (91, "warn"), (365, "warn"), (366, "bad")])
def test_the_age_of_a_key_has_two_limits(days, kind):
    drawn = draw("{% age_badge at %}", at=NOW - timedelta(days=days, hours=1))

    assert f"{days} days" in drawn
    assert ("state-" in drawn) == (kind is not None)
    assert kind is None or f"state-{kind}" in drawn


@pytest.mark.parametrize(
    ("value", "drawn"), [(None, "state-unknown"), (True, "yes"), (False, "no"), (0, "0"), ("", "")]
)
def test_none_is_unknown_and_zero_is_zero(value, drawn):
    assert drawn in draw("{{ value|or_unknown }}", value=value)
    assert ("unknown" in draw("{{ value|or_unknown }}", value=value)) == (value is None)


def test_a_word_that_nobody_listed_is_never_drawn_as_good():
    assert "state-unknown" in draw('{% state_badge "splendid" %}')
    assert "state-unknown" in draw("{% state_badge word %}", word=None)
    assert "state-good" in draw('{% state_badge "fresh" %}')


@pytest.mark.parametrize(
    "template",
    [
        "{{ x|copyable }}",
        "{% state_badge x %}",
        '{% state_badge "fresh" text=x title=x %}',
        "{% unknown x %}",
        "{{ none|or_unknown:x }}",
        "{{ x|pretty_json }}",
        "{{ x|short_json }}",
        "{{ x|environment_badge }}",
        "{{ x|admin_way }}",
        "{% claim none reason=x %}",
        '{% claim true yes=x bad="yes" %}',
        "{% option x x x %}",
        "{% ago none none=x %}",
    ],
)
def test_nothing_from_outside_becomes_markup(template):
    drawn = draw(template, x=HOSTILE, none=None)

    assert "<img" not in drawn
    assert HOSTILE not in drawn


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("direct:arn:aws:iam::aws:policy/AdministratorAccess", "attached AdministratorAccess"),
        ("inline:everything", "own policy everything"),
        ("group:Admins:arn:aws:iam::1:policy/p/All", "group Admins: All"),
        ("group:A:B:inline:everything", "group A:B: everything"),
    ],
)
def test_ways_to_be_an_administrator_in_words(how, words):
    assert portal.admin_way(how) == words


def test_what_is_looked_up_in_vain_is_none():
    assert portal.nothing_is_none("") is None
    assert portal.nothing_is_none(False) is False


@pytest.mark.django_db
def test_the_credential_report_keeps_awss_words():
    user = builders.iam_user(account=builders.account())
    row = builders.report_row(
        user,
        mfa_active=False,
        words={"password_last_changed": "N/A"},
        extra={"new_column": "x"},
    )

    fields = dict(portal.report_fields(row))

    assert fields["password_last_changed"] == "N/A"
    assert fields["mfa_active"] == "no"
    assert fields["new_column"] == "x"
    assert "state-unknown" in str(fields["cert_1_active"])
    assert "run" not in fields


def test_options_are_text_and_the_chosen_one_is_marked():
    pairs = [("1", "one"), (2, HOSTILE), (HOSTILE, "three")]

    drawn = draw("{% options pairs chosen %}", pairs=pairs, chosen="2")

    assert "<img" not in drawn
    assert drawn.count("<option") == 3
    assert drawn.count(" selected") == 1
    assert drawn.startswith('<option value="1">one</option><option value="2" selected>')
    assert (
        draw('{% option "" chosen "all" %}', chosen="") == '<option value="" selected>all</option>'
    )


@pytest.mark.parametrize("text", ["{% state_badge x %}", "{% options pairs chosen %}"])
def test_markup_is_never_taken_for_the_same_text_that_is_none(text):
    """Whichever was drawn first: what is drawn is kept."""
    markup = format_html("<b>{}</b>", "x")
    for word in (markup, "<b>x</b>", markup):
        drawn = draw(text, x=word, pairs=[("x", word)], chosen="")

        assert (markup in drawn) is (word is markup)


def test_a_badge_without_a_title_has_none():
    assert 'title="' not in draw("{% state_badge 'ready' title=x %}", x=None)

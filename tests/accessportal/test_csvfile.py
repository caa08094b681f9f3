"""CSV that a spreadsheet cannot run."""

import csv
import io
from datetime import UTC, datetime

import pytest

from accessportal.web.csvfile import csv_lines, csv_response, safe_cell


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+SUM(A1)",
        "-2+3",
        "@import",
        "\t=1",
        "\r=1",
        "\n=1",
        "\tharmless",
        "  =1",
        "\u00a0=1",
        '"=1',
        "'=1",
        "\ufeff=1",
        "\u200b=1",
        "\u201c=1",
        "\uff1d1+1",
        "\uff0bSUM",
        "\uff0d1",
        "\uff20x",
        "\u22121",
        "\x00=1",
        '\ufeff "\u00a0=1',
        "=cmd|' /C calc'!A0",
    ],
)
def test_what_could_run_becomes_text(text):
    assert safe_cell(text).startswith("'")


@pytest.mark.parametrize("text", ["ana", "a=b", "1-2", "arn:aws:iam::1:user/x", "a@b.example", ""])
def test_plain_text_stays_as_it_is(text):
    assert safe_cell(text) == text


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, ""),
        (True, "true"),
        (False, "false"),
        (-5, "-5"),
        (1.5, "1.5"),
        (datetime(2026, 11, 22, 3, 5, tzinfo=UTC), "2026-11-22T03:05:00Z"),
        (["b", "a"], '["b", "a"]'),
        ({"b": None, "a": 1}, '{"a": 1, "b": null}'),
        ("a\x00b", "a\u2400b"),
        ("a\r\nb", "a\u240d\u240ab"),
        ("a\x7fb", "a\u2421b"),
        ("a\x1bb", "a\u241bb"),
        ("a\x85b", "a<U+0085>b"),
        ("a\u202eb", "a<U+202E>b"),
        ("a\u200bb", "a<U+200B>b"),
    ],
)
def test_each_kind_of_value_has_one_form(value, cell):
    assert safe_cell(value) == cell


def test_every_value_stays_in_its_cell():
    rows = [("a,b", 'say "no"', "a;=1"), (1, None, "x")]

    text = "".join(csv_lines(("one", "two", "three"), rows))

    assert list(csv.reader(io.StringIO(text))) == [
        ["one", "two", "three"],
        ["a,b", 'say "no"', "a;=1"],
        ["1", "", "x"],
    ]
    assert '"a;=1"' in text


def test_the_answer_is_written_while_it_is_read():
    taken = []

    def rows():
        for number in range(3):
            taken.append(number)
            yield (number,)

    response = csv_response('who "is" it\r\n.csv', ("n",), rows())

    assert response.streaming
    assert taken == []
    assert "\n" not in response["Content-Disposition"]
    assert response.getvalue().count(b"\r\n") == 4

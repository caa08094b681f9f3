"""Each exit's quoting, shown to those who read it: bash, Terraform, YAML; and Markdown's signs."""

import subprocess
from datetime import UTC, datetime

import pytest
import yaml as yaml_reader
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migrations_plan.artefacts import quoting
from migrations_plan.artefacts.artefact import TEXT, artefact, file_stamp, instant
from migrations_plan.artefacts.quoting import QuotingError
from tests.terraform_checks import evaluated

ANY = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
SIGNS = st.text("-'\"\\`$(){}%!#&|;<>*?[]~= \n\té\N{RIGHT-TO-LEFT OVERRIDE}ab", max_size=12)
SLOWLY = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
MOST = st.lists(st.one_of(ANY, SIGNS), min_size=20, max_size=60)


@SLOWLY
@given(MOST)
def test_bash_takes_every_text_as_one_word(texts):
    words = " ".join(quoting.sh(text) for text in texts)
    script = f"printf '%s\\0' {words}\n".encode()

    done = subprocess.run(["bash"], input=script, capture_output=True, check=True)

    assert done.stdout.decode().split("\0")[:-1] == texts


@SLOWLY
@given(MOST)
def test_terraform_takes_every_text_as_it_is(tmp_path, texts):
    assert evaluated("[" + ", ".join(quoting.hcl(text) for text in texts) + "]", tmp_path) == texts


@given(st.one_of(ANY, SIGNS))
def test_yaml_takes_every_text_as_it_is(text):
    assert yaml_reader.safe_load(f"a: {quoting.yaml(text)}\nb: 1\n") == {"a": text, "b": 1}


@given(st.one_of(ANY, SIGNS))
def test_words_in_markdown_stay_on_their_line_and_make_no_markup(text):
    said = quoting.md(text)

    assert "\n" not in said
    assert "<" not in said
    assert ">" not in said
    for at, sign in enumerate(said):
        if sign in "`*_[]()#!|~:":
            assert said[at - 1] == "\\" or (sign == "#" and said[at - 1] == "&")


@given(st.one_of(ANY, SIGNS))
def test_a_code_span_of_markdown_ends_where_it_should(text):
    said = quoting.md_code(text)
    fence = said[: len(said) - len(said.lstrip("`"))]

    assert "\n" not in said
    assert said.endswith(fence)
    assert fence not in said[len(fence) : -len(fence)]


@given(st.one_of(ANY, SIGNS))
def test_a_block_of_markdown_ends_where_it_should(text):
    lines = quoting.md_block(f"a\n{text}\n```\nb", "sh").splitlines()

    assert lines[0].startswith("````")
    fence = lines[0].removesuffix("sh")
    assert [line for line in lines[1:] if line.startswith(fence)] == [lines[-1]]


@given(st.one_of(ANY, SIGNS))
def test_a_comment_is_one_line(text):
    assert len(f"# {quoting.comment_text(text)} end".splitlines()) == 1


def test_an_option_keeps_its_dash():
    assert quoting.sh_option("user-name", "-rf") == "'--user-name=-rf'"


def test_what_an_exit_cannot_hold_is_refused():
    with pytest.raises(QuotingError):
        quoting.sh("a\0b")
    with pytest.raises(QuotingError):
        quoting.hcl("\ud800")


def test_a_time_is_utc_to_the_second_or_refused():
    moment = datetime(2026, 11, 30, 22, 0, 0, 999, tzinfo=UTC)

    assert instant(moment) == "2026-11-30T22:00:00Z"
    assert file_stamp(moment) == "20261130T220000Z"
    with pytest.raises(ValueError, match="time zone"):
        instant(datetime(2026, 11, 30))  # noqa: DTZ001


def test_the_sum_is_that_of_the_text():
    made = artefact("a.txt", TEXT, "abc", datetime(2026, 11, 30, tzinfo=UTC))

    assert made.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

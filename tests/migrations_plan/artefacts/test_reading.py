"""Markdown of ours becomes blocks and a page of HTML; names from outside stay text in both."""

from datetime import UTC, datetime

import pytest

from migrations_plan.artefacts.artefact import markdown
from migrations_plan.artefacts.quoting import md, md_block, md_code
from migrations_plan.artefacts.reading import blocks, page_html

AT = datetime(2026, 11, 30, 22, tzinfo=UTC)
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "a`b``c`d",
    "*bold* _it_ [x](javascript:1)",
    "- item\n# heading",
    "${file}",
    "& &lt; \\",
    " spaced ",
)


def words(text):
    return ["".join(part for _, part in one.spans) for one in blocks(text)]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_in_a_sentence_or_as_code_reads_as_it_is(name):
    seen = name.replace("\n", "\N{REPLACEMENT CHARACTER}")

    assert words(f"who: {md(name)}.") == [f"who: {seen}.".strip()]
    assert ("code", seen) in blocks(f"open {md_code(name)} now")[0].spans


@pytest.mark.parametrize("name", HOSTILE)
def test_html_holds_no_markup_of_a_name(name):
    page = page_html(markdown("a.md", md(name), f"\n- {md(name)}\n{md_block(name, 'json')}", AT))

    for sign in ("<script", "<img", "<a "):
        assert sign not in page.text


def test_headings_lists_and_code_are_told_apart():
    found = blocks(
        "# One\n\nFirst line\nsecond.\n\n1. do *this*\n   and that\n   - deep\n\n"
        "```json\n{}\n```\n## Two"
    )

    assert [one.kind for one in found] == ["h1", "p", "item", "item", "code", "h2"]
    assert found[2].spans == (("text", "do "), ("em", "this"), ("text", " and that"))
    assert (found[2].mark, found[3].depth) == ("1.", 1)


def test_the_page_says_of_when_it_is_and_names_the_sum_of_the_markdown():
    source = markdown("runbook.md", "Title", "\ntext\n", AT)
    page = page_html(source)

    assert page.name == "runbook.html"
    assert source.sha256 in page.text
    assert "2026-11-30T22:00:00Z" in page.text

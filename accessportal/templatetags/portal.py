"""Presentation only: times, verdicts, unknowns, ids, links of lists."""

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django import template
from django.core.paginator import Page
from django.template import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accessportal.web.lists import with_query

register = template.Library()

GROUP_WAY = re.compile(r"group:(?P<group>.+?):(?P<policy>(?:arn|inline):.+)", re.DOTALL)
MINUTE, HOUR, DAY = 60, 3600, 86400
OLD_DAYS, VERY_OLD_DAYS = 90, 365
# word -> kind. The kind decides shape and colour; a word that nobody listed is drawn as unknown.
STATE_KINDS = {
    **dict.fromkeys(("fresh", "ready", "complete", "met", "retired", "done", "whole"), "good"),
    "finished": "good",
    **dict.fromkeys(("stale", "partial", "throttled", "regressed", "waived", "old"), "warn"),
    "late": "warn",
    **dict.fromkeys(("blocked", "denied", "failed", "lost", "departed", "given up", "bad"), "bad"),
    **dict.fromkeys(("running", "queued", "mapped", "assigned", "parallel", "workload"), "note"),
    "open": "note",
    **dict.fromkeys(("gone", "disabled", "inactive", "Inactive", "exception"), "off"),
    **dict.fromkeys(("paused", "cancelled"), "off"),
    **dict.fromkeys(("unknown", "unsupported", "unmapped", "never read"), "unknown"),
}
KINDS = ("good", "warn", "bad", "note", "off", "unknown")
SELECTED = {True: format_html("{}", " selected"), False: format_html("{}", "")}


def _badge(kind: str, word: object, title: object = "") -> SafeString:
    return _badge_of(kind, _text(word), _text(title or ""))


def _text(value: object) -> str:
    return value if isinstance(value, str) else str(value)


# Pages show the same badges, times and options again and again, and escaping is a good part of what
# a page costs. typed: text that is markup already is never taken for the same text that is not.
@lru_cache(maxsize=4096, typed=True)
def _badge_of(kind: str, word: str, title: str) -> SafeString:
    return format_html(
        '<span class="state state-{}"{}><span class="shape" aria-hidden="true"></span>{}</span>',
        kind,
        format_html(' title="{}"', title) if title else "",
        word,
    )


@register.simple_tag
def state_badge(word: object, text: object = "", title: object = "", kind: str = "") -> SafeString:
    """A verdict as word, shape and colour together. kind overrides what the word says."""
    found = kind if kind in KINDS else STATE_KINDS.get(str(word), "unknown")
    return _badge(found, text or word, title)


@register.simple_tag
def unknown(reason: object = "") -> SafeString:
    """The hatched badge of what nobody knows."""
    return _badge("unknown", "unknown", reason)


@register.filter
def or_unknown(value: object, reason: object = "") -> object:
    """None is drawn as unknown, never as empty; true and false are yes and no."""
    if value is None:
        return _badge("unknown", "unknown", reason)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value


@register.simple_tag
def claim(
    value: bool | None,
    yes: str = "yes",
    no: str = "no",
    *,
    bad: str = "",
    kind: str = "bad",
    reason: str = "",
) -> object:
    """yes, no or unknown. bad ('yes' or 'no') names the answer that wants attention, kind how."""
    if value is None:
        return _badge("unknown", "unknown", reason)
    word = yes if value else no
    return _badge(kind, word) if bad == ("yes" if value else "no") else word


@register.filter
def nothing_is_none(value: object) -> object:
    """A look-up that found nothing gives '' in a template; here that is None, so unknown."""
    return None if value == "" else value


@register.filter
def thousands(value: int | None) -> str:
    """1204 as 1,204; nothing for None, which the template must have drawn as unknown."""
    return "" if value is None else f"{value:,}"


@register.filter
def minus(value: int, other: int) -> int:
    """Subtraction, never below zero."""
    return max(value - other, 0)


def since(value: datetime, now: datetime) -> str:
    """'3 hours ago', 'in 2 days', 'just now'."""
    seconds = int((now - value).total_seconds())
    size = abs(seconds)
    if size < MINUTE:
        return "just now"
    unit, name = next(
        (unit, name)
        for unit, name in ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute"))
        if size >= unit
    )
    words = f"{size // unit} {name}{'' if size // unit == 1 else 's'}"
    return f"{words} ago" if seconds > 0 else f"in {words}"


@lru_cache(maxsize=4096, typed=True)
def _time(value: datetime, text: str) -> SafeString:
    exact = value.astimezone(UTC)
    return format_html(
        '<time datetime="{}" title="{} UTC">{}</time>',
        exact.strftime("%Y-%m-%dT%H:%M:%SZ"),
        exact.strftime("%Y-%m-%d %H:%M:%S"),
        text,
    )


@register.simple_tag(takes_context=True)
def ago(context: Context, value: datetime | None, none: str = "") -> SafeString:
    """Relative to the page's `now`, exact on hover. None is unknown unless `none` says what it
    means (for example 'never')."""
    if value is None:
        return (
            format_html('<span class="quiet">{}</span>', none)
            if none
            else _badge("unknown", "unknown")
        )
    return _time(value, since(value, context["now"]))


@register.filter
def utc(value: datetime | None) -> SafeString:
    """2026-11-22 03:05 UTC, with seconds on hover; None is unknown."""
    if value is None:
        return _badge("unknown", "unknown")
    return _time(value, value.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC"))


@register.simple_tag(takes_context=True)
def age_badge(context: Context, value: datetime | None) -> SafeString:
    """Age in days: past 90 it wants attention, past 365 it is bad. None is unknown."""
    if value is None:
        return _badge("unknown", "unknown")
    days = (context["now"] - value).days
    text = _time(value, f"{days} day{'' if days == 1 else 's'}")
    return text if days <= OLD_DAYS else _badge("warn" if days <= VERY_OLD_DAYS else "bad", text)


@register.filter
def admin_way(how: str) -> str:
    """'direct:ARN', 'inline:NAME', 'group:NAME:ARN' and 'group:NAME:inline:NAME' in words."""
    found = GROUP_WAY.fullmatch(how)
    if found:
        return f"group {found['group']}: {_policy_name(found['policy'])}"
    kind, _, policy = how.partition(":")
    return f"{'own policy' if kind == 'inline' else 'attached'} {_policy_name(policy)}"


def _policy_name(text: str) -> str:
    return text.removeprefix("inline:") if not text.startswith("arn:") else text.rsplit("/", 1)[-1]


@register.filter
def days_since(value: datetime | None, now: datetime) -> int | None:
    """Whole days; None when the instant is not known."""
    return None if value is None else (now - value).days


@register.filter
def copyable(value: object, name: str = "") -> SafeString:
    """An id in monospace with a copy button, which portal.js shows when it can copy."""
    return format_html(
        '<span class="id"><code>{0}</code><button type="button" class="copy" hidden '
        'data-copy="{0}" aria-label="Copy {1}"></button></span>',
        value,
        name or value,
    )


@register.filter
def pretty_json(value: object) -> str:
    """Indented JSON as plain text; the template escapes it."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)


@register.filter
def short_json(value: object) -> str:
    """One line of JSON for a table cell; nothing is an empty cell."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


@register.filter
def report_fields(row: Any) -> list[tuple[str, object]]:
    """The columns of a credential report row in AWS's order and words. Where AWS wrote a word
    instead of a value (N/A, no_information), that word; where it wrote nothing, unknown."""
    hidden = {"id", "run", "account", "user", "digest", "words", "extra", "arn", "gone_at"}
    hidden |= {"first_seen_at", "observed_at", "changed_at", "user_name"}
    found = []
    for field in row._meta.concrete_fields:
        if field.name not in hidden:
            value = getattr(row, field.name)
            words = row.words.get(field.name) or row.words.get(field.name.removesuffix("_at"))
            shown = utc(value) if isinstance(value, datetime) else or_unknown(value)
            name = field.name.removesuffix("_at")
            found.append((name, words if value is None and words else shown))
    return found + sorted(row.extra.items())


@register.filter
def environment_badge(word: str) -> SafeString:
    """What an account is for; unknown is drawn as unknown, because it counts as production."""
    if word == "unknown":
        return _badge("unknown", "env unknown", "nobody knows what it is for: counts as production")
    return format_html('<span class="env env-{0}">{0}</span>', word)


@register.inclusion_tag("_parts/sort.html", takes_context=True)
def sort_header(context: Context, key: str, title: str, numeric: bool = False) -> dict[str, Any]:
    """A column title that sorts. Needs `sort` (paging.sort_of) and `list_id` (the swap target)."""
    sort = context.get("sort", "")
    down = sort == f"-{key}"
    up = sort == key
    return {
        "request": context["request"],
        "title": title,
        "numeric": numeric,
        "target": context.get("list_id", ""),
        "next_sort": f"-{key}" if up else key,
        "aria": "ascending" if up else "descending" if down else "none",
    }


@register.inclusion_tag("_parts/pager.html", takes_context=True)
def pages(context: Context, page: Page[Any], name: str = "page", at: str = "") -> dict[str, Any]:
    """Links to the other pages of a list, which keep the rest of the address. A second list on a
    page has another name in the address, and `at`, the id of its heading, instead of a swap."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    anchor = f"#{at}" if at else ""
    return {
        "page": page,
        "target": "" if at else context.get("list_id", ""),
        # None stands for pages that are left out.
        "links": [
            (number, _page_address(context, name, number) + anchor)
            if isinstance(number, int)
            else (None, "")
            for number in numbers
        ],
    }


def _page_address(context: Context, name: str, number: int) -> str:
    return with_query(context["request"], **{name: str(number), "format": None})


@register.simple_tag
def option(value: object, chosen: object, title: object) -> SafeString:
    """One <option> of a filter."""
    return options([(value, title)], chosen)


@register.simple_tag
def options(pairs: Iterable[tuple[object, object]], chosen: object) -> SafeString:
    """An <option> for each (value, title), in one go: there may be hundreds."""
    word = str(chosen)
    made = [_option(_text(value), str(value) == word, _text(title)) for value, title in pairs]
    return format_html_join("", "{}", ((one,) for one in made))


@lru_cache(maxsize=4096, typed=True)
def _option(value: str, selected: bool, title: str) -> SafeString:
    return format_html('<option value="{}"{}>{}</option>', value, SELECTED[selected], title)

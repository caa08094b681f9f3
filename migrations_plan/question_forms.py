"""The what-if form -> a question, or what is wrong with it. Everything is bounded, because a form
comes from anywhere, and what it holds is kept as JSON."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from django.http import QueryDict
from django.utils.dateparse import parse_date

from inventory.models import AwsAccount, IdentityStoreGroup, PermissionSet
from migrations_plan.gather.what_if import collected_documents
from migrations_plan.models import Person
from migrations_plan.policy.documents import PolicyError, parse_policy
from migrations_plan.policy.managed import AWS_MANAGED, managed_document, managed_policies
from migrations_plan.questions import Grant, Question, SetEdit

MOST_SETS, MOST_GRANTS, MOST_PEOPLE = 10, 30, 500
# AWS takes 32,768 characters for a permission set's own policy.
MOST_INLINE, MOST_TEXT, MOST_NAME = 32_768, 40_000, 120
MOST_DEPTH = 32
BACK, AHEAD = timedelta(days=90), timedelta(days=366)
ALL, CHOSEN = "all", "chosen"
KEEP, REPLACE, REMOVE = "keep", "replace", "remove"
SET_FIELDS = ("set", "attach", "detach", "inline", "inline_do")
GRANT_FIELDS = ("do", "set", "account", "who")


@dataclass(slots=True)
class Draft:
    """What somebody has typed, as the form shows it again. problems: one sentence each."""

    name: str = ""
    whom: str = ALL
    emails: str = ""
    date: str = ""
    sets: list[dict[str, str]] = field(default_factory=list)
    grants: list[dict[str, str]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


class Problem(ValueError):
    """str() is one sentence for whoever filled in the form."""


def draft_of(data: QueryDict, now: datetime) -> Draft:
    """As typed, cut to size. Blocks are numbered from 0; empty ones are left out."""
    return Draft(
        name=_text(data, "name", MOST_NAME),
        whom=CHOSEN if data.get("whom") == CHOSEN else ALL,
        emails=_text(data, "emails", MOST_TEXT),
        date=_text(data, "date", 10) or now.date().isoformat(),
        sets=list(_blocks(data, "set", SET_FIELDS, MOST_SETS)),
        grants=list(_blocks(data, "grant", GRANT_FIELDS, MOST_GRANTS)),
    )


def _text(data: QueryDict, name: str, most: int) -> str:
    return str(data.get(name, "")).replace("\0", "").strip()[:most]


def _blocks(
    data: QueryDict, prefix: str, names: Iterable[str], most: int
) -> Iterator[dict[str, str]]:
    for number in range(most):
        # One more than is allowed stays visible, so that it can be refused instead of cut.
        found = {name: _text(data, f"{prefix}-{number}-{name}", MOST_TEXT) for name in names}
        if any(value for name, value in found.items() if name not in ("do", "inline_do")):
            yield found


def draft_from(question: Question, name: str) -> Draft:
    """A kept question, to be changed."""
    people = Person.objects.filter(pk__in=question.people or ()).values_list("email", flat=True)
    return Draft(
        name=name,
        whom=ALL if question.people is None else CHOSEN,
        emails="\n".join(people),
        date=question.date.isoformat(),
        sets=[
            {
                "set": one.name,
                "attach": "\n".join(one.attach),
                "detach": "\n".join(one.detach),
                "inline": msgspec.json.format(msgspec.json.encode(one.inline), indent=2).decode()
                if one.inline
                else "",
                "inline_do": KEEP if one.inline is None else REPLACE if one.inline else REMOVE,
            }
            for one in question.sets
        ],
        grants=[
            {
                "do": "add" if one.add else "remove",
                "set": one.name,
                "account": one.account_id,
                "who": one.who,
            }
            for one in question.grants
        ],
    )


def question_in(draft: Draft, now: datetime) -> Question | None:
    """The question, or None with the draft's problems said. A fixed number of queries."""
    sets = {one.name: one for one in PermissionSet.objects.present()}
    people = _attempt(draft, lambda: _people(draft))
    day = _attempt(draft, lambda: _date(draft.date, now))
    edits = [_attempt(draft, lambda raw=raw: _set_edit(raw, sets)) for raw in draft.sets]
    names = [one["set"] for one in draft.sets]
    if len(set(names)) < len(names):
        draft.problems.append("Please change each permission set in one block only.")
    grants = _grants(draft, sets)
    if draft.problems or day is None:
        return None
    return Question(people, day, tuple(edits), tuple(grants))


def _attempt(draft: Draft, make: Any) -> Any:
    try:
        return make()
    except Problem as problem:
        draft.problems.append(str(problem))
        return None


def _people(draft: Draft) -> tuple[int, ...] | None:
    if draft.whom == ALL:
        return None
    wanted = {line.strip().lower() for line in draft.emails.replace(",", "\n").splitlines()} - {""}
    if not wanted:
        raise Problem("Please name at least one person, or choose everybody.")
    if len(wanted) > MOST_PEOPLE:
        raise Problem(f"Please name {MOST_PEOPLE} people at most, or choose everybody.")
    rows = Person.objects.filter(email__in=wanted).order_by("pk").values_list("pk", "email")
    found = list(rows)
    missing = wanted - {email for _, email in found}
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise Problem(f"Nobody with the address {min(missing)}{more} is known.")
    return tuple(pk for pk, _ in found)


def _date(text: str, now: datetime) -> date:
    try:
        found = parse_date(text)
    except ValueError:
        found = None
    today = now.date()
    if found is None:
        raise Problem("Please give the date of the cutover, as 2026-11-22.")
    if not today - BACK <= found <= today + AHEAD:
        raise Problem(
            f"Please give a date from {today - BACK} to {today + AHEAD}: calls are kept no longer, "
            "and nobody knows more of the future."
        )
    return found


def _set_edit(raw: Mapping[str, str], sets: Mapping[str, PermissionSet]) -> SetEdit:
    one = _known_set(raw["set"], sets)
    attach = tuple(dict.fromkeys(_arn(name) for name in _lines(raw["attach"])))
    detach = tuple(dict.fromkeys(_detached(name, one) for name in _lines(raw["detach"])))
    collected = collected_documents(attach)
    for arn in attach:
        if managed_document(arn, collected) is None:
            raise Problem(f"No policy of AWS with the name {_short(arn)} is known.")
    inline: dict[str, Any] | None = None
    if raw["inline_do"] == REMOVE:
        inline = {}
    elif raw["inline_do"] == REPLACE:
        inline = inline_document(raw["inline"], one.name)
    return SetEdit(one.arn, one.name, attach, detach, inline)


def _known_set(name: str, sets: Mapping[str, PermissionSet]) -> PermissionSet:
    if name not in sets:
        raise Problem(f"There is no permission set with the name {_short(name)}.")
    return sets[name]


def _lines(text: str) -> list[str]:
    return [line for line in (raw.strip() for raw in text.replace(",", "\n").splitlines()) if line]


def _arn(text: str) -> str:
    """The ARN of a policy that AWS manages, by its ARN, its path and name, or its name alone."""
    if AWS_MANAGED.fullmatch(text):
        return text
    if text.startswith("arn:"):
        raise Problem(f"{_short(text)} is no policy that AWS manages.")
    known = managed_policies().policies
    named = [path for path in known if path == text or path.rpartition("/")[2] == text]
    if len(named) != 1:
        raise Problem(f"No policy of AWS with the name {_short(text)} is known.")
    return f"arn:aws:iam::aws:policy/{named[0]}"


def _detached(text: str, one: PermissionSet) -> str:
    """One of the policies that the set has."""
    for arn in one.managed_policies or ():
        if text in (arn, arn.rpartition("/")[2]):
            return str(arn)
    raise Problem(f"{one.name} has no policy with the name {_short(text)}.")


def inline_document(text: str, name: str) -> dict[str, Any]:
    """A policy document that was typed. Strict JSON, bounded, and a policy."""
    where = f"The policy for {name}"
    if len(text) > MOST_INLINE:
        raise Problem(f"{where} has more than {MOST_INLINE:,} characters, which AWS refuses.")
    try:
        document: Any = msgspec.json.decode(text)
        _bounded(document, MOST_DEPTH)
        parse_policy(document, name=where)
    except PolicyError as problem:
        raise Problem(f"{problem}.") from None
    except (msgspec.DecodeError, RecursionError, UnicodeError, ValueError) as problem:
        raise Problem(f"{where} is no JSON: {_short(str(problem))}.") from None
    found: dict[str, Any] = document
    return found


def _bounded(value: Any, depth: int) -> None:
    """No NUL, which PostgreSQL keeps in no JSON, and no nesting that no policy has."""
    if depth < 0:
        raise ValueError("it is nested too deeply")
    if isinstance(value, str) and "\0" in value:
        raise ValueError("it holds the character NUL")
    if isinstance(value, dict):
        for key, inner in value.items():
            _bounded(key, depth)
            _bounded(inner, depth - 1)
    elif isinstance(value, list):
        for inner in value:
            _bounded(inner, depth - 1)


def _grants(draft: Draft, sets: Mapping[str, PermissionSet]) -> list[Grant]:
    if not draft.grants:
        return []
    accounts = dict(AwsAccount.objects.present().values_list("account_id", "name"))
    wanted = {one["who"] for one in draft.grants}
    groups = IdentityStoreGroup.objects.present().filter(display_name__in=wanted)
    by_name: dict[str, list[str]] = {}
    for name, key in groups.order_by("group_id").values_list("display_name", "group_id"):
        by_name.setdefault(name, []).append(key)
    people = Person.objects.filter(email__in={who.lower() for who in wanted}).order_by("-pk")
    persons = dict(people.values_list("email", "pk"))
    found = []
    for raw in draft.grants:
        made = _attempt(draft, lambda raw=raw: _grant(raw, sets, accounts, by_name, persons))
        found += [made] if made else []
    return found


def _grant(
    raw: Mapping[str, str],
    sets: Mapping[str, PermissionSet],
    accounts: Mapping[str, str],
    groups: Mapping[str, list[str]],
    persons: Mapping[str, int],
) -> Grant:
    one = _known_set(raw["set"], sets)
    named = [key for key, name in accounts.items() if raw["account"] in (key, name)]
    if len(named) != 1 or not raw["account"]:
        raise Problem(f"There is no account {_short(raw['account'])}; please give its number.")
    who, add = raw["who"], raw["do"] != "remove"
    if who.lower() in persons:
        return Grant(add, named[0], one.arn, one.name, who, person_id=persons[who.lower()])
    if len(groups.get(who, ())) == 1:
        return Grant(add, named[0], one.arn, one.name, who, group_id=groups[who][0])
    many = "several groups have" if who in groups else "nobody and no group has"
    raise Problem(f"Whom {one.name} is for is not clear: {many} the name {_short(who)}.")


def _short(text: str) -> str:
    return f"“{text[:80]}…”" if len(text) > 80 else f"“{text}”"

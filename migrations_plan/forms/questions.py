"""The what-if form -> a question, or what is wrong with it. Everything is bounded, because a form
comes from anywhere, and what it holds is kept as JSON."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.http import QueryDict
from django.utils.dateparse import parse_date

from inventory.models import AwsAccount, IdentityStoreGroup
from migrations_plan.forms.question_sets import (
    SET_CHOICES,
    SET_FIELDS,
    Known,
    Problem,
    look_up,
    set_edit,
    short,
    typed_set,
)
from migrations_plan.models import Person
from migrations_plan.questions import Grant, Question

MOST_SETS, MOST_GRANTS, MOST_PEOPLE = 10, 30, 500
MOST_TEXT, MOST_NAME = 40_000, 120
BACK, AHEAD = timedelta(days=90), timedelta(days=366)
ALL, CHOSEN = "all", "chosen"
GRANT_FIELDS = ("do", "set", "account", "who")
# What a block has even where nobody typed anything.
CHOICES = ("do", *SET_CHOICES)


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
        if any(value for name, value in found.items() if name not in CHOICES):
            yield found


def draft_from(question: Question, name: str) -> Draft:
    """A kept question, to be changed."""
    people = Person.objects.filter(pk__in=question.people or ()).values_list("email", flat=True)
    return Draft(
        name=name,
        whom=ALL if question.people is None else CHOSEN,
        emails="\n".join(people),
        date=question.date.isoformat(),
        sets=[typed_set(one) for one in question.sets],
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
    known = look_up(draft.sets)
    people = _attempt(draft, lambda: _people(draft))
    day = _attempt(draft, lambda: _date(draft.date, now))
    edits = [_attempt(draft, lambda raw=raw: set_edit(raw, known)) for raw in draft.sets]
    names = [one["set"] for one in draft.sets]
    if len(set(names)) < len(names):
        draft.problems.append("Please change each permission set in one block only.")
    grants = _grants(draft, known)
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


def _grants(draft: Draft, known: Known) -> list[Grant]:
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
        made = _attempt(draft, lambda raw=raw: _grant(raw, known, accounts, by_name, persons))
        found += [made] if made else []
    return found


def _grant(
    raw: Mapping[str, str],
    known: Known,
    accounts: Mapping[str, str],
    groups: Mapping[str, list[str]],
    persons: Mapping[str, int],
) -> Grant:
    one = known.set(raw["set"])
    named = [key for key, name in accounts.items() if raw["account"] in (key, name)]
    if len(named) != 1 or not raw["account"]:
        raise Problem(f"There is no account {short(raw['account'])}; please give its number.")
    who, add = raw["who"], raw["do"] != "remove"
    if who.lower() in persons:
        return Grant(add, named[0], one.arn, one.name, who, person_id=persons[who.lower()])
    if len(groups.get(who, ())) == 1:
        return Grant(add, named[0], one.arn, one.name, who, group_id=groups[who][0])
    many = "several groups have" if who in groups else "nobody and no group has"
    raise Problem(f"Whom {one.name} is for is not clear: {many} the name {short(who)}.")

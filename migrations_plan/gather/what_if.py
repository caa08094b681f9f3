"""Rows and a question -> what each person would meet, and which programs would stop.

Access as it would be is access as it is with the question's changes: sets are changed on copies,
grants one by one, so that whoever has a set through two ways keeps it when one is taken away.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Max, Sum

from inventory.cloudtrail.records import Path
from inventory.models import ActorDay, IamPolicy, IamUser, PermissionSet
from migrations_plan.gather import forecast as forecasts
from migrations_plan.gather.access import Shelf, customer_documents
from migrations_plan.gather.control_people import kinds_of
from migrations_plan.gather.forecast import Gathered, Subject, Window
from migrations_plan.gather.reach import NOTHING, Reach, reach_of
from migrations_plan.models import IdentityClass, IdentityKind, Person, thresholds
from migrations_plan.policy.access import AccountAccess
from migrations_plan.policy.what_if import Cut
from migrations_plan.questions import Grant, Question, SetEdit, is_customers

PROGRAMS = (IdentityKind.WORKLOAD, IdentityKind.MIXED, IdentityKind.UNKNOWN)
NO_CLASS = "without a class"
MOST_LOOK_BACK = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Program:
    """An IAM user, or one of its keys, that is cut over and that a program uses, or may. kind: its
    class; calls: over the old path on the days looked at."""

    person_id: int
    user_arn: str
    access_key_id: str
    kind: str
    calls: int
    last_at: datetime | None
    iam_user: int | None


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything a question's answer stands on. facts: a digest of it."""

    people: Mapping[int, Person]
    cuts: Sequence[Cut]
    programs: Sequence[Program]
    days: Window
    facts: str


def scene(question: Question, now: datetime) -> Scene:
    """A fixed number of queries, whatever is asked."""
    days = days_of(question.date, now)
    everybody, of = forecasts.subjects(days.first, days.last)
    chosen = _chosen(question, everybody)
    people = Person.objects.in_bulk(list(chosen))
    subjects = {pk: one for pk, one in chosen.items() if pk in people}
    gathered = forecasts.gather(now, days, subjects, of, everybody=False)
    reaches = reach_of({one.user_id for one in subjects.values() if one.user_id})
    changed = _changed(gathered, question, subjects, reaches)
    cuts = []
    for pk, one in sorted(subjects.items()):
        inputs = gathered.inputs(one)
        cuts.append(
            Cut(
                person_id=pk,
                calls=inputs.calls,
                now=inputs.live,
                then=changed.inputs(replace(one, user_id=_key(one))).live,
                caller=inputs.caller,
                why=gathered.doubts(one)[0],
                gone=_gone(people[pk], question.date),
            )
        )
    programs = _programs(subjects.values(), days, now)
    return Scene(people, cuts, programs, days, _digest(cuts, programs, days))


def days_of(day: date, now: datetime) -> Window:
    """The calls that are looked at. For a cutover today or later: those of the usual window. For
    one in the past: those made since, which is what would have been met."""
    usual = forecasts.window(now, thresholds().window_days)
    if day >= usual.last:
        return usual
    return replace(usual, first=max(day, usual.last - MOST_LOOK_BACK))


def _chosen(question: Question, everybody: Mapping[int, Subject]) -> dict[int, Subject]:
    if question.people is None:
        return {pk: one for pk, one in everybody.items() if one.arns}
    return {pk: everybody[pk] for pk in question.people if pk in everybody}


def _gone(person: Person, day: date) -> str:
    """How somebody has left by then; ''."""
    left = person.left_on or ""
    return f"Left on {left}." if left and left <= day.isoformat() else ""


def _key(one: Subject) -> str:
    """Somebody without an Identity Center user may be given access as well."""
    return one.user_id or f"person {one.person_id}"


def _changed(
    gathered: Gathered,
    question: Question,
    subjects: Mapping[int, Subject],
    reaches: Mapping[str, Reach],
) -> Gathered:
    grants = {
        _key(one): _granted(one, reaches.get(one.user_id, NOTHING), question.grants)
        for one in subjects.values()
    }
    return replace(gathered, shelf=_edited(gathered.shelf, question.sets), grants=grants, _same={})


def _granted(one: Subject, reach: Reach, edits: Sequence[Grant]) -> dict[str, set[str]]:
    """By account, the sets somebody would have."""
    groups = set(reach.group_ids)
    have = {(grant.account_id, grant.permission_set_arn, grant.group_id) for grant in reach.grants}
    for edit in edits:
        mine = edit.group_id in groups if edit.group_id else edit.person_id == one.person_id
        if mine:
            grant = (edit.account_id, edit.arn, edit.group_id or None)
            have = have | {grant} if edit.add else have - {grant}
    found: dict[str, set[str]] = defaultdict(set)
    for account_id, arn, _ in have:
        found[account_id].add(arn)
    return found


def _edited(shelf: Shelf, edits: Sequence[SetEdit]) -> Shelf:
    """The same shelf with changed copies of some sets. Guardrails stay the very same objects."""
    if not edits:
        return shelf
    sets = dict(shelf.sets)
    for edit in edits:
        if edit.arn in sets:
            sets[edit.arn] = _edited_set(sets[edit.arn], edit)
    named = {one for edit in edits for one in (*edit.attach, edit.boundary) if one}
    managed = collected_documents({one for one in named if not is_customers(one)})
    customer = customer_documents({one.rpartition("/")[2] for one in named if is_customers(one)})
    return replace(
        shelf,
        sets=sets,
        managed={**managed, **shelf.managed},
        customer={**customer, **shelf.customer},
        _sets={},
        _papers={},
    )


def _edited_set(one: PermissionSet, edit: SetEdit) -> PermissionSet:
    """What was not read stays unknown, whatever is added to it."""
    changed = copy(one)
    attached = [name for name in edit.attach if not is_customers(name)]
    changed.managed_policies = _with(one.managed_policies, attached, edit.detach)
    attached = [name for name in edit.attach if is_customers(name)]
    changed.customer_managed_policies = _with(one.customer_managed_policies, attached, edit.detach)
    if edit.inline is not None:
        changed.inline_policy = edit.inline or None
    if edit.boundary is not None:
        changed.permissions_boundary = _boundary(edit.boundary)
    return changed


def _with(
    listed: list[str] | None, attach: Sequence[str], detach: Collection[str]
) -> list[str] | None:
    if listed is None:
        return None
    kept = [name for name in listed if name not in detach]
    return kept + [name for name in attach if name not in kept]


def _boundary(named: str) -> dict[str, Any] | None:
    """As AWS tells it."""
    if not named:
        return None
    if not is_customers(named):
        return {"ManagedPolicyArn": named}
    path, _, name = named.rpartition("/")
    return {"CustomerManagedPolicyReference": {"Name": name, "Path": f"{path}/"}}


def collected_documents(arns: Collection[str]) -> dict[str, Any]:
    """What accounts show of policies that AWS manages. Two queries at most."""
    if not arns:
        return {}
    known = IamPolicy.objects.present().filter(arn__in=arns, aws_managed=True)
    last = known.exclude(document=None).order_by().values("arn").annotate(last=Max("pk"))
    rows = IamPolicy.objects.filter(pk__in=[row["last"] for row in last])
    return dict(rows.values_list("arn", "document"))


def _programs(subjects: Iterable[Subject], days: Window, now: datetime) -> list[Program]:
    """IAM users and keys of these people that a program uses, or of which nobody knows. Four
    queries."""
    whose = {arn: one.person_id for one in subjects for arn in one.arns}
    kinds, keys = kinds_of(now), _key_kinds(whose, now)
    uses = _uses(whose, days)
    pages = dict(IamUser.objects.filter(arn__in=whose).values_list("arn", "pk"))
    found = []
    for arn, person_id in sorted(whose.items()):
        kind = kinds.get(arn, NO_CLASS)
        listed = [("", kind), *keys.get(arn, [])]
        for key, word in listed:
            if word not in PROGRAMS and word != NO_CLASS:
                continue
            calls, at = uses.get((arn, key), (0, None))
            found.append(Program(person_id, arn, key, word, calls, at, pages.get(arn)))
    return found


def _key_kinds(arns: Collection[str], now: datetime) -> dict[str, list[tuple[str, str]]]:
    rows = IdentityClass.objects.filter(user_arn__in=arns).exclude(access_key_id="")
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for arn, key, kind in rows.kinds(now):
        found[arn].append((key, kind))
    return found


def _uses(arns: Collection[str], days: Window) -> dict[tuple[str, str], tuple[int, datetime]]:
    """By user, and by user and key. One query."""
    rows: Any = ActorDay.objects.filter(
        actor__path=Path.OLD, actor__arn__in=arns, day__range=(days.first, days.last)
    )
    found: dict[tuple[str, str], tuple[int, datetime]] = {}
    sums = rows.order_by().values_list("actor__arn", "actor__access_key_id")
    for arn, key, calls, at in sums.annotate(calls=Sum("events"), at=Max("last_at")):
        for place in {(arn, ""), (arn, key)}:
            known = found.get(place, (0, at))
            found[place] = (known[0] + int(calls), max(known[1], at))
    return found


def _digest(cuts: Iterable[Cut], programs: Iterable[Program], days: Window) -> str:
    """Of everything the answer hangs on."""
    papers: dict[int, str] = {}
    whole = hashlib.sha256(repr(days).encode())
    for cut in cuts:
        calls = sorted(map(repr, cut.calls))
        access = [_access_text(side, papers) for side in (cut.now, cut.then)]
        caller = (sorted(cut.caller.own_arns), sorted(cut.caller.trusted))
        parts = (cut.person_id, cut.why, cut.gone, caller, access, calls)
        whole.update(repr(parts).encode())
    for program in programs:
        whole.update(repr(program).encode())
    return whole.hexdigest()


def _access_text(side: Mapping[str, AccountAccess], papers: dict[int, str]) -> list[Any]:
    """Documents by their digest: people share them."""
    return [
        (account_id, one.unread, [_paper(s, papers) for s in one.sets], _paper(one.scps, papers))
        for account_id, one in sorted(side.items())
    ]


def _paper(value: object, papers: dict[int, str]) -> str:
    # The objects live as long as the cuts, so no id is used twice.
    known = papers.get(id(value))
    if known is None:
        known = papers[id(value)] = hashlib.sha256(repr(value).encode()).hexdigest()
    return known

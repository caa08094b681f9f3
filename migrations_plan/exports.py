"""Export rows of people and of the journal: facts joined with decisions."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q

from inventory.codec import time_text
from inventory.usage import exports as usage
from migrations_plan.models import Finding, IamUserLink, JournalEntry, Person
from migrations_plan.people_then import PersonFacts, people_at
from migrations_plan.states_then import owned_and_states

Row = dict[str, Any]

PEOPLE = (
    "email",
    "name",
    "identity_center_user_id",
    "enabled",
    "left_on",
    "iam_users",
    "state",
)
JOURNAL = ("at", "actor", "action", "subject", "reason")
FINDINGS = ("rule", "subject", "verdict", "sentence", "since", "fact_times")
# Words of rosters for somebody who is not there any more.
LEFT_WORDS = frozenset(["left", "leaver", "departed", "terminated", "inactive", "former"])


def people(at: datetime | None, *, now: datetime) -> Iterator[Row]:
    """Everybody, by address and name; also whoever owns IAM users and is in no fact any more."""
    owned, states = owned_and_states(at, now)
    today = (at or now).date().isoformat()
    rows = []
    for person in people_at(at):
        # Taken out, so that of two persons with one address only the first has the links.
        arns = owned.pop(person.identity_center_user_id or "", []) + owned.pop(person.email, [])
        rows.append(_person_row(person, arns, today, states))
    rows += [_person_row(_only_linked(email), arns, today, states) for email, arns in owned.items()]
    yield from sorted(
        rows, key=lambda r: (r["email"] or "", r["name"], r["identity_center_user_id"] or "")
    )


def _only_linked(email: str) -> PersonFacts:
    return PersonFacts(
        email=email,
        name="",
        identity_center_user_id=None,
        enabled=None,
        left_on=None,
        status="",
    )


def _person_row(
    person: PersonFacts, arns: list[str], today: str, states: Mapping[str, str | None]
) -> Row:
    judged = states.get(person.identity_center_user_id or person.email)
    return {
        "email": person.email or None,
        "name": person.name,
        "identity_center_user_id": person.identity_center_user_id,
        "enabled": person.enabled,
        "left_on": person.left_on,
        "iam_users": sorted(arns),
        "state": "departed" if departed(person, today) else judged,
    }


def departed(person: PersonFacts, today: str) -> bool:
    """Disabled in the identity store, or left by the roster's date or word."""
    if person.left_on is not None:
        return person.left_on <= today or person.enabled is False
    return person.enabled is False or person.status.lower() in LEFT_WORDS


def access(between: Q) -> Iterator[Row]:
    """Session starts, with whose they were as decided now. Three queries."""
    people = Person.objects.exclude(identity_center_user_id=None)
    by_user = dict(people.values_list("identity_center_user_id", "email"))
    by_arn = dict(IamUserLink.objects.values_list("iam_user_arn", "person__email"))
    return usage.access(
        between, lambda user_id, arn: by_user.get(user_id) or by_arn.get(arn) or None
    )


def journal(at: datetime | None, *, between: Q | None = None) -> Iterator[Row]:
    """Every human decision, in the order of the journal."""
    found = JournalEntry.objects.filter(between or Q()).order_by("seq")
    if at is not None:
        found = found.filter(at__lte=at)
    for values in found.values_list(*JOURNAL).iterator(chunk_size=2000):
        yield dict(zip(JOURNAL, values, strict=True))


def findings(at: datetime | None, *, now: datetime) -> Iterator[Row]:
    """What stands now, or stood at an instant, by rule, subject and since; acknowledged ones too.

    verdict: open or unknown. fact_times: when each fact behind it was told, by the fact's name. For
    an earlier instant all three are null where they have changed since: only the last is kept.
    """
    found = Finding.objects.order_by("rule", "subject", "opened_at", "pk")
    if at is None:
        found = found.present()
    else:
        found = found.filter(opened_at__lte=at).filter(Q(closed_at=None) | Q(closed_at__gt=at))
    for one in found.iterator(chunk_size=2000):
        known = at is None or one.changed_at <= at
        yield {
            "rule": one.rule,
            "subject": one.subject,
            "verdict": _verdict(one, at or now) if known else None,
            "sentence": one.sentence if known else None,
            "since": one.opened_at,
            "fact_times": _fact_times(one, at),
        }


def _fact_times(one: Finding, at: datetime | None) -> dict[str, str | None] | None:
    times = {fact["name"]: fact["at"] for fact in one.facts}
    told_later = at is not None and max(filter(None, times.values()), default="") > time_text(at)
    return None if told_later else times


def _verdict(one: Finding, at: datetime) -> str:
    stale = one.stale_after is not None and one.stale_after <= at
    return "unknown" if stale else one.verdict

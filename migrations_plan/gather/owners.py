"""Whose each IAM user is, and whether that person is gone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from inventory.models import IdentityStoreUser, RosterPerson
from migrations_plan.exports import departed
from migrations_plan.gather.told import Reads
from migrations_plan.models import IamUserLink, Person
from migrations_plan.people_then import PersonFacts
from migrations_plan.rules.facts import Owner, Told, days

ROSTER = "Roster"


@dataclass(frozen=True, slots=True)
class Owned:
    """A confirmed owner as rules know them, and the person's primary key."""

    person_id: int
    owner: Owner


def owners(reads: Reads) -> Mapping[str, Owned]:
    """By ARN of the IAM user. Three queries."""
    enabled = dict(IdentityStoreUser.objects.present().values_list("user_id", "enabled"))
    roster = {line.email: line for line in RosterPerson.objects.present()}
    links = IamUserLink.objects.select_related("person")
    return {
        link.iam_user_arn: owned_by(link.person, enabled, roster.get(link.person.email), reads)
        for link in links
    }


def owned_by(
    person: Person, enabled: Mapping[str, bool | None], line: RosterPerson | None, reads: Reads
) -> Owned:
    """A person as owner. enabled: of identity store users, by id. line: theirs in the roster."""
    user_id = person.identity_center_user_id
    facts = PersonFacts(
        email=person.email,
        name=person.name,
        identity_center_user_id=user_id,
        enabled=enabled.get(user_id) if user_id else None,
        left_on=person.left_on,
        status=line.status if line else "",
    )
    today = reads.now.date()
    left = departed(facts, today.isoformat())
    by_roster = left and facts.enabled is not False
    store = reads.told("identity_store", "") if user_id else None
    paper = Told(ROSTER, line.observed_at if line else None, None)
    told = paper if by_roster or store is None else store
    return Owned(person.pk, Owner(str(person), left, how_left(facts, today) if left else "", told))


def how_left(person: PersonFacts, today: date) -> str:
    """How somebody who left is known to have left, as a clause."""
    try:
        ago = (today - date.fromisoformat(person.left_on or "")).days
    except ValueError:
        ago = -1
    if ago >= 0:
        return f"left on {person.left_on}, {days(ago)} ago"
    if person.enabled is False:
        return "is disabled in Identity Center"
    return f"has the status “{person.status}” in the roster"

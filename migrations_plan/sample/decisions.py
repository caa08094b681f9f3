"""Sign-ins and decisions of the demo. Never used outside of it."""

from datetime import datetime

from django.db import transaction

from inventory.models import IamUser
from migrations_plan.actions.links import link_iam_user
from migrations_plan.models import IamUserLink, Person, PortalUser, Role
from migrations_plan.people import sync_people
from migrations_plan.sample.identities import decide_about_identities

ROSTER = "roster.csv"
OWNER_TAGS = ("email", "Owner", "owner_email")
LEFT_OPEN = 4  # every so many-th
REASON = "The owner tag names this person's address (sample decision)."


@transaction.atomic
def make_sample_decisions(now: datetime) -> None:
    """One sign-in per role, owners confirmed where a tag names them, the engineer bound."""
    sync_people(now)
    lead = _sign_in("lead@example.com", Role.LEAD)
    _sign_in("auditor@example.com", Role.AUDITOR)
    engineer = _sign_in("engineer@example.com", Role.ENGINEER)
    _confirm_owners(lead, now)
    decide_about_identities(lead, now)
    if engineer.person_id is None:
        engineer.person = _somebody_with_both()
        engineer.save(update_fields=["person"])


def _sign_in(name: str, role: Role) -> PortalUser:
    user = PortalUser.objects.filter(username=name).first()
    if user is None:
        user = PortalUser.objects.create_user(name, role=role)
        user.sample = True
        user.save(update_fields=["sample"])
    return user


def _confirm_owners(lead: PortalUser, now: datetime) -> None:
    people = {person.email: person for person in Person.objects.exclude(email="")}
    linked = set(IamUserLink.objects.values_list("iam_user_arn", flat=True))
    tagged = [
        (user, person)
        for user in IamUser.objects.present().order_by("arn")
        if (person := people.get(_owner_tag(user))) is not None
    ]
    for number, (user, person) in enumerate(tagged):
        # Some are left for whoever looks at the page Owners.
        if user.arn not in linked and number % LEFT_OPEN:
            link_iam_user(by=lead, iam_user=user, person=person, reason=REASON, now=now)


def _owner_tag(user: IamUser) -> str:
    tags: dict[str, str] = user.tags or {}
    return next((tags[tag].lower() for tag in OWNER_TAGS if tag in tags), "")


def _somebody_with_both() -> Person | None:
    """A person with an Identity Center user and an old IAM user: the demo's most telling page."""
    return (
        Person.objects.filter(identity_center_user_id__isnull=False, links__isnull=False)
        .order_by("email")
        .first()
    )

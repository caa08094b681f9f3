"""The demo's decisions about classes, targets and suggestions: some made, most left open."""

from datetime import datetime, timedelta

from inventory.models import IamUser
from migrations_plan.actions.classes import declare_class
from migrations_plan.actions.owners import reject_owner
from migrations_plan.actions.targets import confirm_targets
from migrations_plan.gather.targets_list import live_of
from migrations_plan.models import (
    Declaration,
    IdentityClass,
    IdentityKind,
    OwnerSuggestion,
    Person,
    PortalUser,
    RejectedOwner,
    TargetAccess,
)
from migrations_plan.passes import classifying, suggesting

EXEMPT_DAYS = 90
PEOPLE_WITH_TARGETS = 8
# user name: what the lead of the story says of it, and why.
DECLARED = {
    "ses-smtp": (
        IdentityKind.EXCEPTION,
        "The mail relay speaks SMTP only; it moves to the SES API with its next release.",
    ),
    "airflow": (IdentityKind.WORKLOAD, "Runs the nightly training jobs of the ML team."),
}
WANTED_SET = "ReadOnly"


def decide_about_identities(lead: PortalUser, now: datetime) -> None:
    """What is decided already is not decided again."""
    classifying.make_classes(now)
    suggesting.suggest_all(now)
    _declare(lead, now)
    _reject_one(lead, now)
    _targets(lead, now)


def _declare(lead: PortalUser, now: datetime) -> None:
    done = set(Declaration.objects.values_list("subject", flat=True))
    rows = IdentityClass.objects.users().filter(user_name__in=DECLARED).exclude(subject__in=done)
    for row in rows.order_by("subject"):
        kind, reason = DECLARED[row.user_name]
        until = now + timedelta(days=EXEMPT_DAYS) if kind == IdentityKind.EXCEPTION else None
        declare_class(by=lead, identity=row, kind=kind, reason=reason, until=until, now=now)


def _reject_one(lead: PortalUser, now: datetime) -> None:
    """A weak suggestion that somebody asked about, and that was wrong."""
    if RejectedOwner.objects.exists():
        return
    one = OwnerSuggestion.objects.select_related("person").order_by("score", "pk").first()
    user = IamUser.objects.present().filter(arn=one.iam_user_arn).first() if one else None
    if one is not None and user is not None:
        reason = "Asked in person: it only shares a name (sample decision)."
        reject_owner(by=lead, iam_user=user, person=one.person, reason=reason, now=now)


def _targets(lead: PortalUser, now: datetime) -> None:
    """Some people are meant to have what they have; one of them something more."""
    if TargetAccess.objects.exists():
        return
    ready = Person.objects.filter(identity_center_user_id__isnull=False, links__isnull=False)
    people = list(ready.distinct().order_by("email")[:PEOPLE_WITH_TARGETS])
    live = live_of(people)
    reason = "As agreed with the team (sample decision)."
    wanted = [
        (one, account_id, name) for one in people for account_id, name in sorted(live[one.pk])
    ]
    accounts = sorted({account_id for _, account_id, _ in wanted})
    wanted += [(people[0], accounts[-1], WANTED_SET)] if accounts else []
    confirm_targets(by=lead, wanted=wanted, reason=reason, now=now)

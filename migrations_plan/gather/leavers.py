"""Everybody who is known to be gone, with what they still hold and whether it was used since."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import CharField, Count, F, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from inventory.asof import AsOf
from inventory.models import (
    AccessKey,
    ActorDay,
    IamUser,
    IdentityStoreUser,
    LoginProfile,
    RosterPerson,
    ServiceSpecificCredential,
    SigningCertificate,
    SshPublicKey,
)
from migrations_plan.exports import LEFT_WORDS, departed
from migrations_plan.gather.people import never_read
from migrations_plan.gather.reach import NOTHING, reach_of
from migrations_plan.models import IamUserLink, OwnerSuggestion, Person
from migrations_plan.people_then import PersonFacts
from migrations_plan.rules.facts import KINDS
from migrations_plan.rules.leavers import Held, Left
from migrations_plan.rules.owners import SURE

SOURCES = (
    "identity_store", "account_assignments", "authorization_details", "access_keys",
    "login_profiles", "ssh_public_keys", "signing_certificates", "service_specific_credentials",
)  # fmt: skip
ACTIVE = "Active"
TABLES: tuple[tuple[str, Any], ...] = (
    ("access_key", AccessKey),
    ("password", LoginProfile),
    ("ssh_key", SshPublicKey),
    ("signing_certificate", SigningCertificate),
    ("service_specific", ServiceSpecificCredential),
)


@dataclass(frozen=True, slots=True)
class Leaver:
    """One person who is gone. how: who says so. users: present IAM users confirmed as theirs.
    active: active credentials by kind, in words. grants None: not known. used_at: the last use
    after leaving that CloudTrail shows, old path and new. unread: nobody knows all they hold.
    perhaps: IAM users that are strongly suggested as theirs, and that nobody has confirmed."""

    person: Person
    left_on: date | None
    how: str
    users: tuple[IamUser, ...]
    active: Mapping[str, int]
    grants: int | None
    used_at: datetime | None
    unread: bool
    perhaps: int
    measured: Left

    @property
    def holds(self) -> bool:
        """Something of theirs still opens something."""
        return bool(self.active or self.grants)

    @property
    def state(self) -> str:
        """holds, unknown or clean."""
        if self.holds:
            return "holds"
        return "unknown" if self.unread or self.perhaps or self.grants is None else "clean"

    @property
    def active_words(self) -> list[str]:
        """'2 access keys'."""
        return [f"{n} {KINDS[kind]}{'' if n == 1 else 's'}" for kind, n in self.active.items()]


def leavers(visible: QuerySet[Person], known: AsOf, today: date) -> list[Leaver]:
    """Seven queries, whatever their number."""
    gone = _gone(visible, today)
    people = [person for person, _, _ in gone]
    users = _users(people)
    arns = [user.arn for mine in users.values() for user in mine]
    held = _held(arns)
    suggested = _suggested(people)
    unread = never_read(known, "identity_store", "account_assignments")
    ids = [person.identity_center_user_id or "" for person in people]
    reaches = {} if unread else reach_of([one for one in ids if one])
    uses = _uses(arns, [one for one in ids if one])
    found = []
    for person, left_on, how in gone:
        mine = users.get(person.pk, [])
        theirs = [one for user in mine for one in held.get(user.arn, [])]
        partly = any(user.active_keys is None or user.console_password is None for user in mine)
        perhaps = suggested.get(person.pk, 0)
        grants = reaches.get(person.identity_center_user_id or "", NOTHING).grants
        found.append(
            Leaver(
                person=person,
                left_on=left_on,
                how=how,
                users=tuple(user for user in mine if not user.is_gone()),
                active=_active(theirs),
                grants=None if unread else len(grants),
                used_at=_used_after(person, mine, uses, left_on),
                unread=partly,
                perhaps=perhaps,
                measured=Left(left_on, tuple(one for _, one in theirs), not (partly or perhaps)),
            )
        )
    return found


def _gone(visible: QuerySet[Person], today: date) -> list[tuple[Person, date | None, str]]:
    """Two queries. Absent counts only when they were there once, and a whole read lacks them: rows
    are marked as gone after nothing less."""
    out = IdentityStoreUser.objects.filter(Q(enabled=False) | Q(gone_at__isnull=False))
    store = {one.user_id: one for one in out}
    words = RosterPerson.objects.present().filter(email=OuterRef("email"))
    suspects = visible.annotate(
        status=Coalesce(Subquery(words.values("status")[:1]), Value(""))
    ).filter(
        Q(left_on__isnull=False)
        | Q(identity_center_user_id__in=store)
        | reduce(or_, (Q(status__iexact=word) for word in sorted(LEFT_WORDS)))
    )
    found: list[tuple[Person, date | None, str]] = []
    for person in suspects.order_by("name", "email", "pk"):
        user = store.get(person.identity_center_user_id or "")
        here = user is not None and not user.is_gone()
        facts = PersonFacts(
            email=person.email,
            name=person.name,
            identity_center_user_id=person.identity_center_user_id,
            enabled=user.enabled if user and here else None,
            left_on=person.left_on,
            status=person.status,
        )
        if departed(facts, today.isoformat()):
            found.append((person, _since(person, user, today), _how(facts, today)))
        elif user is not None and not here and user.gone_at:
            found.append((person, user.gone_at.date(), "is no longer in the identity store"))
    return found


def _since(person: Person, user: IdentityStoreUser | None, today: date) -> date | None:
    try:
        left_on = date.fromisoformat(person.left_on or "")
    except ValueError:
        left_on = None
    if left_on is not None and left_on <= today:
        return left_on
    # That somebody is disabled was first seen when their entry last changed, unless it was so from
    # the first read on.
    seen_change = user is not None and user.changed_at > user.first_seen_at
    return user.changed_at.date() if user and seen_change and user.enabled is False else None


def _how(facts: PersonFacts, today: date) -> str:
    if facts.left_on and facts.left_on <= today.isoformat():
        return f"left on {facts.left_on}, says the roster"
    if facts.enabled is False:
        return "is disabled in Identity Center"
    return f"has the status “{facts.status}” in the roster"


def _users(people: Collection[Person]) -> dict[int, list[IamUser]]:
    """Confirmed IAM users by person, gone ones too. One query."""
    link = IamUserLink.objects.filter(
        iam_user_arn=OuterRef("arn"), person__in=[person.pk for person in people]
    )
    rows = IamUser.objects.annotate(owner=Subquery(link.values("person")[:1]))
    found: dict[int, list[IamUser]] = defaultdict(list)
    for user in rows.exclude(owner=None).select_related("account").order_by("arn"):
        found[user.owner].append(user)
    return found


def _held(arns: Collection[str]) -> dict[str, list[tuple[str, Held]]]:
    """(kind, credential) by ARN, ended ones too. One query."""
    found: dict[str, list[tuple[str, Held]]] = defaultdict(list)
    first, *rest = (_part(kind, model, arns) for kind, model in TABLES)
    for kind, arn, state, seen, changed, gone in first.union(*rest, all=True):
        found[arn].append((kind, _credential(state == ACTIVE, seen, changed, gone)))
    return found


def _part(kind: str, model: Any, arns: Collection[str]) -> QuerySet[Any, Any]:
    rows: QuerySet[Any] = model.objects.filter(user__arn__in=list(arns)).order_by()
    # A password has no state: it is there or it is not.
    state = Value(ACTIVE, output_field=CharField()) if kind == "password" else F("status")
    told = rows.annotate(kind=Value(kind, output_field=CharField()), state=state)
    columns = ("kind", "user__arn", "state", "first_seen_at", "changed_at", "gone_at")
    found: QuerySet[Any, Any] = told.values_list(*columns)
    return found


def _credential(works: bool, seen: datetime, changed: datetime, gone: datetime | None) -> Held:
    if not works:
        # Inactive from the first read on: when it ended, nobody saw.
        return Held(False, changed if changed > seen else None, seen)
    return Held(gone is None, gone, seen)


def _active(held: Iterable[tuple[str, Held]]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for kind, one in held:
        if one.open:
            counts[kind] = counts.get(kind, 0) + 1
    return counts


def _suggested(people: Collection[Person]) -> dict[int, int]:
    """Strong suggestions by person. One query."""
    best = OwnerSuggestion.objects.filter(person__in=[one.pk for one in people], place=1)
    rows: QuerySet[Any] = best.filter(score__gte=SURE).order_by()
    return dict(rows.values_list("person").annotate(n=Count("pk")))


def _uses(arns: Collection[str], user_ids: Collection[str]) -> dict[str, datetime]:
    """The last use without an error, by ARN and by Identity Center user. One query."""
    mine = Q(actor__arn__in=list(arns)) | Q(actor__user_id__in=list(user_ids))
    rows: QuerySet[Any] = ActorDay.objects.filter(mine, succeeded_at__isnull=False).order_by()
    found: dict[str, datetime] = {}
    for arn, user_id, at in rows.values_list("actor__arn", "actor__user_id").annotate(
        at=Max("succeeded_at")
    ):
        for key in filter(None, (arn, user_id)):
            found[key] = max(at, found.get(key, at))
    return found


def _used_after(
    person: Person,
    users: Iterable[IamUser],
    uses: Mapping[str, datetime],
    left_on: date | None,
) -> datetime | None:
    keys = [*(user.arn for user in users), person.identity_center_user_id or ""]
    last = max((uses[key] for key in keys if key in uses), default=None)
    if last is None or left_on is None:
        return last
    gone = datetime.combine(left_on, time.min, UTC) + timedelta(days=1)
    return last if last >= gone else None

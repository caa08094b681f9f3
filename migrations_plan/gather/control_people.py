"""IAM users, what they did over the old path, and who left, as the rules of controls see them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from django.db.models import F, Max, Sum

from inventory.cloudtrail.records import Path
from inventory.models import (
    ActorDay,
    AwsAccount,
    IamUser,
    IdentityStoreUser,
    RosterPerson,
)
from migrations_plan.exports import departed
from migrations_plan.gather.owners import how_left
from migrations_plan.gather.told import Reads
from migrations_plan.models import IamUserLink, IdentityClass, IdentityKind, Person
from migrations_plan.people_then import PersonFacts
from migrations_plan.rules.control_facts import LeaverFacts, Subject, UseFacts, UserFacts

HUMAN: Mapping[str, bool] = {
    IdentityKind.HUMAN.value: True,
    IdentityKind.MIXED.value: True,
    IdentityKind.WORKLOAD.value: False,
    IdentityKind.EXCEPTION.value: False,
}
NO_CLASS = "without a class"
NOT_THERE = "is no longer in Identity Center"
USER_COLUMNS = ("pk", "arn", "user_name", "account_id", "console_password", "active_keys")


class Days(Protocol):
    """The days looked at."""

    @property
    def first(self) -> date:
        """The first of them."""

    @property
    def last(self) -> date:
        """The last, which is in it."""


@dataclass(frozen=True, slots=True)
class Users:
    """Present IAM users, and whoever else used the old path or a root user."""

    users: list[UserFacts]
    uses: list[UseFacts]


def users_of(now: datetime, accounts: Iterable[AwsAccount], days: Days) -> Users:
    """IAM users of these accounts, by account and name. Five queries."""
    named = {account.account_id: str(account) for account in accounts}
    kinds, uses = kinds_of(now), old_uses(days)
    owners = dict(IamUserLink.objects.values_list("iam_user_arn", "person__email"))
    rows = IamUser.objects.present().filter(account_id__in=list(named))
    found = []
    for pk, arn, name, account_id, password, keys in rows.order_by(
        "account_id", "user_name", "pk"
    ).values_list(*USER_COLUMNS):
        kind = kinds.get(arn, NO_CLASS)
        calls, at = uses.pop(arn, (0, None))
        found.append(
            UserFacts(
                subject=Subject(arn, name, "iam-user", str(pk)),
                account=named[account_id],
                human=HUMAN.get(kind),
                kind=kind,
                password=password,
                active_keys=keys,
                old_calls=calls,
                old_at=at,
                owner=owners.get(arn, ""),
            )
        )
    return Users(found, [*_roots(named, days), *_others(uses, kinds)])


def kinds_of(now: datetime) -> dict[str, str]:
    """The class of each IAM user that holds now, by ARN. One query."""
    rows = IdentityClass.objects.filter(access_key_id="")
    return {arn: kind for arn, _key, kind in rows.kinds(now)}


Uses = dict[str, tuple[int, datetime | None]]


def old_uses(days: Days) -> Uses:
    """Calls over the old path and the last of them, by ARN. One query."""
    return _summed(_rows(days, Path.OLD).values_list("actor__arn"))


def _rows(days: Days, path: Path) -> Any:
    rows = ActorDay.objects.filter(day__range=(days.first, days.last), actor__path=path)
    return rows.order_by()


def _summed(rows: Any) -> Uses:
    """Calls and the last of them by key. A sign-in that failed is nobody's access."""
    sums = rows.annotate(calls=Sum(F("events") - F("failed_signins")), last=Max("last_at"))
    return {key: (int(calls), last) for key, calls, last in sums if calls}


def _roots(named: Mapping[str, str], days: Days) -> Iterator[UseFacts]:
    used = _summed(_rows(days, Path.ROOT).values_list("account_id"))
    for account_id, (calls, at) in sorted(used.items()):
        page = "account" if account_id in named else ""
        name = f"root user of {named.get(account_id, account_id)}"
        subject = Subject(f"root {account_id}", name, page, account_id)
        yield UseFacts(subject=subject, human=True, calls=calls, last_at=at)


def _others(uses: Uses, kinds: Mapping[str, str]) -> Iterator[UseFacts]:
    """IAM users that are gone, or of an account that is not read."""
    for arn, (calls, at) in sorted(uses.items()):
        subject = Subject(arn, arn.rsplit("/", 1)[-1] or "somebody without a name")
        human = HUMAN.get(kinds.get(arn, NO_CLASS))
        yield UseFacts(subject=subject, human=human, calls=calls, last_at=at)


@dataclass(frozen=True, slots=True)
class Left:
    """Who is gone, of how many people, and whether a roster told."""

    leavers: list[LeaverFacts]
    people: int
    roster: bool


def leavers(known: Reads, users: Mapping[str, UserFacts]) -> Left:
    """Everybody who left by the roster, or is disabled in or gone from Identity Center. Four
    queries."""
    store_is_whole = not known.told("identity_store", "").why
    enabled = dict(IdentityStoreUser.objects.present().values_list("user_id", "enabled"))
    status = dict(RosterPerson.objects.present().values_list("email", "status"))
    owned: dict[int, list[UserFacts]] = {}
    links = IamUserLink.objects.order_by("iam_user_arn")
    for person_id, arn in links.values_list("person_id", "iam_user_arn"):
        owned.setdefault(person_id, []).extend([users[arn]] if arn in users else [])
    people = list(Person.objects.order_by("name", "email", "pk"))
    found = []
    for person in people:
        facts = _person(person, enabled, status)
        here = person.identity_center_user_id in enabled
        how = _how(facts, known.now.date(), absent=store_is_whole and not here)
        if how:
            found.append(
                LeaverFacts(
                    subject=Subject(
                        person.email or str(person.pk), str(person), "person", str(person.pk)
                    ),
                    how=how,
                    enabled=False if not here and store_is_whole else facts.enabled,
                    users=tuple(owned.get(person.pk, ())),
                )
            )
    return Left(found, len(people), bool(status))


def _person(
    person: Person, enabled: Mapping[str, bool | None], status: Mapping[str, str]
) -> PersonFacts:
    user_id = person.identity_center_user_id
    return PersonFacts(
        email=person.email,
        name=person.name,
        identity_center_user_id=user_id,
        enabled=enabled.get(user_id) if user_id else None,
        left_on=person.left_on,
        status=status.get(person.email, ""),
    )


def _how(facts: PersonFacts, today: date, *, absent: bool) -> str:
    """How somebody left; '' for somebody who did not."""
    if departed(facts, today.isoformat()):
        return how_left(facts, today)
    return NOT_THERE if absent and facts.identity_center_user_id else ""

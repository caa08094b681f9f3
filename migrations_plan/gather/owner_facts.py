"""Rows -> people and unowned IAM users, as the rule that suggests owners knows them."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from inventory.models import IamUser, IdentityStoreUser
from migrations_plan.gather.class_facts import Used, usage
from migrations_plan.gather.reach import NOTHING, reach_of
from migrations_plan.models import IamUserLink, Person, RejectedOwner, thresholds
from migrations_plan.rules.owners import Candidate, Unowned
from migrations_plan.rules.usage_days import last_days

FEW_ACCOUNTS = 3  # whoever may open more is at home in none of them
DAY_HOURS = 24


def candidates(now: datetime) -> list[Candidate]:
    """Everybody, leavers too. Some eight queries."""
    store = {one.user_id: one for one in IdentityStoreUser.objects.all()}
    used = usage(last_days(thresholds().window_days, now.date()), new_path=True)
    people = list(Person.objects.order_by("pk"))
    reaches = reach_of([_id(one) for one in people if _id(one)])
    found = []
    for one in people:
        user, mine = store.get(_id(one)), used.get(_id(one))
        texts = [one.email, user.email if user else "", user.user_name if user else ""]
        homes = {grant.account_id for grant in reaches.get(_id(one), NOTHING).grants}
        found.append(
            Candidate(
                pk=one.pk,
                name=one.name,
                addresses=tuple(dict.fromkeys(t.lower() for t in texts if "@" in t)),
                user_name=user.user_name if user else "",
                origins=origins_of(mine),
                hours=hours_of(mine),
                accounts=frozenset(homes if len(homes) <= FEW_ACCOUNTS else ()),
            )
        )
    return found


def _id(person: Person) -> str:
    return person.identity_center_user_id or ""


def unowned(now: datetime) -> list[Unowned]:
    """Present IAM users without a confirmed owner. Some six queries."""
    linked = IamUserLink.objects.values("iam_user_arn")
    users = IamUser.objects.present().exclude(arn__in=linked).order_by("arn")
    used = usage(last_days(thresholds().window_days, now.date()))
    return [
        Unowned(
            arn=user.arn,
            user_name=user.user_name,
            account_id=user.account_id,
            tags=user.tags or {},
            origins=origins_of(used.get(user.arn)),
            hours=hours_of(used.get(user.arn)),
        )
        for user in users
    ]


def refused() -> Mapping[str, frozenset[int]]:
    """By ARN: people of whom a lead said that it is not theirs. One query."""
    found: dict[str, set[int]] = defaultdict(set)
    for arn, person_id in RejectedOwner.objects.values_list("iam_user_arn", "person_id"):
        found[arn].add(person_id)
    return {arn: frozenset(people) for arn, people in found.items()}


def origins_of(used: Used | None) -> frozenset[tuple[str, str]]:
    """(network, family) from which somebody worked; what AWS did for them is none."""
    places = {
        (one.network, one.family)
        for use in (used.uses() if used else ())
        for one in use.origins
        if one.network not in ("", "aws")
    }
    return frozenset(places)


def hours_of(used: Used | None) -> tuple[int, ...]:
    """Calls by hour of the clock."""
    total = [0] * DAY_HOURS
    for use in used.uses() if used else ():
        for one in use.days:
            for hour, count in enumerate(one.hours):
                total[hour] += count
    return tuple(total)

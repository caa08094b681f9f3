"""Brings suggestions up to date: who may own which IAM user, and who should open what.

Suggestions are rows, so that lists can sort and page them; leads decide, and nothing follows from a
suggestion that nobody confirmed.
"""

from collections.abc import Collection, Iterator
from datetime import datetime

from django.db import transaction

from migrations_plan.gather import owner_facts, target_facts
from migrations_plan.gather.target_facts import Offered, Used
from migrations_plan.models import (
    IamUserLink,
    OwnerSuggestion,
    Person,
    RejectedOwner,
    SuggestedTarget,
)
from migrations_plan.passes import derived
from migrations_plan.policy.offers import Call, calls_of, judged
from migrations_plan.rules.owners import Index, suggest
from migrations_plan.rules.targets import Choice, Offer, choice_sentence, choose

OWNERS, TARGETS = "owners", "targets"
NONE = ""  # the permission set of a row that says that there is none to suggest


def settle(now: datetime, accounts: Collection[str] = ()) -> None:
    """What inventory.after calls when work is over."""
    if accounts:
        derived.look_again(OWNERS, TARGETS)
    derived.run_if_due(OWNERS, now, _owners_state, lambda: _make_owners(now))
    derived.run_if_due(TARGETS, now, _targets_state, lambda: _make_targets(now))


@transaction.atomic
def suggest_all(now: datetime) -> None:
    """Both passes whether they are due or not. Idempotent."""
    derived.look_again(OWNERS, TARGETS)
    settle(now)


def _owners_state() -> list[object]:
    decided = [*derived.table_state(IamUserLink), *derived.table_state(RejectedOwner)]
    return [*derived.facts_state(), *decided, *derived.table_state(Person)]


def _targets_state() -> list[object]:
    return [*derived.facts_state(), *derived.table_state(IamUserLink)]


def _make_owners(now: datetime) -> None:
    index, refused = Index(owner_facts.candidates(now)), owner_facts.refused()
    rows = [
        OwnerSuggestion(
            iam_user_arn=user.arn,
            person_id=one.person,
            score=one.score,
            place=one.place,
            tied=one.tied,
            reasons=[list(reason) for reason in one.reasons],
            made_at=now,
        )
        for user in owner_facts.unowned(now)
        for one in suggest(user, index, refused.get(user.arn, frozenset()))
    ]
    derived.save_rows(OwnerSuggestion, rows, ("iam_user_arn", "person_id"), leave=("made_at",))


def _make_targets(now: datetime) -> None:
    used = target_facts.used_by_people(now)
    sets = target_facts.offered() if used else []
    rows = [row for place, calls in sorted(used.items()) for row in _rows(place, calls, sets, now)]
    key = ("person_id", "account_id", "permission_set")
    derived.save_rows(SuggestedTarget, rows, key, leave=("made_at",))


def _rows(
    place: tuple[int, str], used: Used, sets: list[Offered], now: datetime
) -> Iterator[SuggestedTarget]:
    calls, unmapped = calls_of(used)
    if not calls:
        return
    offers = [_offer(one, calls) for one in sets if one.policies]
    choice = choose(len(calls), offers)
    left = [f"{one.name} could not be judged: {one.why}" for one in sets if one.policies is None]
    more = [f"{len(unmapped)} more are of no known action"] if unmapped else []
    for one in choice.sets or (Offer(NONE, frozenset()),):
        lacking = choice.lacking & one.unknown
        yield SuggestedTarget(
            person_id=place[0],
            account_id=place[1],
            permission_set=one.name,
            calls=len(calls),
            covered=len(one.allowed),
            together=len(choice.covered),
            unknown=len(lacking) + len(unmapped),
            administrator=one.administrator is not False,
            sentence=" ".join([_sentence(one, choice, calls), *(f"{w}." for w in (*more, *left))]),
            made_at=now,
        )


def _sentence(one: Offer, choice: Choice, calls: tuple[Call, ...]) -> str:
    if one.name == NONE:
        return f"No permission set allows any of the {len(calls)} different calls made here."
    lacking = [calls[i].words for i in sorted(choice.lacking)[:1]]
    said = choice_sentence(one, choice, len(calls))
    return f"{said} One of these: {lacking[0]}." if lacking else said


def _offer(one: Offered, calls: tuple[Call, ...]) -> Offer:
    assert one.policies is not None
    found = judged(calls, one.policies)
    return Offer(one.name, found.allowed, found.unknown, one.power, one.administrator)

"""Answers what-if questions, as JSON that is the same for the same question and facts."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from inventory.codec import time_text
from inventory.models import AwsAccount
from migrations_plan.gather.what_if import Program, Scene, scene
from migrations_plan.policy.access import Judge
from migrations_plan.policy.what_if import (
    MOST_LINES,
    Outcome,
    State,
    additions,
    outcome,
    told,
)
from migrations_plan.questions import Question

STATES = tuple(state.value for state in State)


@dataclass(frozen=True, slots=True)
class Answer:
    """result: JSON. facts: a digest of all it stands on."""

    result: dict[str, Any]
    facts: str


def answer(question: Question, now: datetime) -> Answer:
    """From the facts as they are known now."""
    found = scene(question, now)
    judge = Judge()
    return Answer(told_of(found, [outcome(cut, judge) for cut in found.cuts]), found.facts)


def told_of(found: Scene, outcomes: list[Outcome]) -> dict[str, Any]:
    """The whole answer as JSON, those who lose most first."""
    counts = Counter(one.state.value for one in outcomes)
    names = dict(AwsAccount.objects.values_list("account_id", "name"))
    return {
        "days": {"first": found.days.first.isoformat(), "last": found.days.last.isoformat()},
        "counts": {state: counts[state] for state in STATES},
        "calls": sum(one.calls for one in outcomes),
        "denied": sum(one.denied for one in outcomes),
        "unknown": sum(one.unknown for one in outcomes),
        "people": [_person(one, found, names) for one in sorted(outcomes, key=_worst_first)],
        "programs": [_program(one, found) for one in found.programs],
        "additions": [
            {**asdict(one), "account": names.get(one.account_id) or one.account_id}
            for one in additions(outcomes)
        ],
    }


def _worst_first(one: Outcome) -> tuple[int, int, int, int]:
    order = (State.LOSES, State.UNKNOWN, State.CLEAN, State.NOTHING, State.GONE)
    return order.index(one.state), -one.denied, -one.unknown, one.person_id


def _person(one: Outcome, found: Scene, names: dict[str, str]) -> dict[str, Any]:
    person = found.people[one.person_id]
    lines = [told(loss) for loss in one.losses[:MOST_LINES]]
    for line in lines:
        line["account"] = names.get(line["account_id"]) or line["account_id"]
    return {
        "person_id": one.person_id,
        "name": str(person),
        "email": person.email,
        "state": one.state.value,
        "why": one.why,
        "calls": one.calls,
        "denied": one.denied,
        "unknown": one.unknown,
        "denied_events": one.denied_events,
        "unknown_events": one.unknown_events,
        "denied_now": one.denied_now,
        "unknown_now": one.unknown_now,
        "worse": one.worse,
        "better": one.better,
        "lines": lines,
        "hidden": len(one.losses) - len(lines),
    }


def _program(one: Program, found: Scene) -> dict[str, Any]:
    person = found.people[one.person_id]
    return {
        "person_id": one.person_id,
        "person": str(person),
        "user_arn": one.user_arn,
        "user_name": one.user_arn.rsplit("/", 1)[-1],
        "iam_user": one.iam_user,
        "access_key_id": one.access_key_id,
        "kind": one.kind,
        "calls": one.calls,
        "last_at": time_text(one.last_at) if one.last_at else None,
    }


def csv_rows(result: dict[str, Any]) -> Iterable[tuple[Any, ...]]:
    """A row for each call that would be denied or unknown, and one for each person without any."""
    for person in result["people"]:
        about = (person["name"], person["email"], person["state"], person["why"])
        if not person["lines"]:
            yield (*about, *[None] * 10)
        for line in person["lines"]:
            yield (
                *about, line["account_id"], line["account"], line["action"], line["region"],
                line["verdict"], line["now"], line["events"], line["last_at"],
                line["resources"], line["sentence"],
            )  # fmt: skip


CSV_HEADER = (
    "person", "email", "state", "why", "account_id", "account", "action", "region", "verdict",
    "verdict_now", "events", "last_at", "resources", "sentence",
)  # fmt: skip

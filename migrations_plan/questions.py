"""A what-if question: who, when, and what would be different. As values, and as the JSON kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


def is_customers(policy: str) -> bool:
    """Whether a policy of a SetEdit is a customer-managed one, which has no ARN of its own there:
    AWS looks for its path and name in each account."""
    return policy.startswith("/")


@dataclass(frozen=True, slots=True)
class SetEdit:
    """A permission set that would be another. attach, detach: ARNs of policies that AWS manages,
    path and name ('/team/Reports') of customer-managed ones. inline: the document in place of its
    own; None: it keeps its own; {}: it would have none. boundary: one policy, named in the same
    way; None: it keeps its own; '': it would have none."""

    arn: str
    name: str
    attach: tuple[str, ...] = ()
    detach: tuple[str, ...] = ()
    inline: dict[str, Any] | None = None
    boundary: str | None = None

    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {
            "arn": self.arn,
            "name": self.name,
            "attach": list(self.attach),
            "detach": list(self.detach),
            "inline": self.inline,
            "boundary": self.boundary,
        }


@dataclass(frozen=True, slots=True)
class Grant:
    """A permission set that would be given (add) or taken away in an account, to a person (by key)
    or a group (by id). who: its name."""

    add: bool
    account_id: str
    arn: str
    name: str
    who: str
    person_id: int | None = None
    group_id: str = ""

    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {
            "add": self.add,
            "account_id": self.account_id,
            "arn": self.arn,
            "name": self.name,
            "who": self.who,
            "person_id": self.person_id,
            "group_id": self.group_id,
        }


@dataclass(frozen=True, slots=True)
class Question:
    """people: their keys; None: everybody with a confirmed IAM user."""

    people: tuple[int, ...] | None
    date: date
    sets: tuple[SetEdit, ...] = ()
    grants: tuple[Grant, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {
            "people": None if self.people is None else list(self.people),
            "date": self.date.isoformat(),
            "sets": [one.as_json() for one in self.sets],
            "grants": [one.as_json() for one in self.grants],
        }


def question_of(kept: Mapping[str, Any]) -> Question:
    """What as_json gave."""
    return Question(
        people=None if kept["people"] is None else tuple(kept["people"]),
        date=date.fromisoformat(kept["date"]),
        sets=tuple(
            SetEdit(
                one["arn"],
                one["name"],
                tuple(one["attach"]),
                tuple(one["detach"]),
                one["inline"],
                # Questions that were kept before boundaries could be asked about have none.
                one.get("boundary"),
            )
            for one in kept["sets"]
        ),
        grants=tuple(Grant(**one) for one in kept["grants"]),
    )

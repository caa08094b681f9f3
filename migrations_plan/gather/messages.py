"""Who was told what, when and how: messages as the pages show them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from migrations_plan.gather.letters import STAGES, Stage
from migrations_plan.gather.recipients import people_of
from migrations_plan.models import Message, MessageState, Person, Plan, Wave

TOLD = (MessageState.SENT, MessageState.COPIED)
WAITING = (MessageState.QUEUED, MessageState.SENDING)
MOST_DOUBTS = 50
MOST_SENT = 50
# What the page filters by: the words of its counts.
KINDS = ("missing", "waiting", "doubtful", "failed", "told")


@dataclass(frozen=True, slots=True)
class StageCount:
    """One stage over the people of a wave. missing: people who have no message of it at all, or
    only one that was taken back."""

    stage: Stage
    people: int
    told: int = 0
    waiting: int = 0
    doubtful: int = 0
    failed: int = 0
    missing: int = 0


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person of a wave with the last message of a stage; None: none was ever made."""

    person: Person
    kind: str
    last: Message | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """People of a wave in order, and what kind their last message of each stage is."""

    people: Sequence[Person]
    kinds: Mapping[tuple[int, str], str]

    def count(self, stage: Stage) -> StageCount:
        """How many people stand how."""
        numbers = Counter(self.kind(person, stage.name) for person in self.people)
        return StageCount(stage, len(self.people), **numbers)

    def counts(self) -> list[StageCount]:
        """Of every stage, in order."""
        return [self.count(stage) for stage in STAGES]

    def kind(self, person: Person, stage: str) -> str:
        """One of KINDS."""
        return self.kinds.get((person.pk, stage), "missing")

    def listed(self, stage: str, kind: str) -> list[Person]:
        """Those of one kind; '' for everybody."""
        return [one for one in self.people if not kind or self.kind(one, stage) == kind]


def kind_of(state: str) -> str:
    """One of KINDS. A message that was taken back is none."""
    if state in TOLD:
        return "told"
    if state in WAITING:
        return "waiting"
    return {MessageState.DOUBTFUL.value: "doubtful", MessageState.FAILED.value: "failed"}.get(
        state, "missing"
    )


def told(wave: Wave) -> Told:
    """Two queries."""
    people = list(people_of(wave))
    mine = {person.pk for person in people}
    rows = Message.objects.filter(plan=wave.plan_id).order_by("round")
    states = rows.values_list("person_id", "stage", "state")
    kinds = {(pk, stage): kind_of(state) for pk, stage, state in states if pk in mine}
    return Told(people, kinds)


def rows(plan: Plan, stage: str, people: Sequence[Person], known: Told) -> list[PersonRow]:
    """One query, without the texts."""
    found = Message.objects.filter(plan=plan, stage=stage, person__in=people).order_by("round")
    last = {message.person_id: message for message in found.defer("body")}
    return [PersonRow(one, known.kind(one, stage), last.get(one.pk)) for one in people]


def doubts(plan: Plan) -> list[Message]:
    """What a lead has to settle, the oldest first. One query."""
    found = Message.objects.filter(plan=plan, state=MessageState.DOUBTFUL)
    return list(
        found.select_related("person", "wave")
        .defer("body")
        .order_by("queued_at", "pk")[:MOST_DOUBTS]
    )


def rounds(wave: Wave, stage: str, person: Person) -> list[Message]:
    """Everything of one stage to one person, the newest first. One query."""
    return list(
        Message.objects.filter(plan=wave.plan_id, stage=stage, person=person).order_by("-round")
    )


def wave_at(waves: Sequence[Wave], wanted: str, today: date) -> Wave | None:
    """The wave that was asked for; else the next that is cut over, else the last."""
    asked = [wave for wave in waves if str(wave.pk) == wanted]
    ahead = [wave for wave in waves if wave.cutover_on >= today]
    return next(iter((*asked, *ahead, *reversed(waves))), None)

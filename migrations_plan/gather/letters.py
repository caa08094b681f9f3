"""What each person of a wave is told at a stage: subject and text, made from their own facts."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from migrations_plan.artefacts import messages
from migrations_plan.artefacts.artefact import Artefact
from migrations_plan.artefacts.messages import Occasion, Recipient
from migrations_plan.gather.recipients import occasion, recipients
from migrations_plan.models import Person, Wave

MOST_SUBJECT = 200


@dataclass(frozen=True, slots=True)
class Stage:
    """name: of Message.stage. when: in words, for who decides when to send it."""

    name: str
    title: str
    when: str
    make: Callable[[Recipient, Occasion], Artefact]


STAGES = (
    Stage("announcement", "Announcement", "at the beginning", messages.announcement),
    Stage("test", "Please test", "while both ways work", messages.test_by),
    Stage("today", "It ends today", "in the morning of the cutover", messages.ends_today),
    Stage("done", "It is done", "after the cutover", messages.done),
    Stage("stuck", "If you are stuck", "whenever somebody needs it", messages.stuck),
)
STAGE_BY_NAME = {stage.name: stage for stage in STAGES}


@dataclass(frozen=True, slots=True)
class Draft:
    """A message as it would go out now. to: '' when the person has no address."""

    person: Person
    to: str
    subject: str
    body: str

    @property
    def mailto(self) -> str:
        """A link that opens it in a mail program; '' without an address."""
        if not self.to:
            return ""
        body = quote(self.body.replace("\n", "\r\n"))
        return f"mailto:{quote(self.to, safe='@')}?subject={quote(self.subject)}&body={body}"


def drafts(wave: Wave, stage: str, people: Collection[Person], now: datetime) -> list[Draft]:
    """One for each of these people, in their order. Six queries. `wave` has its plan."""
    make, when = STAGE_BY_NAME[stage].make, occasion(wave.plan, wave, now)
    told = recipients(people, now)
    return [_draft(person, make(told[person.pk], when)) for person in people]


def _draft(person: Person, made: Artefact) -> Draft:
    """The artefact's text begins with its headers, each on a line of its own, then one is empty."""
    head, _, body = made.text.partition("\n\n")
    fields = dict(line.split(": ", 1) for line in head.splitlines() if ": " in line)
    return Draft(person, person.email, fields["Subject"][:MOST_SUBJECT], body)

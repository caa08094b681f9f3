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
ANNOUNCEMENT, TEST, TODAY, DONE, STUCK = "announcement", "test", "today", "done", "stuck"


@dataclass(frozen=True, slots=True)
class Stage:
    """name: of Message.stage. when: in words, for who decides when to send it."""

    name: str
    title: str
    when: str
    make: Callable[[Recipient, Occasion], Artefact]


STAGES = (
    Stage(ANNOUNCEMENT, "Announcement", "at the beginning", messages.announcement),
    Stage(TEST, "Please test", "while both ways work", messages.test_by),
    Stage(TODAY, "It ends today", "in the morning of the cutover", messages.ends_today),
    Stage(DONE, "It is done", "after the cutover", messages.done),
    Stage(STUCK, "If you are stuck", "whenever somebody needs it", messages.stuck),
)
STAGE_BY_NAME = {stage.name: stage for stage in STAGES}


@dataclass(frozen=True, slots=True)
class Draft:
    """A message as it would go out now. to: '' when the person has no address. wrong: why it would
    not be true now; ''."""

    person: Person
    to: str
    subject: str
    body: str
    wrong: str = ""

    @property
    def mailto(self) -> str:
        """A link that opens it in a mail program; '' without an address."""
        if not self.to:
            return ""
        body = quote(self.body.replace("\n", "\r\n"))
        return f"mailto:{quote(self.to, safe='@')}?subject={quote(self.subject)}&body={body}"


def drafts(wave: Wave, stage: str, people: Collection[Person], now: datetime) -> list[Draft]:
    """One for each of these people, in their order. Seven queries. `wave` has its plan."""
    found = recipients(people, now, wave)
    make, when = STAGE_BY_NAME[stage].make, occasion(wave.plan, wave, found.as_of)
    untimely = untimely_words(stage, when, now)
    return [
        _draft(
            person,
            make(found.recipients[person.pk], when),
            untimely or (found.still_on.get(person.pk, "") if stage == DONE else ""),
        )
        for person in people
    ]


def untimely_words(stage: str, when: Occasion, now: datetime) -> str:
    """Why a message of this stage would not be true now, whoever gets it; '' when it would."""
    here = now.astimezone(when.ends_at.tzinfo)
    if stage == TODAY and here.date() != when.ends_at.date():
        return f"the cutover is on {when.ends_at:%Y-%m-%d}, not today"
    if stage == DONE and now < when.ends_at:
        return f"the cutover is on {when.ends_at:%Y-%m-%d at %H:%M}, and not over"
    if stage in (ANNOUNCEMENT, TEST) and now >= when.ends_at:
        return f"the cutover was on {when.ends_at:%Y-%m-%d at %H:%M}"
    if stage == TEST and now >= when.test_by:
        return f"it asks to test by {when.test_by:%Y-%m-%d %H:%M}, which is over"
    return ""


def _draft(person: Person, made: Artefact, wrong: str) -> Draft:
    """The artefact's text begins with its headers, each on a line of its own, then one is empty."""
    head, _, body = made.text.partition("\n\n")
    fields = dict(line.split(": ", 1) for line in head.splitlines() if ": " in line)
    return Draft(person, person.email, fields["Subject"][:MOST_SUBJECT], body, wrong)

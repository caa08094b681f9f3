"""Gates of people: their readiness as it was judged, and what a plan asks of them beside it."""

from datetime import datetime, timedelta

from migrations_plan.rules.checklist import WHOLE, Answers
from migrations_plan.rules.facts import Told
from migrations_plan.rules.gate import BLOCKED, READY, UNKNOWN, GateVerdict, named
from migrations_plan.rules.plan_gates.answers import Case, each
from migrations_plan.rules.plan_gates.facts import Person, PlanFacts, User
from migrations_plan.rules.verdict import Fact

NOBODY = (UNKNOWN, "No wave of the plan names a person yet.")
NOT_JUDGED = "Nobody has judged it yet."
OWNER = "owner"
JOURNAL = "Messages and answers"
# What may have gone out, and what has.
TOLD = ("sent", "copied")
IN_WORDS = {
    "queued": "waits to be sent",
    "sending": "is being sent",
    "doubtful": "may have arrived or not",
    "failed": "could not be sent",
    "withdrawn": "was withdrawn",
    "outdated": "names another day or hour than their wave has by now",
}


def person_gate(name: str, facts: PlanFacts) -> Answers:
    """A readiness gate: of each person, of each of their IAM users, and of everybody. Of a user
    whom nobody is confirmed for it is not known."""
    cases = [_person_case(person, name) for person in facts.people]
    answers = each(
        cases,
        noun="person",
        ready="It is so of each of {n}.",
        empty=NOBODY,
        doubt=_strangers(facts) if name != OWNER else "",
    )
    found = dict(answers)
    for person in facts.people:
        for arn in person.users:
            found[arn] = answers[person.key]
    for user in facts.wave_users:
        if user.arn not in found:
            found[user.arn] = _of_nobody(user, name)
    return found


def _person_case(person: Person, name: str) -> Case:
    verdict = person.gates.get(name)
    if verdict is None:
        return Case(key=person.key, name=person.name, verdict=UNKNOWN, sentence=NOT_JUDGED)
    return Case(
        key=person.key,
        name=person.name,
        verdict=verdict.verdict,
        sentence=verdict.sentence,
        facts=verdict.facts,
        until=verdict.until,
    )


def _strangers(facts: PlanFacts) -> str:
    """A wave that holds users of nobody knows less than it seems."""
    mine = {arn for person in facts.people for arn in person.users}
    found = [
        u for u in facts.wave_users if u.arn not in mine and not u.gone and u.human is not False
    ]
    if not found:
        return ""
    names = named(user.label for user in found)
    return f"{len(found)} IAM users of its waves are nobody's: {names}."


def _of_nobody(user: User, name: str) -> GateVerdict:
    if user.human is False:
        return GateVerdict(
            verdict=READY, sentence=f"{user.label} is no person's: it is {user.kind}."
        )
    if user.gone:
        return GateVerdict(verdict=READY, sentence=f"{user.label} is gone.")
    verdict = BLOCKED if name == OWNER else UNKNOWN
    return GateVerdict(
        verdict=verdict, sentence=f"0 people are confirmed as owner of {user.label}."
    )


def told(facts: PlanFacts) -> Answers:
    """Everybody of the waves has a message that says when the old access ends."""
    return each(
        (_told(person) for person in facts.people),
        noun="person",
        ready="Each of {n} was told when the old access ends.",
        empty=NOBODY,
    )


def _told(person: Person) -> Case:
    if person.message in TOLD:
        when = f" on {person.message_at:%Y-%m-%d %H:%M} UTC" if person.message_at else ""
        how = "copied by hand" if person.message == "copied" else "sent"
        sentence = f"1 message that says when it ends was {how}{when}."
        return _said(person, READY, sentence, person.message_at)
    if not person.message:
        sentence = "0 messages that say when the old access ends went to them."
        return _said(person, BLOCKED, sentence, None)
    state = IN_WORDS.get(person.message, person.message)
    return _said(person, BLOCKED, f"The message that says when it ends {state}.", None)


def tested(facts: PlanFacts) -> Answers:
    """Everybody of the waves says that the new access works for their day."""
    return each(
        (_tested(person) for person in facts.people),
        noun="person",
        ready="Each of {n} confirmed that the new access works.",
        empty=NOBODY,
    )


def _tested(person: Person) -> Case:
    if person.tested_at is None:
        return _said(person, BLOCKED, "They have not confirmed that the new access works.", None)
    sentence = f"They confirmed on {person.tested_at:%Y-%m-%d} that the new access works."
    return _said(person, READY, sentence, person.tested_at)


def _said(person: Person, verdict: str, sentence: str, at: datetime | None) -> Case:
    fact = Fact("Said", sentence, JOURNAL, at)
    return Case(
        key=person.key,
        name=person.name,
        verdict=verdict,
        sentence=sentence,
        facts=(fact,) if at else (),
    )


def parallel_long_enough(facts: PlanFacts) -> Answers:
    """Both ways were open for as long as the plan says, for each person."""
    hours = facts.number("parallel_hours", 48)
    reads = (facts.control.assignments, facts.control.store)
    return each(
        (_parallel(person, hours, facts.now, reads) for person in facts.people),
        noun="person",
        ready=f"Both ways were open for {hours} hours or more for each of {{n}}.",
        empty=NOBODY,
    )


def _parallel(person: Person, hours: int, now: datetime, reads: tuple[Told, ...]) -> Case:
    verdict, sentence = _both_ways(person, hours, now)
    return Case(key=person.key, name=person.name, verdict=verdict, sentence=sentence, told=reads)


def _both_ways(person: Person, hours: int, now: datetime) -> tuple[str, str]:
    if person.lacking:
        return BLOCKED, f"The new way is not open to them in {named(person.lacking)}."
    if person.opened_at is None:
        return BLOCKED, "The new way is not open to them: 0 permission sets are assigned."
    end = min(person.closed_at or now, now)
    open_for = max(int((end - person.opened_at) / timedelta(hours=1)), 0)
    since = f"{person.opened_at:%Y-%m-%d %H:%M} UTC"
    if open_for >= hours:
        return READY, f"Both ways were open for {open_for} hours, from {since}; {hours} are asked."
    if person.closed_at is not None:
        return BLOCKED, f"The old way ended after {open_for} of the {hours} hours that are asked."
    ready_at = person.opened_at + timedelta(hours=hours)
    left = f"until {ready_at:%Y-%m-%d %H:%M} UTC"
    return (
        BLOCKED,
        f"Both ways are open since {since}, {open_for} hours; {hours} are asked, {left}.",
    )


def no_new_denials(facts: PlanFacts) -> Answers:
    """Nothing that should work was refused on the new path, and not tried with success since."""
    doubt = facts.quiet_why if facts.quiet_missing else ""
    found = each(
        (_refused(person, doubt) for person in facts.people),
        noun="person",
        ready="Nothing that should work was refused on the new path to any of {n}.",
        empty=NOBODY,
    )
    return found if facts.people else {WHOLE: found[WHOLE]}


def _refused(person: Person, doubt: str) -> Case:
    if person.refused:
        number = len(person.refused)
        what = "action that should work was" if number == 1 else "actions that should work were"
        sentence = f"{number} {what} refused on the new path: {named(person.refused)}."
        return Case(key=person.key, name=person.name, verdict=BLOCKED, sentence=sentence)
    if doubt:
        sentence = f"No refusal is known, but the log is not whole: {doubt}"
        return Case(key=person.key, name=person.name, verdict=UNKNOWN, sentence=sentence)
    sentence = "0 actions that should work were refused on the new path."
    return Case(key=person.key, name=person.name, verdict=READY, sentence=sentence)

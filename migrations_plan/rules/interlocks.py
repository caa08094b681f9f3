"""Who of a wave may be cut over now, and why not: nobody is switched off while something required
is open.

Refused is whoever has a required readiness gate that is blocked or unknown (waived passes), an IAM
user that serves a program and was not split, or credentials that nobody read wholly and lately;
and everybody, while the plan does not run. Only what is known to be good opens it.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from migrations_plan.rules.facts import days
from migrations_plan.rules.gate import BLOCKED, READY, UNKNOWN, WAIVED, named
from migrations_plan.rules.old_path import quiet
from migrations_plan.rules.person_facts import LogFact
from migrations_plan.rules.readiness import GATE_BY_NAME, GATES
from migrations_plan.rules.verdict import clause
from migrations_plan.rules.wave_facts import SHARED, WaveFacts, WavePerson, WaveUser

# Required by every plan, whatever its template says.
ALWAYS = ("owner", "assigned", "forecast", "workload")
PERSON = "person:"
RUNNING = "running"
PLAN_STOPS = {
    "paused": "The plan is paused: it hands out no scripts.",
    "cancelled": "The plan was cancelled: it hands out no scripts.",
    "finished": "The plan is finished: it hands out no scripts.",
}
NOT_RUNNING = "Whether the plan runs is not known."
PROGRAMS = ("workload", "dormant")
NOBODYS = "0 people are confirmed as its owner (gate owner): whom it would stop is not known."


@dataclass(frozen=True, slots=True)
class Refused:
    """Somebody, or an IAM user, that may not be cut over now. subject: 'person:PK' or an ARN. arns:
    the IAM users concerned."""

    subject: str
    name: str
    sentences: tuple[str, ...]
    arns: tuple[str, ...] = ()
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What needs no script: name, and why in one sentence."""

    name: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Interlock:
    """people, programs: who may be cut over. stop: why nobody may; ''."""

    people: tuple[WavePerson, ...]
    programs: tuple[WaveUser, ...]
    refused: tuple[Refused, ...]
    left_out: tuple[LeftOut, ...]
    stop: str = ""

    @property
    def users(self) -> tuple[WaveUser, ...]:
        """The IAM users that scripts may be made for."""
        theirs = [user for person in self.people for user in to_end(person.users)]
        return (*theirs, *to_end(self.programs))

    @property
    def opens(self) -> frozenset[str]:
        """ARNs of these."""
        return frozenset(user.arn for user in self.users)


def required_gates(gates: Sequence[str]) -> tuple[str, ...]:
    """Names of readiness gates, in their order. gates: of every item of a plan that is not
    optional, 'person:NAME' among others."""
    named = {name.removeprefix(PERSON) for name in gates if name.startswith(PERSON)}
    return tuple(one.name for one in GATES if one.name in named or one.name in ALWAYS)


def interlock(
    wave: WaveFacts,
    *,
    required: Collection[str],
    plan_state: str,
    logs: Mapping[str, LogFact],
    quiet_days: int,
    now: datetime,
) -> Interlock:
    """Everybody of a wave. logs: of the accounts of programs, by id; none: not known."""
    stop = "" if plan_state == RUNNING else PLAN_STOPS.get(plan_state, NOT_RUNNING)
    people: list[WavePerson] = []
    programs: list[WaveUser] = []
    refused: list[Refused] = []
    for person in wave.people:
        ending = to_end(person.users)
        why = (*_first(stop), *_against_person(person, required, now))
        if why:
            refused.append(Refused(person.subject, person.name, why, _arns(ending), person.pk))
        elif not all(user.off for user in ending):
            people.append(person)
    for user in to_end(wave.programs):
        logs_of = logs.get(user.account_id)
        why = (*_first(stop), *_against_program(user, logs_of, quiet_days, now))
        if why:
            refused.append(Refused(user.arn, _name(user), why, (user.arn,)))
        elif not user.off:
            programs.append(user)
    refused += [
        Refused(
            user.arn,
            _name(user),
            (*_first(stop), NOBODYS, *_against_user(user, now)),
            (user.arn,),
        )
        for user in to_end(wave.loose)
    ]
    return Interlock(
        tuple(people), tuple(programs), tuple(refused), tuple(_left_out(wave, refused)), stop
    )


def to_end(users: Sequence[WaveUser]) -> tuple[WaveUser, ...]:
    """Those whose access is to end: not gone, not declared to stay."""
    return tuple(user for user in users if user.present is not False and not user.stays)


def _arns(users: Sequence[WaveUser]) -> tuple[str, ...]:
    return tuple(user.arn for user in users)


def _first(stop: str) -> tuple[str, ...]:
    return (stop,) if stop else ()


def _against_person(person: WavePerson, required: Collection[str], now: datetime) -> Iterator[str]:
    for name in required:
        reads = person.gates.get(name)
        verdict = reads.verdict if reads else UNKNOWN
        if verdict in (READY, WAIVED):
            continue
        title = GATE_BY_NAME[name].title
        said = reads.sentence if reads else "It was judged 0 times."
        word = BLOCKED if verdict == BLOCKED else UNKNOWN
        yield f"{title} (gate {name}) is {word}: {said}"
    for user in to_end(person.users):
        yield from _shared(user)
        yield from _against_user(user, now)


def _shared(user: WaveUser) -> Iterator[str]:
    """A program works with it, or with a key of it that is active: it would die with the key."""
    active = {key.id for key in user.keys or () if key.active}
    found = [
        one
        for one in user.used_as
        if one.kind in SHARED and (one.subject == user.arn or one.subject in active)
    ]
    if found:
        names = named(f"{one.subject} ({one.kind})" for one in found)
        serve = (
            "1 serves a program and was"
            if len(found) == 1
            else (f"{len(found)} serve a program and were")
        )
        yield f"{_name(user)}: {serve} not split off (gate workload): {names}."


def _against_user(user: WaveUser, now: datetime) -> Iterator[str]:
    """What was not read cannot be given back, and cannot be seen to be off."""
    if user.present is None:
        yield f"{_name(user)}: 0 reads ever showed this IAM user."
        return
    for what, value, told in (
        ("access keys", user.keys, user.keys_told),
        ("attached policies", user.denied, user.told),
        ("console password", user.password, user.password_told),
    ):
        if told.why:
            yield f"{_name(user)}: its {what} were not wholly and freshly read: {clause(told)}."
        elif value is None or told.observed_at is None:
            yield f"{_name(user)}: its {what} were read 0 times."
        elif told.until is not None and told.until <= now:
            at = f"{told.observed_at:%Y-%m-%d %H:%M} UTC"
            yield f"{_name(user)}: its {what} were last read on {at}, which is too long ago."


def _against_program(
    user: WaveUser, logs: LogFact | None, number: int, now: datetime
) -> Iterator[str]:
    """A program dies with its key: only one that is known to have left it is switched off."""
    if user.kind not in PROGRAMS:
        said = f"it is {user.kind}" if user.kind else "it was judged 0 times"
        yield f"{_name(user)}: it has to serve a program alone (gate workload), and {said}."
    if logs is None or (logs.read_days or 0) < number:
        read = days(logs.read_days or 0) if logs else "0 days"
        yield f"{_name(user)}: {days(number)} without a call are needed, {read} are wholly read."
    elif not quiet(user.used_at, logs.last_day, number):
        at = f"{user.used_at:%Y-%m-%d %H:%M} UTC"
        yield f"{_name(user)}: last used on {at}; {days(number)} without a call are needed."
    yield from _against_user(user, now)


def _left_out(wave: WaveFacts, refused: Sequence[Refused]) -> Iterator[LeftOut]:
    turned = {one.subject for one in refused}
    for person in wave.people:
        ending = to_end(person.users)
        if person.subject in turned or not all(user.off for user in ending):
            continue
        yield LeftOut(person.name, _nothing_to_do(len(ending)))
    for user in wave.programs:
        if user.arn not in turned and not user.stays and user.off:
            yield LeftOut(_name(user), _nothing_to_do(1))
    for user in wave.users:
        if user.present is False:
            yield LeftOut(_name(user), "A whole read shows it no more.")
        elif user.stays:
            yield LeftOut(_name(user), "A lead declared that it stays as it is, until a date.")


def _nothing_to_do(number: int) -> str:
    if not number:
        return "0 IAM users of theirs are left to switch off."
    return f"All {number} of their IAM users are off already: 0 active keys, everything denied."


def _name(user: WaveUser) -> str:
    return f"{user.name} in {user.account}"

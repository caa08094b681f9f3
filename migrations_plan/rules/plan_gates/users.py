"""Gates of IAM users: whose they are, what they still open, and what becomes of them."""

from collections.abc import Callable, Iterable

from migrations_plan.rules.checklist import Answers
from migrations_plan.rules.control_results import counted
from migrations_plan.rules.controls_access import no_human_users as control_no_human_users
from migrations_plan.rules.controls_access import off_boarding
from migrations_plan.rules.facts import Told
from migrations_plan.rules.gate import BLOCKED, READY, UNKNOWN
from migrations_plan.rules.plan_gates.answers import Case, each, of_control, unread
from migrations_plan.rules.plan_gates.facts import PlanFacts, User
from migrations_plan.rules.verdict import Fact

MIXED, EXCEPTION, WORKLOAD, DORMANT = "mixed", "exception", "workload", "dormant"
NO_WAVE = (UNKNOWN, "No wave of the plan holds an IAM user yet.")
NO_USER = (READY, "There is no IAM user at all.")
Said = tuple[str, str]


def of_users(
    facts: PlanFacts,
    users: Iterable[User],
    say: Callable[[User], Said],
    ready: str,
    *,
    empty: Said = NO_USER,
    credentials: bool = False,
    every: bool = False,
) -> Answers:
    """An answer of each user. credentials: it stands on what they hold. every: that these are all
    matters, so every account must have been read."""
    cases = [_case(user, say(user), credentials=credentials) for user in users]
    reads: list[Told] = []
    if every:
        reads = [account.users for account in facts.accounts]
        reads += [account.credentials for account in facts.accounts if credentials]
    told = [facts.control.organization] if every else []
    return each(
        cases,
        noun="IAM user",
        ready=ready,
        empty=empty if facts.accounts or not every else (UNKNOWN, "No account is known."),
        told=told,
        doubt=unread(reads),
    )


def _case(user: User, said: Said, *, credentials: bool) -> Case:
    told = (user.told, user.credentials) if credentials and not user.gone else (user.told,)
    fact = Fact(user.label, said[1], told[-1].source, told[-1].observed_at)
    return Case(
        key=user.arn,
        name=user.label,
        verdict=said[0],
        sentence=said[1],
        told=told,
        facts=(fact,),
        until=user.class_until,
    )


def administrators_known(facts: PlanFacts) -> Answers:
    """It is known of every user whether it is an administrator."""
    admins = sum(bool(user.admin) for user in facts.present)

    def say(user: User) -> Said:
        if user.admin is None:
            return UNKNOWN, f"Whether {user.label} is an administrator is not known."
        return READY, f"{user.label} is {'an' if user.admin else 'no'} administrator."

    ready = f"{admins:,} of {{n}} {'is an administrator' if admins == 1 else 'are administrators'}."
    return of_users(facts, facts.present, say, ready, every=True)


def users_mapped(facts: PlanFacts) -> Answers:
    """Every user has an owner, or is a program's, or an exception."""

    def say(user: User) -> Said:
        if user.owner:
            return READY, f"{user.label} is confirmed as {user.owner}'s."
        if user.kind in (WORKLOAD, EXCEPTION):
            return READY, f"{user.label} is {user.kind}."
        return BLOCKED, f"0 people are confirmed as owner of {user.label}, which is {user.kind}."

    ready = "Each of {n} has an owner, or is a program's, or an exception."
    return of_users(facts, facts.present, say, ready, every=True)


def mixed_split(facts: PlanFacts) -> Answers:
    """No user is shared by a person and a program."""

    def say(user: User) -> Said:
        if user.kind == MIXED:
            return BLOCKED, f"A person and a program share {user.label}."
        if user.human is None and user.kind != DORMANT:
            return UNKNOWN, f"Whether {user.label} is shared is not known: it is {user.kind}."
        return READY, f"{user.label} is {user.kind}."

    return of_users(facts, facts.present, say, "None of {n} is shared.", every=True)


def leavers_gone(facts: PlanFacts) -> Answers:
    """Nobody who left has anything active: the third of the auditor's statements."""
    return of_control(off_boarding(facts.control))


def no_human_users(facts: PlanFacts) -> Answers:
    """No user of a person is left: the seventh of the auditor's statements. A user that is not a
    case of it is none, or gone."""
    found = dict(of_control(control_no_human_users(facts.control)))

    def say(user: User) -> Said:
        return READY, f"{user.label} is {'gone' if user.gone else user.kind}."

    for key, answer in of_users(facts, facts.users, say, "").items():
        found.setdefault(key, answer)
    return found


def keys_inactive(facts: PlanFacts) -> Answers:
    """No access key of the waves' users is active."""

    def say(user: User) -> Said:
        if user.gone:
            return READY, f"{user.label} is gone, and its keys with it."
        if user.active_keys is None:
            return UNKNOWN, f"The keys of {user.label} were not read."
        if user.active_keys:
            return BLOCKED, f"{user.label} has {counted(user.active_keys, 'active key')}."
        return READY, f"{user.label} has 0 active keys."

    return _of_wave(facts, say, "None of {n} has an active key.", credentials=True)


def keys_gone(facts: PlanFacts) -> Answers:
    """The waves' users have no access key at all."""

    def say(user: User) -> Said:
        if user.gone:
            return READY, f"{user.label} is gone, and its keys with it."
        if user.keys is None:
            return UNKNOWN, f"The keys of {user.label} were not read."
        if user.keys:
            return BLOCKED, f"{user.label} still has {counted(user.keys, 'access key')}."
        return READY, f"{user.label} has 0 access keys."

    return _of_wave(facts, say, "None of {n} has an access key.", credentials=True)


def users_denied(facts: PlanFacts) -> Answers:
    """Everything is denied to the waves' users."""

    def say(user: User) -> Said:
        if user.gone:
            return READY, f"{user.label} is gone."
        if user.denied is None:
            return UNKNOWN, f"The policies of {user.label} were not read whole."
        if user.denied:
            return READY, f"Everything is denied to {user.label}."
        return BLOCKED, f"0 policies of {user.label} deny everything."

    return _of_wave(facts, say, "Everything is denied to each of {n}.", credentials=False)


def passwords_gone(facts: PlanFacts) -> Answers:
    """No user of the waves has a console password."""

    def say(user: User) -> Said:
        if user.gone:
            return READY, f"{user.label} is gone."
        if user.password is None:
            return UNKNOWN, f"Whether {user.label} has a console password is not known."
        if user.password:
            return BLOCKED, f"{user.label} has a console password."
        return READY, f"{user.label} has 0 console passwords."

    return _of_wave(facts, say, "None of {n} has a console password.", credentials=True)


def disabled_decided(facts: PlanFacts) -> Answers:
    """Of each of the waves' users that is off, somebody decided what becomes of it."""

    def say(user: User) -> Said:
        if user.gone:
            return READY, f"{user.label} is deleted."
        if user.denied is not True and not (user.active_keys == 0 and user.password is False):
            return BLOCKED, f"{user.label} is not known to be disabled yet."
        fate = user.fate
        if fate is None:
            return BLOCKED, f"Nobody decided what becomes of {user.label}."
        if fate.until is not None and fate.until <= facts.now:
            ended = f"{fate.until:%Y-%m-%d}"
            return BLOCKED, f"{user.label} was to be kept until {ended}: it is to be decided again."
        end = f" until {fate.until:%Y-%m-%d}" if fate.until else ""
        return READY, f"{fate.by} decided of {user.label}: {fate.word}{end}."

    return _of_wave(facts, say, "Of each of {n} it is decided.", credentials=True)


def _of_wave(
    facts: PlanFacts, say: Callable[[User], Said], ready: str, *, credentials: bool
) -> Answers:
    return of_users(facts, facts.wave_users, say, ready, empty=NO_WAVE, credentials=credentials)

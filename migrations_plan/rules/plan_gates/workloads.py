"""Gates of programs: moved to roles, with narrow policies; exceptions bound."""

from datetime import timedelta

from migrations_plan.rules.checklist import Answers
from migrations_plan.rules.control_results import counted
from migrations_plan.rules.gate import BLOCKED, READY, UNKNOWN, named
from migrations_plan.rules.plan_gates.answers import Case, each, unread
from migrations_plan.rules.plan_gates.facts import Move, PlanFacts, Terms, User
from migrations_plan.rules.plan_gates.users import DORMANT, EXCEPTION, Said, of_users

NO_ACCOUNT = "no account is known."
NO_EXCEPTION = (READY, "0 IAM users are exceptions.")


def workloads_moved(facts: PlanFacts) -> Answers:
    """No program works with a key, exceptions aside."""

    def say(user: User) -> Said:
        if user.gone:
            return READY, f"{user.label} is gone."
        if user.kind == EXCEPTION:
            return READY, f"{user.label} is an exception."
        if user.active_keys is None:
            return UNKNOWN, f"The keys of {user.label} were not read."
        if not user.active_keys:
            return READY, f"{user.label} has 0 active keys."
        keys = counted(user.active_keys, "active key")
        if user.human is None:
            return UNKNOWN, f"Whether a program works with {user.label} is not known: {keys}."
        return BLOCKED, f"A program works with {user.label}, by {keys}."

    programs = [user for user in facts.users if user.arn in facts.workloads]
    known = {user.arn for user in programs}
    programs += [user for user in facts.present if _perhaps(user) and user.arn not in known]
    return of_users(
        facts,
        programs,
        say,
        "No program works with a key of any of {n}.",
        empty=(READY, "0 IAM users are used by programs."),
        credentials=True,
        every=True,
    )


def _perhaps(user: User) -> bool:
    """Nobody knows whether a program works with it. What is dormant, none does."""
    keys = user.active_keys is None or user.active_keys > 0
    return user.human is None and user.kind != DORMANT and keys


def workload_policies_narrow(facts: PlanFacts) -> Answers:
    """No role that takes a program's place allows everything, or a service that it never calls.
    Programs whose role nobody named are not known to be narrow."""
    moves = {move.user_arn: move for move in facts.moves}
    programs = [u for u in facts.users if u.arn in facts.workloads and u.kind != EXCEPTION]
    missing = sum(account.missing for account in facts.accounts)
    cases = [_narrow(user, moves.get(user.arn), logs_whole=not missing) for user in programs]
    return each(
        cases,
        noun="program",
        ready="The role of each of {n} allows no more than it uses.",
        empty=(READY, "0 IAM users are used by programs."),
        told=[facts.control.organization],
        doubt=unread(account.users for account in facts.accounts) if facts.accounts else NO_ACCOUNT,
    )


def _narrow(user: User, move: Move | None, *, logs_whole: bool) -> Case:
    verdict, sentence = _role(user, move, logs_whole=logs_whole)
    told = (move.told,) if move is not None and move.role else ()
    return Case(key=user.arn, name=user.label, verdict=verdict, sentence=sentence, told=told)


def _role(user: User, move: Move | None, *, logs_whole: bool) -> Said:
    if move is None or not move.role:
        return UNKNOWN, f"Nobody named the role that takes the place of {user.label}."
    if not move.present:
        return UNKNOWN, f"The role {move.name} was seen by 0 reads."
    if move.wide:
        return BLOCKED, f"The role {move.name} may do everything, by {named(move.wide)}."
    if move.unread:
        return (
            UNKNOWN,
            f"{counted(len(move.unread), 'policy', 'policies')} of {move.name} not read.",
        )
    if move.unused and not logs_whole:
        return UNKNOWN, f"Whether {move.name} calls {named(move.unused)} is not known from the log."
    if move.unused:
        number = counted(len(move.unused), "service")
        return (
            BLOCKED,
            f"The role {move.name} allows {number} that it never calls: {named(move.unused)}.",
        )
    return READY, f"The role {move.name} calls every service that it is allowed."


def exceptions_bound(facts: PlanFacts) -> Answers:
    """Each exception has an owner, an end, a rotation that is kept, and a policy that denies it
    everything from any other address."""

    def say(user: User) -> Said:
        if user.gone:
            return READY, f"{user.label} is gone."
        if user.kind != EXCEPTION:
            return READY, f"{user.label} is no exception: it is {user.kind}."
        lacking, unknown = _lacks(user, facts)
        if lacking:
            return BLOCKED, f"{user.label} lacks {named(lacking)}."
        if unknown:
            return UNKNOWN, f"Of {user.label} it is not known: {named(unknown)}."
        return READY, f"{user.label} is bound to its addresses, with owner, end and rotation."

    mine = [u for u in facts.users if u.kind == EXCEPTION or u.arn in facts.workloads]
    return of_users(
        facts,
        mine,
        say,
        "Each of {n} that is an exception is bound.",
        empty=NO_EXCEPTION,
        credentials=True,
        every=True,
    )


def _lacks(user: User, facts: PlanFacts) -> tuple[list[str], list[str]]:
    """What is missing, and what nobody knows."""
    terms = user.terms
    if terms is None or terms.rotation_days is None:
        return ["its terms: owner, rotation and addresses"], []
    lacking = [] if terms.owner else ["an owner"]
    if terms.until is None or terms.until <= facts.now:
        lacking.append("an end that is not over")
    lacking += [] if terms.addresses else ["addresses"]
    return _rotation(user, terms, facts, lacking), _unknown(user, terms, lacking)


def _rotation(user: User, terms: Terms, facts: PlanFacts, lacking: list[str]) -> list[str]:
    limit = timedelta(days=terms.rotation_days or 0)
    if user.oldest_key_at is not None and facts.now - user.oldest_key_at > limit:
        lacking.append(f"a key younger than {terms.rotation_days} days")
    if terms.verified is False:
        lacking.append("a policy that denies everything from elsewhere (aws:SourceIp)")
    return lacking


def _unknown(user: User, terms: Terms, lacking: list[str]) -> list[str]:
    unknown = [] if terms.verified is not None else ["what its policies say"]
    if user.active_keys is None:
        unknown.append("how old its keys are")
    return [] if lacking else unknown

"""The statements about people's own IAM users: what is left of the old path."""

from datetime import datetime

from migrations_plan.rules.control_facts import Facts, LeaverFacts, Subject, UseFacts, UserFacts
from migrations_plan.rules.control_results import (
    Case,
    Result,
    against,
    conclude,
    counted,
    number,
    oldest,
    reads_of,
    undecided,
    unread,
    unread_accounts,
    unread_days,
)
from migrations_plan.rules.verdict import Fact

USERS, LOGS, CLASSES = "IAM users and credentials", "CloudTrail logs", "Classes of IAM users"


def access_by_sso(facts: Facts) -> Result:
    """All human access is through Identity Center: no human used the old path in the window, and
    no human IAM user could: none has a console password or an active key."""
    cases = [case for user in facts.users for case in _old_path(user, facts)]
    cases += [case for use in facts.uses for case in _other_use(use, facts)]
    cases += unread_accounts(facts, credentials=True) + unread_days(facts)
    humans = [user for user in facts.users if user.human]
    able = sum(bool(user.opens) for user in humans)
    used = sum(bool(user.old_calls) for user in humans)
    roots = sum(bool(use.human) for use in facts.uses)
    days = counted(facts.window_days, "day")
    return conclude(
        met=f"None of {counted(len(humans), 'human IAM user')} has a console password or an active "
        f"key, and nobody used the old path in the last {days}.",
        not_met=_not_met(able, used, roots, facts),
        population=f"{counted(len(facts.users), 'IAM user')} in "
        f"{counted(len(facts.accounts), 'account')}",
        looked_at=len(facts.users),
        cases=cases,
        told=reads_of(facts, credentials=True),
        facts=(
            *_user_facts(facts),
            number("Human IAM users with a password or key", able, USERS, _read_at(facts)),
            number("Human IAM users that used the old path", used, LOGS, None),
            number("Account-days not wholly read", _missing(facts), LOGS, None),
        ),
    )


def _not_met(able: int, used: int, others: int, facts: Facts) -> str:
    humans = counted(sum(bool(user.human) for user in facts.users), "human IAM user")
    days = counted(facts.window_days, "day")
    said = f"{able:,} of {humans} can still sign in or call with a key, and {used:,} used the old "
    said += f"path in the last {days}"
    if others:
        word = "root user or IAM user that is gone"
        said += f"; so did {counted(others, word, 'root users or IAM users that are gone')}"
    return f"{said}."


def _old_path(user: UserFacts, facts: Facts) -> list[Case]:
    if user.human is False:
        return []
    used = f"made {_calls(user.old_calls)} over the old path" if user.old_calls else ""
    used += f", the last on {user.old_at:%Y-%m-%d}" if used and user.old_at else ""
    says = " and ".join(filter(None, [user.held and f"has {user.held}", used]))
    if says and user.human:
        return [against(user.subject, f"A human IAM user in {user.account}: it {says}.")]
    if says:
        return [undecided(user.subject, f"Whether a human uses it is unknown: it {says}.")]
    if user.opens is None:
        return [undecided(user.subject, "What it holds was not read.")]
    return []


def _other_use(use: UseFacts, facts: Facts) -> list[Case]:
    said = f"{_calls(use.calls)} in the last {counted(facts.window_days, 'day')}"
    said += f", the last on {use.last_at:%Y-%m-%d}." if use.last_at else "."
    if use.human:
        return [against(use.subject, said)]
    return [] if use.human is False else [undecided(use.subject, f"{said} Nobody knows whose.")]


def _calls(calls: int) -> str:
    return counted(calls, "call")


def off_boarding(facts: Facts) -> Result:
    """Nobody who left has anything active: no Identity Center user, no password, no key."""
    cases = [case for leaver in facts.leavers for case in _leaver(leaver)]
    cases += [
        undecided(user.subject, f"It has {user.held}, and nobody has confirmed whose it is.")
        for user in facts.users
        if user.human is not False and user.opens and not user.owner
    ]
    cases += unread("who is in Identity Center", [facts.store])
    cases += unread_accounts(facts, credentials=True)
    if not facts.leavers and not facts.roster:
        nobody = "No roster was imported and nobody is disabled, so nothing tells who left."
        cases += [undecided(Subject("people", "everybody"), nobody)]
    gone, holding = len(facts.leavers), sum(bool(_holds(one)) for one in facts.leavers)
    return conclude(
        met=f"None of {counted(gone, 'leaver')} has anything active."
        if gone
        else f"Nobody of {counted(facts.people, 'person', 'people')} is known to have left, so "
        f"nobody who left has anything active.",
        not_met=f"{holding:,} of {counted(gone, 'leaver')} still "
        f"{'has' if holding == 1 else 'have'} something active.",
        population=f"{counted(gone, 'leaver')} among {counted(facts.people, 'person', 'people')}",
        looked_at=gone,
        cases=cases,
        told=[facts.store, *reads_of(facts, credentials=True)],
        facts=(
            number(
                "People known", facts.people, "Identity store and roster", facts.store.observed_at
            ),
            number("People who left", gone, "Identity store and roster", facts.store.observed_at),
            Fact("Roster", "imported" if facts.roster else "none imported", "Roster", None),
            number("Leavers with something active", holding, USERS, _read_at(facts)),
        ),
    )


def _holds(leaver: LeaverFacts) -> list[str]:
    found = ["an enabled Identity Center user"] if leaver.enabled else []
    return found + [
        f"{user.held} on {user.subject.name} in {user.account}"
        for user in leaver.users
        if user.opens
    ]


def _leaver(leaver: LeaverFacts) -> list[Case]:
    holds = _holds(leaver)
    if holds:
        return [
            against(leaver.subject, f"{leaver.how.capitalize()}; still has {', '.join(holds)}.")
        ]
    if leaver.enabled is None:
        return [undecided(leaver.subject, "Whether Identity Center still lets them in is unknown.")]
    if any(user.opens is None for user in leaver.users):
        return [undecided(leaver.subject, "What their IAM users hold was not read.")]
    return []


def no_human_users(facts: Facts) -> Result:
    """There is no IAM user that a human uses, disabled or not."""
    cases = [
        against(
            user.subject,
            f"A human IAM user in {user.account}, with {user.held or 'nothing that is active'}.",
        )
        for user in facts.users
        if user.human
    ]
    cases += [
        undecided(user.subject, f"Whether a human uses it is unknown: it is {user.kind}.")
        for user in facts.users
        if user.human is None
    ]
    cases += unread_accounts(facts, credentials=False)
    humans = sum(bool(user.human) for user in facts.users)
    users = counted(len(facts.users), "IAM user")
    return conclude(
        met=f"None of {users} belongs to a human."
        if facts.users
        else "There is no IAM user at all.",
        not_met=f"{humans:,} of {users} {'belongs' if humans == 1 else 'belong'} to humans.",
        population=f"{users} in {counted(len(facts.accounts), 'account')}",
        looked_at=sum(user.human is not None for user in facts.users),
        cases=cases,
        told=reads_of(facts, credentials=False),
        facts=_user_facts(facts),
    )


def _user_facts(facts: Facts) -> tuple[Fact, ...]:
    kinds = sorted({user.kind for user in facts.users})
    words = [f"{sum(u.kind == kind for u in facts.users):,} {kind}" for kind in kinds]
    return (
        number(
            "IAM users", len(facts.users), "IAM users, groups, roles, policies", _read_at(facts)
        ),
        Fact("By class", ", ".join(words) or "none", CLASSES, facts.now),
    )


def _read_at(facts: Facts) -> datetime | None:
    return oldest(account.users for account in facts.accounts)


def _missing(facts: Facts) -> int:
    return sum(account.missing for account in facts.accounts)

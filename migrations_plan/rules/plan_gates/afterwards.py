"""Gates of what comes after the cutover: quiet tails, no way back, and proof day by day."""

from datetime import timedelta

from migrations_plan.rules.checklist import Answers
from migrations_plan.rules.control_results import MET, NOT_MET, counted
from migrations_plan.rules.gate import BLOCKED, READY, UNKNOWN, named
from migrations_plan.rules.live_sessions import LONGEST
from migrations_plan.rules.plan_gates.answers import Case, each, unread, whole
from migrations_plan.rules.plan_gates.facts import PlanFacts, Tail, User
from migrations_plan.rules.plan_gates.users import EXCEPTION, NO_WAVE
from migrations_plan.rules.verdict import Fact

LOGS, CONTROLS = "CloudTrail logs", "Controls"
REGRESSION_DAYS = 7
STATEMENTS = 7
# A session can only be missing from logs that are read to its start and some time on.
DELIVERED_WITHIN = timedelta(hours=1)


def tails_quiet(facts: PlanFacts) -> Answers:
    """No session that began before the cutover can be alive. After the longest that AWS allows no
    log is needed to say so."""
    tails: dict[str, list[Tail]] = {}
    for tail in facts.tails:
        tails.setdefault(tail.user_arn, []).append(tail)
    return each(
        (_tail(user, tails.get(user.arn, []), facts) for user in facts.wave_users),
        noun="IAM user",
        ready="No session from before the cutover can be alive of any of {n}.",
        empty=NO_WAVE,
    )


def _tail(user: User, tails: list[Tail], facts: PlanFacts) -> Case:
    verdict, sentence = _alive(user, tails, facts)
    return Case(key=user.arn, name=user.label, verdict=verdict, sentence=sentence)


def _alive(user: User, tails: list[Tail], facts: PlanFacts) -> tuple[str, str]:
    cut_at = user.cut_at or user.off_since
    if cut_at is None:
        return BLOCKED, f"The cutover of {user.label} has not begun."
    last_minute = cut_at + LONGEST
    if facts.now >= last_minute:
        return READY, f"{user.label} has been off for more than {_hours(LONGEST)} hours."
    alive = [tail for tail in tails if tail.until > facts.now]
    if alive:
        last = max(alive, key=lambda tail: (tail.until, tail.words))
        until = f"{last.until:%Y-%m-%d %H:%M} UTC"
        return BLOCKED, f"{counted(len(alive), last.words)} may live until {until}."
    if facts.logs_through is None or facts.logs_through < cut_at + DELIVERED_WITHIN:
        until = f"{last_minute:%Y-%m-%d %H:%M} UTC"
        return UNKNOWN, f"The log is not read past the cutover; nothing can live after {until}."
    return READY, f"0 sessions of {user.label} from before the cutover can be alive."


def _hours(span: timedelta) -> int:
    return int(span / timedelta(hours=1))


def no_regressions(facts: PlanFacts) -> Answers:
    """No new user, password or key lately, and none that was off is on again."""
    days = facts.number("regression_days", REGRESSION_DAYS)
    since = facts.now - timedelta(days=days)
    cases = []
    for user in facts.present:
        found = _new(user, since, facts)
        sentence = f"{user.label}: {', '.join(found)}." if found else f"{user.label}: nothing new."
        cases.append(
            Case(
                key=user.arn,
                name=user.label,
                verdict=BLOCKED if found else READY,
                sentence=sentence,
                told=(user.told, user.credentials),
            )
        )
    reads = [one for a in facts.accounts for one in (a.users, a.credentials)]
    none = f"0 IAM users, passwords and keys were made in the last {days} days"
    return each(
        cases,
        noun="IAM user",
        ready=f"{none}, and none woke, among {{n}}.",
        empty=(READY, f"{none}: there is no IAM user.") if facts.accounts else _NOTHING,
        told=[facts.control.organization],
        doubt=unread(reads),
    )


_NOTHING = (UNKNOWN, "No account is known.")


def _new(user: User, since: object, facts: PlanFacts) -> list[str]:
    def young(at: object) -> bool:
        return at is not None and at > since  # type: ignore[operator]

    found = [f"the user is new, made on {user.made_at:%Y-%m-%d}"] if young(user.made_at) else []
    # Whoever is an exception has to change its keys.
    if user.kind != EXCEPTION:
        if young(user.password_at):
            found.append(f"a new password of {user.password_at:%Y-%m-%d}")
        found += [f"a new key of {at:%Y-%m-%d}" for at in user.keys_at if young(at)]
    if user.cut_at is not None and (user.active_keys or (user.password and not user.denied)):
        held = counted(user.active_keys, "active key") if user.active_keys else "a console password"
        found.append(f"it was cut over on {user.cut_at:%Y-%m-%d} and has {held}")
    if user.arn in facts.regressed:
        found.append("its owner is back on the old path")
    return found


def old_path_quiet(facts: PlanFacts) -> Answers:
    """No call over the old path on the last whole days, exceptions aside, each of which was read
    in every account."""
    days = counted(facts.quiet_days, "day")
    used = [(user.label, user.old_calls) for user in facts.users if user.old_calls]
    kinds = {user.label: user.kind for user in facts.users}
    counts = [(name, calls) for name, calls in used if kinds[name] != EXCEPTION]
    counts += [*facts.strangers]
    calls = sum(number for _, number in counts)
    fact = Fact("Calls over the old path", f"{calls:,}", LOGS, facts.now)
    if counts:
        who = named(name for name, _ in sorted(counts, key=lambda one: (-one[1], one[0])))
        return whole(
            BLOCKED,
            f"{counted(calls, 'call')} came over the old path in the last {days}, by "
            f"{counted(len(counts), 'identity', 'identities')}: {who}.",
            facts=(fact,),
            until=facts.quiet_until,
        )
    if facts.quiet_missing or not facts.accounts:
        missing = counted(facts.quiet_missing, "account-day")
        why = facts.quiet_why or "No account is known."
        sentence = f"0 calls are known, but {missing} are not wholly read. {why}"
        return whole(UNKNOWN, sentence, until=facts.quiet_until)
    sentence = f"0 calls came over the old path in the last {days}, exceptions aside."
    told = [facts.control.organization]
    return whole(READY, sentence, told=told, facts=(fact,), until=facts.quiet_until)


def statements_hold(facts: PlanFacts) -> Answers:
    """Each of the auditor's seven statements was met on every day of the period."""
    days = sorted({one.day for one in facts.statements})
    if not days:
        return whole(UNKNOWN, "The statements were never judged.")
    period = f"from {days[0]} to {days[-1]}"
    told = sorted(facts.statements, key=lambda one: (one.day, one.short))
    against = [f"{one.short} on {one.day}" for one in told if one.verdict == NOT_MET]
    open_ones = [f"{one.short} on {one.day}" for one in told if one.verdict not in (MET, NOT_MET)]
    until = facts.statements_until
    if against:
        speak = "result speaks" if len(against) == 1 else "results speak"
        sentence = f"{len(against):,} {speak} against them {period}: "
        return whole(BLOCKED, f"{sentence}{named(against)}.", until=until)
    if open_ones or len(facts.statements) < STATEMENTS * len(days):
        missing = len(open_ones) + STATEMENTS * len(days) - len(facts.statements)
        are = "result is" if missing == 1 else "results are"
        sentence = f"{missing:,} {are} unknown {period}: {named(open_ones) or 'not judged'}."
        return whole(UNKNOWN, sentence, until=until)
    fact = Fact("Results", f"{len(facts.statements)} met", CONTROLS, facts.now)
    sentence = f"The {STATEMENTS} statements held on each of {counted(len(days), 'day')} {period}."
    return whole(READY, sentence, facts=(fact,), until=until)


def break_glass_reviewed(facts: PlanFacts) -> Answers:
    """Every use of break-glass was reviewed, with an outcome."""
    days = facts.control.window_days
    missing = sum(account.missing for account in facts.accounts)
    doubt = f"{counted(missing, 'account-day')} of the log are not wholly read." if missing else ""
    cases = []
    for use in facts.uses:
        when = f"{use.at:%Y-%m-%d %H:%M} UTC"
        if use.reviewed_at is None or not use.outcome:
            verdict, sentence = BLOCKED, f"The use by {use.who} of {when} awaits its review."
        else:
            verdict = READY
            sentence = f"The use by {use.who} of {when} was reviewed on {use.reviewed_at:%Y-%m-%d}."
        cases.append(
            Case(key=use.key, name=f"{use.who} {when}", verdict=verdict, sentence=sentence)
        )
    return each(
        cases,
        noun="use",
        ready=f"Each of {{n}} of break-glass in the last {days} days was reviewed.",
        empty=(READY, f"Break-glass was used 0 times in the last {days} days."),
        told=[facts.control.organization, facts.control.sets_told],
        doubt=doubt or ("" if facts.accounts else "no account is known."),
    )

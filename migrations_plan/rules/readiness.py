"""Is a person ready: one short function per gate, listed at the end.

ready: proven by whole and fresh reads. blocked: known to stand in the way. unknown: nobody knows,
which is never ready. waived is added by rules.waivers, never by a gate.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from migrations_plan.rules.facts import Told, days
from migrations_plan.rules.gate import BLOCKED, READY, UNKNOWN, GateVerdict, gate, named
from migrations_plan.rules.gate_facts import (
    access_facts,
    class_facts,
    identity_facts,
    log_fact,
    moment,
    seen_fact,
    use_fact,
    user_facts,
)
from migrations_plan.rules.old_path import quiet
from migrations_plan.rules.person_facts import Need, PersonFacts
from migrations_plan.rules.thresholds import Thresholds
from migrations_plan.rules.tools import (
    FINE,
    NOT_LISTED,
    OLD,
    UNCLEAR,
    least_words,
    newest,
    state_of,
    tool_facts,
)
from migrations_plan.rules.verdict import Fact


def owner(p: PersonFacts, limits: Thresholds, now: datetime) -> GateVerdict:
    """A lead has said which IAM users are theirs, or that they only need access."""
    if p.users:
        number = len(p.users)
        words = "IAM user is" if number == 1 else "IAM users are"
        who = named(f"{one.name} in {one.account}" for one in p.users)
        return gate(READY, f"{number} {words} confirmed as theirs: {who}.", facts=user_facts(p))
    if p.access.has_target:
        sentence = "They only need access: a target is confirmed, and 0 IAM users are theirs."
        return gate(READY, sentence)
    return gate(BLOCKED, "0 IAM users are confirmed as theirs, and no target access is.")


def identity(p: PersonFacts, limits: Thresholds, now: datetime) -> GateVerdict:
    """Exists in Identity Center, enabled, with an address of the company."""
    one, facts, told = p.identity, identity_facts(p), [p.identity.told]
    if one.exists is None or (one.exists and one.enabled is None):
        sentence = "Whether 1 enabled Identity Center user is theirs is not known."
        return gate(UNKNOWN, sentence, facts=facts, told=told)
    if not one.exists:
        return gate(BLOCKED, "0 Identity Center users are theirs.", facts=facts, told=told)
    if not one.enabled:
        return gate(BLOCKED, "Their 1 Identity Center user is disabled.", facts=facts, told=told)
    domain = one.email.rpartition("@")[2].lower()
    if p.domains and domain not in p.domains:
        sentence = f"{one.email or 'An empty address'} is in 0 of the {len(p.domains)} domains set."
        return gate(BLOCKED, sentence, facts=facts, told=told)
    return gate(READY, "Their 1 Identity Center user is enabled.", facts=facts, told=told)


def missing(p: PersonFacts) -> list[Need]:
    """Needs that nothing grants."""
    accounts = {account_id for account_id, _ in p.access.granted}
    return [
        need
        for need in p.access.needs
        if (
            (need.account_id, need.permission_set) not in p.access.granted
            if need.permission_set
            else need.account_id not in accounts
        )
    ]


def assigned(p: PersonFacts, limits: Thresholds, now: datetime) -> GateVerdict:
    """Every account used over the old path or said to be needed, and every target, is granted."""
    lacking, number = missing(p), len(p.access.needs)
    facts, told = access_facts(p), [p.access.told]
    if lacking:
        names = named(need.words for need in lacking)
        sentence = f"{len(lacking)} of {number} needed assignments are missing: {names}."
        return gate(BLOCKED, sentence, facts=facts, told=told)
    if not p.access.has_target and _days_read(p) < limits.window_days:
        sentence = f"What they need is not wholly known: no target, and {unread(p, limits)}."
        return gate(UNKNOWN, sentence, facts=facts, told=told, until=p.logs.until)
    return gate(READY, f"All {number} needed assignments are granted.", facts=facts, told=told)


def _days_read(p: PersonFacts) -> int:
    return p.logs.read_days or 0


def unread(p: PersonFacts, limits: Thresholds) -> str:
    """'2026-11-03 of dev was not wholly read' or what else is missing of the window."""
    if p.logs.gap:
        return f"{p.logs.gap} of {p.logs.gap_account} was not wholly read"
    return "0 accounts of theirs have logs that are read"


def _absent(p: PersonFacts, limits: Thresholds, what: str) -> GateVerdict:
    """Nothing was seen: known only where the days in question were read."""
    if _days_read(p) >= limits.quiet_days:
        sentence = f"0 {what} seen; the last {days(_days_read(p))} are wholly read."
        return gate(BLOCKED, sentence, facts=(log_fact(p),), until=p.logs.until)
    sentence = f"0 {what} seen, and {unread(p, limits)}."
    return gate(UNKNOWN, sentence, facts=(log_fact(p),), until=p.logs.until)


def signed_in(p: PersonFacts, limits: Thresholds, now: datetime) -> GateVerdict:
    """They signed in to the access portal at least once. Once seen, it stays true."""
    at = p.usage.signed_in_at
    if at is None:
        return _absent(p, limits, "sign-ins to the access portal were")
    sentence = f"Signed in to the access portal first on {moment(at)}."
    return gate(READY, sentence, facts=(seen_fact(p.usage.signed_in_how, at),))


def sso_console(p: PersonFacts, limits: Thresholds, now: datetime) -> GateVerdict:
    """They opened the console with a permission set."""
    at = p.usage.console_at
    if at is None:
        return _absent(p, limits, "uses of the console over Identity Center were")
    sentence = f"Used the console over Identity Center first on {moment(at)}."
    return gate(READY, sentence, facts=(seen_fact("console over Identity Center", at),))


def sso_cli(p: PersonFacts, limits: Thresholds, now: datetime) -> GateVerdict:
    """They used the command line with a permission set, if they use it over the old path."""
    at = p.usage.cli_at
    if at is not None:
        sentence = f"Used the command line over Identity Center first on {moment(at)}."
        return gate(READY, sentence, facts=(seen_fact("command line over Identity Center", at),))
    if p.usage.old_cli:
        return _absent(p, limits, "uses of the command line over Identity Center were")
    if p.old_users and _days_read(p) < limits.window_days:
        sentence = f"Whether they use the command line is not known: {unread(p, limits)}."
        return gate(UNKNOWN, sentence, facts=(log_fact(p),), until=p.logs.until)
    window = days(limits.window_days)
    sentence = f"The command line was used over the old path 0 times in the last {window}."
    return gate(READY, sentence, facts=(log_fact(p),), until=p.logs.until)


def forecast(p: PersonFacts, limits: Thresholds, now: datetime) -> GateVerdict:
    """Nothing they do over the old path would be denied over the new one."""
    f = p.forecast
    if f is None:
        return gate(UNKNOWN, "0 forecasts of their calls were made.")
    told = Told("Forecast", f.made_at, f.until, f.why if not f.denied else "")
    if f.until and f.until <= now:
        told = Told("Forecast", f.made_at, f.until, f"it was made on {moment(f.made_at)}")
    facts = (Fact("different calls", str(f.calls), "Forecast", f.made_at),)
    if f.denied:
        sentence = f"{f.denied} of {f.calls} different calls would be denied{_worst(f.worst)}."
        return gate(BLOCKED, sentence, facts=facts, told=[told])
    if f.unknown:
        sentence = f"{f.unknown} of {f.calls} different calls are undecided{_worst(f.worst)}."
        return gate(UNKNOWN, sentence, facts=facts, told=[told])
    return gate(READY, f"0 of {f.calls} different calls would be denied.", facts=facts, told=[told])


def _worst(words: str) -> str:
    return f", first {words}" if words else ""


def old_path_quiet(p: PersonFacts, limits: Thresholds, now: datetime) -> GateVerdict:
    """No use of the old path on the last N whole days, nor today, and all of them were read."""
    number, facts = limits.quiet_days, (use_fact(p), log_fact(p))
    if not p.old_users:
        return gate(READY, "They have 0 IAM users, so there is no old path to leave.")
    if not quiet(p.usage.used_at, p.logs.last_day, number):
        sentence = (
            f"Last used on {moment(p.usage.used_at)}, per {p.usage.used_by}; "
            f"{days(number)} without use are needed."
        )
        return gate(BLOCKED, sentence, facts=facts, until=p.logs.until)
    if _days_read(p) < number:
        sentence = f"No use is known, but {unread(p, limits)}; {days(number)} are needed."
        return gate(UNKNOWN, sentence, facts=facts, until=p.logs.until)
    used = f", last on {moment(p.usage.used_at)}" if p.usage.used_at else ""
    sentence = f"Not used for {days(number)} and more{used}; {days(number)} are needed."
    # Of a user whose account cannot be read, AWS's own last use and new credentials are not known.
    told = [one.told for one in p.old_users]
    return gate(READY, sentence, facts=facts, told=told, until=p.logs.until)


def no_workload(p: PersonFacts, limits: Thresholds, now: datetime) -> GateVerdict:
    """No program works with their keys, where it would die with them, or through Identity Center,
    where only people belong."""
    found = [(user, one) for user in p.old_users for one in user.classes]
    program = p.identity.program
    if program is not None:
        return gate(BLOCKED, program.in_identity_center, facts=class_facts(p), told=[program.told])
    bad = [f"{u.name} ({one.kind})" for u, one in found if one.kind in ("workload", "mixed")]
    facts, told = class_facts(p), [one.told for _, one in found]
    if bad:
        sentence = f"{len(bad)} of their IAM users and keys serve programs: {named(bad)}."
        return gate(BLOCKED, sentence, facts=facts, told=told)
    dim = [u.name for u in p.old_users if not u.kind]
    dim += [u.name for u, one in found if one.kind in (None, "unknown")]
    if dim:
        sentence = f"What {len(dim)} of their IAM users and keys serve is not known: {named(dim)}."
        return gate(UNKNOWN, sentence, facts=facts, told=told)
    return gate(READY, "0 of their IAM users and keys serve a program.", facts=facts, told=told)


def tools(p: PersonFacts, limits: Thresholds, now: datetime) -> GateVerdict:
    """Command line, Terraform and SDKs renew an Identity Center session by themselves."""
    uses = newest(p.usage.tools)
    old = [use for use in uses if state_of(use) == OLD]
    fine = [use for use in uses if state_of(use) == FINE]
    dim = [u for u in uses if state_of(u) == UNCLEAR or (state_of(u) == NOT_LISTED and not fine)]
    facts, until = tool_facts(uses), p.logs.until
    if not uses:
        return gate(UNKNOWN, "0 tools of theirs were seen.", until=until)
    if old:
        sentence = f"{len(old)} too old: {named(map(str, old))}; {least_words(old[0])}."
        return gate(BLOCKED, sentence, facts=facts, until=until)
    if dim:
        sentence = f"{len(dim)} of their tools cannot be judged: {named(map(str, dim))}."
        return gate(UNKNOWN, sentence, facts=facts, until=until)
    seen = f"0 too old of those seen: {named(map(str, fine))}." if fine else CONSOLE
    return gate(READY, seen, facts=facts, until=until)


CONSOLE = "Only the console was seen, which needs 0 tools."


@dataclass(frozen=True, slots=True)
class Gate:
    """A gate. name: the word in addresses and exports. short: its title in a narrow column. rows:
    which part of the person's page has the rows behind it."""

    name: str
    title: str
    short: str
    rows: str
    judge: Callable[[PersonFacts, Thresholds, datetime], GateVerdict]

    @property
    def step(self) -> str:
        """What to do while it is blocked, said to anybody."""
        return STEPS[self.name]


STEPS = {
    "owner": "confirm whose the IAM users are, or which access is needed",
    "identity": "get the Identity Center user enabled, with an address of the company",
    "assigned": "assign what is needed in Identity Center",
    "forecast": "add the permissions that would be denied",
    "signed-in": "sign in to the access portal",
    "sso-console": "open the console through Identity Center",
    "sso-cli": "use the command line through Identity Center",
    "tools": "update the tools",
    "workload": "move the program off these keys",
    "quiet": "stop using the old path",
}
# In the order in which a person passes them, and in which pages show them.
GATES: tuple[Gate, ...] = (
    Gate("owner", "Owner confirmed", "owner", "old", owner),
    Gate("identity", "Identity Center user", "identity", "now", identity),
    Gate("assigned", "Assigned where needed", "assigned", "grants", assigned),
    Gate("forecast", "Nothing denied", "forecast", "forecast", forecast),
    Gate("signed-in", "Signed in to the portal", "sign-in", "usage", signed_in),
    Gate("sso-console", "Console over SSO", "console", "usage", sso_console),
    Gate("sso-cli", "Command line over SSO", "CLI", "usage", sso_cli),
    Gate("tools", "Tools new enough", "tools", "usage", tools),
    Gate("workload", "No program on keys", "programs", "old", no_workload),
    Gate("quiet", "Old path quiet", "quiet", "usage", old_path_quiet),
)
GATE_BY_NAME = {one.name: one for one in GATES}


def judge(p: PersonFacts, limits: Thresholds, now: datetime) -> dict[str, GateVerdict]:
    """Every gate, by name, in order."""
    return {one.name: one.judge(p, limits, now) for one in GATES}

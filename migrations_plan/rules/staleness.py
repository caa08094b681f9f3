"""Which credentials are stale, and why: one short function per rule, listed at the end.

Each answers for one credential alone, so that what is said of a user's first key never hides the
second. A 'no' that later reads cannot undo (a key used yesterday was used yesterday) needs no fresh
read; every other answer does.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from migrations_plan.rules.facts import (
    ACCESS_KEY,
    CERTIFICATE,
    KINDS,
    PASSWORD,
    SERVICE_SPECIFIC,
    SSH_KEY,
    CredentialFacts,
    Limits,
    Told,
    days,
    days_between,
)
from migrations_plan.rules.verdict import NO, UNKNOWN, YES, Fact, Verdict, clause, verdict

EVERY_KIND = (ACCESS_KEY, PASSWORD, SSH_KEY, CERTIFICATE, SERVICE_SPECIFIC)
OPENS_NOTHING = "It is inactive."


def _when(moment: datetime | None, none: str = "not known") -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else none


def _fact(name: str, value: str, told: Told) -> Fact:
    return Fact(name, value, told.source, told.observed_at)


def _state(c: CredentialFacts) -> Fact:
    words = {True: "active", False: "inactive", None: "not known"}
    return _fact("state", words[c.active], c.told)


def _made(c: CredentialFacts) -> Fact:
    return _fact("made", _when(c.created_at), c.told)


def _use(c: CredentialFacts) -> tuple[Fact, ...]:
    told = c.used_told or c.told
    facts = [_fact("last use per AWS", _when(c.used_at, "none known"), told)]
    if c.seen_at:
        facts.append(Fact("last use per CloudTrail", _when(c.seen_at), "CloudTrail", c.seen_at))
    return tuple(facts)


def _yes(c: CredentialFacts) -> str:
    """What is true of an active credential is unknown of one that may be inactive."""
    return YES if c.active else UNKNOWN


def old(c: CredentialFacts, limits: Limits, now: datetime) -> Verdict:
    """Active, and made more than the limit ago."""
    age, facts = days_between(c.created_at, now), (_made(c), _state(c))
    if age is None:
        return verdict(UNKNOWN, "When it was made is not known.", told=[c.told], facts=facts)
    if age <= limits.old:
        return verdict(NO, f"It is {days(age)} old; the limit is {limits.old}.")
    if c.active is False:
        return verdict(NO, OPENS_NOTHING, told=[c.told])
    sentence = f"Active and {days(age)} old; the limit is {limits.old}."
    if c.active is None:
        sentence = f"{days(age)} old, and nobody knows whether it is active."
    return verdict(_yes(c), sentence, told=[c.told], facts=facts)


def unused(c: CredentialFacts, limits: Limits, now: datetime) -> Verdict:
    """Active, used once, and not for as long as the limit says. Never used is another rule's."""
    assert c.used_told is not None
    used_at, by = c.last_use()
    idle, facts = days_between(used_at, now), (*_use(c), _state(c))
    if idle is not None and idle < limits.unused:
        return verdict(NO, f"It was used {days(idle)} ago, per {by}.")
    if c.active is False:
        return verdict(NO, OPENS_NOTHING, told=[c.told])
    if idle is None:
        return verdict(NO, "No use of it is known at all.", told=[c.told, c.used_told])
    sentence = f"Not used for {days(idle)}, per {by}; the limit is {limits.unused}."
    if c.used_told.why:
        sentence = (
            f"When it was last used is not known: {clause(c.used_told)}. "
            f"The last use known is {days(idle)} ago, per {by}."
        )
        return verdict(UNKNOWN, sentence, told=[c.told, c.used_told], facts=facts)
    severe = idle >= limits.long_unused
    return verdict(_yes(c), sentence, told=[c.told, c.used_told], facts=facts, severe=severe)


def never_used(c: CredentialFacts, limits: Limits, now: datetime) -> Verdict:
    """Active, older than the grace for new ones, and no use known.

    AWS shows no date for a credential that was never used, and for one last used before it began
    to keep such dates (keys 2015-04-22, passwords 2014-10-20); both are as good as never.
    """
    assert c.used_told is not None
    used_at, by = c.last_use()
    age, facts = days_between(c.created_at, now), (_made(c), *_use(c), _state(c))
    if used_at is not None:
        return verdict(NO, f"It was used on {_when(used_at)}, per {by}.")
    if age is not None and age <= limits.grace:
        return verdict(NO, f"It is {days(age)} old; new ones have {days(limits.grace)}.")
    if c.active is False:
        return verdict(NO, OPENS_NOTHING, told=[c.told])
    if c.used_told.why:
        sentence = f"Whether it was ever used is not known: {clause(c.used_told)}."
        return verdict(UNKNOWN, sentence, told=[c.told, c.used_told], facts=facts)
    made = "at a time nobody knows" if age is None else f"{days(age)} ago"
    sentence = f"Made {made} and never used since; new ones have {days(limits.grace)}."
    answer = _yes(c) if age is not None else UNKNOWN
    return verdict(answer, sentence, told=[c.told, c.used_told], facts=facts)


def second_active(c: CredentialFacts, limits: Limits, now: datetime) -> Verdict:
    """Active beside an older active key of the same user."""
    if c.active is False:
        return verdict(NO, OPENS_NOTHING, told=[c.told])
    if not c.earlier:
        return verdict(NO, f"{c.user_name} has no other active key.", told=[c.told])
    number, others = len(c.earlier) + 1, ", ".join(c.earlier)
    sentence = f"{c.user_name} has {number} active keys; {others} was made before this one."
    facts = (_state(c), _made(c), _fact("older active keys", others, c.told))
    return verdict(_yes(c), sentence, told=[c.told], facts=facts)


def console_without_mfa(c: CredentialFacts, limits: Limits, now: datetime) -> Verdict:
    """A console password, and no MFA device."""
    told = [c.told, c.mfa_told or c.told]
    words = {True: "yes", False: "none", None: "not known"}
    facts = (_state(c), _fact("MFA device", words[c.mfa], c.mfa_told or c.told))
    if c.mfa:
        return verdict(NO, "There is an MFA device.", told=told)
    if c.mfa is None:
        return verdict(
            UNKNOWN, "Whether there is an MFA device is not known.", told=told, facts=facts
        )
    sentence = f"{c.user_name} may open the console with 0 MFA devices."
    return verdict(YES, sentence, told=told, facts=facts, severe=True)


def of_a_leaver(c: CredentialFacts, limits: Limits, now: datetime) -> Verdict:
    """Active though the person whom a lead confirmed as its owner is gone."""
    if c.owner is None:
        return verdict(NO, "Nobody is confirmed as its owner.")
    told = [c.told, c.owner.told]
    if not c.owner.left:
        return verdict(NO, f"{c.owner.email} has not left.", told=[c.owner.told])
    if c.active is False:
        return verdict(NO, OPENS_NOTHING, told=[c.told])
    sentence = f"Still active, and its owner {c.owner.email} {c.owner.how}."
    facts = (_state(c), _fact("owner", f"{c.owner.email} {c.owner.how}", c.owner.told))
    return verdict(_yes(c), sentence, told=told, facts=facts, severe=True)


def after_cutover(c: CredentialFacts, limits: Limits, now: datetime) -> Verdict:
    """Active in a read that is newer than the run of the scripts that end its user's access."""
    if c.cut_over_at is None:
        return verdict(NO, "No cutover of its user has begun.")
    facts = (_state(c), _fact("cutover", _when(c.cut_over_at), c.told))
    if c.told.observed_at is None or c.told.observed_at <= c.cut_over_at:
        sentence = f"It was not read since the cutover of {_when(c.cut_over_at)}."
        return verdict(UNKNOWN, sentence, told=[c.told], facts=facts)
    if c.active is False:
        return verdict(NO, OPENS_NOTHING, told=[c.told])
    sentence = f"Active after the cutover of {_when(c.cut_over_at)}: missed, or given back."
    return verdict(_yes(c), sentence, told=[c.told], facts=facts, severe=True)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule about credentials of these kinds. name: the word in addresses and exports. short:
    where the credential stands beside it."""

    name: str
    title: str
    short: str
    kinds: tuple[str, ...]
    judge: Callable[[CredentialFacts, Limits, datetime], Verdict]


def _old(kind: str, word: str) -> Rule:
    return Rule(f"{word}-old", f"Old {KINDS[kind]}", "old", (kind,), old)


# In the order in which a page lists them: the worst first.
RULES: tuple[Rule, ...] = (
    Rule(
        "active-after-cutover",
        "Active after its cutover",
        "cut over",
        (ACCESS_KEY,),
        after_cutover,
    ),
    Rule("leaver-credential", "Credential of a leaver", "leaver", EVERY_KIND, of_a_leaver),
    Rule(
        "console-without-mfa",
        "Console password without MFA",
        "no MFA",
        (PASSWORD,),
        console_without_mfa,
    ),
    Rule("key-never-used", "Access key never used", "never used", (ACCESS_KEY,), never_used),
    Rule("key-unused", "Unused access key", "unused", (ACCESS_KEY,), unused),
    Rule(
        "second-active-key",
        "Second active access key",
        "second active",
        (ACCESS_KEY,),
        second_active,
    ),
    _old(ACCESS_KEY, "key"),
    Rule(
        "password-never-used", "Console password never used", "never used", (PASSWORD,), never_used
    ),
    Rule("password-unused", "Unused console password", "unused", (PASSWORD,), unused),
    _old(SERVICE_SPECIFIC, "service-credential"),
    _old(SSH_KEY, "ssh-key"),
    _old(CERTIFICATE, "certificate"),
)

"""Rules about an account itself: its root user, and whether its credentials are known at all."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from migrations_plan.rules.facts import AccountFacts, Limits, RootFacts, days, days_between
from migrations_plan.rules.verdict import NO, UNKNOWN, YES, Fact, Verdict, clause, verdict

MOST_NAMED = 3


def _fact(name: str, value: bool | None, root: RootFacts) -> Fact:
    words = {True: "yes", False: "no", None: "not known"}
    return Fact(name, words[value], root.told.source, root.told.observed_at)


def root_key(root: RootFacts, limits: Limits, now: datetime) -> Verdict:
    """The root user has an access key."""
    facts = (_fact("root access key", root.has_key, root),)
    if root.has_key is None:
        sentence = "Whether the root user has an access key is not known."
        return verdict(UNKNOWN, sentence, told=[root.told], facts=facts, severe=True)
    if not root.has_key:
        return verdict(NO, "The root user has 0 access keys.", told=[root.told])
    sentence = "The root user has at least 1 access key; it should have 0."
    return verdict(YES, sentence, told=[root.told], facts=facts, severe=True)


def root_without_mfa(root: RootFacts, limits: Limits, now: datetime) -> Verdict:
    """The root user can sign in, and no MFA device stands in the way."""
    facts = (
        _fact("root MFA", root.has_mfa, root),
        _fact("root password", root.has_password, root),
        _fact("root access key", root.has_key, root),
    )
    if root.has_mfa is None:
        sentence = "Whether the root user has MFA is not known."
        return verdict(UNKNOWN, sentence, told=[root.told], facts=facts, severe=True)
    if root.has_mfa:
        return verdict(NO, "The root user has MFA.", told=[root.told])
    # Central root management takes every credential away, and with them what MFA would protect.
    if root.has_password is False and root.has_key is False:
        return verdict(
            NO, "The root user has 0 credentials, so nothing to protect.", told=[root.told]
        )
    sentence = "The root user has 0 MFA devices."
    return verdict(YES, sentence, told=[root.told], facts=facts, severe=True)


def root_used(root: RootFacts, limits: Limits, now: datetime) -> Verdict:
    """Somebody worked as the root user lately."""
    idle, told = days_between(root.used_at, now), [root.used_told]
    value = f"{root.used_at:%Y-%m-%d %H:%M} UTC" if root.used_at else "none known"
    facts = (Fact("last use of root", value, root.used_told.source, root.used_told.observed_at),)
    if idle is not None and idle < limits.root_used:
        counts = f"it counts for {days(limits.root_used)}"
        sentence = f"Root was used {days(idle)} ago, per {root.used_by}; {counts}."
        # A use is a use, whatever later reads say; it ends by growing old.
        return verdict(YES, sentence, facts=facts, severe=True)
    if root.used_told.why:
        sentence = f"Whether root was used lately is not known: {clause(root.used_told)}."
        return verdict(UNKNOWN, sentence, told=told, facts=facts)
    ago = "No use of root is known." if idle is None else f"Root was last used {days(idle)} ago."
    return verdict(NO, ago, told=told)


def not_read(account: AccountFacts, limits: Limits, now: datetime) -> Verdict:
    """Unknown while a read of the account's credentials is missing; there may be stale ones."""
    missing = [one for one in account.reads if one.why]
    facts = tuple(
        Fact(one.source, one.why or "whole and fresh", one.source, one.observed_at)
        for one in account.reads
    )
    if not missing and not account.users_unread:
        return verdict(
            NO, f"All {len(account.reads)} reads of its credentials are whole and fresh."
        )
    if missing:
        named = "; ".join(clause(one) for one in missing[:MOST_NAMED])
        more = f"; and {len(missing) - MOST_NAMED} more" if len(missing) > MOST_NAMED else ""
        verb = "is" if len(missing) == 1 else "are"
        number = f"{len(missing)} of {len(account.reads)} reads of its credentials {verb}"
        sentence = f"{number} not whole and fresh, so stale ones may hide here: {named}{more}."
    else:
        users = f"{account.users_unread} of {account.users} IAM users"
        sentence = f"The keys, password or MFA of {users} were not read yet."
    # This is about reads that are missing, so it is never too old to be true.
    return verdict(UNKNOWN, sentence, facts=facts)


@dataclass(frozen=True, slots=True)
class RootRule:
    """A rule about root users."""

    name: str
    title: str
    short: str
    judge: Callable[[RootFacts, Limits, datetime], Verdict]


@dataclass(frozen=True, slots=True)
class AccountRule:
    """A rule about accounts."""

    name: str
    title: str
    judge: Callable[[AccountFacts, Limits, datetime], Verdict]


ROOT_RULES: tuple[RootRule, ...] = (
    RootRule("root-key", "Access key of root", "root key", root_key),
    RootRule("root-without-mfa", "Root without MFA", "no MFA", root_without_mfa),
    RootRule("root-used", "Root was used", "used lately", root_used),
)
ACCOUNT_RULES: tuple[AccountRule, ...] = (
    AccountRule("not-read", "Account not read whole and fresh", not_read),
)

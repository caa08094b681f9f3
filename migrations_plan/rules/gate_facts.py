"""The facts that stand behind each gate's sentence, in words, with who told them and when."""

from datetime import datetime

from migrations_plan.rules.person_facts import PersonFacts
from migrations_plan.rules.verdict import Fact

LOGS, JOURNAL = "CloudTrail logs", "Journal"
YES_NO = {True: "yes", False: "no", None: "not known"}


def moment(at: datetime | None) -> str:
    """'2026-11-20 14:03 UTC', 'a time nobody knows'."""
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else "a time nobody knows"


def user_facts(p: PersonFacts) -> tuple[Fact, ...]:
    """Who confirmed each IAM user, and when."""
    return tuple(
        Fact(f"{one.name} in {one.account}", f"confirmed by {one.confirmed_by}", JOURNAL,
             one.confirmed_at)
        for one in p.users
    )  # fmt: skip


def identity_facts(p: PersonFacts) -> tuple[Fact, ...]:
    """What the identity store says."""
    one = p.identity
    source, at = one.told.source, one.told.observed_at
    facts = [Fact("in Identity Center", YES_NO[one.exists], source, at)]
    if one.exists:
        facts.append(Fact("enabled", YES_NO[one.enabled], source, at))
    if one.email:
        facts.append(Fact("address", one.email, source, at))
    return tuple(facts)


def access_facts(p: PersonFacts) -> tuple[Fact, ...]:
    """Each need, and whether it is granted."""
    accounts = {account_id for account_id, _ in p.access.granted}
    told = p.access.told
    facts = []
    for need in p.access.needs:
        pair = (need.account_id, need.permission_set)
        has = pair in p.access.granted if need.permission_set else need.account_id in accounts
        facts.append(
            Fact(need.words, "granted" if has else "missing", told.source, told.observed_at)
        )
    return tuple(facts)


def class_facts(p: PersonFacts) -> tuple[Fact, ...]:
    """What each IAM user and key is used as."""
    return tuple(
        Fact(
            user.name if one.subject == user.arn else one.subject,
            f"{one.kind or 'not judged'}{', declared' if one.declared else ''}",
            one.told.source,
            one.told.observed_at,
        )
        for user in p.old_users
        for one in user.classes
    )


def use_fact(p: PersonFacts) -> Fact:
    """The last use of the old path."""
    at = p.usage.used_at
    words = moment(at) if at else "none known"
    return Fact("last use of the old path", words, p.usage.used_by or LOGS, at)


def log_fact(p: PersonFacts) -> Fact:
    """How far back the logs are wholly read."""
    read = p.logs.read_days
    words = f"{read or 0} up to {p.logs.last_day}"
    if p.logs.gap:
        words += f"; not {p.logs.gap} of {p.logs.gap_account}"
    return Fact("days wholly read", words, LOGS, None)


def seen_fact(what: str, at: datetime) -> Fact:
    """Something that the logs showed first then."""
    return Fact(what, f"first on {moment(at)}", LOGS, at)

"""Gates of permission sets: what they hold, how long, where, for whom, and who reviewed them."""

from collections.abc import Callable, Iterable
from datetime import timedelta

from migrations_plan.rules.checklist import Answers
from migrations_plan.rules.control_results import counted
from migrations_plan.rules.facts import Told
from migrations_plan.rules.gate import BLOCKED, READY, UNKNOWN, named
from migrations_plan.rules.plan_gates.answers import Case, each
from migrations_plan.rules.plan_gates.facts import PermissionSet, PlanFacts
from migrations_plan.rules.verdict import Fact

HOUR = 3600
NO_SET = (BLOCKED, "There is no permission set yet.")
# An account whose environment nobody knows gets production's care.
PRODUCTION = ("prod", "unknown")
ORG_ADMIN, PRODUCTION_ADMIN, AUDITOR = "OrgAdmin", "ProductionAdmin", "AuditorReadOnly"
ORG_ADMIN_IN = ("management", "audit")
JOURNAL = "Journal"
Said = tuple[str, str]


def of_sets(
    facts: PlanFacts,
    say: Callable[[PermissionSet], Said],
    ready: str,
    *,
    sets: Iterable[PermissionSet] | None = None,
    empty: Said = NO_SET,
    told: tuple[Told, ...] = (),
) -> Answers:
    """An answer of each set. told: reads that it stands on beside the sets themselves."""
    reads = (facts.control.sets_told, *told)
    chosen = facts.sets if sets is None else sets
    cases = []
    for one in chosen:
        verdict, sentence = say(one)
        fact = Fact(one.name, sentence, reads[0].source, reads[0].observed_at)
        cases.append(
            Case(
                key=one.arn,
                name=one.name,
                verdict=verdict,
                sentence=sentence,
                told=reads,
                facts=(fact,),
            )
        )
    return each(cases, noun="permission set", ready=ready, empty=empty, told=reads)


def assigned_reads(facts: PlanFacts) -> tuple[Told, ...]:
    """Without these nobody knows where a set is, nor who holds it."""
    return facts.control.organization, facts.control.assignments, facts.control.store


def sets_described(facts: PlanFacts) -> Answers:
    """There are sets, and their contents were read."""

    def say(one: PermissionSet) -> Said:
        if not one.described:
            return UNKNOWN, f"What {one.name} holds was not read."
        return READY, f"What {one.name} holds was read."

    return of_sets(facts, say, "What each of {n} holds was read.")


def sets_as_code(facts: PlanFacts) -> Answers:
    """Each carries a tag of code, or a review of it as it stands names its code."""

    def say(one: PermissionSet) -> Said:
        if one.as_code:
            return READY, f"A tag says that code made {one.name}."
        review = next((r for r in one.reviews if r.current and r.code), None)
        if review is not None:
            return READY, f"The review by {review.actor} names the code of {one.name}."
        return BLOCKED, f"No tag and no review of {one.name} as it stands names its code."

    return of_sets(facts, say, "Each of {n} is known to be made by code.")


def sessions_bounded(facts: PlanFacts) -> Answers:
    """No session is longer than the plan says."""
    limit = facts.number("session_hours", facts.control.session_hours)

    def say(one: PermissionSet) -> Said:
        if one.seconds is None:
            return UNKNOWN, f"The length of sessions of {one.name} cannot be read."
        hours = f"{one.seconds / HOUR:g} hours"
        if one.seconds > limit * HOUR:
            return BLOCKED, f"Sessions of {one.name} last {hours}; {limit} is the most."
        return READY, f"Sessions of {one.name} last {hours}."

    return of_sets(facts, say, f"No session of {{n}} is longer than {limit} hours.")


def sets_reviewed(facts: PlanFacts) -> Answers:
    """Enough people reviewed each set, as it stands, within the time that the plan says."""
    needed = facts.number("reviewers", 1)
    return of_sets(
        facts,
        lambda one: _reviewed(one, facts, needed),
        f"Each of {{n}} was reviewed by {needed} or more within {_days(facts)} days.",
    )


def production_sets_reviewed(facts: PlanFacts) -> Answers:
    """Each set that is assigned in production has the reviewers that this needs."""
    needed = facts.number("production_reviewers", 3)

    def say(one: PermissionSet) -> Said:
        places = [name for name, environment in one.placed if environment in PRODUCTION]
        if not places:
            return READY, f"{one.name} is assigned in 0 accounts of production."
        verdict, sentence = _reviewed(one, facts, needed)
        return verdict, f"{sentence} It is assigned in {named(places)}."

    return of_sets(
        facts,
        say,
        f"Each of {{n}} that touches production was reviewed by {needed} or more.",
        told=assigned_reads(facts),
    )


def _days(facts: PlanFacts) -> int:
    return facts.number("review_days", 90)


def _reviewed(one: PermissionSet, facts: PlanFacts, needed: int) -> Said:
    since = facts.now - timedelta(days=_days(facts))
    young = [review for review in one.reviews if review.at >= since]
    who = sorted({review.actor for review in young if review.current})
    if len(who) >= needed:
        return READY, f"{one.name} was reviewed by {named(who)}."
    before = {review.actor for review in young} - set(who)
    changed = f", and {len(before)} reviewed it as it was before" if before else ""
    people = counted(len(who), "person", "people")
    return (
        BLOCKED,
        f"{people} reviewed {one.name} as it stands within {_days(facts)} days{changed}; "
        f"{needed} should.",
    )


def break_glass_set(facts: PlanFacts) -> Answers:
    """There is a set for emergencies, marked by a tag, whose sessions are short."""
    hours = facts.number("break_glass_hours", 1)

    def say(one: PermissionSet) -> Said:
        if not one.marked:
            return BLOCKED, f"No tag marks {one.name} as a break-glass set (tier = breakglass)."
        if one.seconds is None:
            return UNKNOWN, f"The length of sessions of {one.name} cannot be read."
        if one.seconds > hours * HOUR:
            return (
                BLOCKED,
                f"Sessions of {one.name} last {one.seconds / HOUR:g} hours, not {hours}.",
            )
        return READY, f"{one.name} is marked, and its sessions last {one.seconds / HOUR:g} hours."

    mine = [one for one in facts.sets if one.breaks_glass]
    empty = (BLOCKED, "0 permission sets are for emergencies.")
    return of_sets(facts, say, "{n} for emergencies is marked and short.", sets=mine, empty=empty)


def org_admins_few(facts: PlanFacts) -> Answers:
    """As few people hold the organization's administration as the plan says, and only in the
    management and audit accounts. Without a set of that name: every set that allows everything
    there."""
    least, most = facts.number("org_admins_least", 2), facts.number("org_admins_most", 3)

    def say(one: PermissionSet) -> Said:
        elsewhere = [name for name, where in one.placed if where not in ORG_ADMIN_IN]
        if one.name == ORG_ADMIN and elsewhere:
            return BLOCKED, f"{one.name} is assigned in {named(elsewhere)} too."
        if one.holders is None:
            return UNKNOWN, f"How many people hold {one.name} is not known."
        people = counted(one.holders, "person", "people")
        if not least <= one.holders <= most:
            return BLOCKED, f"{people} can hold {one.name}; from {least} to {most} should."
        return READY, f"{people} hold {one.name}; from {least} to {most} should."

    mine = [one for one in facts.sets if one.name == ORG_ADMIN]
    mine = mine or [one for one in facts.sets if _administers(one)]
    empty = (BLOCKED, f"0 permission sets administer the organization: {ORG_ADMIN} is not there.")
    ready = f"From {least} to {most} people hold {{n}} over the organization."
    return of_sets(facts, say, ready, sets=mine, empty=empty, told=assigned_reads(facts))


def _administers(one: PermissionSet) -> bool:
    there = any(where in ORG_ADMIN_IN for _, where in one.placed)
    return one.admin and there and not one.breaks_glass


def sets_scoped(facts: PlanFacts) -> Answers:
    """A set that the catalogue of the stories knows is assigned only where it belongs."""

    def say(one: PermissionSet) -> Said:
        if one.scope:
            return BLOCKED, " ".join(one.scope[:2])
        return READY, f"{one.name} is assigned only where it belongs."

    ready = "Each of {n} is assigned only where it belongs."
    return of_sets(facts, say, ready, told=assigned_reads(facts))


def no_production_write(facts: PlanFacts) -> Answers:
    """What is meant to write nothing in production cannot, by evaluation of its policies."""
    mine = [one for one in facts.sets if one.reads_only and one.name != AUDITOR]
    none = (READY, "0 permission sets are meant to write nothing in production.")
    empty = none if facts.sets else NO_SET
    return of_sets(
        facts,
        _writes,
        "None of {n} that should only read in production can write there.",
        sets=mine,
        empty=empty,
        told=(*assigned_reads(facts), facts.guardrails),
    )


def _writes(one: PermissionSet) -> Said:
    allowed = [
        f"{action} in {account}" for account, action, word in one.writes if word == "allowed"
    ]
    unknown = [
        f"{action} in {account}" for account, action, word in one.writes if word != "allowed"
    ]
    if allowed:
        return BLOCKED, f"{one.name} allows {len(allowed):,} writes: {named(allowed)}."
    if unknown:
        return UNKNOWN, f"{one.name}: {len(unknown):,} writes are undecided: {named(unknown)}."
    if not one.described:
        return UNKNOWN, f"What {one.name} holds was not read."
    return READY, f"Each of {one.tried:,} writes that were tried is denied to {one.name}."


def auditor_reads_everywhere(facts: PlanFacts) -> Answers:
    """The auditors' set only reads, and is assigned in every account."""

    def say(one: PermissionSet) -> Said:
        verdict, sentence = _writes(one)
        missing = [a.name for a in facts.accounts if a.name not in {name for name, _ in one.placed}]
        if missing:
            lacking = f"{one.name} is not assigned in {counted(len(missing), 'account')}"
            return BLOCKED, f"{lacking}: {named(missing)}."
        return verdict, sentence

    mine = [one for one in facts.sets if one.name == AUDITOR]
    empty = (BLOCKED, f"There is no permission set {AUDITOR}.")
    told = (*assigned_reads(facts), facts.guardrails)
    return of_sets(facts, say, "{n} reads in every account.", sets=mine, empty=empty, told=told)


def production_admin_on_call(facts: PlanFacts) -> Answers:
    """Whoever is on call holds the administration of production, by a group, and nobody else."""

    def say(one: PermissionSet) -> Said:
        others = [group for group in one.groups if not _on_call(group)]
        if one.direct:
            who = counted(one.direct, "user")
            return BLOCKED, f"{one.name} is given to {who} directly, not to the on-call group."
        if others:
            return BLOCKED, f"{one.name} is given to more than whoever is on call: {named(others)}."
        if not one.groups:
            return BLOCKED, f"{one.name} is given to 0 groups."
        return READY, f"{one.name} is held by {named(one.groups)}."

    mine = [one for one in facts.sets if one.name == PRODUCTION_ADMIN]
    empty = (BLOCKED, f"There is no permission set {PRODUCTION_ADMIN}.")
    ready = "{n} is held by whoever is on call."
    return of_sets(facts, say, ready, sets=mine, empty=empty, told=assigned_reads(facts))


def _on_call(group: str) -> bool:
    return "oncall" in "".join(sign for sign in group.lower() if sign.isalnum())

"""Gates of the organization and of Identity Center as a whole."""

from datetime import datetime, timedelta

from migrations_plan.rules.checklist import Answers
from migrations_plan.rules.control_results import counted
from migrations_plan.rules.gate import BLOCKED, READY, UNKNOWN, named
from migrations_plan.rules.plan_gates.answers import Case, each, whole
from migrations_plan.rules.plan_gates.facts import Drill, PlanFacts
from migrations_plan.rules.verdict import Fact

# How long an arrival by SCIM is "lately".
ARRIVED_WITHIN = timedelta(days=30)
DELIVERED_WITHIN = timedelta(hours=1)
SETTINGS, LOGS = "Settings", "CloudTrail logs"


def organization_read(facts: PlanFacts) -> Answers:
    """The organization and its accounts were read."""
    told, number = facts.control.organization, counted(len(facts.accounts), "account")
    if not facts.accounts:
        return whole(UNKNOWN, "No account is known.", told=[told])
    fact = Fact("Accounts", f"{len(facts.accounts):,}", told.source, told.observed_at)
    return whole(READY, f"The organization has {number} to read.", told=[told], facts=(fact,))


def identity_center_enabled(facts: PlanFacts) -> Answers:
    """There is an instance of Identity Center."""
    told = facts.control.instance
    if not facts.control.has_instance:
        return whole(BLOCKED, "The organization has 0 Identity Center instances.", told=[told])
    return whole(READY, "The organization has its Identity Center instance.", told=[told])


def external_directory(facts: PlanFacts) -> Answers:
    """Every enabled user of the identity store has an id of an identity provider."""
    told = [facts.control.instance, facts.control.store]
    users = [user for user in facts.control.store_users if user.enabled is not False]
    by_hand = [user.subject.name for user in users if not user.scim]
    number = counted(len(users), "user")
    if not users:
        sentence = "0 users are in Identity Center, so nothing shows where they come from."
        return whole(
            BLOCKED if facts.control.instance.observed_at else UNKNOWN, sentence, told=told
        )
    if by_hand:
        were = "was" if len(by_hand) == 1 else "were"
        sentence = f"{len(by_hand):,} of {number} {were} made by hand: {named(by_hand)}."
        return whole(BLOCKED, sentence, told=told)
    return whole(READY, f"Each of {number} comes from an identity provider.", told=told)


def scim_arrives(facts: PlanFacts) -> Answers:
    """A test user arrived by SCIM; without a drill, somebody did within 30 days."""
    told = facts.control.store
    drill = _newest(facts, "arrive")
    if drill is not None:
        took = _took(drill, drill.seen_at)
        if not took:
            sentence = f"{drill.user} was added on {drill.started_at:%Y-%m-%d %H:%M} UTC and has "
            return whole(BLOCKED, f"{sentence}not arrived by any read since.", told=[told])
        sentence = f"{drill.user} was seen {took} after being added."
        return whole(READY, sentence, facts=(_drilled(drill, sentence),))
    lately = [(name, at) for name, at in facts.arrivals if facts.now - at <= ARRIVED_WITHIN]
    if not lately:
        sentence = f"0 people came by SCIM in the last {ARRIVED_WITHIN.days} days."
        return whole(BLOCKED, f"{sentence} Add a test user, and record the drill.", told=[told])
    name, at = max(lately, key=lambda one: (one[1], one[0]))
    sentence = (
        f"{counted(len(lately), 'person', 'people')} came by SCIM in the last "
        f"{ARRIVED_WITHIN.days} days, the newest {name} on {at:%Y-%m-%d}."
    )
    return whole(READY, sentence, told=[told], until=at + ARRIVED_WITHIN)


def scim_leaves(facts: PlanFacts) -> Answers:
    """A test user who was removed opens nothing any more, and it is known until when a session of
    theirs could live."""
    drill = _newest(facts, "leave")
    told = [facts.control.store, facts.control.assignments]
    if drill is None:
        return whole(BLOCKED, "0 drills show that a removed user loses access.")
    took = _took(drill, drill.gone_at)
    if not took:
        sentence = f"{drill.user} was removed on {drill.started_at:%Y-%m-%d %H:%M} UTC and still "
        return whole(BLOCKED, f"{sentence}opens something by the last read.", told=told)
    sentence = f"{drill.user} opened nothing any more {took} after being removed"
    if drill.residual_until is None and facts.now < _logged(drill):
        sentence = f"{sentence}; whether a session was open is known from the log by "
        return whole(UNKNOWN, f"{sentence}{_logged(drill):%Y-%m-%d %H:%M} UTC.")
    if drill.residual_until is None:
        return whole(READY, f"{sentence}; no session was open.", facts=(_drilled(drill, sentence),))
    until = f"{drill.residual_until:%Y-%m-%d %H:%M} UTC"
    sentence = f"{sentence}; a session from before could live until {until}."
    return whole(READY, sentence, facts=(_drilled(drill, sentence),))


def _logged(drill: Drill) -> datetime:
    """When the log of the hour in which the access ended is surely there."""
    return (drill.gone_at or drill.started_at) + DELIVERED_WITHIN


def _newest(facts: PlanFacts, kind: str) -> Drill | None:
    mine = [drill for drill in facts.drills if drill.kind == kind]
    return max(mine, key=lambda drill: (drill.started_at, drill.user), default=None)


def _took(drill: Drill, at: datetime | None) -> str:
    """'3 h 5 min'; '' while nothing was seen."""
    if at is None:
        return ""
    minutes = max(int((at - drill.started_at).total_seconds() // 60), 0)
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if hours else f"{rest} min"


def _drilled(drill: Drill, sentence: str) -> Fact:
    return Fact("Drill", sentence, "Identity store", drill.gone_at or drill.seen_at)


def start_url_recorded(facts: PlanFacts) -> Answers:
    """The address at which everybody signs in is set."""
    if not facts.start_url:
        return whole(BLOCKED, "The access portal's start address is not set (PORTAL_START_URL).")
    fact = Fact("Start address", facts.start_url, SETTINGS, facts.now)
    return whole(READY, f"People sign in at {facts.start_url}.", facts=(fact,))


def volunteer_signed_in(facts: PlanFacts) -> Answers:
    """As many people as the plan says opened an account with a permission set."""
    wanted, found = facts.number("volunteers", 1), facts.volunteers
    number = counted(len(found), "person", "people")
    if len(found) >= wanted:
        sentence = f"{number} opened an account through Identity Center: {named(found)}."
        fact = Fact("People who did", f"{len(found):,}", LOGS, facts.now)
        return whole(READY, sentence, facts=(fact,))
    sentence = f"{number} opened an account through Identity Center; {wanted} should have."
    if facts.quiet_missing:
        return whole(UNKNOWN, f"{sentence} The log is not whole: {facts.quiet_why}")
    return whole(BLOCKED, sentence)


def work_addresses(facts: PlanFacts) -> Answers:
    """Every person's address is of one of the company's domains."""
    if not facts.domains:
        return whole(UNKNOWN, "0 domains of the company are set (PORTAL_EMAIL_DOMAINS).")
    return each(
        (
            Case(
                key=person.key,
                name=person.name,
                verdict=READY if _domain(person.email) in facts.domains else BLOCKED,
                sentence=f"{person.email or 'An empty address'} is "
                f"{'' if _domain(person.email) in facts.domains else 'not '}in one of "
                f"{counted(len(facts.domains), 'domain')} of the company.",
            )
            for person in facts.people
        ),
        noun="person",
        ready="Each of {n} has an address of the company.",
        empty=(UNKNOWN, "No wave of the plan names a person yet."),
    )


def _domain(email: str) -> str:
    return email.rpartition("@")[2].lower()


def assigned_by_groups(facts: PlanFacts) -> Answers:
    """Every grant goes to a group."""
    told, direct = facts.control.assignments, facts.control.direct
    if not facts.control.grants:
        return whole(BLOCKED, "0 permission sets are assigned to anybody yet.", told=[told])
    number = counted(facts.control.grants, "assignment")
    if direct:
        who = named(subject.name for subject in direct)
        are = "user has" if len(direct) == 1 else "users have"
        return whole(BLOCKED, f"{len(direct):,} {are} access of their own: {who}.", told=[told])
    return whole(READY, f"Each of {number} goes to a group.", told=[told])

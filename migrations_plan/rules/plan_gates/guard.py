"""Gates of the guardrail: proven by evaluating it, and who is exempt from it."""

from migrations_plan.rules.checklist import Answers
from migrations_plan.rules.control_results import counted
from migrations_plan.rules.facts import Told
from migrations_plan.rules.gate import BLOCKED, READY, UNKNOWN, named
from migrations_plan.rules.plan_gates.answers import Case, each, unread, whole
from migrations_plan.rules.plan_gates.facts import Guarded, PlanFacts
from migrations_plan.rules.verdict import Fact

NEVER_BOUND = "No service control policy binds the management account"


def guardrail_proven(facts: PlanFacts) -> Answers:
    """Every way to make or wake a credential is denied to an ordinary role in each member account,
    by the policies as they stand."""
    told = (facts.guardrails, facts.control.organization)
    management = named(account.name for account in facts.accounts if account.is_management)
    bound = f"{NEVER_BOUND} {management}." if management else f"{NEVER_BOUND}."
    return each(
        (_guarded(one, told) for one in facts.guarded),
        noun="member account",
        ready=f"Every attack that was tried is denied in each of {{n}}. {bound.replace('{', '(')}",
        empty=(BLOCKED, f"There are 0 member accounts to guard. {bound}"),
        told=told,
    )


def _guarded(one: Guarded, told: tuple[Told, ...]) -> Case:
    if one.open:
        verdict = BLOCKED
        sentence = f"{len(one.open)} of {one.tried} attacks are open in {one.account}: "
        sentence += f"{named(one.open)}."
    elif one.unknown or not one.tried:
        verdict = UNKNOWN
        sentence = f"{len(one.unknown)} of {one.tried} attacks are undecided in {one.account}: "
        sentence += f"{named(one.unknown) or 'none was tried'}."
    else:
        verdict, sentence = READY, f"All {one.tried} attacks are denied in {one.account}."
    fact = Fact(one.account, sentence, told[0].source, told[0].observed_at)
    return Case(
        key=one.account_id,
        name=one.account,
        verdict=verdict,
        sentence=sentence,
        told=told,
        facts=(fact,),
    )


def one_exempt_role(facts: PlanFacts) -> Answers:
    """As many roles carry the exemption, by tag or named in the guardrail, as the plan says."""
    wanted, found = facts.number("exempt_roles", 1), facts.exempt
    reads = [facts.guardrails, *(account.users for account in facts.accounts)]
    if not facts.accounts:
        return whole(UNKNOWN, "No account is known.", told=[facts.control.organization])
    roles = f"{counted(len(found), 'role')} {'is' if len(found) == 1 else 'are'} exempt"
    said = f"{roles} from the guardrail: {named(found)}" if found else roles
    if len(found) > wanted:
        return whole(BLOCKED, f"{said}; {wanted} should be.")
    if doubt := unread([facts.control.organization, *reads]):
        return whole(UNKNOWN, f"{said}; whether these are all: {doubt}")
    ends = min((one.until for one in reads if one.until), default=None)
    if len(found) < wanted:
        return whole(BLOCKED, f"{said}; {wanted} should be.", until=ends)
    return whole(READY, f"{said}.", until=ends)

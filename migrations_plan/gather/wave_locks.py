"""Who of a wave may be cut over now, from rows. Eight queries; two more where it has programs."""

from datetime import datetime

from inventory.models import AwsAccount
from migrations_plan.gather.person_usage import read_back
from migrations_plan.gather.plan import content_of
from migrations_plan.gather.waves import resolve
from migrations_plan.models import Handout, Plan, Wave
from migrations_plan.rules.interlocks import Interlock, interlock, required_gates, to_end
from migrations_plan.rules.person_facts import LogFact
from migrations_plan.rules.wave_facts import WaveFacts

HOURS_A_DAY = 24


def required(plan: Plan) -> tuple[str, ...]:
    """The readiness gates that a plan requires."""
    items = [item for item in content_of(plan).items if not item.optional]
    return required_gates([gate for item in items for gate in item.gates])


def quiet_days(plan: Plan) -> int:
    """How many whole days without a call a program needs: as long as both ways are open."""
    hours = int(content_of(plan).settings.get("parallel_hours", 2 * HOURS_A_DAY))
    return -(-hours // HOURS_A_DAY)


def lock(wave: Wave, now: datetime) -> tuple[WaveFacts, Interlock]:
    """The wave as it stands, and who of it is let through."""
    found = resolve(wave, now)
    number = quiet_days(wave.plan)
    return found, interlock(
        found,
        required=required(wave.plan),
        plan_state=wave.plan.state,
        logs=_logs(found, now, number),
        quiet_days=number,
        now=now,
    )


def _logs(found: WaveFacts, now: datetime, number: int) -> dict[str, LogFact]:
    ids = sorted({user.account_id for user in to_end(found.programs)})
    if not ids:
        return {}
    accounts = {one.pk: one for one in AwsAccount.objects.filter(pk__in=ids)}
    back = read_back(now, number, ids, accounts)
    return {account_id: back.of([account_id]) for account_id in ids}


def closed(handout: Handout, facts: WaveFacts, found: Interlock) -> list[str]:
    """Why scripts that were handed out may not be run by now; [] when they may."""
    if found.stop:
        return [found.stop]
    arns = {one["arn"] for one in handout.users}
    why = [
        f"{one.name}: {one.sentences[0]}" for one in found.refused if arns.intersection(one.arns)
    ]
    left = arns - {user.arn for user in facts.users}
    if left:
        number = "1 IAM user is" if len(left) == 1 else f"{len(left)} IAM users are"
        why.append(f"{number} in the scripts and not in the wave any more: {min(left)}.")
    return why

"""Waves of a plan: made, moved, filled and emptied."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Max

from inventory.models import AwsAccount, IamUser
from migrations_plan.actions.plans.changing import Who, changed
from migrations_plan.actions.plans.making import add_people
from migrations_plan.gather.plan import calendar_of
from migrations_plan.models import MemberKind, Person, Plan, Wave, WaveMember

MOST_WAVES = 50
MOST_AT_ONCE = 2_000


def add_wave(who: Who, name: str, cutover_on: date) -> Plan:
    """One more wave, after those that are there."""

    def work(plan: Plan) -> dict[str, Any]:
        if not name.strip():
            raise ValidationError("Please name the wave.")
        if plan.waves.filter(name=name.strip()).exists():
            raise ValidationError("A wave of this name is there already.")
        if plan.waves.count() >= MOST_WAVES:
            raise ValidationError(f"A plan has {MOST_WAVES} waves at most.")
        _require_working(plan, cutover_on)
        last = plan.waves.aggregate(last=Max("position"))["last"] or 0
        Wave.objects.create(plan=plan, name=name.strip(), position=last + 1, cutover_on=cutover_on)
        return {"wave": name.strip(), "cutover_on": cutover_on}

    return changed(who, "add-wave", work)


def move_wave(who: Who, wave: Wave, cutover_on: date) -> Plan:
    """Another day for its cutover."""

    def work(plan: Plan) -> dict[str, Any]:
        _require_working(plan, cutover_on)
        Wave.objects.filter(pk=wave.pk, plan=plan).update(cutover_on=cutover_on)
        return {"wave": wave.name, "before": wave.cutover_on, "cutover_on": cutover_on}

    return changed(who, "move-wave", work)


def remove_wave(who: Who, wave: Wave) -> Plan:
    """Takes a wave away: who was in it is in none. Not one for which scripts were handed out."""

    def work(plan: Plan) -> dict[str, Any]:
        if wave.handouts.exists():
            raise ValidationError("Scripts were handed out for this wave: it stays, as a record.")
        count = wave.members.count()
        Wave.objects.filter(pk=wave.pk, plan=plan).delete()
        return {"wave": wave.name, "members": count}

    return changed(who, "remove-wave", work)


def put_people(who: Who, wave: Wave, emails: Collection[str]) -> Plan:
    """People by e-mail address go into a wave. None goes when one is not known."""

    def work(plan: Plan) -> dict[str, Any]:
        people = _people(emails)
        add_people(wave, people)
        return {"wave": wave.name, "people": [person.email for person in people]}

    return changed(who, "put-into-wave", work)


def put_accounts(who: Who, wave: Wave, account_ids: Collection[str]) -> Plan:
    """Every IAM user of these accounts goes with the wave."""

    def work(plan: Plan) -> dict[str, Any]:
        wanted = sorted(set(account_ids))
        known = set(
            AwsAccount.objects.filter(account_id__in=wanted).values_list("account_id", flat=True)
        )
        _all_known(wanted, known, "account")
        WaveMember.objects.filter(plan=plan, account_id__in=wanted).delete()
        rows = [
            WaveMember(plan=plan, wave=wave, kind=MemberKind.ACCOUNT, account_id=one)
            for one in wanted
        ]
        WaveMember.objects.bulk_create(rows)
        return {"wave": wave.name, "accounts": wanted}

    return changed(who, "put-into-wave", work)


def put_workloads(who: Who, wave: Wave, arns: Collection[str]) -> Plan:
    """IAM users of programs, by ARN, go with the wave."""

    def work(plan: Plan) -> dict[str, Any]:
        wanted = sorted(set(arns))
        known = set(IamUser.objects.present().filter(arn__in=wanted).values_list("arn", flat=True))
        _all_known(wanted, known, "IAM user")
        WaveMember.objects.filter(plan=plan, user_arn__in=wanted).delete()
        rows = [
            WaveMember(plan=plan, wave=wave, kind=MemberKind.WORKLOAD, user_arn=one)
            for one in wanted
        ]
        WaveMember.objects.bulk_create(rows)
        return {"wave": wave.name, "workloads": wanted}

    return changed(who, "put-into-wave", work)


def take_out(who: Who, members: Sequence[WaveMember]) -> Plan:
    """Members leave their wave and are in none."""

    def work(plan: Plan) -> dict[str, Any]:
        names = [str(member) for member in members]
        pks = [member.pk for member in members]
        WaveMember.objects.filter(plan=plan, pk__in=pks).delete()
        return {"members": names}

    return changed(who, "take-out-of-wave", work)


def _people(emails: Collection[str]) -> list[Person]:
    wanted = sorted({one.strip().lower() for one in emails if one.strip()})
    people = list(Person.objects.filter(email__in=wanted).order_by("pk"))
    _all_known(wanted, {person.email for person in people}, "person")
    return people


def _all_known(wanted: Sequence[str], known: Collection[str], what: str) -> None:
    if not wanted or len(wanted) > MOST_AT_ONCE:
        raise ValidationError(f"Please name from 1 to {MOST_AT_ONCE}, each as one {what}.")
    strange = [one for one in wanted if one not in known]
    if strange:
        raise ValidationError(f"No {what} is known as {strange[0]!a}; nothing was changed.")


def _require_working(plan: Plan, day: date) -> None:
    if not calendar_of(plan).works(day):
        raise ValidationError(f"Nobody works on {day}: please choose a working day of the plan.")

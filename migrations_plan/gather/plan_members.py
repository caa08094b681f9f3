"""Who is in which wave of a plan, and who is in none."""

from collections.abc import Sequence

from django.db.models import F, QuerySet

from migrations_plan.models import MemberKind, PersonState, Plan, WaveMember


def member_rows(plan: Plan) -> QuerySet[WaveMember]:
    """Members with their wave and, of people, how they stand. One query."""
    rows: QuerySet[WaveMember] = WaveMember.objects.filter(plan=plan)
    return rows.select_related("wave", "person", "person__standing").order_by(
        "wave__position", "kind", F("person__name").asc(nulls_last=True), "account_id", "user_arn"
    )


def without_wave(plan: Plan, most: int) -> tuple[Sequence[PersonState], int]:
    """People of the migration who have an IAM user and are in no wave; the first, and how many."""
    taken = WaveMember.objects.filter(plan=plan, kind=MemberKind.PERSON).values("person")
    rows = PersonState.objects.concerned().filter(person__isnull=False, users__gt=0)
    rows = rows.exclude(state="departed").exclude(person__in=taken).select_related("person")
    return list(rows.order_by("name", "pk")[:most]), rows.count()

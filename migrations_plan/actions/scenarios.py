"""Keeping a what-if answer, making it again, and removing it."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from migrations_plan import journal
from migrations_plan.actions.permission import require_lead
from migrations_plan.models import PortalUser, Scenario
from migrations_plan.questions import Question, question_of
from migrations_plan.what_if import answer

MOST_NAME = 120


@transaction.atomic
def save_scenario(*, by: PortalUser, name: str, question: Question, now: datetime) -> Scenario:
    """Answers a question and keeps both. The answer is made here, never taken from a form."""
    require_lead(by)
    title = name.strip()[:MOST_NAME]
    if not title:
        raise ValidationError("Please give the scenario a name.")
    found = answer(question, now)
    made = Scenario.objects.create(
        name=title,
        made_by=by.username,
        made_at=now,
        inputs=question.as_json(),
        result=found.result,
        facts=found.facts,
        computed_at=now,
    )
    _write(by, "save-scenario", made, now)
    return made


@transaction.atomic
def recompute_scenario(*, by: PortalUser, scenario: Scenario, now: datetime) -> Scenario:
    """Answers a kept question from the facts as they are now."""
    require_lead(by)
    row = Scenario.objects.select_for_update().get(pk=scenario.pk)
    found = answer(question_of(row.inputs), now)
    row.result, row.facts, row.computed_at = found.result, found.facts, now
    row.save(update_fields=["result", "facts", "computed_at"])
    _write(by, "recompute-scenario", row, now)
    return row


@transaction.atomic
def remove_scenario(*, by: PortalUser, scenario: Scenario, now: datetime) -> None:
    """Takes a scenario off the list. The journal keeps what was asked, and the answer's numbers."""
    require_lead(by)
    row = Scenario.objects.select_for_update().get(pk=scenario.pk)
    _write(by, "remove-scenario", row, now, question=row.inputs)
    row.delete()


def _write(
    by: PortalUser, action: str, scenario: Scenario, now: datetime, **more: dict[str, Any]
) -> None:
    journal.write(
        actor=by,
        action=action,
        subject=f"scenario {scenario.pk} {scenario.name}",
        details={
            "date": scenario.inputs["date"],
            "counts": scenario.result["counts"],
            "facts": scenario.facts,
            **more,
        },
        now=now,
    )

"""Saved scenarios with dull defaults."""

from django.utils import timezone

from migrations_plan.models import Scenario
from migrations_plan.questions import Question
from migrations_plan.what_if import answer


def scenario(name="As it is", *, question=None, **more):
    """Answered from the facts there are, without a journal line."""
    now = timezone.now()
    asked = question or Question(None, now.date())
    found = answer(asked, now)
    values = {
        "made_by": "lead@example.com",
        "made_at": now,
        "inputs": asked.as_json(),
        "result": found.result,
        "facts": found.facts,
        "computed_at": now,
        **more,
    }
    return Scenario.objects.create(name=name, **values)

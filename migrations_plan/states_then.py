"""Where people stand, or stood at an instant: from the states that were kept."""

from datetime import datetime

from migrations_plan.models import PersonState, StateChange

COLUMNS = ("person__identity_center_user_id", "person__email", "state")


def person_states(at: datetime | None, now: datetime) -> dict[str, str | None]:
    """By identity store user, else address. None: too old to be believed. Whoever is missing was
    not judged by then. One query."""
    if at is not None:
        changes = StateChange.objects.filter(person__isnull=False, at__lte=at).order_by("at", "pk")
        return {user_id or email: word for user_id, email, word in changes.values_list(*COLUMNS)}
    rows = PersonState.objects.filter(person__isnull=False).order_by()
    return {
        user_id or email: None if until is not None and until <= now else word
        for user_id, email, word, until in rows.values_list(*COLUMNS, "stale_after")
    }

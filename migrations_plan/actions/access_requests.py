"""What people ask for, and what leads decide about it: each with a line in the journal."""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from migrations_plan import journal
from migrations_plan.actions.permission import MOST_SUBJECT, require_lead
from migrations_plan.models import AccessRequest, ForecastLine, PortalUser, RequestState

LONGEST_RESOURCE = 2048


@transaction.atomic
def ask_for_access(
    *, by: PortalUser, line: ForecastLine, reason: str, now: datetime
) -> AccessRequest:
    """Asks for what a line of one's own forecast says would fail. One request at a time for an
    action in an account; who decides is a lead."""
    if not by.is_active or by.person_id is None or by.person_id != line.person_id:
        raise PermissionDenied("Only the person may ask for it.")
    text = _reason(reason)
    place = {"account_id": line.account_id, "action": line.action}
    same = AccessRequest.objects.filter(person_id=line.person_id, **place)
    if same.filter(state=RequestState.OPEN).exists():
        raise ValidationError("You have asked for this already; a lead will decide.")
    named = line.resources[0] if line.resource_count == 1 and line.resources else ""
    made = AccessRequest.objects.create(
        person_id=line.person_id,
        resource=named[:LONGEST_RESOURCE],
        reason=text,
        asked_by=by.username,
        asked_at=now,
        **place,
    )
    details = {"sentence": line.sentence, "events": line.events, "resources": line.resources}
    journal.write(
        actor=by, action="ask-access", subject=subject(made), reason=text, details=details, now=now
    )
    return made


@transaction.atomic
def decide_request(
    *, by: PortalUser, request: AccessRequest, granted: bool, reason: str, now: datetime
) -> None:
    """A lead says yes or no, once. Whoever grants it still has to change it in AWS: the portal does
    not, and the next forecast says whether somebody did."""
    require_lead(by)
    text = _reason(reason)
    state = RequestState.GRANTED if granted else RequestState.DECLINED
    open_ones = AccessRequest.objects.filter(pk=request.pk, state=RequestState.OPEN)
    if not open_ones.update(
        state=state, decided_by=by.username, decided_at=now, decision_reason=text
    ):
        raise ValidationError("Somebody else has decided about this already.")
    details = {"state": state.value, "asked_by": request.asked_by, "asked_for": request.reason}
    journal.write(
        actor=by,
        action="decide-access",
        subject=subject(request),
        reason=text,
        details=details,
        now=now,
    )


def subject(request: AccessRequest) -> str:
    """What the journal calls it."""
    return f"{request.person.email or request.person} {request}"[:MOST_SUBJECT]


def _reason(reason: str) -> str:
    text = reason.strip()
    if not text:
        raise ValidationError("Please give a reason: it goes into the journal.")
    return text

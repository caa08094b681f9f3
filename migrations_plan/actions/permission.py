"""Who may decide, and that a decision has a reason."""

from django.core.exceptions import PermissionDenied, ValidationError

from migrations_plan.models import PortalUser, Role

# The journal's column; the end of an address says more than its beginning.
MOST_SUBJECT = 512


def require_lead(by: PortalUser | None) -> None:
    """Only an active lead decides; nobody in particular never does."""
    if by is None or not by.is_active or by.role != Role.LEAD:
        raise PermissionDenied("Only a security lead may do this.")


def require_reason(reason: str) -> str:
    """The reason without blanks around it. Raises ValidationError where none is given."""
    text = reason.strip()
    if not text:
        raise ValidationError("Please give a reason: it goes into the journal.")
    return text

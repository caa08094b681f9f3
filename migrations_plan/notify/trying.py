"""A test message to whoever asks for one, at once and outside the outbox."""

import secrets
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from migrations_plan import journal
from migrations_plan.actions.permission import require_lead
from migrations_plan.models import PortalUser
from migrations_plan.notify import channels, mail
from migrations_plan.notify.letter import Doubtful, Letter, Refused

SUBJECT = "A test message of the access portal"
BODY = "This message tests a channel of the access portal. There is nothing to do.\n"


def address_of(who: PortalUser) -> str:
    """Where a test goes: to the person who asks; '' when no address is known."""
    if who.person is not None and who.person.email:
        return who.person.email
    return who.username if "@" in who.username else ""


def send_test(*, by: PortalUser, channel: str, now: datetime) -> str:
    """Sends one, and says to whom. Raises ValidationError with what went wrong."""
    require_lead(by)
    to = address_of(by)
    if channel not in channels.configured():
        raise ValidationError("This channel is not set up.")
    if not to:
        raise ValidationError("Your sign-in has no e-mail address to send a test to.")
    letter = Letter(to, SUBJECT, BODY, f"test.{secrets.token_hex(16)}@{mail.domain()}")
    try:
        channels.DELIVER[channel](letter, lambda: None)
    except (Refused, Doubtful) as error:
        _note(by, channel, to, str(error), now)
        raise ValidationError(str(error)) from None
    _note(by, channel, to, "", now)
    return to


@transaction.atomic
def _note(by: PortalUser, channel: str, to: str, error: str, now: datetime) -> None:
    details = {"to": to, "error": error}
    journal.write(
        actor=by, action="test-channel", subject=f"channel:{channel}", details=details, now=now
    )

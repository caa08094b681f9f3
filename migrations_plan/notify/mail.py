"""E-mail over SMTP, by Django's mail.

Source: EMAIL_* settings. Errors: Refused before the text went out or when the server answered
with a refusal; Doubtful when the connection was lost after the text began to go out.
"""

import contextlib
import smtplib
import ssl
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend
from django.core.validators import validate_email

from migrations_plan.notify.letter import BeforeHandover, Doubtful, Letter, Refused

PERMANENT = 500
# Says to vacation responders and the like that a machine wrote it (RFC 3834).
HEADERS = {"Auto-Submitted": "auto-generated"}


def configured() -> bool:
    """A server and a sender are named."""
    return bool(settings.EMAIL_HOST and settings.EMAIL_FROM)


def deliver(letter: Letter, before: BeforeHandover) -> None:
    """Returns once the server has taken it. Raises Refused or Doubtful."""
    _check(letter.to)
    backend = _Backend(before)
    message = EmailMessage(
        subject=letter.subject,
        body=letter.body,
        from_email=settings.EMAIL_FROM,
        to=[letter.to],
        headers={**HEADERS, "Message-ID": f"<{letter.message_id}>"},
    )
    try:
        with _told(backend):
            backend.open()
            backend.send_messages([message])
    finally:
        # The server has answered by now: what it says to a goodbye changes nothing.
        with contextlib.suppress(OSError):
            backend.close()


def domain() -> str:
    """Of the sender's address."""
    return settings.EMAIL_FROM.rpartition("@")[2].strip("> ") or "localhost"


def _check(address: str) -> None:
    """One address, which cannot begin a header of its own."""
    try:
        validate_email(address)
    except ValidationError:
        raise Refused(f"{address!r} is not an e-mail address.", again=False) from None


@contextlib.contextmanager
def _told(backend: "_Backend") -> Iterator[None]:
    """What went wrong, as a lead needs to hear it."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        code, said = next(iter(error.recipients.values()))
        raise _answer(backend, code, said) from error
    except smtplib.SMTPAuthenticationError as error:
        raise Refused(f"The mail server refused the sign-in ({error.smtp_code}).") from error
    except (smtplib.SMTPConnectError, smtplib.SMTPHeloError) as error:
        # Not about this message: another time it may be better.
        raise Refused(f"The mail server turned us away ({error.smtp_code}).") from error
    except smtplib.SMTPResponseException as error:
        raise _answer(backend, error.smtp_code, error.smtp_error) from error
    except smtplib.SMTPNotSupportedError as error:
        raise Refused(f"The mail server cannot do what it should: {error}") from error
    except ValueError as error:
        # Django refuses what would break out of a header.
        raise Refused(f"This cannot be an e-mail: {error}", again=False) from error
    except ssl.SSLCertVerificationError as error:
        raise Refused(f"The mail server's certificate: {error.verify_message}") from error
    except OSError as error:
        if backend.handed_over:
            raise Doubtful(
                f"The connection to the mail server was lost ({_name(error)}) after the message "
                "was handed over: it may have arrived."
            ) from error
        raise Refused(f"The mail server was not reached: {_name(error)}.") from error


def _answer(backend: "_Backend", code: int, said: bytes | str) -> Exception:
    """4xx: not now. 5xx: not at all; the same again would get the same answer. Anything else makes
    no sense, and after the text it leaves a doubt."""
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    if backend.handed_over and not 400 <= code < 600:
        return Doubtful(f"The mail server's answer makes no sense: {code} {words}")
    return Refused(f"The mail server refused it: {code} {words}", again=code < PERMANENT)


def _name(error: OSError) -> str:
    return str(error.strerror or error) or type(error).__name__


class _Backend(EmailBackend):
    """Django's own, which tells when the text of a message begins to go out."""

    handed_over = False

    def __init__(self, before: BeforeHandover) -> None:
        super().__init__(fail_silently=False)
        self._before = before

    @property
    def connection_class(self) -> Any:
        backend = self

        class Plain(_Telling, smtplib.SMTP):
            owner = backend

        class Encrypted(_Telling, smtplib.SMTP_SSL):
            owner = backend

        return Encrypted if self.use_ssl else Plain

    def begin(self) -> None:
        """The text is next."""
        self._before()
        self.handed_over = True


class _Telling:
    """smtplib's client, which asks before it gives the text away: the second thing it sends of
    DATA, after the server has answered the first, the command."""

    owner: _Backend
    sends: int | None = None

    def data(self, msg: Any) -> tuple[int, bytes]:
        self.sends = 0
        try:
            return super().data(msg)  # type: ignore[misc,no-any-return]
        finally:
            self.sends = None

    def send(self, s: Any) -> None:
        if self.sends is not None:
            self.sends += 1
            if self.sends == 2:
                self.owner.begin()
        super().send(s)  # type: ignore[misc]

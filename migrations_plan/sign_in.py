"""Who may come in, how often somebody may try, and the one-time link for the first lead.

Every way of signing in (password, demo persona, later OIDC) ends in `enter`.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from accessportal.checks import demo_is_local
from accessportal.web.address import client_address, network_of
from accessportal.web.middleware import SEEN_KEY, STARTED_KEY
from migrations_plan import journal
from migrations_plan.models import PortalUser, Role, SetupLink, SignInAttempt

BACKEND = "migrations_plan.sign_in.PortalBackend"
MOST_FAILURES = 10
WINDOW = timedelta(minutes=15)
LINK_LIVES = timedelta(hours=24)
PERSONAS = (
    ("lead@example.com", "Security lead", "Sees everything, decides, confirms owners."),
    ("engineer@example.com", "Engineer", "Sees what is theirs."),
    ("auditor@example.com", "Auditor", "Sees everything, changes nothing."),
)


class PortalBackend(ModelBackend):
    """Local passwords. Sample users exist in a demo on this machine only, whatever they know; and
    because every request asks again, their sessions end with the demo."""

    def get_user(self, user_id: int) -> PortalUser | None:
        """Asked on every request, so it brings the bound person along."""
        user = PortalUser.objects.select_related("person").filter(pk=user_id).first()
        return user if self.user_can_authenticate(user) else None

    def user_can_authenticate(self, user: PortalUser | AnonymousUser | None) -> bool:
        """Active, and not a sample user outside a demo."""
        if not isinstance(user, PortalUser) or not user.is_active:
            return False
        return not user.sample or demo_is_local()


def enter(request: HttpRequest, user: PortalUser) -> None:
    """Signs in with a new session key and a new clock."""
    login(request, user, backend=BACKEND)
    for key in (STARTED_KEY, SEEN_KEY):
        request.session.pop(key, None)


def begin_attempt(request: HttpRequest, username: str, now: datetime) -> list[SignInAttempt] | None:
    """Counts this attempt before the password is looked at, so that parallel guesses cannot slip
    through. None: too many in the last 15 minutes for this account or this network."""
    subjects = [
        _subject("account", username),
        _subject("network", network_of(client_address(request))),
    ]
    SignInAttempt.objects.filter(at__lt=now - WINDOW).delete()
    mine = [SignInAttempt.objects.create(subject=subject, at=now) for subject in subjects]
    for subject in subjects:
        if SignInAttempt.objects.filter(subject=subject).count() > MOST_FAILURES:
            forget(mine)
            return None
    return mine


def forget(attempts: list[SignInAttempt]) -> None:
    """Takes attempts back: they succeeded, or were not looked at."""
    SignInAttempt.objects.filter(pk__in=[attempt.pk for attempt in attempts]).delete()


def _subject(kind: str, value: str) -> str:
    return salted_hmac("sign-in-attempt", f"{kind}:{value}", algorithm="sha256").hexdigest()


def persona(username: str) -> PortalUser | None:
    """A sample user of the demo; nobody outside it."""
    if not demo_is_local() or username not in {name for name, _, _ in PERSONAS}:
        return None
    return PortalUser.objects.filter(username=username, sample=True, is_active=True).first()


def ways() -> list[str]:
    """How one may sign in here; each has a template of its own."""
    return ["demo"] if settings.DEMO else ["password"]


def make_setup_link(now: datetime) -> str:
    """The token of a new link. Only its hash is kept, so it can be shown this once."""
    token = secrets.token_urlsafe(32)
    SetupLink.objects.create(
        token_sha256=_sha256(token), created_at=now, expires_at=now + LINK_LIVES
    )
    return token


def setup_link_holds(token: str, now: datetime) -> bool:
    """The link exists, is young enough and nobody used it."""
    return _usable(token, now).exists()


@transaction.atomic
def use_setup_link(token: str, *, username: str, password: str, now: datetime) -> PortalUser | None:
    """Makes the first lead. None: the link is not good, or somebody else was faster."""
    if _usable(token, now).update(used_at=now) != 1:
        return None
    user = PortalUser.objects.create_user(username, role=Role.LEAD, password=password)
    journal.write(
        actor=user,
        action="set-up-lead",
        subject=username,
        reason="one-time set-up link",
        details={},
        now=now,
    )
    return user


def _usable(token: str, now: datetime) -> QuerySet[SetupLink]:
    return SetupLink.objects.filter(token_sha256=_sha256(token), used_at=None, expires_at__gt=now)


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

"""Who may open a page: a decorator on every view, and it fails closed."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from accessportal.web.errors import forbidden, no_access_yet

View = Callable[..., HttpResponseBase]
ROLES = ("lead", "auditor", "engineer")


def role_of(request: HttpRequest) -> str:
    """The signed-in user's role; '' for nobody, for the inactive and for words nobody defined."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or not user.is_active:
        return ""
    role = str(getattr(user, "role", ""))
    return role if role in ROLES else ""


def viewer(request: HttpRequest) -> Any:
    """The signed-in user of a guarded view, for visible_to() and for actions."""
    if not role_of(request):
        raise PermissionDenied("nobody with a role")
    return request.user


def require_role(*roles: str) -> Callable[[View], View]:
    """Only these roles. `portal_roles` on the view lets a test list who may open what."""
    if not roles or set(roles) - set(ROLES):
        raise ValueError(f"roles must be some of {', '.join(ROLES)}, not {roles}")

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            role = role_of(request)
            if not role:
                return no_access_yet(request)
            if role not in roles:
                return forbidden(request)
            return view(request, *args, **kwargs)

        guarded.portal_roles = frozenset(roles)  # type: ignore[attr-defined]
        return guarded

    return decorate


def public(reason: str) -> Callable[[View], View]:
    """Open without sign-in, for a reason that a test prints."""
    if not reason:
        raise ValueError("a public view needs a reason")

    def decorate(view: View) -> View:
        opened: View = login_not_required(view)
        opened.portal_public = reason  # type: ignore[attr-defined]
        return opened

    return decorate

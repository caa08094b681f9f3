"""Error pages. They use no database and no signed-in user, because either may be what failed."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template
from django.utils import timezone

THEMES = ("light", "dark")
SERVER_ERRORS = 500


def error_page(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    """The one error template, without context processors."""
    theme = request.COOKIES.get("theme", "")
    context = {
        "status": status,
        "title": title,
        "text": text,
        "theme": theme if theme in THEMES else "",
        "now": timezone.now(),
        "passing": status >= SERVER_ERRORS,
    }
    return HttpResponse(get_template("error.html").render(context), status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return error_page(
        request,
        400,
        "This request makes no sense to the portal",
        "Its address or its form is damaged. Nothing was changed.",
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    return error_page(
        request,
        403,
        "This is not open to your role",
        "Nothing was changed. Ask a security lead if you need it.",
    )


def no_access_yet(request: HttpRequest) -> HttpResponse:
    """403 for somebody who signed in but has no role."""
    return error_page(
        request,
        403,
        "No access yet",
        "You are signed in, but nobody has given you a role in this portal. "
        "Ask a security lead for one; then load this page again.",
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that was not ours, or was open too long."""
    return error_page(
        request,
        403,
        "This form is too old",
        "Go back, load the page again and send the form once more. Nothing was changed.",
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404, also for what exists but is not yours to see."""
    return error_page(
        request,
        404,
        "There is no such page",
        "It does not exist, or it is not yours to see.",
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 when it is the database that does not answer."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        response = error_page(
            request,
            503,
            "The database does not answer",
            "What the portal knows is safe; it just cannot be read now. Try again in a minute.",
        )
        response["Retry-After"] = "30"
        return response
    return error_page(
        request,
        500,
        "The portal made a mistake",
        "It is in the log with the time of this page. Nothing was half done.",
    )

"""Light, dark or as the system says; kept in a cookie, so that no page flashes."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accessportal.web.address import next_url
from accessportal.web.context import THEMES
from accessportal.web.roles import public
from migrations_plan.models import PortalUser

YEAR_SECONDS = 365 * 24 * 3600


@public("the sign-in page has the switch too")
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Remembers the choice in this browser, and for the user's other browsers."""
    response = redirect(next_url(request))
    theme = request.POST.get("theme", "")
    if theme not in THEMES:
        return response
    response.set_cookie(
        "theme",
        theme,
        max_age=YEAR_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    if isinstance(request.user, PortalUser):
        PortalUser.objects.filter(pk=request.user.pk).update(theme=theme)
    return response

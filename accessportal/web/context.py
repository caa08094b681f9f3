"""What every template may use."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from accessportal.web.nav import nav_for
from accessportal.web.roles import role_of

THEMES = ("system", "light", "dark")


def theme_of(request: HttpRequest) -> str:
    """This browser's choice, else the one the user made elsewhere, else the system's."""
    chosen = request.COOKIES.get("theme", "")
    if chosen not in THEMES:
        chosen = getattr(getattr(request, "user", None), "theme", "")
    return chosen if chosen in THEMES else "system"


def portal(request: HttpRequest) -> dict[str, Any]:
    """now: one instant for the whole page; demo: sample data is shown; theme: system, light or
    dark; role: '' for nobody; nav: groups of links."""
    return {
        "now": timezone.now(),
        "demo": settings.DEMO,
        "theme": theme_of(request),
        "themes": THEMES,
        "role": role_of(request),
        "nav": nav_for(request),
    }

"""What every request passes: sign-in, session age, headers."""

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import patch_vary_headers

from accessportal.web.htmx import is_htmx

GetResponse = Callable[[HttpRequest], HttpResponseBase]
View = Callable[..., HttpResponseBase]
STARTED_KEY = "portal_started"
SEEN_KEY = "portal_seen"
VARY = ("Cookie", "HX-Request", "HX-History-Restore-Request")
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


class PortalLoginRequired(LoginRequiredMiddleware):
    """Sign-in everywhere. htmx follows a redirect silently and would put the sign-in page inside a
    table, so it is told to load the page instead."""

    def process_view(
        self,
        request: HttpRequest,
        view_func: View,
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        """A redirect that both browsers and htmx understand."""
        answer = super().process_view(request, view_func, view_args, view_kwargs)
        if answer is None or not is_htmx(request):
            return answer
        return HttpResponse(status=204, headers={"HX-Redirect": answer["Location"]})


class SessionAge:
    """A session ends 8 hours after sign-in, or after 30 idle minutes."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            self._check(request)
        return self.get_response(request)

    @staticmethod
    def _check(request: HttpRequest) -> None:
        now = int(time.time())
        started = request.session.setdefault(STARTED_KEY, now)
        seen = request.session.setdefault(SEEN_KEY, now)
        if (
            now - started > settings.SESSION_COOKIE_AGE
            or now - seen > settings.SESSION_IDLE_SECONDS
        ):
            logout(request)
        elif now - seen > 60:
            # Once a minute is exact enough and spares a write per page.
            request.session[SEEN_KEY] = now


class ResponseHeaders:
    """Headers that Django has no setting for. Pages about people are never kept by a cache."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cache-Control", "no-store")
        patch_vary_headers(response, VARY)
        return response

"""All addresses of the portal."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [path("", include("migrations_plan.urls"))]

handler400 = "accessportal.web.errors.bad_request"
handler403 = "accessportal.web.errors.forbidden"
handler404 = "accessportal.web.errors.not_found"
handler500 = "accessportal.web.errors.server_error"

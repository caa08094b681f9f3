"""A page's texts as downloads: ?file=NAME of the page hands over the very text that it shows."""

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from accessportal.web.lists import text_of
from migrations_plan.artefacts.artefact import Artefact

FILE = "file"


def asked_file(request: HttpRequest, texts: Iterable[Artefact]) -> HttpResponse | None:
    """The download that the address names; None where it names none of these."""
    name = text_of(request, FILE)
    return next((download(one) for one in texts if one.name == name), None) if name else None


def download(one: Artefact) -> HttpResponse:
    """As a file, never as a page of the portal."""
    return HttpResponse(
        one.text.encode(),
        content_type=f"{one.media_type}; charset=utf-8",
        headers={
            "Content-Disposition": content_disposition_header(True, one.name) or "attachment",
            "X-Content-Type-Options": "nosniff",
        },
    )

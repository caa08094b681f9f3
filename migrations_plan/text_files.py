"""A page's texts as downloads: ?file=NAME of the page hands over the very text that it shows."""

import re
from collections.abc import Iterable

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from accessportal.web.lists import text_of
from migrations_plan.artefacts.artefact import Artefact

FILE = "file"
# The time in the name of a policy: it goes on while somebody reads the page.
STAMP = re.compile(r"-\d{8}T\d{6}Z(?=\.)", re.ASCII)


def asked_file(request: HttpRequest, texts: Iterable[Artefact]) -> HttpResponse | None:
    """The download that the address names, as it is made now; None where it names none. Raises
    Http404 where there is no such text (any more): a page must not be saved for one."""
    name = text_of(request, FILE)
    if not name:
        return None
    wanted = STAMP.sub("", name)
    for one in texts:
        if STAMP.sub("", one.name) == wanted:
            return download(one)
    raise Http404("there is no such text")


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

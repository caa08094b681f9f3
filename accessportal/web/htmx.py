"""The only reader of htmx's request headers."""

from django.http import HttpRequest


def is_htmx(request: HttpRequest) -> bool:
    """htmx made this request."""
    return request.headers.get("HX-Request") == "true"


def wants_partial(request: HttpRequest) -> bool:
    """htmx will swap a part. A boosted link or a restored history entry needs the whole page."""
    return (
        is_htmx(request)
        and request.headers.get("HX-Boosted") != "true"
        and request.headers.get("HX-History-Restore-Request") != "true"
    )

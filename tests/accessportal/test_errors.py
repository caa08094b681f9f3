"""Error pages: one sentence, the time that the log knows too, and a way on that makes sense."""

import re

import pytest
from django.db import OperationalError
from django.test import RequestFactory

from accessportal.web import errors

TIME = re.compile(r'<time datetime="\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d')


def page(path="/people/", *, error=None):
    """What somebody gets when a page fails with this."""
    request = RequestFactory().get(path)
    try:
        if error:
            raise error
    except type(error):
        return errors.server_error(request)
    return errors.not_found(request)


@pytest.mark.parametrize(
    ("error", "status"), [(OperationalError("secret host"), 503), (ValueError("secret"), 500)]
)
def test_a_failure_of_ours_tells_its_time_and_offers_to_try_again(error, status):
    answer = page(error=error)
    text = answer.content.decode()
    assert answer.status_code == status
    assert TIME.search(text)
    assert '<a href="">Try again</a>' in text
    assert "Sign in as somebody else" not in text
    assert "secret" not in text


def test_a_page_that_is_not_there_is_not_tried_again():
    text = page().content.decode()
    assert "Try again" not in text
    assert "Sign in as somebody else" in text


def test_an_address_is_no_part_of_an_error_page():
    text = page("//elsewhere.example/?q=<script>", error=ValueError()).content.decode()
    assert "elsewhere" not in text
    assert "q=" not in text

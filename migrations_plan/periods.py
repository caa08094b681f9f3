"""Which days a page is about: ?days= (a preset), or ?from= and ?to=, both in it."""

from datetime import date

from django.http import HttpRequest
from django.utils.dateparse import parse_date

from accessportal.web.lists import choice_of, text_of
from migrations_plan.rules.usage_days import DEFAULT_DAYS, PRESETS, Window, window


def period_of(request: HttpRequest, today: date) -> Window:
    """The days asked for, up to today; the last 30 days where that makes no sense."""
    first, last = day_of(request, "from"), day_of(request, "to")
    if first or last:
        return window(first, last, today)
    days = choice_of(request, "days", [str(number) for number in PRESETS])
    return preset(int(days or DEFAULT_DAYS), today)


def preset(number: int, today: date) -> Window:
    """So many days that are over, and today."""
    return window(date.fromordinal(today.toordinal() - number), today, today)


def day_of(request: HttpRequest, name: str) -> date | None:
    """A date of the address; None for none, and for a day that the calendar does not have."""
    try:
        return parse_date(text_of(request, name))
    except ValueError:
        return None

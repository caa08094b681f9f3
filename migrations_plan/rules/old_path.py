"""Whether the old path is quiet, in whole UTC days."""

from datetime import date, datetime, timedelta


def quiet(used_at: datetime | None, last_day: date, number: int) -> bool:
    """No use is known on `number` whole days up to last_day, nor after them."""
    return used_at is None or used_at.date() <= last_day - timedelta(days=number)

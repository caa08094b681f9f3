"""The numbers that gates and forecasts stand on; leads set them, and pages say which are in force.

Where the field's own stories disagree the number is a setting: one team waited 48 hours between
both paths, another a week.
"""

from dataclasses import dataclass

LEAST_QUIET_DAYS, MOST_QUIET_DAYS = 2, 30
LEAST_WINDOW_DAYS, MOST_WINDOW_DAYS = 7, 90
LEAST_SESSION_HOURS, MOST_SESSION_HOURS = 1, 12


# Without slots, so that the defaults can be read off the class.
@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """quiet_days: whole UTC days without a call over the old path before a person is cut over.
    window_days: how far back calls are looked at, for classes, targets and forecasts.
    session_hours: the longest session that a permission set should give."""

    quiet_days: int = 2
    window_days: int = 30
    session_hours: int = 8

"""What the database says was counted, in the words of tests.log_files."""

from collections import Counter

from django.db.models import Sum

from inventory.models import DailyUsage

FIELDS = (
    "day",
    "account_id",
    "actor__arn",
    "actor__access_key_id",
    "operation__event_source",
    "operation__event_name",
    "operation__region",
    "operation__error",
)


def cells():
    """Every cell and its events."""
    rows = DailyUsage.objects.values_list(*FIELDS).annotate(Sum("events"))
    return Counter({(f"{day}", *rest): events for day, *rest, events in rows})

"""Of which days classes need the logs."""

from datetime import timedelta

import pytest

from migrations_plan.gather.class_facts import gather
from tests import builders, usage_rows

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("hour", "missed"), [(0, 0), (3, 0), (4, 1), (23, 1)])
def test_the_logs_of_a_day_are_missed_from_four_hours_after_its_end(hour, missed):
    user = builders.iam_user(account=builders.account())
    day = usage_rows.days_ago(2)
    usage_rows.read(user.account, [day - timedelta(days=number) for number in range(40)])
    now = usage_rows.at(usage_rows.today(), hour)

    facts = gather(now).facts[user.arn]

    assert facts.window_days - facts.whole_days == missed

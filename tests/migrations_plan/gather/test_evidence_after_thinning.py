"""What an auditor is told of the past does not change when old runs are forgotten."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from inventory.models import CollectionRun
from inventory.retention import thin_runs
from inventory.sources import SOURCES
from migrations_plan.gather import evidence
from migrations_plan.gather.gaps import gaps
from tests import builders

pytestmark = [pytest.mark.embedded, pytest.mark.django_db]
BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
DAYS = 6
HOUR = timedelta(hours=1)


def told(at):
    """What the page says of an instant: what was missing, and every gap of the days before."""
    whole = evidence.then(at)
    return (
        {one.source.name: (one.missing, one.never) for one in whole.coverage},
        gaps(at, at - 30 * 24 * HOUR, whole),
    )


@pytest.mark.parametrize(
    "seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.nightly) for seed in (2, 3, 4))]
)
def test_coverage_and_gaps_of_any_past_instant_are_the_same_after_thinning(seed):
    chance = random.Random(seed)
    accounts = [builders.account(run=None), builders.account(run=None)]
    for source in SOURCES:
        for account_id in [a.account_id for a in accounts] if source.per_account else [""]:
            # Hourly, with holes of all lengths.
            at = BEGIN + chance.random() * HOUR
            while at < BEGIN + DAYS * 24 * HOUR:
                outcome = chance.choice(["complete"] * 9 + ["denied"])
                builders.run(source.name, account_id, at=at, outcome=outcome)
                at += HOUR if chance.random() < 0.9 else chance.random() * 40 * HOUR
    instants = [BEGIN + chance.random() * DAYS * 24 * HOUR for _ in range(40)]
    before = [told(at) for at in instants]
    count = CollectionRun.objects.count()

    removed = thin_runs(BEGIN + 100 * 24 * HOUR, keep=timedelta(days=35))

    assert removed > count / 3
    assert [told(at) for at in instants] == before

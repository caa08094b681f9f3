"""How long sessions may outlive a stopped key, and what counts as having used Identity Center."""

from datetime import UTC, datetime

import pytest

from inventory.cloudtrail.records import SessionKind
from migrations_plan.rules.live_sessions import MOST_HOURS, may_live_until
from migrations_plan.rules.sso_use import first_use, kind_of

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
LATER = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "until"),
    [
        ("session_token", datetime(2026, 11, 22, 0, tzinfo=UTC)),
        ("role", datetime(2026, 11, 21, 0, tzinfo=UTC)),
        ("a new kind", datetime(2026, 11, 22, 0, tzinfo=UTC)),
    ],
)
def test_a_session_may_live_as_long_as_aws_allows(kind, until):
    assert may_live_until(kind, NOON) == until


def test_every_kind_of_session_has_its_longest_life():
    assert set(MOST_HOURS) == {kind.value for kind in SessionKind}


@pytest.mark.parametrize(
    ("family", "kind"),
    [
        ("console", "console"),
        ("browser", "console"),
        ("aws-cli-v2", "command line"),
        ("aws-cli", "command line"),
        ("terraform", "other tools"),
        ("custom", "other tools"),
        ("aws-internal", None),
        ("", None),
    ],
)
def test_a_tool_shows_a_way_of_working(family, kind):
    assert kind_of(family) == kind


def test_the_first_use_is_the_earliest_and_none_is_not_seen():
    found = first_use([("browser", LATER), ("console", NOON), ("", NOON), ("boto3", LATER)])

    assert found == {"console": NOON, "command line": None, "other tools": LATER}

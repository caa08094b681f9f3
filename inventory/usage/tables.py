"""How each table of counts adds up."""

from inventory.models import (
    ActorDay,
    DailyUsage,
    PathDay,
    UsageCoverage,
    UsageOrigin,
    UsageResource,
)
from inventory.usage.additive import Additive

HOURS = tuple(f"h{hour:02d}" for hour in range(24))

USAGE = Additive(
    DailyUsage,
    keys=("actor_id", "day", "account_id", "operation_id", "provisional"),
    sums=("events", "direct_events"),
    earliest=("first_at",),
    latest=("last_at",),
    either=("resources_overflow",),
)
ACTOR_DAYS = Additive(
    ActorDay,
    keys=("actor_id", "day", "account_id", "provisional"),
    sums=("events", "direct_events", "errors", "failed_signins", *HOURS),
    earliest=("first_at",),
    latest=("last_at", "succeeded_at"),
)
ORIGINS = Additive(
    UsageOrigin,
    keys=("actor_id", "day", "network", "agent_family", "agent_version"),
    sums=("events", "direct_events"),
    earliest=("first_at",),
    latest=("last_at",),
)
RESOURCES = Additive(
    UsageResource,
    keys=("actor_id", "day", "account_id", "operation_id", "resource_id"),
    sums=("events",),
)
PATHS = Additive(PathDay, keys=("day", "account_id", "path"), sums=("events", "direct_events"))
COVERAGE = Additive(
    UsageCoverage,
    keys=("account_id", "region", "day"),
    sums=("objects_read", "quarantined", "events"),
    earliest=("first_at",),
    latest=("last_at",),
)
# Tables whose rows are an actor's: they move together when a session's maker becomes known.
OF_ACTORS = (USAGE, RESOURCES, ACTOR_DAYS, ORIGINS)
WITHOUT_RESOURCES = (USAGE, ACTOR_DAYS, ORIGINS)

"""How fast the portal may ask AWS, so that it never spends an account's own request budget.

Token buckets, one per account and API family, shared by every thread of the process. A caller waits
its turn in order of arrival; nothing is refused.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `burst` calls at once and `per_second` calls on average.

    Any window of one second holds at most per_second + burst calls.
    """

    per_second: float
    burst: int


# Keyed by botocore service, or 'service.operation' where one operation has a rate of its own.
RATES: dict[str, Rate] = {
    # Not published. 10/s is far below where people report throttling, and leaves room for theirs.
    "iam": Rate(10, 20),
    # 20 per second for all Identity Center operations together, not adjustable: 15 + 3 in any
    # second leaves two for a human with the console open.
    "sso-admin": Rate(15, 3),
    # 20 per second, a quota of its own.
    "identitystore": Rate(15, 3),
    # Not published per operation; Organizations throttles early and for the whole account.
    "organizations": Rate(8, 8),
    # GetAlternateContact: 10/s with a burst of 15.
    "account": Rate(8, 8),
    # Describe and Get: 10/s in an account and region.
    "cloudtrail": Rate(5, 5),
    # LookupEvents: 2/s in an account and region, so not even one spare.
    "cloudtrail.lookup_events": Rate(2, 1),
    # 5,500 reads a second for each prefix: this is only against a mistake of ours.
    "s3": Rate(200, 200),
    # 600/s and more in every region; this only evens out the start.
    "sts": Rate(20, 20),
}
DEFAULT_RATE = Rate(5, 5)
# Families whose rate AWS grants in each region of an account.
REGIONAL = frozenset(["cloudtrail.lookup_events"])


class RateLimits:
    """Waits before each attempt so that no (account, family) goes beyond its rate. Thread-safe."""

    def __init__(
        self,
        rates: dict[str, Rate] | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._rates = RATES if rates is None else rates
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._full_at: dict[tuple[str, str], float] = {}

    def wait(
        self, account_id: str, service: str, operation: str, region: str | None = None
    ) -> float:
        """Sleeps until this call may go; returns the seconds slept."""
        family = f"{service}.{operation}"
        if family not in self._rates:
            family = service
        place = f"{account_id} {region}" if family in REGIONAL else account_id
        delay = self._reserve((place, family), self._rates.get(family, DEFAULT_RATE))
        if delay > 0:
            self._sleep(delay)
        return max(delay, 0.0)

    def _reserve(self, key: tuple[str, str], rate: Rate) -> float:
        # Virtual scheduling: the time at which the bucket is full again says how many tokens are
        # left, and taking one moves it. The turn is taken under the lock and slept outside of it.
        step = 1 / rate.per_second
        with self._lock:
            now = self._clock()
            full_at = max(self._full_at.get(key, now), now)
            self._full_at[key] = full_at + step
        return full_at - now - (rate.burst - 1) * step


UNLIMITED = 1e9


def no_limits() -> RateLimits:
    """Limits that never wait, for tests and for saved files."""
    return RateLimits(dict.fromkeys(RATES, Rate(UNLIMITED, 1)), sleep=lambda _seconds: None)


# A quota belongs to AWS's account, not to one connection: all connections of a process share this.
SHARED_LIMITS = RateLimits()

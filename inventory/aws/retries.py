"""How long one call is tried: throttles patiently, passing faults a few times, nothing for ever.

Why not botocore's own retries: its standard mode can sleep 70 seconds for eight attempts and cannot
be bounded in time, and a caller with a lease has to hear of each attempt. boto3 is therefore told
to try once, and Aws asks again by these rules.
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from inventory.aws.explain import is_passing, is_throttle

# A server that fails three times in a row is down rather than unlucky.
MAX_PASSING_ATTEMPTS = 3
FIRST_DELAY_SECONDS = 0.5
LONGEST_DELAY_SECONDS = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """At most max_attempts attempts, and no new one after `seconds` from the first.

    longest_delay: seconds of one pause at most. clock, sleep and chance (0..1) are arguments so
    that tests need no time.
    """

    max_attempts: int = 8
    seconds: float = 25.0
    longest_delay: float = LONGEST_DELAY_SECONDS
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random

    def delay_after(self, attempt: int, error: Exception, spent: float) -> float | None:
        """Seconds to sleep before attempt + 1 (the first is 1); None: give up."""
        limit = self.max_attempts if is_throttle(error) else MAX_PASSING_ATTEMPTS
        if not (is_throttle(error) or is_passing(error)):
            return None
        if attempt >= min(limit, self.max_attempts):
            return None
        longest = min(FIRST_DELAY_SECONDS * 2 ** (attempt - 1), self.longest_delay)
        # Half fixed, half chance: many callers throttled together must not come back together.
        delay = longest * (0.5 + 0.5 * self.chance())
        return delay if spent + delay <= self.seconds else None

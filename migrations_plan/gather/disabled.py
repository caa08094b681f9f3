"""Rows -> what became of a wave's disabled IAM users: may they go, and what was decided."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from migrations_plan.gather.person_usage import read_back
from migrations_plan.gather.watching import handouts_of, uses_after, watched
from migrations_plan.gather.wave_locks import quiet_days
from migrations_plan.models import DisabledDecision, Wave
from migrations_plan.rules.watching import Deletion, UserNow, deletion

MOST_LOOKED_BACK = 90


@dataclass(frozen=True, slots=True)
class Disabled:
    """One user. decision: the newest that is in force; None: nobody has claimed or decided it."""

    user: UserNow
    deletion: Deletion
    decision: DisabledDecision | None

    @property
    def unclaimed(self) -> bool:
        """Nobody said what it is still for, and nobody decided that it goes."""
        return self.decision is None


def disabled(wave: Wave, now: datetime) -> list[Disabled]:
    """Users of scripts that ran. Eight queries, whatever their number."""
    found = watched(handouts_of(wave), now)
    users = [user for user in found.users if found.ran_at[user.arn] is not None]
    if not users:
        return []
    uses = uses_after(found.ran_at)
    number = quiet_days(wave.plan)
    first = min(found.started)
    # From the day of the cutover on, as far as anybody wants to look back.
    window = max(number, min((now - first).days + 1, MOST_LOOKED_BACK))
    ids = sorted({user.account_id for user in users})
    # Since the cutover each account was there on every day: none joined later.
    back = read_back(now, window, ids, {})
    decided = decisions([user.arn for user in users], now)
    return [
        Disabled(
            user,
            deletion(
                user,
                uses,
                replace(back.of([user.account_id]), gap_account=user.account),
                ran_at=found.ran_at[user.arn],
                number=number,
                now=now,
            ),
            decided.get(user.arn),
        )
        for user in users
    ]


def decisions(arns: Collection[str], now: datetime) -> Mapping[str, DisabledDecision]:
    """The newest of each user; a keep that has ended is to be decided again. One query."""
    found: dict[str, DisabledDecision] = {}
    for row in DisabledDecision.objects.filter(user_arn__in=list(arns)).order_by("at", "pk"):
        found[row.user_arn] = row
    return {arn: row for arn, row in found.items() if row.until is None or row.until > now}

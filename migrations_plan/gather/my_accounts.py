"""Accounts that one person uses, may open, or says they need: what there is to confirm."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from inventory.models import AwsAccount
from migrations_plan.gather import person_usage
from migrations_plan.gather.my_access import access_states, why_not_whole
from migrations_plan.gather.my_cli import own_grants
from migrations_plan.models import AccountNeed, Person, PortalUser, thresholds


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account. account None: only its id is theirs to know. sets: permission sets assigned
    there. calls: over the old path in the window. said: what the person says of it."""

    account_id: str
    account: AwsAccount | None
    sets: tuple[str, ...]
    calls: int
    said: AccountNeed | None

    @property
    def missing(self) -> bool:
        """Used or said to be needed, and nothing of it is assigned."""
        needed = self.calls > 0 or (self.said is not None and self.said.needed)
        return needed and not self.sets


@dataclass(frozen=True, slots=True)
class OwnAccounts:
    """window_days: how far back calls are counted. why: which read of what is assigned is not whole
    and fresh, so that nothing is known not to be; '' for none."""

    rows: list[AccountRow]
    window_days: int
    why: str


def own_accounts(who: PortalUser, person: Person, now: datetime) -> OwnAccounts:
    """What is missing first, then by name. Names of accounts that the person only typed stay
    untold. Ten queries."""
    window = thresholds().window_days
    rows = _rows(who, person, person_usage.window_start(now, window))
    return OwnAccounts(rows, window, why_not_whole(access_states(now)))


def _rows(who: PortalUser, person: Person, since: datetime) -> list[AccountRow]:
    sets: dict[str, list[str]] = {}
    for grant in own_grants(who, person):
        name = grant.permission_set.name if grant.permission_set else grant.arn
        sets.setdefault(grant.account.account_id, []).append(name)
    calls = _calls(who, since)
    said = {one.account_id: one for one in AccountNeed.objects.filter(person=person)}
    accounts: Mapping[str, AwsAccount] = AwsAccount.objects.in_bulk([*{*sets, *calls}])
    rows = [
        AccountRow(
            account_id=one,
            account=accounts.get(one),
            sets=tuple(sets.get(one, ())),
            calls=calls.get(one, 0),
            said=said.get(one),
        )
        for one in {*sets, *calls, *said}
    ]
    return sorted(rows, key=lambda row: (not row.missing, str(row.account or ""), row.account_id))


def _calls(who: PortalUser, since: datetime) -> dict[str, int]:
    found: dict[str, int] = {}
    for seen in person_usage.usage(since, who.iam_user_arns(), []).users.values():
        for account_id, number in seen.accounts.items():
            found[account_id] = found.get(account_id, 0) + number
    return found

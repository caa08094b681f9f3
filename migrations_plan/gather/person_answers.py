"""What somebody said of themselves, beside what the facts say, for whoever leads the migration."""

from dataclasses import dataclass
from datetime import datetime

from inventory.models import AwsAccount
from migrations_plan.gather.my_access import access_states, why_not_whole
from migrations_plan.gather.my_answers import Answer, Kept
from migrations_plan.gather.reach import reach_of
from migrations_plan.models import Person


@dataclass(frozen=True, slots=True)
class NeedRow:
    """What they said of an account. account None: the portal does not know it. assigned None:
    nobody knows, for the reason `why`."""

    said: Answer
    account: AwsAccount | None
    assigned: bool | None
    why: str


def need_rows(person: Person, kept: Kept, now: datetime) -> list[NeedRow]:
    """Five queries at most. What is not granted is known not to be only by whole, fresh reads."""
    if not kept.needs:
        return []
    accounts = AwsAccount.objects.in_bulk([one.one for one in kept.needs])
    user_id = person.identity_center_user_id
    reach = reach_of([user_id]).get(user_id) if user_id else None
    granted = {grant.account_id for grant in reach.grants} if reach else set()
    why = why_not_whole(access_states(now))
    return [
        NeedRow(one, accounts.get(one.one), (one.one in granted) or (None if why else False), why)
        for one in kept.needs
    ]

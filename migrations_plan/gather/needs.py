"""What access people need: confirmed targets, accounts they used, accounts they say they need.

What somebody says only adds: an account that was used stays needed, whatever they say of it,
because a word must not open a gate that the calls close.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence

from migrations_plan.models import AccountNeed, TargetAccess
from migrations_plan.rules.person_facts import Need


def said_needs(person_ids: Collection[int]) -> Mapping[int, Sequence[str]]:
    """Ids of the accounts that each person says they need. One query."""
    found: dict[int, list[str]] = defaultdict(list)
    rows = AccountNeed.objects.filter(person_id__in=person_ids, needed=True).order_by("account_id")
    for person_id, account_id in rows.values_list("person_id", "account_id"):
        found[person_id].append(account_id)
    return found


def needs_of(
    targets: Sequence[TargetAccess],
    used: Collection[str],
    said: Sequence[str],
    name: Callable[[str], str],
) -> tuple[Need, ...]:
    """Each account once, unless several sets of it are targets. An account that is only said is
    named by its id: whoever types an id must not learn from it what the account is called."""
    known = {target.account_id for target in targets}
    needs = [Need(t.account_id, name(t.account_id), t.permission_set) for t in targets]
    needs += [Need(one, name(one)) for one in sorted(set(used) - known)]
    known |= set(used)
    return (*needs, *(Need(one, one, said=True) for one in said if one not in known))

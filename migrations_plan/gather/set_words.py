"""What the permission sets of grants allow, in plain words, from the documents that were read."""

from collections.abc import Mapping, Sequence

from django.db.models import Q

from inventory.models import IamPolicy, PermissionSet
from migrations_plan.gather.access import Shelf, customer_names, managed_arns
from migrations_plan.gather.person import GrantRow
from migrations_plan.gather.told import Reads
from migrations_plan.policy.managed import managed_document
from migrations_plan.policy.plain_words import SetWords, set_words

Words = Mapping[tuple[str, str], SetWords]


def words_of(grants: Sequence[GrantRow], reads: Reads) -> Words:
    """By account id and permission set ARN; sets that were not read have none. One query, or none
    where no set uses a policy of an account."""
    sets = {grant.arn: grant.permission_set for grant in grants if grant.permission_set}
    shelf = _shelf(sets, sorted({grant.account.account_id for grant in grants}), reads)
    places = {(grant.account.account_id, grant.arn) for grant in grants if grant.arn in sets}
    return {
        (account_id, arn): set_words(shelf.set_in(arn, account_id)) for account_id, arn in places
    }


def _shelf(sets: Mapping[str, PermissionSet], account_ids: Sequence[str], reads: Reads) -> Shelf:
    """Only what sets say: no guardrail is looked at."""
    names = {name for one in sets.values() for name in customer_names(one)}
    # What AWS manages we ship; only what is newer than our copy is looked up.
    arns = {arn for one in sets.values() for arn in managed_arns(one)}
    unknown = {arn for arn in arns if managed_document(arn) is None}
    customer, managed = {}, {}
    if names or unknown:
        wanted = Q(aws_managed=False, policy_name__in=names)
        wanted |= Q(aws_managed=True, arn__in=unknown)
        rows = IamPolicy.objects.present().filter(wanted, account_id__in=account_ids)
        columns = ("aws_managed", "arn", "account_id", "path", "policy_name", "document")
        for aws, arn, account_id, path, name, document in rows.values_list(*columns):
            if document is not None and aws:
                managed[arn] = document
            elif document is not None:
                customer[account_id, f"{path}{name}"] = document
    return Shelf(
        reads=reads, sets=sets, by_name={}, customer=customer, managed=managed, accounts={},
        parents={}, scps={}, guarded=False,
    )  # fmt: skip

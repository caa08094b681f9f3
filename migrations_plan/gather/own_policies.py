"""Policies that stand on IAM users themselves: where a restriction to addresses is looked for."""

from collections.abc import Iterable
from typing import Any

from inventory.models import IamPolicy, IamUser

AWS_MANAGED = ":aws:policy/"
Documents = dict[str, Any]


def own_documents(users: Iterable[IamUser]) -> dict[str, Documents | None]:
    """By ARN of the user and name of the policy; None where one was not read. One query."""
    every = list(users)
    attached = {arn for user in every for arn in user.attached_policies or ()}
    places = {user.account_id for user in every}
    rows = IamPolicy.objects.present().filter(arn__in=attached, account__in=places)
    read = {
        (account_id, arn): document
        for account_id, arn, document in rows.values_list("account_id", "arn", "document")
        if document is not None
    }
    return {user.arn: _of(user, read) for user in every}


def _of(user: IamUser, read: dict[tuple[str, str], Any]) -> Documents | None:
    if user.inline_policies is None or user.attached_policies is None:
        return None
    found: Documents = {f"inline {name}": one for name, one in user.inline_policies.items()}
    for arn in user.attached_policies:
        document = read.get((user.account_id, arn))
        if document is not None:
            found[arn] = document
        elif AWS_MANAGED not in arn:
            return None
        # What AWS manages holds no company's addresses, so a missing copy of it hides none.
    return found

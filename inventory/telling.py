"""Which runs say everything there is of one kind of fact.

Besides the sources that are collected there are files that hold one list only: a whole read of
that list, but not of the source it belongs to.
"""

from collections.abc import Mapping

from inventory.records import (
    RECORD_TYPES,
    AccountRecord,
    GroupMembershipRecord,
    IamGroupRecord,
    IamPolicyRecord,
    IamRoleRecord,
    IamUserRecord,
    IdentityStoreGroupRecord,
    IdentityStoreUserRecord,
    Record,
    RosterPersonRecord,
)
from inventory.sources import SOURCES

FILE_SOURCES: Mapping[str, tuple[type[Record], ...]] = {
    "authorization_details.users": (IamUserRecord,),
    "authorization_details.groups": (IamGroupRecord,),
    "authorization_details.roles": (IamRoleRecord,),
    "authorization_details.policies": (IamPolicyRecord,),
    "organization.accounts": (AccountRecord,),
    "identity_store.users": (IdentityStoreUserRecord,),
    "identity_store.groups": (IdentityStoreGroupRecord,),
    "identity_store.memberships": (GroupMembershipRecord,),
    "roster": (RosterPersonRecord,),
}


def _tellers(record_type: type[Record]) -> tuple[str, ...]:
    collected = [source.name for source in SOURCES if record_type in source.records]
    files = [name for name, types in FILE_SOURCES.items() if record_type in types]
    return (*collected, *files)


_TELLERS = {record_type: _tellers(record_type) for record_type in RECORD_TYPES}


def telling(record_type: type[Record]) -> tuple[str, ...]:
    """Names of all sources whose complete runs are whole reads of this type."""
    return _TELLERS[record_type]

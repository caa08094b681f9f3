"""Which runs say everything there is of one kind of fact.

Besides the sources that are collected there are files that hold one list only: a whole read of
that list, but not of the source it belongs to.
"""

from collections.abc import Mapping
from functools import cache

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


def telling(record_type: type[Record]) -> tuple[str, ...]:
    """Names of all sources whose complete runs are whole reads of this type."""
    return _by_kind()[record_type.KIND]


@cache
def _by_kind() -> Mapping[str, tuple[str, ...]]:
    """Asked once for each fact of a population, so the answer is kept."""
    all_sources = {source.name: source.records for source in SOURCES} | dict(FILE_SOURCES)
    return {
        record_type.KIND: tuple(name for name, types in all_sources.items() if record_type in types)
        for record_type in RECORD_TYPES
    }

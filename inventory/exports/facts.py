"""Everything about IAM users that exports need, now or as of an instant, in a fixed number of
queries."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from inventory.population import (
    Accounts,
    Fact,
    Names,
    WholeReads,
    facts,
    last_whole_read,
    user_reads,
    whole_reads,
)
from inventory.records import (
    AccessKeyRecord,
    CredentialReportRowRecord,
    IamGroupRecord,
    IamPolicyRecord,
    IamUserRecord,
    LoginProfileRecord,
    MfaDeviceRecord,
    Record,
    ServiceSpecificCredentialRecord,
    SigningCertificateRecord,
    SshPublicKeyRecord,
)

ROOT_USER = "<root_account>"
TYPES: tuple[type[Record], ...] = (
    IamUserRecord,
    IamGroupRecord,
    IamPolicyRecord,
    CredentialReportRowRecord,
    AccessKeyRecord,
    LoginProfileRecord,
    MfaDeviceRecord,
    SshPublicKeyRecord,
    SigningCertificateRecord,
    ServiceSpecificCredentialRecord,
)
R = TypeVar("R", bound=Record)
UserKey = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Seen(Generic[R]):
    """A record with its type kept, and when AWS last said so."""

    record: R
    observed_at: datetime


@dataclass(frozen=True, slots=True)
class UserFacts:
    """One IAM user from every source. user or report None: that source does not know them."""

    account_id: str
    user_name: str
    user: Seen[IamUserRecord] | None
    report: Seen[CredentialReportRowRecord] | None
    keys: list[Seen[AccessKeyRecord]]
    profile: Seen[LoginProfileRecord] | None
    mfa: list[Seen[MfaDeviceRecord]]
    ssh_keys: list[Seen[SshPublicKeyRecord]]
    certificates: list[Seen[SigningCertificateRecord]]
    service_specific: list[Seen[ServiceSpecificCredentialRecord]]

    def told_at(self) -> datetime:
        """When any source last said something of the user."""
        one = (self.user, self.report, self.profile)
        times = [seen.observed_at for seen in one if seen is not None]
        times += [seen.observed_at for seen in self.keys]
        times += [seen.observed_at for seen in self.mfa]
        times += [seen.observed_at for seen in self.ssh_keys]
        times += [seen.observed_at for seen in self.certificates]
        times += [seen.observed_at for seen in self.service_specific]
        return max(times)

    def arn(self) -> str | None:
        """The user's ARN; None when only credentials name the user."""
        known = self.user or self.report
        return known.record.arn if known else None


@dataclass(frozen=True, slots=True)
class AllFacts:
    """Every user, by account and name, and what their rights hang on."""

    users: list[UserFacts]
    groups: dict[str, dict[str, IamGroupRecord]]
    policies: dict[str, dict[str, IamPolicyRecord]]
    reads: WholeReads
    user_reads: dict[tuple[str, str, str], datetime]
    past: bool

    def asked_at(self, source: str, facts: UserFacts) -> datetime | None:
        """When this user was asked about by a source that has no bulk call; None: never.

        For an earlier instant the latest question may be too new to be kept; then the account's
        last whole read answers, for a user who existed then.
        """
        asked = self.user_reads.get((source, facts.account_id, facts.user_name))
        if asked is not None or not self.past:
            return asked
        whole = self.reads.get((source, facts.account_id))
        created = facts.user.record.created_at if facts.user else None
        return whole if whole and created and created <= whole else None


def gather(at: datetime | None, account_ids: Accounts = None, user_names: Names = None) -> AllFacts:
    """Reads it all, or all of some accounts, or at an instant of users of some names there: one
    query per kind of fact (one in all for an instant), and two or three for the reads."""
    found = facts(TYPES, at=at, account_ids=account_ids, user_names=user_names)
    reads = whole_reads(at, account_ids)
    groups: dict[str, dict[str, IamGroupRecord]] = defaultdict(dict)
    for group in _seen(found[IamGroupRecord], IamGroupRecord):
        groups[group.record.account_id][group.record.group_name] = group.record
    policies: dict[str, dict[str, IamPolicyRecord]] = defaultdict(dict)
    for policy in _seen(found[IamPolicyRecord], IamPolicyRecord):
        policies[policy.record.account_id][policy.record.arn] = policy.record
    return AllFacts(
        _users(found, reads),
        groups,
        policies,
        reads,
        user_reads(at, account_ids, user_names),
        at is not None,
    )


def _seen(found: Iterable[Fact], record_type: type[R]) -> list[Seen[R]]:
    return [Seen(f.record, f.observed_at) for f in found if isinstance(f.record, record_type)]


def _users(found: dict[type[Record], list[Fact]], reads: WholeReads) -> list[UserFacts]:
    users = _one_each(_seen(found[IamUserRecord], IamUserRecord))
    reports = _one_each(_seen(found[CredentialReportRowRecord], CredentialReportRowRecord))
    profiles = _one_each(_seen(found[LoginProfileRecord], LoginProfileRecord))
    keys = _many_each(_seen(found[AccessKeyRecord], AccessKeyRecord))
    mfa = _many_each(_seen(found[MfaDeviceRecord], MfaDeviceRecord))
    ssh = _many_each(_seen(found[SshPublicKeyRecord], SshPublicKeyRecord))
    certificates = _many_each(_seen(found[SigningCertificateRecord], SigningCertificateRecord))
    services = _many_each(
        _seen(found[ServiceSpecificCredentialRecord], ServiceSpecificCredentialRecord)
    )
    every = {*users, *reports, *profiles, *keys, *mfa, *ssh, *certificates, *services}
    joined = [
        UserFacts(
            account_id=key[0],
            user_name=key[1],
            user=users.get(key),
            report=reports.get(key),
            keys=keys.get(key, []),
            profile=profiles.get(key),
            mfa=mfa.get(key, []),
            ssh_keys=ssh.get(key, []),
            certificates=certificates.get(key, []),
            service_specific=services.get(key, []),
        )
        for key in sorted(every)
        if key[1] != ROOT_USER
    ]
    return [facts for facts in joined if _may_exist(facts, reads)]


def _may_exist(facts: UserFacts, reads: WholeReads) -> bool:
    """A report is up to four hours old: whoever a newer list of users lacks was deleted since."""
    listed_at = last_whole_read(reads, IamUserRecord, facts.account_id)
    return facts.user is not None or listed_at is None or facts.told_at() > listed_at


def _key_of(record: Record) -> UserKey:
    return getattr(record, "account_id", ""), getattr(record, "user_name", "")


def _one_each(seen: list[Seen[R]]) -> dict[UserKey, Seen[R]]:
    return {_key_of(one.record): one for one in seen}


def _many_each(seen: list[Seen[R]]) -> dict[UserKey, list[Seen[R]]]:
    grouped: dict[UserKey, list[Seen[R]]] = defaultdict(list)
    for one in seen:
        grouped[_key_of(one.record)].append(one)
    return grouped

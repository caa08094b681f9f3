"""Rows -> facts about every credential, root user and account. A fixed number of queries."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from inventory.exports.keys import Slot, matching, slots
from inventory.freshness import expected_account_ids
from inventory.models import AccessKey, AwsAccount, CredentialReportRow, IamUser
from inventory.models.credentials import ROOT_USER
from migrations_plan.gather.credential_rows import SOURCE_OF, Other, Rows, Seen, UserKey, load
from migrations_plan.gather.owners import Owned, owners
from migrations_plan.gather.roots import root_facts
from migrations_plan.gather.told import Reads, best, reads
from migrations_plan.rules.facts import (
    ACCESS_KEY,
    PASSWORD,
    AccountFacts,
    CredentialFacts,
    Limits,
    RootFacts,
    Told,
)

NEVER_WORDS = ("N/A", "no_information")


@dataclass(frozen=True, slots=True)
class Gathered:
    """Everything that rules judge, and what rows need beside it. users: primary keys by ARN.
    unread_users: ARNs of users whose keys or password no read tells (any more)."""

    accounts: Mapping[str, AwsAccount]
    credentials: list[CredentialFacts]
    roots: list[RootFacts]
    reads: list[AccountFacts]
    users: Mapping[str, int]
    unread_users: frozenset[str]
    owners: Mapping[str, Owned]


@dataclass(frozen=True, slots=True)
class _Place:
    """What the credentials of one user share."""

    key: UserKey
    user: IamUser | None
    report: CredentialReportRow | None
    owned: Owned | None
    environment: str
    reads: Reads
    seen: Seen
    cut_over_at: datetime | None

    @property
    def arn(self) -> str:
        known = self.user or self.report
        return known.arn if known else ""

    def told(self, source: str, observed_at: datetime | None = None) -> Told:
        return self.reads.told(source, self.key[0], observed_at)

    def report_told(self) -> Told | None:
        return self.told("credential_report", self.report.observed_at) if self.report else None


def gather(now: datetime, account_ids: Collection[str] | None, limits: Limits) -> Gathered:
    """Of these accounts, or of all. Some twenty queries."""
    found = AwsAccount.objects.order_by()
    if account_ids is not None:
        found = found.filter(pk__in=list(account_ids))
    accounts = {account.account_id: account for account in found}
    known = reads(now, list(accounts))
    # Uses before the longest limit change no answer.
    since = now - timedelta(days=max(limits.unused, limits.long_unused, limits.root_used) + 1)
    rows = load(account_ids, since=since)
    owned = owners(known)
    places = _places(rows, accounts, known, owned)
    credentials = [one for place in places for one in _credentials(place, rows)]
    expected = [one for one in expected_account_ids() if one in accounts]
    return Gathered(
        accounts=accounts,
        credentials=credentials,
        roots=[one for account in accounts.values() if (one := root_facts(account, rows, known))],
        reads=_account_facts(expected, rows, known),
        users={user.arn: user.pk for user in rows.users.values()},
        unread_users=frozenset(user.arn for user in rows.users.values() if _is_unread(user)),
        owners=owned,
    )


def _places(
    rows: Rows, accounts: Mapping[str, AwsAccount], known: Reads, owned: Mapping[str, Owned]
) -> Iterator[_Place]:
    every = {*rows.users, *rows.keys, *rows.reports, *rows.others, *rows.profiles}
    for key in sorted(every):
        if key[1] == ROOT_USER or key[0] not in accounts:
            continue
        user, report = rows.users.get(key), rows.reports.get(key)
        if user and report and report.observed_at < user.created_at:
            # It tells of an earlier user of that name.
            report = None
        if user is None and report and _is_gone(rows, key, report.observed_at):
            report = None
        arn = user.arn if user else report.arn if report else ""
        yield _Place(
            key=key,
            user=user,
            report=report,
            owned=owned.get(arn),
            environment=accounts[key[0]].environment,
            reads=known,
            seen=rows.seen,
            cut_over_at=rows.cut_over.get(arn),
        )


def _is_gone(rows: Rows, key: UserKey, observed_at: datetime) -> bool:
    """A whole read no longer showed the user, after the credential was last told of."""
    gone_at = rows.gone.get(key)
    return key not in rows.users and gone_at is not None and gone_at >= observed_at


def _of_this_user(
    place: _Place, rows: Rows, made_at: datetime | None, observed_at: datetime
) -> bool:
    if place.user is None:
        return not _is_gone(rows, place.key, observed_at)
    return made_at is None or made_at >= place.user.created_at


def _credentials(place: _Place, rows: Rows) -> Iterator[CredentialFacts]:
    yield from _keys(place, rows)
    yield from _password(place, rows)
    for other in rows.others.get(place.key, ()):
        if _of_this_user(place, rows, other.made_at, other.observed_at):
            yield _other(place, other)


def _facts(place: _Place, kind: str, subject: str, name: str, **more: Any) -> CredentialFacts:
    return CredentialFacts(
        kind=kind,
        subject=subject,
        name=name,
        account_id=place.key[0],
        user_name=place.key[1],
        user_arn=place.arn,
        admin=place.user.admin if place.user else None,
        owner=place.owned.owner if place.owned else None,
        environment=place.environment,
        cut_over_at=place.cut_over_at,
        **more,
    )


def _keys(place: _Place, rows: Rows) -> Iterator[CredentialFacts]:
    """Listed keys joined with the report's; and those that only the report knows."""
    waiting = slots(place.report) if place.report else []
    found: list[tuple[AccessKey | None, Slot | None]] = []
    for key in rows.keys.get(place.key, ()):
        if not _of_this_user(place, rows, key.created_at, key.observed_at):
            continue
        slot = matching(key.created_at, active=key.status == "Active", waiting=waiting)
        if slot is not None:
            waiting.remove(slot)
        found.append((key, slot))
    listed_at = rows.listed_at.get(place.key)
    if place.report and (listed_at is None or listed_at < place.report.observed_at):
        found += [(None, slot) for slot in waiting]
    earlier: list[str] = []
    for pair in sorted(found, key=_made_first):
        one = _key(place, *pair, tuple(earlier))
        yield one
        if one.active:
            earlier.append(one.name)


def _made_first(pair: tuple[AccessKey | None, Slot | None]) -> tuple[bool, str, str]:
    key, slot = pair
    made_at = key.created_at if key else slot.created_at if slot else None
    identifier = key.access_key_id if key else slot.id if slot else ""
    return made_at is None, made_at.isoformat() if made_at else "", identifier


def _key(
    place: _Place, key: AccessKey | None, slot: Slot | None, earlier: tuple[str, ...]
) -> CredentialFacts:
    listing = place.told("access_keys", key.observed_at) if key else None
    report = place.report_told() if slot else None
    asked = listing if key and key.last_used_read else None
    nobody = Told("Last use of access keys", None, None, "nobody asked AWS")
    uses = [key.last_used_at if key else None, slot.used_at if slot else None]
    name = key.access_key_id if key else slot.id if slot else ""
    return _facts(
        place,
        ACCESS_KEY,
        name if key else f"{place.arn}/{name}",
        name,
        told=best(listing, report),
        active=_active(key, slot, place.report),
        created_at=key.created_at if key else slot.created_at if slot else None,
        used_at=max(filter(None, uses), default=None),
        used_told=best(asked, _use_in_report(place, slot), nobody),
        seen_at=place.seen.keys.get(name),
        earlier=earlier,
    )


def _active(
    key: AccessKey | None, slot: Slot | None, report: CredentialReportRow | None
) -> bool | None:
    """By whichever told later."""
    if key is None:
        return slot.active if slot else None
    if slot and report and report.observed_at > key.observed_at and slot.active is not None:
        return slot.active
    return key.status == "Active"


def _use_in_report(place: _Place, slot: Slot | None) -> Told | None:
    """The report, if it tells a last use of this key or says in its own word that there is none."""
    if slot is None or place.report is None:
        return None
    column = f"{slot.id.removeprefix('report:')}_last_used_date"
    if slot.used_at is None and place.report.words.get(column) not in NEVER_WORDS:
        return None
    return place.report_told()


def _password(place: _Place, rows: Rows) -> Iterator[CredentialFacts]:
    user, report = place.user, place.report
    profile = rows.profiles.get(place.key)
    enabled = user.console_password if user else report.password_enabled if report else None
    if not enabled or not place.arn:
        return
    told = best(
        place.told("login_profiles", profile.observed_at) if profile else None,
        place.report_told(),
        place.told("login_profiles"),
    )
    unasked = Told("Credential report", None, None, "it does not tell of this user")
    told_use = report and (
        report.password_last_used_at or report.words.get("password_last_used") in NEVER_WORDS
    )
    changed_at = report.password_last_changed_at if report else None
    yield _facts(
        place,
        PASSWORD,
        place.arn,
        "console password",
        told=told,
        active=True,
        created_at=profile.created_at if profile else changed_at,
        used_at=report.password_last_used_at if report else None,
        used_told=best(place.report_told() if told_use else None, unasked),
        seen_at=place.seen.consoles.get(place.arn),
        mfa=user.mfa if user else report.mfa_active if report else None,
        mfa_told=best(place.told("mfa_devices"), place.report_told()),
    )


def _other(place: _Place, other: Other) -> CredentialFacts:
    return _facts(
        place,
        other.kind,
        other.identifier,
        other.identifier,
        told=place.told(SOURCE_OF[other.kind], other.observed_at),
        active=other.active,
        created_at=other.made_at,
    )


def _is_unread(user: IamUser) -> bool:
    return user.active_keys is None or user.console_password is None


def _account_facts(expected: list[str], rows: Rows, known: Reads) -> list[AccountFacts]:
    users, unread = dict[str, int](), dict[str, int]()
    for (account_id, _), user in rows.users.items():
        users[account_id] = users.get(account_id, 0) + 1
        if _is_unread(user) or (user.console_password and user.mfa is None):
            unread[account_id] = unread.get(account_id, 0) + 1
    return [
        AccountFacts(
            subject=account_id,
            account_id=account_id,
            reads=known.account(account_id),
            users=users.get(account_id, 0),
            users_unread=unread.get(account_id, 0),
        )
        for account_id in expected
    ]

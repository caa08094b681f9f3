"""Rows -> what the rules of controls judge, as known now. A fixed number of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from inventory.freshness import freshness
from inventory.models import (
    AccountAssignment,
    AwsAccount,
    IdentityCenterInstance,
    IdentityStoreGroup,
    IdentityStoreUser,
    PermissionSet,
    Trail,
)
from inventory.sources import SOURCE_BY_NAME
from inventory.usage.coverage_facts import coverage
from inventory.usage.covered import Coverage
from migrations_plan.gather import control_people as people
from migrations_plan.gather.told import Reads, best
from migrations_plan.gather.words import duration_seconds
from migrations_plan.models import JournalEntry, Person, thresholds
from migrations_plan.rules.control_facts import (
    AccountFacts,
    Facts,
    GroupFacts,
    SetFacts,
    StoreUserFacts,
    Subject,
    TrailFacts,
)
from migrations_plan.rules.facts import Told

REVIEW = "review-permission-set"
SOURCES = (
    "organization", "identity_center", "identity_store", "permission_sets", "account_assignments",
    "trails", "authorization_details", "credential_report", "access_keys", "login_profiles",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Window:
    """Whole UTC days before today. today is not in it."""

    first: date
    last: date

    @property
    def days(self) -> list[date]:
        """Every day, oldest first."""
        length = (self.last - self.first).days + 1
        return [self.first + timedelta(days=number) for number in range(length)]


def window_of(day: date, window_days: int) -> Window:
    """The window that a result of this day looks at."""
    return Window(day - timedelta(days=window_days), day - timedelta(days=1))


def gather(now: datetime) -> Facts:
    """Everything, as known now."""
    limits = thresholds()
    window = window_of(now.astimezone(UTC).date(), limits.window_days)
    accounts = list(AwsAccount.objects.to_read().order_by("account_id"))
    ids = [account.account_id for account in accounts]
    known = _reads(now, ids)
    people_of = Person.objects.exclude(identity_center_user_id=None)
    pages = {str(a): pk for a, pk in people_of.values_list("identity_center_user_id", "pk")}
    identities = people.users_of(now, accounts, window)
    store_users = _store_users(pages)
    left = people.leavers(known, {user.subject.id: user for user in identities.users})
    return Facts(
        now=now,
        window_days=limits.window_days,
        session_hours=limits.session_hours,
        accounts=tuple(_accounts(accounts, known, window)),
        organization=known.told("organization", ""),
        users=tuple(identities.users),
        uses=tuple(identities.uses),
        instance=known.told("identity_center", ""),
        has_instance=IdentityCenterInstance.objects.present().exists(),
        store=known.told("identity_store", ""),
        assignments=known.told("account_assignments", ""),
        store_users=tuple(fact for fact, _ in store_users.values()),
        synced_at=max((at for fact, at in store_users.values() if fact.scim and at), default=None),
        **_grants(store_users),
        people=left.people,
        roster=left.roster,
        leavers=tuple(left.leavers),
        sets_told=known.told("permission_sets", ""),
        sets=tuple(_sets()),
        trails_told=known.told("trails", ""),
        trails=tuple(_trails()),
    )


def _reads(now: datetime, account_ids: Sequence[str]) -> Reads:
    wanted = [SOURCE_BY_NAME[name] for name in SOURCES]
    # None of these accounts has left: they are the ones to read.
    stay = dict.fromkeys(account_ids, "")
    states = freshness(now, sources=wanted, account_ids=account_ids, left=stay)
    return Reads(now, {(one.source.name, one.account_id): one for one in states})


def _accounts(accounts: Sequence[AwsAccount], known: Reads, window: Window) -> list[AccountFacts]:
    read = coverage([one.account_id for one in accounts], window.first, window.last)
    found = []
    for account, days in zip(accounts, read, strict=True):
        joined = account.joined_at.date() if account.joined_at else window.first
        wanted = [day for day in days.days if day.day >= joined]
        missing = [day for day in wanted if day.state != Coverage.COVERED]
        told = known.told("authorization_details", account.account_id)
        found.append(
            AccountFacts(
                subject=Subject(account.account_id, str(account), "account", account.account_id),
                is_management=account.is_management,
                users=told,
                credentials=_credentials(known, account.account_id),
                days=len(wanted),
                missing=len(missing),
                why=f"{missing[0].day}: {missing[0].sentence}" if missing else "",
            )
        )
    return found


def _credentials(known: Reads, account_id: str) -> Told:
    """The report tells passwords and keys alike; without it, both of their own reads must."""
    report = known.told("credential_report", account_id)
    both = [known.told(name, account_id) for name in ("access_keys", "login_profiles")]
    bad = next((one for one in both if one.why), None)
    return best(report, bad or min(both, key=_ends))


def _ends(told: Told) -> datetime:
    return told.until or datetime.max.replace(tzinfo=UTC)


StoreUsers = Mapping[str, tuple[StoreUserFacts, datetime | None]]


def _store_users(pages: Mapping[str, int]) -> StoreUsers:
    rows = IdentityStoreUser.objects.present().order_by("user_id")
    columns = ("user_id", "user_name", "display_name", "enabled", "external_ids", "updated_at")
    return {
        user_id: (
            StoreUserFacts(
                subject=_person(user_id, display or name, pages),
                enabled=enabled,
                scim=bool(external),
            ),
            updated_at,
        )
        for user_id, name, display, enabled, external, updated_at in rows.values_list(*columns)
    }


def _person(user_id: str, name: str, pages: Mapping[str, int]) -> Subject:
    pk = pages.get(user_id)
    return Subject(user_id, name, "person" if pk else "", str(pk or ""))


def _grants(store_users: StoreUsers) -> dict[str, Any]:
    """Groups with access, users with access of their own, and how many grants there are."""
    rows = AccountAssignment.objects.present().order_by()
    grants = list(rows.values_list("principal_type", "principal_id"))
    users = sorted({key for kind, key in grants if kind == "USER"})
    wanted = {key for kind, key in grants if kind == "GROUP"}
    groups = IdentityStoreGroup.objects.present().order_by("display_name", "group_id")
    return {
        "grants": len(grants),
        "direct": tuple(
            store_users[key][0].subject if key in store_users else Subject(key, key)
            for key in users
        ),
        "groups": tuple(
            GroupFacts(subject=Subject(key, name), scim=bool(external))
            for key, name, external in groups.values_list(
                "group_id", "display_name", "external_ids"
            )
            if key in wanted
        ),
    }


def _sets() -> list[SetFacts]:
    reviews: dict[str, tuple[datetime, str]] = {}
    entries = JournalEntry.objects.filter(action=REVIEW).order_by("seq")
    for arn, at, actor in entries.values_list("subject", "at", "actor"):
        reviews[arn] = (at, actor)
    found = []
    for one in PermissionSet.objects.present().order_by("name", "arn"):
        reviewed = reviews.get(one.arn)
        found.append(
            SetFacts(
                subject=Subject(one.arn, one.name, "permission-set", str(one.pk)),
                seconds=duration_seconds(one.session_duration),
                tags=one.tags,
                created_at=one.created_at,
                reviewed_at=reviewed[0] if reviewed else None,
                reviewed_by=reviewed[1] if reviewed else "",
            )
        )
    return found


def _trails() -> list[TrailFacts]:
    return [
        TrailFacts(
            subject=Subject(one.arn, one.name),
            account_id=one.account_id,
            organization=one.is_organization,
            logging=one.is_logging,
            multi_region=one.is_multi_region,
            validated=one.log_file_validation,
            management_events=one.management_events,
            error=one.latest_delivery_error,
        )
        for one in Trail.objects.present().order_by("name", "arn")
    ]

"""The statements about how Identity Center and CloudTrail are set up."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from migrations_plan.rules.control_facts import (
    AccountFacts,
    Facts,
    SetFacts,
    StoreUserFacts,
    Subject,
    TrailFacts,
    UserFacts,
)
from migrations_plan.rules.control_results import (
    NOT_MET,
    Case,
    Result,
    against,
    conclude,
    counted,
    number,
    reads_of,
    undecided,
    unread,
    unread_accounts,
    unread_days,
)
from migrations_plan.rules.facts import Told
from migrations_plan.rules.verdict import Fact

# A quarter, and none of its days too few: the longest has 92.
REVIEWED_WITHIN = timedelta(days=92)
# Tags that tools and teams put on what code made; compared without case, '-', '_' and ':'.
CODE_TAGS = ("managedby", "terraform", "provisioner", "provisionedby", "createdby", "iac")
CODE_WORDS = ("terraform", "opentofu", "tofu", "cloudformation", "cdk", "pulumi", "crossplane")
CODE_KEYS = ("awscloudformation", "terraform", "iac")
NOT_CODE = ("", "false", "no", "none", "manual", "console")
SECONDS_PER_HOUR = 3600


def provisioned_by_scim(facts: Facts) -> Result:
    """Every enabled user and every group with access came by SCIM, and access is given to groups
    only."""
    users = [user for user in facts.store_users if user.enabled is not False]
    by_hand = sum(not user.scim for user in users) + sum(not group.scim for group in facts.groups)
    last = f"; the newest change was made on {facts.synced_at:%Y-%m-%d}" if facts.synced_at else ""
    return conclude(
        met=f"Each of {counted(len(users), 'user')} and {counted(len(facts.groups), 'group')} with "
        f"access came by SCIM, and nobody has access directly{last}.",
        not_met=f"{by_hand:,} of {counted(len(users) + len(facts.groups), 'user')} and groups with "
        f"access {'was' if by_hand == 1 else 'were'} made by hand, and "
        f"{counted(len(facts.direct), 'user')} {'has' if len(facts.direct) == 1 else 'have'} "
        "access directly."
        if facts.has_instance
        else "There is no Identity Center instance, so nothing is provisioned through it.",
        population=f"{counted(len(users), 'user')}, {counted(len(facts.groups), 'group')} with "
        f"access, {counted(facts.grants, 'assignment')}",
        looked_at=len(users) + len(facts.groups),
        cases=_scim_cases(users, facts),
        told=_scim_reads(facts),
        facts=(
            number("Enabled users", len(users), "Identity store", facts.store.observed_at),
            number("Made by hand", by_hand, "Identity store", facts.store.observed_at),
            number(
                "Users with access of their own", len(facts.direct),
                "Account assignments", facts.assignments.observed_at,
            ),
            Fact("Newest change by SCIM", _day(facts.synced_at), "Identity store",
                 facts.store.observed_at),
        ),
    )  # fmt: skip


def _scim_cases(users: Sequence[StoreUserFacts], facts: Facts) -> list[Case]:
    cases = [
        against(user.subject, "This user has no id of an external provider: it was made by hand.")
        for user in users
        if not user.scim
    ]
    cases += [
        against(group.subject, "This group has access and was made by hand, not by SCIM.")
        for group in facts.groups
        if not group.scim
    ]
    cases += [
        against(subject, "Has access directly and not through a group.") for subject in facts.direct
    ]
    cases += unread("Identity Center", _scim_reads(facts))
    if not facts.has_instance and not facts.instance.why:
        cases.append(against(_center(), "The organization has no Identity Center instance."))
    elif not users and not facts.store.why:
        cases.append(undecided(_center(), "It has no users yet, so nothing shows how they come."))
    return cases


def _scim_reads(facts: Facts) -> list[Told]:
    return [facts.instance, facts.store, facts.assignments]


def _center() -> Subject:
    return Subject("identity-center", "Identity Center")


def _day(at: object) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else "unknown: AWS named no time"


def sets_as_code(facts: Facts) -> Result:
    """Every permission set has a tag that code puts there, and was reviewed within a quarter."""
    cases = [case for one in facts.sets for case in _set_case(one, facts)]
    cases += unread("permission sets", [facts.sets_told])
    cases += _no_sets(facts)
    reviewed = sum(_reviewed(one, facts) for one in facts.sets)
    tagged = sum(bool(as_code(one.tags)) for one in facts.sets)
    late = sum(_late(one, facts) for one in facts.sets)
    sets = counted(len(facts.sets), "permission set")
    within = f"within {REVIEWED_WITHIN.days} days"
    return conclude(
        met=f"Each of {sets} carries a tag of code; {reviewed:,} were reviewed {within}, and the "
        "others are younger than that.",
        not_met=f"{late:,} of {sets} {'was' if late == 1 else 'were'} not reviewed {within}.",
        population=sets,
        looked_at=len(facts.sets),
        cases=cases,
        told=[facts.sets_told],
        facts=(
            number("Permission sets", len(facts.sets), "Permission sets",
                   facts.sets_told.observed_at),
            number("With a tag of code", tagged, "Permission sets", facts.sets_told.observed_at),
            number(f"Reviewed {within}", reviewed, "Journal", facts.now),
        ),
    )  # fmt: skip


def as_code(tags: Mapping[str, str] | None) -> bool | None:
    """True when a tag says that code made it. A tag cannot show the contrary, so the rest is not
    known."""
    for key, value in (tags or {}).items():
        name = "".join(sign for sign in key.lower() if sign.isalnum())
        text = value.strip().lower()
        if name.startswith(CODE_KEYS) and text not in NOT_CODE:
            return True
        if name in CODE_TAGS and any(word in text for word in CODE_WORDS):
            return True
    return None


def _set_case(one: SetFacts, facts: Facts) -> list[Case]:
    if _late(one, facts):
        days = (facts.now - one.reviewed_at).days if one.reviewed_at else 0
        last = f"The last was {counted(days, 'day')} ago, by {one.reviewed_by}" if days else ""
        never = "The journal has no review of it"
        return [
            against(one.subject, f"{last or never}; a quarter has {REVIEWED_WITHIN.days} days.")
        ]
    if one.tags is None:
        return [undecided(one.subject, "Its tags were not read.")]
    if not as_code(one.tags):
        return [undecided(one.subject, "No tag says that code made it, and nothing else can.")]
    return []


def _reviewed(one: SetFacts, facts: Facts) -> bool:
    return one.reviewed_at is not None and facts.now - one.reviewed_at <= REVIEWED_WITHIN


def _late(one: SetFacts, facts: Facts) -> bool:
    """Not reviewed, and old enough that it should have been."""
    young = one.created_at is not None and facts.now - one.created_at <= REVIEWED_WITHIN
    return not young and not _reviewed(one, facts)


def _no_sets(facts: Facts) -> list[Case]:
    if facts.sets or facts.sets_told.why:
        return []
    none = "There is none yet, so there is nothing to judge."
    return [undecided(Subject("permission-sets", "permission sets"), none)]


def time_bound(facts: Facts) -> Result:
    """No session of a permission set is longer than the limit, and no human holds a static key."""
    limit = facts.session_hours * SECONDS_PER_HOUR
    long = sum(one.seconds is not None and one.seconds > limit for one in facts.sets)
    static = [user for user in facts.users if user.human and user.active_keys]
    cases = [case for one in facts.sets for case in _session_case(one, limit)]
    cases += [case for user in facts.users for case in _key_case(user)]
    cases += unread("permission sets", [facts.sets_told]) + _no_sets(facts)
    cases += unread_accounts(facts, credentials=True)
    keys = sum(user.active_keys or 0 for user in static)
    sets = counted(len(facts.sets), "permission set")
    hours = counted(facts.session_hours, "hour")
    return conclude(
        met=f"No session of {sets} is longer than {hours}, and no human holds an active key.",
        not_met=f"{long:,} of {sets} {'gives' if long == 1 else 'give'} sessions longer than "
        f"{hours}, and {counted(len(static), 'human')} {'holds' if len(static) == 1 else 'hold'} "
        f"{counted(keys, 'active access key')}.",
        population=f"{sets} and {counted(len(facts.users), 'IAM user')}",
        looked_at=len(facts.sets) + len(facts.users),
        cases=cases,
        told=[facts.sets_told, *reads_of(facts, credentials=True)],
        facts=(
            number("Permission sets", len(facts.sets), "Permission sets",
                   facts.sets_told.observed_at),
            Fact("Longest session allowed", hours, "Thresholds", facts.now),
            number("Sets with longer sessions", long, "Permission sets",
                   facts.sets_told.observed_at),
            number("Static keys of humans", keys, "IAM users and credentials",
                   facts.organization.observed_at),
        ),
    )  # fmt: skip


def _session_case(one: SetFacts, limit: int) -> list[Case]:
    if one.seconds is None:
        return [undecided(one.subject, "The length of its sessions cannot be read.")]
    if one.seconds > limit:
        return [
            against(one.subject, f"Its sessions last {one.seconds / SECONDS_PER_HOUR:g} hours.")
        ]
    return []


def _key_case(user: UserFacts) -> list[Case]:
    if user.human is False:
        return []
    if user.active_keys is None:
        return [undecided(user.subject, "Its keys were not read.")]
    if not user.active_keys:
        return []
    keys = counted(user.active_keys, "active key")
    if user.human:
        return [against(user.subject, f"A human IAM user in {user.account}: {keys}.")]
    return [undecided(user.subject, f"{keys}; whether a human holds them is unknown.")]


def full_audit_trail(facts: Facts) -> Result:
    """A logging, multi-region, validated trail records every account, and every day is read."""
    cases = [case for account in facts.accounts for case in _recorded(account, facts)]
    cases += unread("trails", [facts.trails_told]) + unread_days(facts)
    cases += unread("the list of accounts", [facts.organization])
    if not facts.accounts:
        cases.append(undecided(Subject("accounts", "every account"), "No account is known."))
    lacking = {case.subject.id for case in cases if case.verdict == NOT_MET}
    days = sum(account.days for account in facts.accounts)
    missing = sum(account.missing for account in facts.accounts)
    accounts = counted(len(facts.accounts), "account")
    return conclude(
        met=f"A validated multi-region trail records all of {accounts}, and all "
        f"{counted(days, 'account-day')} of the last {counted(facts.window_days, 'day')} are read.",
        not_met=f"{len(lacking):,} of {accounts} {'is' if len(lacking) == 1 else 'are'} not "
        f"recorded in full; {days - missing:,} of {counted(days, 'account-day')} are read.",
        population=f"{accounts}, {counted(days, 'account-day')}, "
        f"{counted(len(facts.trails), 'trail')}",
        looked_at=len(facts.accounts),
        cases=cases,
        told=[facts.organization, facts.trails_told],
        facts=(
            number("Trails", len(facts.trails), "CloudTrail trails", facts.trails_told.observed_at),
            number("Trails in full", sum(not lacks(trail) for trail in facts.trails),
                   "CloudTrail trails", facts.trails_told.observed_at),
            number("Account-days not wholly read", missing, "CloudTrail logs", facts.now),
        ),
    )  # fmt: skip


def lacks(trail: TrailFacts) -> str:
    """What a trail lacks to be a full record; '' for nothing."""
    found = [] if trail.logging else ["is stopped"]
    found += [] if trail.multi_region else ["records one region only"]
    found += [] if trail.validated else ["does not validate its log files"]
    found += [] if trail.management_events is not False else ["leaves out management events"]
    found += ["cannot deliver"] if trail.error else []
    return ", ".join(found)


def _recorded(account: AccountFacts, facts: Facts) -> list[Case]:
    mine = [t for t in facts.trails if t.organization or t.account_id == account.subject.id]
    if any(not lacks(trail) and trail.management_events for trail in mine):
        return []
    if facts.trails_told.why:
        return []
    if partly := [trail for trail in mine if not lacks(trail)]:
        some = f"Whether {partly[0].subject.name} records all management events is unknown."
        return [undecided(account.subject, some)]
    if mine:
        told = "; ".join(f"{trail.subject.name} {lacks(trail)}" for trail in mine)
        return [against(account.subject, f"No trail records it in full: {told}.")]
    if account.is_management:
        return [against(account.subject, "No trail records it.")]
    own = "No trail of the organization records it, and trails of its own are not read."
    return [undecided(account.subject, own)]

"""Facts -> verdicts of every rule, and places in the order. No queries."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from migrations_plan.gather.credentials import Gathered
from migrations_plan.models import RankedCredential
from migrations_plan.rules.accounts import ACCOUNT_RULES, ROOT_RULES
from migrations_plan.rules.facts import (
    ACCOUNT,
    ROOT,
    CredentialFacts,
    Limits,
    RootFacts,
)
from migrations_plan.rules.order import Rank, rank, rank_root
from migrations_plan.rules.staleness import RULES
from migrations_plan.rules.verdict import Verdict

# Rules by the word in addresses, in the order in which pages list them: the worst first.
TITLES: dict[str, str] = {
    **{rule.name: rule.title for rule in ROOT_RULES},
    **{rule.name: rule.title for rule in RULES},
    **{rule.name: rule.title for rule in ACCOUNT_RULES},
}
# Where what it is about stands beside it.
SHORT = {
    **{rule.name: rule.short for rule in ROOT_RULES},
    **{rule.name: rule.short for rule in RULES},
}
SEVERE_FIRST = 100


@dataclass(frozen=True, slots=True)
class Judged:
    """One rule's verdict about one subject, with what a row says of the subject."""

    rule: str
    subject: str
    kind: str
    name: str
    account_id: str
    user_arn: str
    user_name: str
    verdict: Verdict


def judge(gathered: Gathered, limits: Limits, now: datetime) -> Iterator[Judged]:
    """Every rule about everything it is about."""
    for one in gathered.credentials:
        about = (one.subject, one.kind, one.name, one.account_id, one.user_arn, one.user_name)
        for rule in RULES:
            if one.kind in rule.kinds:
                yield Judged(rule.name, *about, rule.judge(one, limits, now))
    for root in gathered.roots:
        about = (root.subject, ROOT, "root user", root.account_id, "", "")
        for root_rule in ROOT_RULES:
            yield Judged(root_rule.name, *about, root_rule.judge(root, limits, now))
    for account in gathered.reads:
        name = str(gathered.accounts[account.account_id])
        about = (account.subject, ACCOUNT, name, account.account_id, "", "")
        for account_rule in ACCOUNT_RULES:
            yield Judged(account_rule.name, *about, account_rule.judge(account, limits, now))


def ranked(gathered: Gathered, limits: Limits, now: datetime) -> Iterator[RankedCredential]:
    """A row for every credential, and for every root user that has a key."""
    for one in gathered.credentials:
        owned = gathered.owners.get(one.user_arn)
        person_id = owned.person_id if owned else None
        user_id = gathered.users.get(one.user_arn)
        yield _credential_row(one, rank(one, limits, now), user_id, person_id)
    for root in gathered.roots:
        if root.has_key:
            yield _root_row(root, rank_root(root))


def _credential_row(
    one: CredentialFacts, place: Rank, user_id: int | None, person_id: int | None
) -> RankedCredential:
    used_at, used_by = one.last_use()
    return RankedCredential(
        subject=one.subject,
        kind=one.kind,
        name=one.name,
        account_id=one.account_id,
        iam_user_id=user_id,
        user_arn=one.user_arn,
        user_name=one.user_name,
        owner_id=person_id,
        active=one.active,
        created_at=one.created_at,
        used_at=used_at,
        used_by=used_by,
        use_known=one.use_is_known(),
        keeps_use=one.used_told is not None,
        admin=one.admin,
        why_stale=one.told.why,
        stale_after=one.told.until,
        observed_at=one.told.observed_at,
        score=place.score,
        reasons=[[reason.points, reason.words] for reason in place.reasons],
    )


def _root_row(root: RootFacts, place: Rank) -> RankedCredential:
    return RankedCredential(
        subject=root.subject,
        kind=ROOT,
        name="root access key",
        account_id=root.account_id,
        user_name="root",
        active=True,
        created_at=root.key_made_at,
        used_at=root.used_at,
        used_by=root.used_by if root.used_at else "",
        use_known=not root.used_told.why,
        keeps_use=True,
        admin=True,
        why_stale=root.told.why,
        stale_after=root.told.until,
        observed_at=root.told.observed_at,
        score=place.score,
        reasons=[[reason.points, reason.words] for reason in place.reasons],
    )


def weight(rule: str, *, severe: bool) -> int:
    """For sorting: severe ones first, then in the order of TITLES."""
    place = len(TITLES) - list(TITLES).index(rule)
    return place + (SEVERE_FIRST if severe else 0)

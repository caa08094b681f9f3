"""IAM users as the gates of plans see them: all that are present, and those of the waves that are
gone or that no read told of."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, QuerySet

from inventory.models import AccessKey, IamUser, LoginProfile
from migrations_plan.gather.credential_rows import cut_over_at
from migrations_plan.gather.own_policies import own_documents
from migrations_plan.models import (
    Declaration,
    DisabledDecision,
    ExceptionTerms,
    IamUserLink,
    IdentityClass,
    PersonState,
)
from migrations_plan.policy.source_address import restriction
from migrations_plan.rules.control_facts import UserFacts
from migrations_plan.rules.facts import Told
from migrations_plan.rules.plan_gates.facts import Account, Fate, Terms, User
from migrations_plan.rules.plan_gates.users import EXCEPTION
from migrations_plan.rules.states import REGRESSED
from migrations_plan.rules.wave_facts import WaveUser

NOT_JUDGED = "without a class"
COLUMNS = ("arn", "account_id", "created_at", "admin", "oldest_active_key_at")


@dataclass(frozen=True, slots=True)
class Decided:
    """By ARN, what people decided and did about IAM users."""

    fates: Mapping[str, Fate]
    terms: Mapping[str, Terms]
    cut_at: Mapping[str, datetime]
    regressed: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Rows:
    columns: Mapping[str, Sequence[Any]]
    keys: Mapping[str, Sequence[datetime]]
    passwords: Mapping[str, datetime]
    classes: Mapping[str, datetime]
    ended: Mapping[str, datetime]


def decided(exceptions: Collection[str]) -> Decided:
    """exceptions: ARNs of users that a lead declared to stay. Eight queries."""
    fates: dict[str, Fate] = {}
    for one in DisabledDecision.objects.order_by("at", "pk"):
        fates[one.user_arn] = Fate(word=one.fate, by=one.by, until=one.until)
    back = PersonState.objects.filter(state=REGRESSED, person__isnull=False).order_by()
    links = IamUserLink.objects.filter(person__in=back.values("person"))
    alone = PersonState.objects.filter(state=REGRESSED).exclude(user_arn="").order_by()
    regressed = {*links.values_list("iam_user_arn", flat=True)}
    regressed |= {*alone.values_list("user_arn", flat=True)}
    return Decided(fates, _terms(exceptions), cut_over_at(), frozenset(regressed))


def _terms(arns: Collection[str]) -> dict[str, Terms]:
    """Four queries."""
    ends = Declaration.objects.filter(subject__in=arns, kind=EXCEPTION)
    until = dict(ends.values_list("subject", "until"))
    bound = {one.user_arn: one for one in ExceptionTerms.objects.filter(user_arn__in=arns)}
    documents = own_documents(IamUser.objects.present().filter(arn__in=arns))
    found = {}
    for arn in arns:
        one = bound.get(arn)
        addresses = tuple(map(str, one.addresses)) if one else ()
        found[arn] = Terms(
            owner=one.owner if one else "",
            until=until.get(arn),
            rotation_days=one.rotation_days if one else None,
            addresses=addresses,
            verified=restriction(documents.get(arn), addresses).holds,
        )
    return found


def users_of(
    judged: Iterable[UserFacts],
    accounts: Iterable[Account],
    waves: Mapping[str, WaveUser],
    made: Decided,
    calls: Mapping[str, int],
    now: datetime,
) -> tuple[User, ...]:
    """judged: present users as controls see them. waves: users of the plans' waves. Seven
    queries."""
    rows = _rows(waves.keys(), now)
    places = {account.id: account for account in accounts}
    found = []
    present = set()
    for one in judged:
        arn = one.subject.id
        present.add(arn)
        found.append(_present(one, rows, places, waves.get(arn), made, calls.get(arn, 0)))
    found += [
        _elsewhere(one, rows, made, calls.get(arn, 0))
        for arn, one in sorted(waves.items())
        if arn not in present
    ]
    return tuple(found)


def _rows(arns: Collection[str], now: datetime) -> _Rows:
    columns = {row[0]: row for row in IamUser.objects.present().values_list(*COLUMNS)}
    keys: dict[str, list[datetime]] = defaultdict(list)
    for arn, at in (
        AccessKey.objects.present()
        .exclude(user=None)
        .order_by()
        .values_list("user__arn", "created_at")
    ):
        keys[arn].append(at)
    passwords = LoginProfile.objects.present().exclude(user=None).order_by()
    made = dict(passwords.values_list("user__arn", "created_at"))
    return _Rows(columns, keys, made, _classes(now), _ended(arns))


def _ended(arns: Collection[str]) -> dict[str, datetime]:
    """When reads last showed that something of these users changed or ended; of one that never held
    anything, when it was first seen. Three queries."""
    users = IamUser.objects.filter(arn__in=arns).order_by()
    rows = users.values_list("arn", "first_seen_at", "gone_at")
    found = {arn: gone or seen for arn, seen, gone in rows}
    for model in (AccessKey, LoginProfile):
        held: QuerySet[Any] = model.objects.filter(user__arn__in=arns).order_by()
        last = held.values_list("user__arn").annotate(a=Max("changed_at"), b=Max("gone_at"))
        for arn, changed, gone in last:
            found[arn] = max(filter(None, (found.get(arn), changed, gone)))
    return found


def _classes(now: datetime) -> dict[str, datetime]:
    """Until when the class of a user holds, where that has an end."""
    classes = IdentityClass.objects.filter(access_key_id="").order_by()
    found = {}
    for one in classes.only("user_arn", *IdentityClass.HOLDS):
        until = one.declared_until if one.is_declared(now) else one.stale_after
        if until is not None and until > now:
            found[one.user_arn] = until
    return found


def _present(
    one: UserFacts,
    rows: _Rows,
    places: Mapping[str, Account],
    wave: WaveUser | None,
    made: Decided,
    calls: int,
) -> User:
    arn = one.subject.id
    _, account_id, made_at, admin, oldest = rows.columns.get(arn, (arn, "", None, None, None))
    account = places.get(account_id)
    unread = Told("IAM users", None, None, "the account is not read")
    return User(
        arn=arn,
        name=one.subject.name,
        account=one.account,
        kind=one.kind,
        human=one.human,
        admin=admin,
        password=one.password,
        active_keys=one.active_keys,
        keys=_listed(wave, one.active_keys),
        denied=wave.denied if wave is not None else None,
        owner=one.owner,
        made_at=made_at,
        password_at=rows.passwords.get(arn),
        keys_at=tuple(sorted(rows.keys.get(arn, ()))),
        oldest_key_at=oldest,
        old_calls=calls,
        told=account.users if account else unread,
        credentials=account.credentials if account else unread,
        class_until=rows.classes.get(arn),
        terms=made.terms.get(arn),
        fate=made.fates.get(arn),
        cut_at=made.cut_at.get(arn),
        off_since=rows.ended.get(arn) if one.opens is False else None,
    )


def _listed(wave: WaveUser | None, active: int | None) -> int | None:
    """How many keys there are, active or not: only asking about the user tells, and lately. One
    that the credential report shows since is there, too."""
    if wave is None or wave.keys is None or wave.keys_told.why:
        return None
    return max(len(wave.keys), active or 0)


def _elsewhere(one: WaveUser, rows: _Rows, made: Decided, calls: int) -> User:
    """A user of a wave that is gone, or that no read told of."""
    return User(
        arn=one.arn,
        name=one.name,
        account=one.account,
        gone=one.present is False,
        kind=one.kind or NOT_JUDGED,
        human=None,
        owner=one.person,
        old_calls=calls,
        told=one.told,
        credentials=one.keys_told,
        fate=made.fates.get(one.arn),
        cut_at=made.cut_at.get(one.arn),
        off_since=rows.ended.get(one.arn) if one.present is False else None,
    )

"""What the log shows of an organization on its way: who came over the old path and the new, uses of
break-glass, sessions from before a cutover, and what programs' new roles call."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from inventory.cloudtrail.records import Path, SessionKind
from inventory.models import (
    AwsAccount,
    DailyUsage,
    IamPolicy,
    IamRole,
    PermissionSet,
    UsageActor,
    UsageSession,
)
from migrations_plan.gather.control_people import old_uses
from migrations_plan.gather.forecast import Window
from migrations_plan.gather.person_usage import last_counted
from migrations_plan.gather.target_facts import is_break_glass
from migrations_plan.gather.told import Reads
from migrations_plan.gather.usage_coverage import whole_days
from migrations_plan.models import BreakGlassReview, Person, WorkloadMove, thresholds
from migrations_plan.policy.access import Paper, document_text
from migrations_plan.policy.actions import needed_actions
from migrations_plan.policy.managed import managed_document
from migrations_plan.policy.unused import granted
from migrations_plan.rules.facts import Told
from migrations_plan.rules.live_sessions import LONGEST, WORDS, may_live_until
from migrations_plan.rules.person_facts import LogFact
from migrations_plan.rules.plan_gates.facts import BreakGlassUse, Move, Tail

QUIET_DAYS = 7
DETAILS = "authorization_details"
TAILS = (SessionKind.SESSION_TOKEN, SessionKind.FEDERATION_TOKEN, SessionKind.ROLE)


@dataclass(frozen=True, slots=True)
class Quiet:
    """Calls over the old path on the last whole days that can be counted, and after them. through:
    up to when the log of every account is read; None: it is not wholly read."""

    days: int
    calls: Mapping[str, int]
    missing: int
    why: str
    until: datetime
    through: datetime | None


def quiet(accounts: Sequence[AwsAccount], now: datetime) -> Quiet:
    """Three queries."""
    last = last_counted(now)
    first = last - timedelta(days=QUIET_DAYS - 1)
    days = [first + timedelta(days=number) for number in range(QUIET_DAYS)]
    whole = whole_days(days, [one.account_id for one in accounts], today=now.date())
    lacking = [
        (day, one)
        for one in accounts
        for day in days
        if day not in whole[one.account_id] and _expected(one, day)
    ]
    window = Window(first, now.date(), last)
    calls = {arn: number for arn, (number, _) in old_uses(window).items()}
    why = f"{lacking[0][0]} of {lacking[0][1]} is the first." if lacking else ""
    through = datetime.combine(last + timedelta(days=1), time.min, UTC)
    return Quiet(
        days=QUIET_DAYS,
        calls=calls,
        missing=len(lacking),
        why=why,
        until=LogFact(last_day=last, read_days=None).until,
        through=None if lacking or not accounts else through,
    )


def _expected(account: AwsAccount, day: date) -> bool:
    return account.joined_at is None or day >= account.joined_at.date()


def volunteers() -> tuple[str, ...]:
    """Names of everybody who opened an account with a permission set. Two queries."""
    rows = UsageActor.objects.filter(path=Path.NEW).exclude(user_id="").exclude(permission_set="")
    ids = set(rows.order_by().values_list("user_id", flat=True).distinct())
    known = Person.objects.filter(identity_center_user_id__in=ids)
    names = {one.identity_center_user_id: str(one) for one in known}
    return tuple(sorted(names.get(one, one) for one in ids))


def break_glass_uses(names: Collection[str], since: datetime) -> tuple[BreakGlassUse, ...]:
    """Sessions of these permission sets, with their reviews. Three queries."""
    sessions = UsageSession.objects.filter(
        kind=SessionKind.PERMISSION_SET, permission_set__in=list(names), started_at__gte=since
    )
    rows = list(
        sessions.order_by("started_at", "key").values_list(
            "key", "started_at", "actor__user_id", "actor__user_name"
        )
    )
    keys = [row[0] for row in rows]
    reviews = {one.session: one for one in BreakGlassReview.objects.filter(session__in=keys)}
    known = Person.objects.filter(identity_center_user_id__in={row[2] for row in rows})
    people = {one.identity_center_user_id: str(one) for one in known}
    found = []
    for key, at, user_id, user_name in rows:
        review = reviews.get(key)
        found.append(
            BreakGlassUse(
                key=key,
                who=people.get(user_id) or user_name or "somebody",
                at=at,
                reviewed_at=review.at if review else None,
                outcome=review.outcome if review else "",
            )
        )
    return tuple(found)


def recent_break_glass(now: datetime) -> tuple[BreakGlassUse, ...]:
    """The uses that plans look at, with their reviews. Five queries."""
    names = [one.name for one in PermissionSet.objects.present() if is_break_glass(one)]
    return break_glass_uses(names, now - timedelta(days=thresholds().window_days))


def tails(arns: Collection[str], now: datetime) -> tuple[Tail, ...]:
    """Sessions of these users, which are off by now, that may be alive. One query."""
    sessions = UsageSession.objects.filter(
        actor__arn__in=list(arns), kind__in=TAILS, started_at__gte=now - LONGEST
    )
    return tuple(
        Tail(arn, WORDS.get(kind, kind), may_live_until(kind, at))
        for arn, kind, at in sessions.order_by("started_at", "key").values_list(
            "actor__arn", "kind", "started_at"
        )
        if may_live_until(kind, at) > now
    )


def moves(known: Reads, days: Window) -> tuple[Move, ...]:
    """The roles that lead said take the place of programs' keys. Five queries."""
    made = list(WorkloadMove.objects.order_by("user_arn"))
    arns = {one.role_arn for one in made if one.role_arn}
    roles = {one.arn: one for one in IamRole.objects.present().filter(arn__in=arns)}
    documents = _documents(roles.values())
    called = _called(arns, days)
    return tuple(_move(one, roles.get(one.role_arn), documents, called, known) for one in made)


def _documents(roles: Iterable[IamRole]) -> dict[tuple[str, str], Any]:
    attached = {arn for role in roles for arn in role.attached_policies}
    rows = IamPolicy.objects.present().filter(arn__in=attached).exclude(document=None)
    return {(a, arn): text for a, arn, text in rows.values_list("account_id", "arn", "document")}


def _called(role_arns: Collection[str], days: Window) -> dict[str, set[str]]:
    """Actions by role. Two queries."""
    actors = UsageActor.objects.filter(role_arn__in=role_arns).order_by()
    role_of = dict(actors.values_list("pk", "role_arn"))
    rows = DailyUsage.objects.filter(actor__in=list(role_of), day__range=(days.first, days.last))
    found: dict[str, set[str]] = defaultdict(set)
    columns = ("actor_id", "operation__event_source", "operation__event_name")
    for actor, source, name in rows.order_by().values_list(*columns).distinct():
        needed = needed_actions(source, name)
        if needed:
            found[role_of[actor]].update((*needed.actions, *needed.perhaps))
    return found


def _move(
    one: WorkloadMove,
    role: IamRole | None,
    documents: Mapping[tuple[str, str], Any],
    called: Mapping[str, set[str]],
    known: Reads,
) -> Move:
    account_id = one.role_arn.split(":")[4] if one.role_arn.count(":") > 4 else ""
    told = known.told(DETAILS, account_id)
    name = one.role_arn.rpartition("/")[2]
    if role is None:
        present = None if told.observed_at is None else False
        return _nothing(one, name, present, told)
    grants = granted(_papers(role, documents), called.get(role.arn, ()))
    unused = tuple(service.service for service in grants.services if not service.used)
    return Move(one.user_arn, name, role.arn, True, grants.whole, unused, grants.unread, told)


def _nothing(one: WorkloadMove, name: str, present: bool | None, told: Told) -> Move:
    return Move(one.user_arn, name, one.role_arn, present, (), (), (), told)


def _papers(role: IamRole, documents: Mapping[tuple[str, str], Any]) -> list[Paper]:
    found = []
    for arn in role.attached_policies:
        document = documents.get((role.account_id, arn))
        document = document if document is not None else managed_document(arn, {})
        text = None if document is None else document_text(document)
        found.append(Paper(arn.rpartition("/")[2], text, "it was not read"))
    return found + [
        Paper(name, document_text(document)) for name, document in role.inline_policies.items()
    ]

"""People of plans as the gates see them: gates as they read now, what is open to them and since
when, what they were told, and what was refused to them.

Cost: eleven queries for any number of people and plans.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from inventory import codec
from inventory.models import AccountAssignment, GroupMembership
from migrations_plan.gather.forecast import Window
from migrations_plan.gather.hindsight import HIT, Tried, outcome, tried
from migrations_plan.models import (
    Assessment,
    ForecastDecision,
    ForecastVerdict,
    Message,
    TargetAccess,
    TestConfirmation,
)
from migrations_plan.rules.gate import GateVerdict, at
from migrations_plan.rules.plan_gates.facts import Person
from migrations_plan.rules.plan_gates.people import TOLD
from migrations_plan.rules.verdict import Fact
from migrations_plan.rules.wave_facts import WavePerson

# A message that says when the old access ends.
STAGES = ("today", "announcement")
OUTDATED = "outdated"
Opened = Mapping[str, Mapping[str, datetime]]


@dataclass(frozen=True, slots=True)
class Known:
    """By person: gates, since when each account is open, accounts they need, answers, refusals. By
    plan and person: the state of the message that counts, and its time."""

    gates: Mapping[int, Mapping[str, GateVerdict]]
    opened: Opened
    targets: Mapping[int, frozenset[str]]
    tested: Mapping[int, datetime]
    messages: Mapping[tuple[int, int], tuple[str, datetime | None]]
    refused: Mapping[int, tuple[str, ...]]
    accounts: Mapping[str, str]


def known(
    people: Collection[WavePerson],
    plan_ids: Collection[int],
    accounts: Mapping[str, str],
    ends: Mapping[tuple[int, int], str],
    days: Window,
    now: datetime,
) -> Known:
    """Everything about these people. accounts: names by id. ends: by plan and person, when the old
    access ends, as messages write it."""
    pks = sorted({one.pk for one in people})
    ids = {one.user_id: one.pk for one in people if one.user_id}
    return Known(
        gates=_gates(pks, now),
        opened=_opened(ids.keys()),
        targets=_targets(pks),
        tested=_tested(pks),
        messages=_messages(plan_ids, ends),
        refused=_refused(ids, days),
        accounts=accounts,
    )


def _gates(pks: Collection[int], now: datetime) -> dict[int, dict[str, GateVerdict]]:
    found: dict[int, dict[str, GateVerdict]] = defaultdict(dict)
    rows = Assessment.objects.current().filter(person__in=pks).order_by()
    for row in rows.defer("runs", "hidden"):
        found[row.person_id][row.gate] = GateVerdict(
            verdict=at(row.verdict, row.stale_after, now),
            sentence=row.sentence,
            facts=tuple(map(_fact, row.facts)),
            until=row.stale_after,
        )
    return found


def _fact(kept: Mapping[str, str | None]) -> Fact:
    when = kept.get("at")
    return Fact(
        kept.get("name") or "",
        kept.get("value") or "",
        kept.get("source") or "",
        codec.time_from_text(when) if when else None,
    )


def _opened(user_ids: Collection[str]) -> Opened:
    """By identity store user and account, since when a read shows a way in. Two queries."""
    ways: dict[str, list[tuple[str, datetime]]] = defaultdict(list)
    members = GroupMembership.objects.present().filter(user_id__in=list(user_ids)).order_by()
    for user_id, group_id, since in members.values_list("user_id", "group_id", "first_seen_at"):
        ways[group_id].append((user_id, since))
    wanted = [*user_ids, *ways]
    found: dict[str, dict[str, datetime]] = defaultdict(dict)
    grants = AccountAssignment.objects.present().filter(principal_id__in=wanted).order_by()
    for key, account_id, granted in grants.values_list(
        "principal_id", "account_id", "first_seen_at"
    ):
        for user_id, joined in ways.get(key, [(key, granted)]):
            since = max(granted, joined)
            before = found[user_id].get(account_id)
            found[user_id][account_id] = min(before, since) if before else since
    return found


def _targets(pks: Collection[int]) -> dict[int, frozenset[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    rows = TargetAccess.objects.filter(person__in=pks).order_by()
    for pk, account_id in rows.values_list("person_id", "account_id"):
        found[pk].add(account_id)
    return {pk: frozenset(accounts) for pk, accounts in found.items()}


def _tested(pks: Collection[int]) -> dict[int, datetime]:
    rows = TestConfirmation.objects.filter(person__in=pks, ended_at=None).order_by("at", "pk")
    return dict(rows.values_list("person_id", "at"))


def _messages(
    plan_ids: Collection[int], ends: Mapping[tuple[int, int], str]
) -> dict[tuple[int, int], tuple[str, datetime | None]]:
    """What went out once counts, whatever was queued later, as long as it names the right end."""
    found: dict[tuple[int, int], tuple[str, datetime | None]] = {}
    rows = Message.objects.filter(plan__in=plan_ids, stage__in=STAGES).order_by("queued_at", "pk")
    columns = ("plan_id", "person_id", "state", "sent_at", "queued_at", "body")
    for plan, person, state, sent, queued, body in rows.values_list(*columns).iterator():
        if found.get((plan, person), ("",))[0] in TOLD:
            continue
        right = state not in TOLD or ends.get((plan, person), "") in body
        found[plan, person] = (state if right else OUTDATED, sent or queued)
    return found


def _refused(person_of: Mapping[str, int], days: Window) -> dict[int, tuple[str, ...]]:
    """Actions that were refused over the new path, that people used over the old path or that a
    forecast allowed, and that nothing repaired since. Three queries."""
    verdicts: dict[tuple[int, str, str], list[ForecastVerdict]] = defaultdict(list)
    people = list(person_of.values())
    for row in ForecastVerdict.objects.filter(person__in=people).order_by("since", "pk"):
        verdicts[row.person_id, row.account_id, row.action].append(row)
    found: dict[int, list[str]] = defaultdict(list)
    for key, one in sorted(tried(person_of, days).items()):
        history = verdicts.get(key, [])
        if history and _stands(one, history):
            found[key[0]].append(f"{key[2]} in {key[1]}")
    return {pk: tuple(listed) for pk, listed in found.items()}


def _stands(one: Tried, history: list[ForecastVerdict]) -> bool:
    before = [row for row in history if one.first_at and row.since <= one.first_at]
    held = before[-1] if before else history[0]
    kind = outcome(one, held.decision, held.permission_sets)
    if kind not in (HIT, "misses"):
        return False
    last = history[-1]
    # A permission that was added after the last try is as good as a try that passed.
    repaired = last.decision == ForecastDecision.ALLOWED and last is not held
    return not (repaired and one.last_at and last.since > one.last_at)


def people_of(
    people: Iterable[WavePerson], plan_id: int, facts: Known, cut_at: Mapping[str, datetime]
) -> tuple[Person, ...]:
    """The people of one plan."""
    return tuple(_person(one, plan_id, facts, cut_at) for one in people)


def _person(one: WavePerson, plan_id: int, facts: Known, cut_at: Mapping[str, datetime]) -> Person:
    opened = facts.opened.get(one.user_id, {}) if one.user_id else {}
    needed = facts.targets.get(one.pk, frozenset())
    since = [at for account, at in opened.items() if account in needed] or list(opened.values())
    state, told_at = facts.messages.get((plan_id, one.pk), ("", None))
    arns = tuple(user.arn for user in one.users)
    return Person(
        pk=one.pk,
        name=one.name,
        email=one.email,
        users=arns,
        gates=facts.gates.get(one.pk, {}),
        # Of accounts that are needed the last counts, of others the first.
        opened_at=(max if needed else min)(since) if since else None,
        lacking=tuple(facts.accounts.get(pk, pk) for pk in sorted(needed - opened.keys())),
        closed_at=max((cut_at[arn] for arn in arns if arn in cut_at), default=None),
        message=state,
        message_at=told_at,
        tested_at=facts.tested.get(one.pk),
        refused=facts.refused.get(one.pk, ()),
    )

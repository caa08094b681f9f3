"""What people would meet after a cutover, under access as it would be, against access as it is.

There is no second evaluation: both sides are forecasts of the same calls by the same judge.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from migrations_plan.policy.access import AccountAccess, Judge
from migrations_plan.policy.calls import Call
from migrations_plan.policy.evaluate import IDENTITY
from migrations_plan.policy.forecast import Line, Verdict, forecast
from migrations_plan.policy.serving import Caller

# Of one person's denied and unknown calls, how many are told one by one; the others are counted.
MOST_LINES = 100
MOST_NAMED = 5
RANK = {Verdict.NOT_NEEDED: 0, Verdict.ALLOWED: 1, Verdict.UNKNOWN: 2, Verdict.DENIED: 3}


class State(StrEnum):
    """gone: left by the date. nothing: no IAM user to cut over is confirmed."""

    CLEAN = "clean"
    LOSES = "loses"
    UNKNOWN = "unknown"
    GONE = "gone"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Cut:
    """One person who is cut over. now, then: access by account, as it is and as it would be.
    why: what was not read of all this, in one clause; ''. gone: how they left by then; ''."""

    person_id: int
    calls: Sequence[Call]
    now: Mapping[str, AccountAccess]
    then: Mapping[str, AccountAccess]
    caller: Caller
    why: str = ""
    gone: str = ""


@dataclass(frozen=True, slots=True)
class Loss:
    """A line that would be denied or unknown, and what the same calls meet as things are."""

    line: Line
    now: Verdict


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one person would meet. Counted are distinct calls, told apart by resource; denied_now,
    unknown_now: the same without the changes. worse, better: actions whose verdict changes.
    losses: all of them, denied first, the most events first."""

    person_id: int
    state: State
    why: str
    calls: int = 0
    denied: int = 0
    unknown: int = 0
    denied_events: int = 0
    unknown_events: int = 0
    denied_now: int = 0
    unknown_now: int = 0
    worse: int = 0
    better: int = 0
    losses: tuple[Loss, ...] = ()


def outcome(cut: Cut, judge: Judge) -> Outcome:
    """Of one person."""
    if cut.gone:
        return Outcome(cut.person_id, State.GONE, cut.gone)
    if not cut.caller.own_arns:
        return Outcome(cut.person_id, State.NOTHING, "No IAM user is confirmed as theirs.")
    then = _weighing(forecast(cut.calls, cut.then, judge, cut.caller))
    # Nothing changed for this person: one forecast is both.
    now = then if cut.now == cut.then else _weighing(
        forecast(cut.calls, cut.now, judge, cut.caller)
    )  # fmt: skip
    before, after = _worst(now), _worst(then)
    changes = [RANK[after[key]] - RANK[before.get(key, after[key])] for key in after]
    return Outcome(
        person_id=cut.person_id,
        state=_state(then, cut.why),
        why=cut.why,
        calls=_count(then),
        denied=_count(_of(then, Verdict.DENIED)),
        unknown=_count(_of(then, Verdict.UNKNOWN)),
        denied_events=sum(line.events for line in _of(then, Verdict.DENIED)),
        unknown_events=sum(line.events for line in _of(then, Verdict.UNKNOWN)),
        denied_now=_count(_of(now, Verdict.DENIED)),
        unknown_now=_count(_of(now, Verdict.UNKNOWN)),
        worse=sum(change > 0 for change in changes),
        better=sum(change < 0 for change in changes),
        losses=tuple(
            Loss(line, before.get(_key(line), line.verdict))
            for line in sorted(then, key=_heaviest)
            if line.verdict in (Verdict.DENIED, Verdict.UNKNOWN)
        ),
    )


def _state(lines: Sequence[Line], why: str) -> State:
    """Denied is denied whatever was not read; clean needs everything to have been."""
    if _of(lines, Verdict.DENIED):
        return State.LOSES
    return State.UNKNOWN if why or _of(lines, Verdict.UNKNOWN) else State.CLEAN


def _weighing(lines: Iterable[Line]) -> list[Line]:
    return [line for line in lines if line.weighs]


def _of(lines: Iterable[Line], verdict: Verdict) -> list[Line]:
    return [line for line in lines if line.verdict is verdict]


def _count(lines: Iterable[Line]) -> int:
    """A call whose resource was not recorded is one."""
    return sum(max(line.count, 1) for line in lines)


def _key(line: Line) -> tuple[str, str, str, str, str]:
    return line.account_id, line.action, line.region, line.event_source, line.event_name


def _worst(lines: Iterable[Line]) -> dict[tuple[str, str, str, str, str], Verdict]:
    found: dict[tuple[str, str, str, str, str], Verdict] = {}
    for line in lines:
        known = found.get(_key(line), line.verdict)
        found[_key(line)] = max(known, line.verdict, key=RANK.__getitem__)
    return found


def _heaviest(line: Line) -> tuple[object, ...]:
    return (-RANK[line.verdict], -line.events, *_key(line), line.resources)


@dataclass(frozen=True, slots=True)
class Addition:
    """What one permission set in one account ('': a set to assign there) would need, so that calls
    pass. people: whose calls; cleared: people of whom nothing else would be denied. statements: to
    add to its policy; others: what must change besides, in words."""

    account_id: str
    permission_set: str
    people: int
    cleared: int
    calls: int
    actions: tuple[str, ...]
    statements: tuple[dict[str, Any], ...]
    others: tuple[str, ...]


def additions(outcomes: Iterable[Outcome]) -> list[Addition]:
    """The least that would let every denied call pass, what helps most people first."""
    lines: dict[tuple[str, str], list[Line]] = defaultdict(list)
    people: dict[tuple[str, str], set[int]] = defaultdict(set)
    places: dict[int, set[tuple[str, str]]] = defaultdict(set)
    for one in outcomes:
        for loss in one.losses:
            if loss.line.verdict is Verdict.DENIED:
                place = (loss.line.account_id, loss.line.permission_set)
                lines[place].append(loss.line)
                people[place].add(one.person_id)
                places[one.person_id].add(place)
    cleared = Counter(next(iter(found)) for found in places.values() if len(found) == 1)
    found = [
        Addition(
            *place,
            people=len(people[place]),
            cleared=cleared[place],
            calls=_count(listed),
            actions=tuple(sorted({line.action for line in listed})),
            statements=_statements(listed),
            others=_others(listed),
        )
        for place, listed in lines.items()
    ]
    return sorted(found, key=lambda a: (-a.people, -a.calls, a.account_id, a.permission_set))


def _statements(lines: Iterable[Line]) -> tuple[dict[str, Any], ...]:
    """One for each list of resources: no action gets a resource that only another one needs."""
    resources: dict[str, set[str]] = defaultdict(set)
    for line in lines:
        for change in line.changes:
            if change.layer.name == IDENTITY and change.found is None:
                resources[change.action] |= _resources(line, change.resource)
    actions: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for action, arns in resources.items():
        actions[("*",) if "*" in arns else tuple(sorted(arns))].add(action)
    return tuple(
        {
            "Effect": "Allow",
            "Action": sorted(listed),
            "Resource": arns[0] if len(arns) == 1 else list(arns),
        }
        for arns, listed in sorted(actions.items())
    )


def _resources(line: Line, asked: str) -> set[str]:
    """What a line was about. More than it names: the longest beginning that those share."""
    if line.count < 2 or asked not in line.resources:
        return {asked}
    if line.count <= len(line.resources):
        return set(line.resources)
    first, last = min(line.resources), max(line.resources)
    shared = next((n for n, sign in enumerate(first) if last[n : n + 1] != sign), len(first))
    return {f"{first[:shared]}*"}


def _others(lines: Sequence[Line]) -> tuple[str, ...]:
    """What no addition to the set itself brings about."""
    found: set[str] = set()
    lacking = sorted({line.action for line in lines if not line.changes})
    if lacking:
        more = len(lacking) - len(lacking[:MOST_NAMED])
        named = ", ".join(lacking[:MOST_NAMED]) + (f" and {more} more" if more else "")
        found.add(f"assign a permission set that allows {named}")
    for line in lines:
        for change in line.changes:
            if change.layer.name != IDENTITY or change.found is not None:
                found.add(change.sentence())
    return tuple(sorted(found))


def told(loss: Loss) -> dict[str, Any]:
    """A loss as JSON."""
    line = loss.line
    return {
        "account_id": line.account_id,
        "action": line.action,
        "event": f"{line.event_source} {line.event_name}",
        "region": line.region,
        "verdict": line.verdict.value,
        "now": loss.now.value,
        "sentence": line.sentence,
        "permission_set": line.permission_set,
        "events": line.events,
        "last_at": _text(line.last_at),
        "resources": list(line.resources[:MOST_NAMED]),
        "count": line.count,
    }


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")

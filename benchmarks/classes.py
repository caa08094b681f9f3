"""How often the class of an IAM user is right, over invented users whose nature is known.

`make bench ARGS=classes`, or `python -m benchmarks.classes [--users N] [--seed N]`. Beside it, the
common rule: whoever has a console password is a human.
"""

import argparse
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from random import Random

from benchmarks import class_corpus as corpus
from benchmarks.class_corpus import Call, Invented
from migrations_plan.rules.class_facts import (
    ActionUse,
    CredentialUse,
    KeyFacts,
    OriginDay,
    UserFacts,
)
from migrations_plan.rules.classify import classify
from migrations_plan.rules.usage_words import DayHours

SEED = 20_261_130
USERS = 400
SHARES = (0.01, 0.05, 0.2)
LEAST_RECALL = 0.95
MOST_WRONG = 0.02
ANSWERS = ("human", "workload", "mixed", "unknown")
# Where somebody's calls with a program's key come from: own place and tool, own place, the same.
PLACES = (("own", "own", 0.75), ("own", "same", 0.15), ("same", "own", 0.1))


def population(number: int, rng: Random) -> list[Invented]:
    """So many programs, people, and mixed users of each share."""
    found = []
    for _ in range(number):
        make = rng.choice(corpus.PROGRAMS)
        found.append(_dressed(Invented("workload", make.__name__, make(rng)), rng))
        someone = rng.choice(corpus.PEOPLE)
        found.append(_dressed(Invented("human", someone.__name__, someone(rng)), rng))
        for nature, hard in corpus.HARD:
            found.append(_dressed(Invented(nature, f"hard {hard.__name__}", hard(rng)), rng))
        for share in SHARES:
            found.append(_dressed(_mixed(rng, share), rng))
    return found


def _mixed(rng: Random, share: float) -> Invented:
    make = rng.choice(corpus.PROGRAMS)
    program = make(rng)
    wanted = max(round(len(program) * share / (1 - share)), 1)
    who = corpus.habits(rng)
    place, tool, _ = rng.choices(PLACES, [one[2] for one in PLACES])[0]
    main = program[0]
    theirs: list[Call] = []
    while len(theirs) < wanted:
        day = rng.choice([one for one in corpus.days() if one.weekday() < 5])
        theirs += corpus.session(rng, who, day)
    kept = [
        Call(
            call.at,
            call.network if place == "own" else main.network,
            call.tool if tool == "own" else main.tool,
            call.action,
        )
        for call in theirs[:wanted]
    ]
    return Invented("mixed", f"{share:.0%} {make.__name__}", [*program, *kept])


def _dressed(user: Invented, rng: Random) -> Invented:
    """Name, password, MFA and tags as such users have them: often, not always, as expected."""
    chance = {"human": (0.85, 0.5, 0.1), "workload": (0.2, 0.02, 0.6), "mixed": (0.5, 0.2, 0.5)}
    password, mfa, service = chance[user.nature]
    user.password = rng.random() < password
    user.mfa = user.password and rng.random() < mfa
    named = rng.random() < service
    user.name = rng.choice(("svc-orders", "deploy", "backup")) if named else f"u{rng.random():.6f}"
    if user.nature == "human" and rng.random() < 0.5:
        user.tags = {"owner": "someone@example.com"}
    if user.nature == "workload" and rng.random() < 0.3:
        user.tags = {"type": "service"}
    return user


def facts_of(user: Invented) -> UserFacts:
    """What counting would have kept of these calls: days, hours, origins, actions."""
    hours: dict[date, list[int]] = defaultdict(lambda: [0] * 24)
    origins: dict[tuple[date, str, str], list[Call]] = defaultdict(list)
    actions: dict[str, list[Call]] = defaultdict(list)
    for call in user.calls:
        day = call.at.date()
        hours[day][call.at.hour] += 1
        origins[day, call.network, call.tool].append(call)
        actions[call.action].append(call)
    use = CredentialUse(
        credential="access_key",
        access_key_id="AKIAINVENTED",
        days=tuple(DayHours(day, tuple(count)) for day, count in sorted(hours.items())),
        origins=tuple(_origin(*key, calls) for key, calls in sorted(origins.items())),
        actions=tuple(_action(name, calls) for name, calls in sorted(actions.items())),
    )
    return UserFacts(
        arn="arn:aws:iam::1:user/invented",
        user_name=user.name,
        tags=user.tags,
        console_password=user.password,
        mfa=user.mfa,
        keys=(KeyFacts("AKIAINVENTED", True, None, True),),
        password_use_known=True,
        whole_days=corpus.LENGTH,
        read_days=corpus.LENGTH,
        window_days=corpus.LENGTH,
        uses=(use,),
    )


def _origin(day: date, network: str, tool: str, calls: Sequence[Call]) -> OriginDay:
    minutes = [call.at.hour * 60 + call.at.minute for call in calls]
    return OriginDay(day, network, tool, len(calls), min(minutes), max(minutes))


def _action(name: str, calls: Sequence[Call]) -> ActionUse:
    service, _, operation = name.partition(" ")
    weekend = sum(call.at.weekday() > 4 for call in calls)
    days = len({call.at.date() for call in calls})
    return ActionUse(f"{service}.amazonaws.com", operation, len(calls), days, weekend)


def common_rule(user: Invented) -> str:
    """What most scripts do."""
    return "human" if user.password else "workload"


def main(arguments: Sequence[str]) -> int:
    """Prints both matrices and the bounds; the status says whether one was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=USERS, help="of each nature and share")
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args(arguments)
    users = population(options.users, Random(options.seed))
    facts = [facts_of(user) for user in users]
    started = time.perf_counter()
    answers = [classify(one)[0].kind for one in facts]
    seconds = time.perf_counter() - started
    calls = sum(len(user.calls) for user in users)
    print(f"{len(users):,} users with {calls:,} calls, seed {options.seed}")
    print(f"{len(users) / seconds:,.0f} users a second")
    matrix = _matrix(users, answers)
    _print("by the calls", matrix)
    _print("by the common rule: a password, so a human", _matrix(users, map(common_rule, users)))
    _print_kinds(users, answers)
    return _bounds(matrix)


def _group(user: Invented) -> str:
    if user.kind.startswith("hard "):
        return user.kind
    return f"mixed {user.kind.split()[0]}" if user.nature == "mixed" else user.nature


Matrix = dict[str, Counter[str]]


def _matrix(users: Sequence[Invented], answers: Iterable[str]) -> Matrix:
    found: Matrix = defaultdict(Counter)
    for user, answer in zip(users, answers, strict=True):
        found[_group(user)][answer] += 1
    return found


def _print(title: str, matrix: Matrix) -> None:
    print(f"\n{title}\n{'':20}" + "".join(f"{answer:>10}" for answer in ANSWERS))
    for group in sorted(matrix):
        total = matrix[group].total()
        cells = "".join(f"{matrix[group][answer] / total:>10.1%}" for answer in ANSWERS)
        print(f"{group:20}{cells}")


def _print_kinds(users: Sequence[Invented], answers: Sequence[str]) -> None:
    """Which generators are hard."""
    wrong: Counter[str] = Counter()
    every: Counter[str] = Counter()
    for user, answer in zip(users, answers, strict=True):
        every[f"{user.nature} {user.kind}"] += 1
        wrong[f"{user.nature} {user.kind}"] += answer != user.nature
    print("\nnot recognised")
    for kind, number in sorted(every.items()):
        print(f"{kind:32}{wrong[kind] / number:>8.1%} of {number}")


def _bounds(matrix: Matrix) -> int:
    mixed, workload = matrix["mixed 5%"], matrix["workload"]
    recall = mixed["mixed"] / mixed.total()
    wrong = workload["human"] / workload.total()
    print(f"\nmixed at 5 % recognised: {recall:.1%} (bound: at least {LEAST_RECALL:.0%})")
    print(f"programs taken for people: {wrong:.1%} (bound: at most {MOST_WRONG:.0%})")
    return int(recall < LEAST_RECALL or wrong > MOST_WRONG)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

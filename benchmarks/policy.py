"""IAM evaluations: how many a second, and whether another simulator agrees on the same cases.

`make bench ARGS=policy`, or `python -m benchmarks.policy [--cases N] [--seed N]`.
"""

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.mapping import print_coverage
from benchmarks.policy_cases import PRINCIPAL, Case, documents, random_cases
from benchmarks.simulator import NoSimulator, Simulated, simulate
from migrations_plan.policy.context import request_context
from migrations_plan.policy.documents import Policy, parse_policy
from migrations_plan.policy.evaluate import Policies, evaluate
from migrations_plan.policy.explain import explain
from migrations_plan.policy.statements import request

CASES = 10_000
SEED = 20_261_122
LEAST_AGREEMENT = 0.999
RESOURCE_TYPE = "wildcard in the resource type"
RESERVED_ROLE = "reserved role"
OTHER = "other"
# docs/policy-evaluation.md says for each why we decide as we do; the bound is on all the others.
EXPLAINED = {RESOURCE_TYPE, RESERVED_ROLE}


def line_of(case: Case, known: Mapping[str, Any]) -> bytes:
    """The case as a line of `explain`."""

    def each(names: Sequence[str]) -> list[Any]:
        return [known[name] for name in names]

    return json.dumps(
        {
            "action": case.action,
            "resource": case.resource,
            "principal": PRINCIPAL,
            "context": case.context,
            "identity": each(case.identity),
            "boundary": each(case.boundary) if case.boundary else None,
            "scps": [each(level) for level in case.scps] if case.scps else None,
        }
    ).encode()


def evaluations_per_second(cases: Sequence[Case], known: Mapping[str, Any]) -> float:
    """With policies compiled before, as the forecast has them."""
    compiled: dict[str, Policy] = {}

    def each(names: Sequence[str]) -> tuple[Policy, ...]:
        for name in names:
            compiled.setdefault(name, parse_policy(known[name], name=name))
        return tuple(compiled[name] for name in names)

    prepared = [
        (
            case,
            Policies(
                each(case.identity),
                each(case.boundary) if case.boundary else None,
                tuple(each(level) for level in case.scps) if case.scps else None,
            ),
        )
        for case in cases
    ]
    started = time.perf_counter()
    for case, policies in prepared:
        context = request_context(case.context, principal=PRINCIPAL)
        asked = request(case.action, case.resource, context=context, principal=PRINCIPAL)
        evaluate(asked, policies)
    return len(cases) / (time.perf_counter() - started)


def explained(lines: Sequence[bytes]) -> tuple[list[dict[str, Any]], float]:
    """Answers from JSON text to JSON values, and lines a second."""
    started = time.perf_counter()
    answers = [explain(line) for line in lines]
    return answers, len(lines) / (time.perf_counter() - started)


def compare(
    cases: Sequence[Case],
    ours: Sequence[Mapping[str, Any]],
    theirs: Sequence[Simulated],
    known: Mapping[str, Any],
) -> tuple[int, list[str]]:
    """How many cases both judged, and one line for each that they judge differently."""
    differences = []
    judged = 0
    for case, mine, other in zip(cases, ours, theirs, strict=True):
        if other.decision is None:
            continue
        judged += 1
        if (mine["decision"], mine["explicit"]) != (other.decision, other.explicit):
            word = f"{other.decision}{', explicitly' if other.explicit else ''}"
            policies = ", ".join([*case.identity, *(case.boundary or [])])
            group = group_of(case, mine, known)
            differences.append(
                f"[{group}] {case.action} on {case.resource} under {policies}: we say "
                f"{mine['decision']}, the simulator {word}. {mine['reason']} "
                f"Context: {json.dumps(case.context)}"
            )
    return judged, differences


def group_of(case: Case, mine: Mapping[str, Any], known: Mapping[str, Any]) -> str:
    """Which of the kinds of difference in docs/policy-evaluation.md this is."""
    place = mine["statement"]
    names = {"identity": case.identity, "boundary": case.boundary or []}
    if place is None or place["layer"] not in names:
        return OTHER
    if ":role/aws-reserved/" in case.resource:
        return RESERVED_ROLE
    listed = known[names[place["layer"]][place["policy"]]]["Statement"]
    statement = (listed if isinstance(listed, list) else [listed])[place["index"]]
    named = statement.get("Resource", statement.get("NotResource"))
    patterns = named if isinstance(named, list) else [named]
    tails = [pattern.split(":", 5)[-1] for pattern in patterns if pattern != "*"]
    if any("/" in tail and "*" in tail.split("/")[0] for tail in tails):
        return RESOURCE_TYPE
    return OTHER


def main(arguments: Sequence[str]) -> int:
    """Prints figures; the exit status says whether the agreement is below its bound."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=CASES)
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args(arguments)
    print_coverage()
    known = documents()
    cases = list(random_cases(options.cases, options.seed, known))
    with tempfile.TemporaryDirectory(prefix="portal-simulator-") as scratch:
        try:
            theirs, seconds = simulate(cases, known, Path(scratch))
        except NoSimulator as why:
            print(f"policy: no comparison, {why}")
            theirs, seconds = [], 0.0
    if theirs:
        # A key that the action does not have reaches no real request: both judge without it.
        cases = [
            replace(
                case,
                context={k: v for k, v in case.context.items() if k.lower() not in its.ignored},
            )
            for case, its in zip(cases, theirs, strict=True)
        ]
    ours, lines_a_second = explained([line_of(case, known) for case in cases])
    decisions = Counter(answer["decision"] for answer in ours)
    print(f"policy: {len(cases):,} cases over {len(known):,} policies, seed {options.seed}")
    print(f"  decisions: {dict(decisions)}")
    print(f"  explain, from JSON to JSON: {lines_a_second:,.0f} a second")
    print(f"  evaluate, policies compiled: {evaluations_per_second(cases, known):,.0f} a second")
    if not theirs:
        return 0
    return report(compare(cases, ours, theirs, known), theirs, seconds)


def report(compared: tuple[int, list[str]], theirs: Sequence[Simulated], seconds: float) -> int:
    """The simulator's side: its rate, what it refused, and every difference."""
    judged, differences = compared
    groups = Counter(line[1:].partition("]")[0] for line in differences)
    open_ones = sum(count for group, count in groups.items() if group not in EXPLAINED)
    agreement, besides = (1 - count / max(judged, 1) for count in (len(differences), open_ones))
    print(f"  iam-simulate: {len(theirs) / seconds:,.0f} a second")
    refused = Counter(its.error for its in theirs if its.decision is None)
    for error, count in refused.most_common():
        print(f"  not judged by iam-simulate: {count} ({error})")
    print(f"  agreement: {agreement:.4%} of {judged:,}; differences: {len(differences)}")
    print(f"  agreement besides the explained kinds: {besides:.4%}")
    for group, count in groups.most_common():
        print(f"  differences by kind: {count} {group}")
    for line in differences:
        print(f"    {line}")
    return 0 if judged and besides >= LEAST_AGREEMENT else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Laws of readiness: order does not matter, and bad news never makes anybody readier."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migrations_plan.rules.facts import Told
from migrations_plan.rules.gate import READY, VERDICTS
from migrations_plan.rules.person_facts import Need
from migrations_plan.rules.readiness import judge
from migrations_plan.rules.states import NOWHERE, STATES, state_of
from tests.migrations_plan.rules.people_made import (
    DENIED,
    FRESH,
    LIMITS,
    NOW,
    access,
    ago,
    forecast,
    identity,
    kind,
    logs,
    old_user,
    person,
    tool,
    usage,
)

# The machine may be busy: how long drawing takes says nothing about the laws.
MANY = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
maybe = st.sampled_from([True, False, None])
told = st.sampled_from([FRESH, DENIED, Told("x", None, None, "never read")])
# At its instant a read is as old as it may be; the gatherer gives those a reason, so none is here.
moments = st.none() | st.integers(0, 60).map(ago)
kinds = st.sampled_from(["human", "workload", "mixed", "dormant", "unknown", "exception", None])
accounts = st.sampled_from(["111111111111", "222222222222", "333333333333"])
needs = st.builds(Need, accounts, st.just("acct"), st.sampled_from(["", "Developer", "ReadOnly"]))
users = st.builds(
    lambda number, present, word, opened, at: old_user(
        arn=f"arn:{number}",
        present=present,
        classes=() if word is None else (kind(word, subject=f"arn:{number}"),),
        open=opened,
        used_at=at,
    ),
    st.integers(0, 9),
    maybe,
    kinds,
    st.none() | st.integers(0, 3),
    moments,
)
tools = st.builds(
    tool,
    st.sampled_from(["aws-cli-v1", "aws-cli-v2", "boto3", "console", "curl", "terraform"]),
    st.sampled_from(["1.0.0", "2.15.30", "", "1.26.10", "0"]),
    st.integers(0, 3).map(ago),
)
people = st.builds(
    lambda i, a, used, f, mine, read, left: person(
        identity=i, access=a, usage=used, forecast=f, users=tuple(mine), logs=logs(read), left=left
    ),
    st.builds(lambda e, on, t: identity(exists=e, enabled=on, told=t), maybe, maybe, told),
    st.builds(
        lambda n, g, target, t: access(
            needs=tuple(n), granted=frozenset(g), has_target=target, told=t
        ),
        st.lists(needs, max_size=5),
        st.lists(st.tuples(accounts, st.sampled_from(["Developer", "ReadOnly"])), max_size=4),
        st.booleans(),
        told,
    ),
    st.builds(
        lambda old, s, c, line, cli, t: usage(
            used_at=old, signed_in_at=s, console_at=c, cli_at=line, old_cli=cli, tools=tuple(t)
        ),
        moments,
        moments,
        moments,
        moments,
        st.booleans(),
        st.lists(tools, max_size=5),
    ),
    st.none()
    | st.builds(
        lambda d, u, w: forecast(denied=d, unknown=u, why=w),
        st.integers(0, 2),
        st.integers(0, 2),
        st.sampled_from(["", "dev was not read"]),
    ),
    st.lists(users, max_size=4, unique_by=lambda one: one.arn),
    st.none() | st.integers(0, 30),
    st.booleans(),
)


def verdicts(facts):
    return {name: one.verdict for name, one in judge(facts, LIMITS, NOW).items()}


@MANY
@given(people, st.randoms())
def test_the_same_facts_in_any_order_give_the_same_verdicts(facts, chance):
    def shuffled(things):
        return tuple(chance.sample(things, len(things)))

    other = replace(
        facts,
        users=shuffled(facts.users),
        access=replace(facts.access, needs=shuffled(facts.access.needs)),
        usage=replace(facts.usage, tools=shuffled(facts.usage.tools)),
    )

    assert verdicts(other) == verdicts(facts)


@MANY
@given(people)
def test_a_verdict_is_one_of_the_words_and_a_state_too(facts):
    found = judge(facts, LIMITS, NOW)

    assert {one.verdict for one in found.values()} <= set(VERDICTS)
    assert state_of(facts, found, NOWHERE, NOW).word in STATES
    assert all(one.sentence.endswith(".") for one in found.values())


def worse(facts, draw):
    """One piece of bad news."""
    f = facts.forecast or forecast()
    return draw(
        st.sampled_from(
            [
                replace(facts, identity=replace(facts.identity, told=DENIED)),
                replace(facts, identity=replace(facts.identity, enabled=False)),
                replace(facts, identity=replace(facts.identity, enabled=None)),
                replace(facts, access=replace(facts.access, told=DENIED)),
                replace(facts, access=replace(facts.access, granted=frozenset())),
                replace(facts, forecast=None),
                replace(facts, forecast=replace(f, denied=f.denied + 1)),
                replace(facts, forecast=replace(f, unknown=f.unknown + 1, why="not read")),
                replace(facts, usage=replace(facts.usage, used_at=NOW)),
                replace(facts, usage=replace(facts.usage, console_at=None)),
                replace(
                    facts,
                    usage=replace(
                        facts.usage,
                        tools=(*facts.usage.tools, tool("aws-cli-v2", "2.0.0", NOW)),
                    ),
                ),
                replace(facts, logs=logs(0)),
                replace(facts, users=(*facts.users, old_user(arn="arn:new", classes=()))),
                replace(
                    facts,
                    users=(
                        *facts.users,
                        old_user(arn="arn:new", classes=(kind("workload", subject="arn:new"),)),
                    ),
                ),
            ]
        )
    )


@MANY
@given(people, st.data())
def test_bad_news_never_improves_a_verdict(facts, data):
    before, after = verdicts(facts), verdicts(worse(facts, data.draw))

    # A further IAM user answers whose they are; every other gate can only lose.
    better = [n for n in after if after[n] == READY and before[n] != READY and n != "owner"]
    assert better == []


@MANY
@given(people)
def test_a_refused_read_is_never_ready(facts):
    dark = replace(
        facts,
        identity=replace(facts.identity, told=DENIED),
        access=replace(facts.access, told=DENIED),
        forecast=forecast(why="AWS refused it"),
        logs=logs(None),
        usage=usage(signed_in_at=None, console_at=None, cli_at=None, tools=()),
        users=(old_user(classes=(kind(told=DENIED),)),),
    )

    found = verdicts(dark)

    assert [name for name, verdict in found.items() if verdict == READY] == ["owner"]


@MANY
@given(people, st.integers(1, 400))
def test_every_ready_that_stands_on_a_read_ends_by_itself(facts, days):
    # What was seen once stays seen; who confirmed what is in the journal; without IAM users there
    # is nothing that could be used or could serve a program.
    lasting = {"owner", "signed-in", "sso-console", "sso-cli", "quiet", "workload"}
    later = NOW + timedelta(days=days)

    for name, one in judge(facts, LIMITS, NOW).items():
        if one.verdict == READY and name not in lasting:
            assert one.until is not None
            assert one.until <= later

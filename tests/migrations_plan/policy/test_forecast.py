"""Each decision and each reason of the forecast, one by one."""

import pytest

from migrations_plan.policy.calls import Call
from migrations_plan.policy.forecast import Line
from tests.migrations_plan.policy.forecast_cases import ADA, DECIDED, READER
from tests.migrations_plan.policy.forecasting import (
    AT,
    BUCKET,
    FULL,
    KEY,
    OBJECT,
    a_set,
    access,
    allow,
    call,
    deny,
    forecast_of,
    paper,
)


def worst(lines: tuple[Line, ...]) -> Line:
    order = ("not-needed", "allowed", "unknown", "denied")
    return max(lines, key=lambda line: order.index(line.verdict))


@pytest.mark.parametrize(
    ("made", "given", "verdict", "words"), DECIDED.values(), ids=DECIDED.keys()
)
def test_a_call_is_decided_with_its_reason(made, given, verdict, words):
    line = worst(forecast_of([made], given, ADA))

    assert (line.verdict, line.events, line.last_at) == (verdict, 1, AT)
    assert words in line.sentence


def test_the_line_names_the_deciding_statement_and_its_policy():
    given = access(a_set(paper(allow("*")), paper(deny("s3:*", Sid="NoS3"), name="stop")))

    (line,) = forecast_of([call()], given)

    assert (line.permission_set, line.policy, line.explicit) == ("Developer", "stop", True)
    assert line.statement == "statement 0 (NoS3) of identity policy stop"
    assert line.resources == (OBJECT,)


def test_a_denied_call_comes_with_everything_that_would_have_to_change():
    given = access(
        a_set(paper(allow("s3:Get*")), boundary=paper(allow("s3:Get*"), name="edge")),
        scps=((FULL, paper(deny("s3:Put*", Sid="Hands"), name="NoWrites")),),
    )

    (line,) = forecast_of([call("s3", "PutObject")], given)

    assert [change.sentence() for change in line.changes] == [
        "remove or narrow statement 0 (Hands) of service control policy NoWrites at level 0",
        f"allow s3:PutObject on {OBJECT} in the permissions boundary",
        f"allow s3:PutObject on {OBJECT} in the identity policies",
    ]


def test_of_several_sets_the_one_with_least_to_change_is_named():
    bounded = a_set(paper(allow("ec2:*")), name="Bounded", boundary=paper(allow("ec2:*")))
    given = access(bounded, a_set(paper(allow("ec2:*")), name="Plain"))

    (line,) = forecast_of([call()], given)

    assert (line.permission_set, len(line.changes)) == ("Plain", 1)


def test_resources_that_meet_the_same_decision_are_one_line():
    made = call(resources=[f"{BUCKET}/{number}" for number in range(30)], events=30)
    made = Call(**{**_fields(made), "resources": tuple((arn, 1) for arn, _ in made.resources)})
    given = access(a_set(paper(allow("s3:GetObject", resource=f"{BUCKET}/1*"))))

    denied, allowed = sorted(forecast_of([made], given), key=lambda line: line.count, reverse=True)

    assert (allowed.verdict, allowed.count, allowed.events) == ("allowed", 11, 11)
    assert (denied.verdict, denied.count, denied.events) == ("denied", 19, 19)
    assert "on 19 resources" in denied.sentence


def _fields(made):
    return {name: getattr(made, name) for name in Call.__slots__}


def test_what_was_not_recorded_of_a_call_is_judged_apart():
    """Four calls, of which the log names the object of three; then more than it could keep."""
    some = Call(**{**_fields(call(events=4)), "resources": ((OBJECT, 3),)})
    given = access(a_set(paper(allow("s3:*", resource=OBJECT))))
    full = Call(**{**_fields(call()), "overflow": True})

    lines = {line.verdict: line.events for line in forecast_of([some], given)}

    assert lines == {"allowed": 3, "unknown": 1}
    assert {line.verdict for line in forecast_of([full], given)} == {"allowed", "unknown"}


def test_what_was_refused_before_is_no_loss_and_stands_apart():
    given = access(READER)
    put = {"name": "PutObject", "events": 2}

    refused, lost = forecast_of([call(error="AccessDenied", **put), call(**put)], given)[::-1]

    assert (refused.refused_before, refused.weighs, refused.events) == (True, False, 2)
    assert (lost.refused_before, lost.weighs, lost.verdict) == (False, True, "denied")


@pytest.mark.parametrize(
    "code", ["AccessDenied", "AccessDeniedException", "Client.UnauthorizedOperation"]
)
def test_every_service_has_its_own_word_for_refusing(code):
    (line,) = forecast_of([call(error=code)], access(READER))

    assert line.refused_before


def test_a_failure_that_is_no_refusal_was_allowed():
    (line,) = forecast_of([call(error="NoSuchKey")], access(READER))

    assert not line.refused_before


def test_calls_are_added_up_by_account_action_and_region():
    calls = [call(events=2), call(events=3, error="NoSuchKey"), call(region="us-east-1")]

    lines = forecast_of(calls, access(READER))

    assert [(line.region, line.events) for line in lines] == [("eu-central-1", 5), ("us-east-1", 1)]


def test_a_call_on_a_key_is_judged_by_the_keys_arn():
    given = access(a_set(paper(allow("kms:Decrypt", resource=f"{KEY}0"))))

    (line,) = forecast_of([call("kms", "Decrypt", resources=(KEY,))], given)

    assert (line.verdict, line.resources) == ("denied", (KEY,))

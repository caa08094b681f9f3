"""What holds for all sources alike: a refused or broken read is an error, never fewer records."""

from contextlib import ExitStack
from dataclasses import replace

import pytest
from botocore.exceptions import ParamValidationError

from inventory.aws.errors import AccessDenied, ReadError, ReadFailed, Throttled, Unsupported
from tests.inventory.aws.scripts import SCRIPTS, Script
from tests.inventory.aws.stubbed import ACCOUNT, Step, stubbed_aws

CALLS = [(name, number) for name, script in SCRIPTS.items() for number in range(len(script.steps))]
FAULTS = {
    "AccessDenied": (403, AccessDenied),
    "UnauthorizedOperation": (403, AccessDenied),
    "Throttling": (400, Throttled),
    "TooManyRequestsException": (400, Throttled),
    "Unheard": (429, Throttled),
    "ExpiredToken": (403, ReadFailed),
    "RequestTimeTooSkewed": (403, ReadFailed),
    "InternalFailure": (500, ReadFailed),
    "UnknownOperationException": (400, Unsupported),
}
# AWS says "there is none" with these answers by leaving the value out.
MAY_BE_EMPTY = {
    "get_inline_policy_for_permission_set",
    "get_permissions_boundary_for_permission_set",
    "get_event_selectors",
}


def broken_at(script: Script, number: int, step: Step) -> tuple[Step, ...]:
    return (*script.steps[:number], step)


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_whole_read_makes_the_expected_calls_and_hands_over_every_record(name):
    script = SCRIPTS[name]
    with stubbed_aws(*script.steps) as aws:
        reading = script.fetch(aws, script.inputs)
    assert len(reading.records) == script.records
    assert aws.calls == len(script.steps)
    keys = [(record.KIND, record.key()) for record in reading.records]
    assert name in ("account_assignments", "login_profiles") or len(set(keys)) == len(keys)


@pytest.mark.parametrize("code", FAULTS)
@pytest.mark.parametrize(("name", "number"), CALLS)
def test_a_fault_at_any_call_raises_and_says_which_call_and_account(name, number, code):
    script = SCRIPTS[name]
    status, expected = FAULTS[code]
    steps = broken_at(script, number, script.steps[number].failing(code, status))
    with stubbed_aws(*steps, whole=False) as aws, pytest.raises(ReadError) as raised:
        script.fetch(aws, script.inputs)
    assert type(raised.value) is expected
    assert raised.value.operation.partition(":")[2] in str(raised.value)
    assert ACCOUNT in raised.value.reason
    assert code in raised.value.reason


@pytest.mark.parametrize(("name", "number"), CALLS)
def test_an_empty_answer_to_any_call_is_a_failed_read(name, number):
    script = SCRIPTS[name]
    step = script.steps[number]
    if step.operation in MAY_BE_EMPTY:
        pytest.skip("AWS leaves the value out to say that there is none")
    if step.operation == "generate_credential_report":
        pytest.skip("asked again; see its own tests")
    steps = broken_at(script, number, replace(step, answer={}))
    with ExitStack() as stack:
        try:
            aws = stack.enter_context(stubbed_aws(*steps, whole=False))
        except ParamValidationError:
            pytest.skip("the stub refuses an answer without its required list; see test_pages")
        with pytest.raises(ReadFailed):
            script.fetch(aws, script.inputs)

"""No account is asked faster than its rate, whatever the threads do."""

import threading

import pytest

from inventory.aws.rates import RATES, Rate, RateLimits


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


def call_times(rate, count):
    clock = Clock()
    limits = RateLimits({"iam": rate}, clock=clock, sleep=clock.sleep)
    times = []
    for _ in range(count):
        limits.wait("1", "iam", "list_users")
        times.append(clock.now)
    return times


def most_in_one_second(times):
    return max(sum(start <= time <= start + 1 for time in times) for start in times)


def test_a_burst_goes_at_once_and_the_rest_at_the_rate():
    times = call_times(Rate(10, 5), 25)
    assert times[:5] == [100.0] * 5
    assert times[-1] == pytest.approx(102.0)


def test_identity_center_never_sees_20_calls_in_any_second():
    assert most_in_one_second(call_times(RATES["sso-admin"], 200)) < 20
    assert most_in_one_second(call_times(RATES["identitystore"], 200)) < 20


def test_after_a_pause_only_one_burst_is_free():
    clock = Clock()
    limits = RateLimits({"iam": Rate(10, 5)}, clock=clock, sleep=clock.sleep)
    limits.wait("1", "iam", "list_users")
    clock.now += 3600
    assert [limits.wait("1", "iam", "list_users") > 0 for _ in range(6)] == [False] * 5 + [True]


def test_accounts_and_families_do_not_wait_for_each_other():
    clock = Clock()
    limits = RateLimits({"iam": Rate(1, 1), "sts": Rate(1, 1)}, clock=clock, sleep=clock.sleep)
    waits = [
        limits.wait("1", "iam", "list_users"),
        limits.wait("2", "iam", "list_users"),
        limits.wait("1", "sts", "assume_role"),
    ]
    assert waits == [0, 0, 0]
    assert limits.wait("1", "iam", "list_roles") == pytest.approx(1.0)


def test_an_operation_may_have_a_rate_of_its_own():
    clock = Clock()
    limits = RateLimits(clock=clock, sleep=clock.sleep)
    limits.wait("1", "cloudtrail", "lookup_events")
    assert limits.wait("1", "cloudtrail", "lookup_events") == pytest.approx(0.5)
    assert limits.wait("1", "cloudtrail", "describe_trails") == 0


def test_threads_share_one_budget():
    slept: list[float] = []
    limits = RateLimits({"iam": Rate(10, 1)}, clock=lambda: 0.0, sleep=slept.append)
    threads = [
        threading.Thread(target=limits.wait, args=("1", "iam", "list_users")) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(slept) == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7])

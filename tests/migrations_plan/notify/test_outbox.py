"""Each message once: claims, leases, doubts, waiting for too long."""

from datetime import timedelta

import pytest

from migrations_plan.models import Message, MessageState
from migrations_plan.notify import outbox
from migrations_plan.notify.letter import Refused
from tests import builders, messaging


def claim(name, clock):
    """The next message, which is there."""
    found = outbox.claim(name, clock())
    assert found is not None
    return found


def taken(message, clock, **more):
    """Claimed and handed over by somebody who never comes back."""
    found = claim("dead", clock)
    assert found.pk == message.pk
    outbox._hand_over(found, clock)
    return found


def state(message):
    return Message.objects.get(pk=message.pk).state


def test_the_oldest_goes_first_and_nobody_takes_it_twice(wave, clock):
    second = messaging.message(wave, queued_at=messaging.NOW)
    first = messaging.message(wave, queued_at=messaging.NOW - timedelta(minutes=1))

    claimed = [outbox.claim(f"worker-{n}", clock()) for n in range(3)]

    assert [one and one.pk for one in claimed] == [first.pk, second.pk, None]
    assert len({one.owner for one in claimed if one}) == 2


def test_a_sender_that_dies_before_handing_over_costs_nothing(wave, clock, work, mail):
    message = messaging.message(wave)
    outbox.claim("dead", clock())
    clock.move(minutes=30)

    assert outbox.sweep(clock()) == {"doubtful": 0, "failed": 0}
    assert work().pk == message.pk
    assert state(message) == "sent"
    assert len(mail.taken) == 1


def test_a_sender_that_dies_while_handing_over_leaves_one_doubt_and_nothing_twice(
    wave, clock, work, mail
):
    message = messaging.message(wave)
    taken(message, clock)
    before = outbox.sweep(clock())
    clock.move(minutes=30)

    assert before == {"doubtful": 0, "failed": 0}
    assert outbox.sweep(clock())["doubtful"] == 1
    assert state(message) == "doubtful"
    assert work() is None
    assert mail.taken == []


def test_who_was_only_slow_knows_better_than_who_gave_it_up(wave, clock):
    message = messaging.message(wave)
    slow = taken(message, clock)
    clock.move(minutes=30)
    outbox.sweep(clock())

    outbox._sent(slow, clock())

    assert state(message) == "sent"


def test_what_a_lead_decided_stands(wave, clock):
    message = messaging.message(wave)
    slow = taken(message, clock)
    clock.move(minutes=30)
    outbox.sweep(clock())
    Message.objects.update(state="failed", decided_by="lead")

    outbox._sent(slow, clock())
    outbox._refused(slow, Refused("no"), clock())

    assert state(message) == "failed"


def test_a_claim_that_ran_out_hands_nothing_over(wave, clock):
    messaging.message(wave)
    slow = claim("slow", clock)
    clock.move(minutes=30)
    other = claim("quick", clock)

    with pytest.raises(outbox.Lost):
        outbox._hand_over(slow, clock)
    outbox._hand_over(other, clock)


def test_a_message_withdrawn_after_it_was_claimed_does_not_go_out(wave, clock):
    message = messaging.message(wave)
    claimed = claim("worker", clock)
    Message.objects.filter(pk=message.pk).update(state="withdrawn")

    with pytest.raises(outbox.Lost):
        outbox._hand_over(claimed, clock)
    assert state(message) == "withdrawn"


@pytest.mark.parametrize(
    ("state", "goes"), [("paused", False), ("cancelled", False), ("finished", True)]
)
def test_only_a_plan_that_goes_on_or_is_done_tells_anybody(wave, work, mail, state, goes):
    wave.plan.state = state
    wave.plan.save()
    messaging.message(wave)

    assert (work() is not None) is goes


@pytest.mark.parametrize(
    ("stage", "hours", "kept"),
    [("today", 5, True), ("today", 6, False), ("test", 19, True), ("test", 20, False)],
)
def test_what_waited_for_too_long_is_no_longer_true_and_fails(wave, clock, stage, hours, kept):
    message = messaging.message(wave, stage=stage, error="The mail server was not reached.")
    clock.move(hours=hours)

    outbox.sweep(clock())

    message.refresh_from_db()
    assert (message.state == "queued") is kept
    assert kept or "waited too long" in message.error
    assert "was not reached" in message.error


def test_what_kills_every_sender_is_given_up(wave, clock):
    message = messaging.message(wave)
    for _ in range(outbox.MOST_ATTEMPTS):
        assert outbox.claim("dead", clock()) is not None
        clock.move(minutes=30)
    outbox.sweep(clock())

    assert state(message) == "failed"
    assert outbox.claim("next", clock()) is None


def test_nothing_else_is_touched_by_the_sweeper(wave, clock):
    kept = [
        messaging.message(wave, state=one, queued_at=messaging.NOW - timedelta(days=30))
        for one in MessageState.values
        if one not in ("queued", "sending")
    ]
    clock.move(days=30)
    outbox.sweep(clock())

    assert [state(one) for one in kept] == [one.state for one in kept]


def test_ids_of_messages_differ(wave):
    person = builders.person()
    ids = {
        outbox.letter_of(messaging.message(wave, person, round=number)).message_id
        for number in range(1, 4)
    }

    assert len(ids) == 3

"""Which permission sets a person should have, and how that differs from what is live."""

import pytest

from migrations_plan.rules.targets import Offer, choice_sentence, choose, target_gaps


def offer(name, allowed, *, power=10, admin=False, unknown=()):
    return Offer(name, frozenset(allowed), frozenset(unknown), power, admin)


ADMIN = offer("Admin", range(4), power=999, admin=True)
READ = offer("ReadOnly", [0, 1], power=20)
DEVELOPER = offer("Developer", range(4), power=100)
WRITE = offer("Writer", [2, 3], power=30)


@pytest.mark.parametrize(
    ("calls", "offers", "names"),
    [
        (2, [ADMIN, DEVELOPER, offer("ReadOnly", [0, 1], power=20)], ["ReadOnly"]),
        (4, [ADMIN, DEVELOPER, READ], ["Developer"]),
        (4, [ADMIN, READ, WRITE], ["ReadOnly", "Writer"]),
        (4, [ADMIN, READ], ["Admin"]),
        (4, [offer("Perhaps", range(4), admin=None), DEVELOPER], ["Developer"]),
        (4, [offer("Perhaps", range(4), admin=None), READ], ["Perhaps"]),
        (4, [READ], ["ReadOnly"]),
        (4, [], []),
        (4, [offer("Nothing", [])], []),
        (0, [READ], []),
    ],
)
def test_the_fewest_sets_that_allow_it_and_of_these_the_one_that_can_do_least(calls, offers, names):
    assert sorted(one.name for one in choose(calls, offers).sets) == names


def test_a_set_that_turned_out_to_be_needless_goes():
    big = offer("Big", [0, 1, 2], power=50)
    left, right = offer("Left", [0, 1, 3]), offer("Right", [2, 4])

    chosen = choose(5, [big, left, right])

    assert {one.name for one in chosen.sets} == {"Left", "Right"}
    assert chosen.lacking == frozenset()


def test_what_no_set_allows_is_said_and_what_could_not_be_judged_too():
    read = offer("ReadOnly", [0, 1], unknown=[2])
    chosen = choose(4, [read])

    said = choice_sentence(read, chosen, 4)

    assert chosen.lacking == {2, 3}
    assert "2 of 4" in said
    assert "2 no set allows for certain, of which 1 could not be judged" in said


def test_the_order_of_the_offers_changes_nothing():
    offers = [ADMIN, READ, WRITE, DEVELOPER]

    assert choose(4, offers) == choose(4, offers[::-1])


def test_gaps_are_what_is_wanted_and_not_live_and_the_other_way():
    live = [("1", "ReadOnly"), ("2", "Admin")]
    target = [("1", "ReadOnly"), ("1", "Developer"), ("1", "Developer")]

    gaps = target_gaps(live, target)

    assert gaps.missing == (("1", "Developer"),)
    assert gaps.extra == (("2", "Admin"),)
    assert gaps
    assert not target_gaps(live, live)
    assert target_gaps([("1", "readonly")], [("1", "ReadOnly")]).missing

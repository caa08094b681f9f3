"""Who may own an IAM user: by tags, names, typing mistakes, places and hours."""

from random import Random

import pytest

from migrations_plan.rules.name_forms import forms_of, one_letter_apart, spelling_of, words_of
from migrations_plan.rules.owners import SURE, Candidate, Index, Unowned, suggest

OFFICE = ("198.51.100.0/24", "aws-cli-v2")
MORNING = tuple(10 if hour in (8, 9, 10) else 0 for hour in range(24))


def person(pk, name, email="", **more):
    return Candidate(pk=pk, name=name, addresses=(email,) if email else (), **more)


ANA = person(1, "Ana Silva", "ana.silva@example.com")
ALEX = person(2, "Alex Silva", "alex.silva@example.com")
BELA = person(3, "Bela Sato", "bela.sato@example.com")
GORAN = person(4, "Goran Đorđe Nagy", "goran.nagy@example.com")
EVERYBODY = (ANA, ALEX, BELA, GORAN)


def best(user_name, people=EVERYBODY, refused=frozenset(), **more):
    user = Unowned(f"arn:{user_name}", user_name, "111122223333", **more)
    return suggest(user, Index(people), refused)


@pytest.mark.parametrize(
    ("user_name", "points"),
    [
        ("ana.silva", 60),
        ("silva.ana", 60),
        ("anasilva", 60),
        ("Ana_Silva", 60),
        ("ana-silva-dev", 60),
        ("ana.silva.admin2", 60),
        ("ana.silva@example.com", 75),
        ("anas", 40),
        ("ana.sliva", 40),
        ("ana.silvaa", 40),
        ("bsato", 40),
        ("bela", 20),
        ("goran.nagy", 60),
        ("gnagy", 40),
    ],
)
def test_a_user_name_in_any_house_style_finds_its_person(user_name, points):
    found = best(user_name)

    assert found[0].score == points
    assert found[0].place == found[0].tied == 1


def test_whom_a_name_fits_equally_rank_equal_and_say_so():
    found = best("asilva")

    assert [(one.person, one.score, one.place, one.tied) for one in found] == [
        (1, 40, 1, 2),
        (2, 40, 1, 2),
    ]
    assert "as it is for 1 more" in found[0].reasons[0][1]


@pytest.mark.parametrize(
    ("tags", "points"),
    [
        ({"Owner": "ana.silva@example.com"}, 80),
        ({"email": " Ana.Silva@Example.com "}, 80),
        ({"comment": "ana.silva@example.com"}, 60),
        ({"owner": "ana.silva"}, 50),
        ({"comment": "ana.silva"}, 0),
        ({"owner": "nobody@example.com"}, 0),
    ],
)
def test_a_tag_with_a_known_address_counts_and_an_owner_tag_counts_more(tags, points):
    found = best("x-17", tags=tags)

    assert (found[0].score if found else 0) == points


def test_a_tag_and_a_name_of_one_person_add_up_and_two_people_stand_beside_each_other():
    found = best("ana.silva", tags={"owner": "bela.sato@example.com"})

    assert [(one.person, one.score) for one in found] == [(3, 80), (1, 60)]
    assert best("ana.silva", tags={"owner": "ana.silva@example.com"})[0].score == 140


def test_a_place_shared_with_few_counts_the_more_the_fewer_they_are():
    alone = [person(1, "X Y", origins=frozenset({OFFICE}))]
    three = [person(pk, f"X{pk} Y", origins=frozenset({OFFICE})) for pk in (1, 2, 3)]
    many = [person(pk, f"X{pk} Y", origins=frozenset({OFFICE})) for pk in range(9)]
    origins = frozenset({OFFICE})

    assert [one.score for one in best("svc", alone, origins=origins)] == [30]
    assert [one.score for one in best("svc", three, origins=origins)] == []
    assert best("svc", many, origins=origins) == []
    assert best("svc", alone, origins=frozenset({(OFFICE[0], "terraform")})) == []


def test_hours_and_a_home_account_tip_what_is_even_and_suggest_nobody_alone():
    ana = person(1, "Ana Silva", hours=MORNING, accounts=frozenset({"111122223333"}))
    found = best("asilva", [ana, ALEX], hours=MORNING)

    assert [(one.person, one.score, one.tied) for one in found] == [(1, 50, 1), (2, 40, 1)]
    assert best("zzz", [ana], hours=MORNING) == []


def test_whom_a_lead_refused_is_not_suggested_again():
    assert [one.person for one in best("asilva", refused=frozenset({1}))] == [2]


def test_names_of_one_letter_and_empty_names_say_nothing():
    assert best("a") == []
    assert best("", [person(1, ""), *EVERYBODY]) == []
    assert list(forms_of([])) == []


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("anasilva", "anasliva", True),
        ("anasilva", "anasilvaa", True),
        ("anasilva", "anasilv", True),
        ("anasilva", "anasylva", True),
        ("anasilva", "anasilva", False),
        ("anasilva", "annasylva", False),
    ],
)
def test_one_letter_apart(one, other, near):
    assert one_letter_apart(one, other) is near
    assert one_letter_apart(other, one) is near


def test_hostile_names_are_only_names():
    assert words_of('"><img src=x onerror=alert(1)>') == ["img", "src", "x", "onerror", "alert"]
    assert spelling_of("=cmd|' /C calc'!A0") == "cmdccalca"
    assert best("=1+1") == []
    assert best("x" * 10_000) == []


def test_a_bulk_confirmation_begins_with_one_strong_reason():
    assert best("ana.silva")[0].score >= SURE > best("bsato")[0].score


def test_nobody_is_compared_with_everybody(monkeypatch):
    compared = []

    def counting(one, other):
        compared.append(one)
        return one_letter_apart(one, other)

    monkeypatch.setattr("migrations_plan.rules.owners.one_letter_apart", counting)
    rng, letters = Random(7), "abcdefghijklmnopqrstuvwxyz"
    names = ["".join(rng.choices(letters, k=7)) for _ in range(4000)]
    pairs = list(zip(names, reversed(names), strict=True))
    index = Index(person(pk, f"{given} {family}") for pk, (given, family) in enumerate(pairs))
    typed = [f"{given}.{family[:-1]}" for given, family in pairs]

    found = [suggest(Unowned(name, name, "1"), index) for name in typed]

    assert all(one[0].score == 40 for one in found)
    assert len(compared) < 5 * len(pairs)

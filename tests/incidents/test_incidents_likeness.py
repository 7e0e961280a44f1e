"""What two incidents have in common: names in every script, days, place, kind of act."""

from datetime import date
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseflow.incidents.likeness import Traits, days_in_common, likeness, place_words, same_name, span
from caseflow.incidents.moments import ImpreciseDate
from caseflow.network.names import name_words

ALIKE = [
    ("Қуандық Асқаров", "Куандык Аскаров", "name"),
    ("Қуандық Асқаров", "Kuandyk Askarov", "name"),
    ("Қуандық Асқаров", "Askarov, Quandyq", "name"),
    ("Аскаров Куандык Ерланович", "Kuandyk Askarov", "name"),
    ("Куандык Ерланович Аскаров", "Асқаров Қуандық Ерланұлы", "name"),
    ("Айгүл Серікқызы Омарова", "Омарова А. С.", "name"),
    ("Семён Алёшин", "Алешин Семен", "name"),
    ("Аскаров К. Е.", "Аскаров", "part_of_name"),
    ("Куандык", "Қуандық Асқаров", "part_of_name"),
    ("Қуандық Асқаров", "Куандык Омаров", None),
    ("Аскаров К.", "Аскаров М.", None),
    ("Аскаров Куандык Ерланович", "Аскаров Куандык Маратович", "part_of_name"),
    ("А. Б.", "А. Б.", None),
    ("", "Аскаров", None),
]


@pytest.mark.parametrize(("one", "other", "answer"), ALIKE)
def test_names_are_alike_across_scripts_and_orders(one, other, answer):
    assert same_name(name_words(one), name_words(other)) == answer
    assert same_name(name_words(other), name_words(one)) == answer


NAMES = st.lists(
    st.sampled_from(["Қуандық", "Әлия", "Жанна", "Щукин", "Ерланұлы", "Омарова", "Smith"]),
    min_size=2,
    max_size=4,
    unique=True,
)


@given(NAMES, st.randoms())
def test_a_name_is_like_itself_in_any_order(words, chance):
    mixed = chance.sample(words, len(words))
    assert same_name(name_words(" ".join(words)), name_words(" ".join(mixed).upper())) == "name"


@pytest.mark.parametrize(
    ("one", "other", "answer"),
    [
        ((date(2026, 3, 6), "day"), (date(2026, 3, 8), "day"), "days"),
        ((date(2026, 3, 6), "day"), (date(2026, 3, 10), "day"), None),
        ((date(2026, 3, 6), "day"), (date(2026, 3, 1), "month"), "days"),
        ((date(2026, 3, 6), "day"), (date(2026, 1, 1), "year"), "time"),
        ((date(2026, 3, 6), "day"), (None, "unknown"), None),
    ],
)
def test_days_count_as_exactly_as_they_are_known(one, other, answer):
    mine, theirs = (traits(when=when) for when in (one, other))
    assert days_in_common(mine, theirs) == answer
    assert days_in_common(theirs, mine) == answer


def traits(*names, when=(None, "unknown"), place="", region="", kinds=()):
    words = [name_words(name) for name in names]
    return Traits(words, place_words(place), region, *span(ImpreciseDate(*when)), frozenset(kinds))


DAY = (date(2026, 3, 6), "day")


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        (traits("Қуандық Асқаров"), traits("Kuandyk Askarov"), ("name",)),
        (traits("Куандык"), traits("Kuandyk Askarov"), ()),
        (traits(when=DAY, region="KZ-75", kinds=["torture"]), traits(when=DAY, region="KZ-75", kinds=["torture"]), ("days", "region", "kind")),
        (traits(when=DAY, region="KZ-75"), traits(when=DAY, region="KZ-75"), ()),
        (traits(when=DAY, region="KZ-75", place="РОВД, ул. Абая"), traits(when=DAY, region="KZ-75", place="Abaia kośesi"), ("days", "place", "region")),
        (traits(region="KZ-75", place="ул. Абая", kinds=["torture"]), traits(region="KZ-75", place="Абая", kinds=["torture"]), ()),
        (traits(when=DAY, region="KZ-75", place="Abaia"), traits(when=DAY, region="KZ-10", place="Abaia"), ()),
    ],
)  # fmt: skip
def test_one_name_is_enough_and_without_it_the_days_and_more(one, other, told):
    assert likeness(one, other) == told
    assert likeness(other, one) == told


def test_every_order_of_a_full_name_is_one_name():
    full = "Аскаров Куандык Ерланович"
    for order in permutations(full.split()):
        assert same_name(name_words(full), name_words(" ".join(order))) == "name"

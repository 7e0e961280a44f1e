"""A sealed text opens in its own place and nowhere else, and its length tells little."""

from __future__ import annotations

import os
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caseflow.vault.errors import Damaged, VaultError
from caseflow.vault.texts import MAX_TEXT, TextKey, TextPlace, open_text, padded_length, seal_text

KEY = os.urandom(32)
PLACE = TextPlace("caseflow.example", "cases", "title", "row-1", "safe-1", 2)
TITLE = "Дело о пытках в колонии № 5: Әйгүл Қ."


@given(st.text(max_size=600))
@settings(max_examples=200)
def test_every_text_comes_back(value: str) -> None:
    sealed = seal_text(KEY, value, place=PLACE)
    assert open_text(KEY, sealed, place=PLACE) == value
    assert len(sealed) == 29 + padded_length(len(value.encode()))


@pytest.mark.parametrize("value", ["\0", "\x80", "\0\0\0", "a" * 31, "a" * 32, "\x80\0", "ы" * 5000])
def test_texts_that_look_like_padding_come_back(value: str) -> None:
    assert open_text(KEY, seal_text(KEY, value, place=PLACE), place=PLACE) == value


@pytest.mark.parametrize(
    "change",
    [
        {"row": "row-2"},
        {"column": "summary"},
        {"table": "incidents"},
        {"safe": "safe-2"},
        {"instance": "other.example"},
        {"epoch": 3},
        {"table": "case", "column": "stitle"},
        {"row": "row-1s", "safe": "afe-1"},
    ],
)
def test_a_text_moved_to_another_place_is_refused(change: dict[str, str]) -> None:
    sealed = seal_text(KEY, TITLE, place=PLACE)
    with pytest.raises(Damaged):
        open_text(KEY, sealed, place=replace(PLACE, **change))  # type: ignore[arg-type]


def test_another_safes_key_opens_nothing() -> None:
    with pytest.raises(Damaged):
        open_text(os.urandom(32), seal_text(KEY, TITLE, place=PLACE), place=PLACE)


def test_every_flipped_bit_and_every_cut_is_refused() -> None:
    sealed = seal_text(KEY, TITLE, place=PLACE)
    for bit in range(8 * len(sealed)):
        flipped = bytearray(sealed)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(Damaged):
            open_text(KEY, bytes(flipped), place=PLACE)
    for length in range(len(sealed)):
        with pytest.raises(Damaged):
            open_text(KEY, sealed[:length], place=PLACE)


def test_the_same_text_is_sealed_differently_each_time() -> None:
    assert len({seal_text(KEY, TITLE, place=PLACE) for _ in range(50)}) == 50


def test_short_names_have_one_length_and_long_texts_waste_an_eighth_at_most() -> None:
    assert {padded_length(n) for n in range(31)} == {32}
    for n in range(32, 100_000, 7):
        padded = padded_length(n)
        assert n < padded <= max(n + 1 + 32, (n + 1) * 1.125 + 1)
        assert padded_length(padded - 1) == padded
    assert len({padded_length(n) for n in range(65_536)}) < 80


def test_what_cannot_be_kept_is_said_in_a_sentence() -> None:
    with pytest.raises(VaultError, match="half a character"):
        seal_text(KEY, "\ud800", place=PLACE)
    with pytest.raises(VaultError, match="too long"):
        seal_text(KEY, "a" * (MAX_TEXT + 1), place=PLACE)


def test_a_kept_text_key_and_the_bare_key_are_the_same() -> None:
    kept = TextKey(KEY)
    assert open_text(KEY, seal_text(kept, TITLE, place=PLACE), place=PLACE) == TITLE
    assert open_text(kept, seal_text(KEY, TITLE, place=PLACE), place=PLACE) == TITLE
    assert KEY.hex() not in repr(kept)


def test_fifty_titles_of_fifty_safes_open_in_well_under_five_milliseconds() -> None:
    rows = []
    for n in range(50):
        key, place = os.urandom(32), replace(PLACE, row=f"row-{n}", safe=f"safe-{n}")
        rows.append((key, seal_text(key, TITLE, place=place), place))
    best = min(_timed(rows) for _ in range(5))
    assert best < 0.005


def _timed(rows: list[tuple[bytes, bytes, TextPlace]]) -> float:
    start = time.perf_counter()
    for key, sealed, place in rows:
        open_text(key, sealed, place=place)
    return time.perf_counter() - start

"""A segment finds what reading every text would find, and is read back as it was written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseflow.search.segments import MOST, Malformed, Segment, Text, write

WORDS = st.frozensets(st.text("abşç1", min_size=1, max_size=4), max_size=8)
TEXTS = st.lists(WORDS, max_size=12).map(
    lambda found: [Text(f"row-{number:012} {number}.7", words) for number, words in enumerate(found)]
)


@given(TEXTS, st.lists(st.text("abşç1", min_size=1, max_size=3), min_size=1, max_size=3))
def test_it_finds_what_reading_every_text_finds(texts, spellings):
    segment = Segment(write(texts))
    assert segment.read() == texts
    assert segment.keys == [text.key for text in texts]
    assert segment.matching(spellings) == {
        number
        for number, text in enumerate(texts)
        if any(each in word if len(each) > 1 else each == word for each in spellings for word in text.words)
    }


@given(TEXTS, st.data())
def test_what_is_cut_or_of_another_version_is_no_segment(texts, data):
    content = write(texts)
    cut = content[: data.draw(st.integers(0, len(content) - 1))]
    for spoilt in (cut, content + b"\0", b"\1" + content[1:]):
        with pytest.raises(Malformed):
            Segment(spoilt)


def test_it_holds_a_thousand_texts_and_no_more():
    with pytest.raises(ValueError, match="at most"):
        write([Text(str(number), frozenset()) for number in range(MOST + 1)])

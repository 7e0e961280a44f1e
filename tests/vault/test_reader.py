"""A sealed payload is read at random places, each chunk authenticated before any of it is given out."""

from __future__ import annotations

import io
import os
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caseflow.vault import stream
from caseflow.vault.errors import Damaged
from caseflow.vault.identity import Identity

CHUNK, SEALED = 65536, 65552
HER = Identity.generate()
DATA = os.urandom(35 * CHUNK + 123)


def payload_of(data: bytes) -> tuple[bytes, bytes]:
    out = io.BytesIO()
    with stream.SealingWriter(out, [HER.recipient]) as writer:
        writer.write(data)
    return out.getvalue(), writer.file_key


PAYLOAD, FILE_KEY = payload_of(DATA)


class Counting(io.BytesIO):
    """Counts what is read from it."""

    taken = 0

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        self.taken += len(data)
        return data


@given(
    st.lists(st.tuples(st.integers(0, len(DATA) + 10), st.integers(0, 3 * CHUNK)), max_size=8),
    st.sampled_from((io.SEEK_SET, io.SEEK_CUR, io.SEEK_END)),
)
@settings(max_examples=150, deadline=None)
def test_any_reading_at_any_place_gives_what_a_plain_file_gives(places: list[tuple[int, int]], whence: int) -> None:
    reader, plain = stream.PayloadReader(io.BytesIO(PAYLOAD), FILE_KEY), io.BytesIO(DATA)
    for place, length in places:
        offset = place - {io.SEEK_SET: 0, io.SEEK_CUR: plain.tell(), io.SEEK_END: len(DATA)}[whence]
        assert reader.seek(offset, whence) == plain.seek(offset, whence)
        assert reader.read(length) == plain.read(length)
        assert reader.tell() == plain.tell()


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 16 * CHUNK, 17 * CHUNK])
def test_the_size_is_known_at_once_and_true(size: int) -> None:
    payload, file_key = payload_of(DATA[:size])
    reader = stream.PayloadReader(io.BytesIO(payload), file_key)
    assert reader.size == size
    assert reader.read() == DATA[:size]
    assert reader.read(1) == b""


def test_one_place_costs_one_chunk_beside_the_last() -> None:
    source = Counting(PAYLOAD)
    reader = stream.PayloadReader(source, FILE_KEY)
    opened = source.taken
    assert opened <= 16 + SEALED
    reader.seek(20 * CHUNK + 5)
    assert reader.read(10) == DATA[20 * CHUNK + 5 :][:10]
    assert reader.read(10) == DATA[20 * CHUNK + 15 :][:10]
    assert source.taken - opened == SEALED


def test_a_payload_may_begin_anywhere_in_its_source() -> None:
    reader = stream.PayloadReader(io.BytesIO(b"front" + PAYLOAD), FILE_KEY, start=5)
    reader.seek(-7, io.SEEK_END)
    assert reader.read() == DATA[-7:]


def test_a_damaged_chunk_is_not_given_out_and_the_others_are() -> None:
    broken = bytearray(PAYLOAD)
    broken[16 + 4 * SEALED + 100] ^= 1
    reader = stream.PayloadReader(io.BytesIO(bytes(broken)), FILE_KEY)
    reader.seek(3 * CHUNK)
    assert reader.read(CHUNK) == DATA[3 * CHUNK : 4 * CHUNK]
    with pytest.raises(Damaged):
        reader.read(1)
    reader.seek(5 * CHUNK)
    assert reader.read(9) == DATA[5 * CHUNK :][:9]


def test_a_payload_cut_at_a_chunks_edge_is_refused_when_it_is_opened() -> None:
    with pytest.raises(Damaged):
        stream.PayloadReader(io.BytesIO(PAYLOAD[: 16 + 20 * SEALED]), FILE_KEY)


def test_a_wrong_file_key_opens_nothing() -> None:
    with pytest.raises(Damaged):
        stream.PayloadReader(io.BytesIO(PAYLOAD), bytes(16))


def test_it_is_a_file_like_any_other() -> None:
    with stream.PayloadReader(io.BytesIO(PAYLOAD), FILE_KEY) as reader:
        assert reader.readable()
        assert reader.seekable()
        assert not reader.writable()
        buffered = io.BufferedReader(reader, 10_000)
        places = random.Random(4).sample(range(len(DATA)), 50)
        for place in places:
            buffered.seek(place)
            assert buffered.read(17) == DATA[place : place + 17]
        with pytest.raises(ValueError, match="no such place"):
            reader.seek(-1)
    with pytest.raises(ValueError, match="closed"):
        reader.read(1)

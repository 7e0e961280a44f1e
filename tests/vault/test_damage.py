"""Whatever is flipped, cut, swapped or added, a file is refused, and only with the vault's own errors."""

from __future__ import annotations

import gc
import io
import itertools
import os
import threading

import pyrage
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caseflow.vault import armor, header, stream
from caseflow.vault.errors import Damaged, VaultError
from caseflow.vault.identity import Identity, Passphrase

CHUNK, SEALED = 65536, 65552
HER = Identity.generate()


def seal_detached(data: bytes) -> tuple[stream.SealingWriter, bytes]:
    payload = io.BytesIO()
    with stream.SealingWriter(payload, [HER.recipient]) as writer:
        writer.write(data)
    return writer, payload.getvalue()


def sealed(data: bytes) -> bytes:
    writer, payload = seal_detached(data)
    return writer.header + payload


def assert_refused(file: bytes) -> None:
    with pytest.raises(VaultError) as caught:
        stream.unseal(io.BytesIO(file), io.BytesIO(), [HER])
    assert str(caught.value).endswith(".")


def assert_payload_refused(payload: bytes, file_key: bytes) -> None:
    """Both readers refuse; the seekable one at the latest when everything has been read."""
    with pytest.raises(Damaged):
        stream.unseal_payload(io.BytesIO(payload), io.BytesIO(), file_key)
    with pytest.raises(Damaged):
        stream.PayloadReader(io.BytesIO(payload), file_key).read()


def test_every_single_flipped_bit_of_a_small_file_is_refused() -> None:
    file = sealed(b"the name of the witness")
    for bit in range(8 * len(file)):
        flipped = bytearray(file)
        flipped[bit // 8] ^= 1 << bit % 8
        assert_refused(bytes(flipped))


def test_every_truncation_of_a_small_file_is_refused() -> None:
    file = sealed(b"the name of the witness")
    for length in range(len(file)):
        assert_refused(file[:length])


def test_anything_added_is_refused() -> None:
    file = sealed(b"the name of the witness")
    for more in (b"\0", b"\n", bytes(16), bytes(SEALED), file):
        assert_refused(file + more)
    assert_refused(b"\n" + file)


def test_every_bit_near_every_edge_of_a_large_payload_counts() -> None:
    writer, payload = seal_detached(os.urandom(2 * CHUNK + 100))
    edges = [0, 16, 16 + SEALED, 16 + 2 * SEALED, len(payload)]
    for place in {p for edge in edges for p in range(edge - 17, edge + 17) if 0 <= p < len(payload)}:
        flipped = bytearray(payload)
        flipped[place] ^= 1 << place % 8
        assert_payload_refused(bytes(flipped), writer.file_key)


@pytest.mark.parametrize("chunks", [1, 2, 3, 16, 17, 33])
@pytest.mark.parametrize("rest", [0, 1])
def test_a_payload_cut_or_extended_near_a_chunks_edge_is_refused(chunks: int, rest: int) -> None:
    writer, payload = seal_detached(os.urandom(chunks * CHUNK + rest))
    for edge in {16 + SEALED * n for n in (0, 1, chunks - 1, chunks)}:
        for length in (edge - 1, edge, edge + 1, edge + 15, edge + 16, edge + 17):
            if 0 <= length < len(payload):
                assert_payload_refused(payload[:length], writer.file_key)
    for more in (b"\0", bytes(16), bytes(17), payload[16 : 16 + SEALED], payload[-SEALED:]):
        assert_payload_refused(payload + more, writer.file_key)


def test_every_other_order_of_the_chunks_is_refused() -> None:
    writer, payload = seal_detached(os.urandom(4 * CHUNK))
    chunks = [payload[16 + n * SEALED : 16 + (n + 1) * SEALED] for n in range(4)]
    for length in range(5):
        for order in itertools.permutations(range(4), length):
            if order != (0, 1, 2, 3):
                assert_payload_refused(payload[:16] + b"".join(chunks[n] for n in order), writer.file_key)
    for doubled in range(4):
        order = sorted([0, 1, 2, 3, doubled])
        assert_payload_refused(payload[:16] + b"".join(chunks[n] for n in order), writer.file_key)


def test_chunks_far_apart_cannot_change_places() -> None:
    writer, payload = seal_detached(os.urandom(20 * CHUNK))
    chunks = [payload[16 + n * SEALED : 16 + (n + 1) * SEALED] for n in range(20)]
    for one, other in ((0, 16), (1, 17), (15, 16), (3, 19), (0, 19)):
        swapped = chunks.copy()
        swapped[one], swapped[other] = chunks[other], chunks[one]
        assert_payload_refused(payload[:16] + b"".join(swapped), writer.file_key)


def test_a_payload_does_not_open_under_another_header() -> None:
    (first, _), (_, payload) = seal_detached(b"one"), seal_detached(b"other")
    assert_refused(first.header + payload)


def test_nothing_is_written_before_the_right_key_is_found() -> None:
    out = io.BytesIO()
    with pytest.raises(VaultError):
        stream.unseal(io.BytesIO(sealed(b"secret")), out, [Identity.generate()])
    assert out.getvalue() == b""


def test_a_writer_that_broke_off_leaves_nothing_that_opens() -> None:
    payload = io.BytesIO()
    writer = stream.SealingWriter(payload, [HER.recipient])

    def upload() -> None:
        with writer:
            writer.write(os.urandom(3 * 1024 * 1024))
            raise OSError("the line went dead")

    with pytest.raises(OSError, match="the line went dead"):
        upload()
    writer.close()
    assert_payload_refused(payload.getvalue(), writer.file_key)
    with pytest.raises(ValueError, match="closed"):
        writer.write(b"more")


def test_a_writer_that_is_dropped_leaves_no_thread_behind() -> None:
    before = set(threading.enumerate())
    writer = stream.SealingWriter(io.BytesIO(), [HER.recipient])
    writer.write(bytes(3 * 1024 * 1024))
    threads = set(threading.enumerate()) - before
    assert {thread.name for thread in threads} == {"sha256"}
    del writer
    gc.collect()
    for thread in threads:
        thread.join(timeout=5)
    assert not any(thread.is_alive() for thread in threads)


def test_a_sink_that_fails_closes_the_writer_for_good() -> None:
    class Full(io.BytesIO):
        def write(self, data: memoryview) -> int:  # type: ignore[override]
            raise OSError("no space left")

    writer = stream.SealingWriter(Full(), [HER.recipient])
    with pytest.raises(OSError, match="no space"):
        writer.write(bytes(3 * 1024 * 1024))
    with pytest.raises(ValueError, match="closed"):
        writer.write(b"x")
    writer.close()
    assert writer.sha256_plain == ""


def test_a_header_that_does_not_end_is_refused_after_64_kib() -> None:
    class Endless:
        given = 0

        def read(self, size: int) -> bytes:
            self.given += size
            return b"age-encryption.org/v1\n" + b"x" * (size - 22) if self.given == size else b"x" * size

    source = Endless()
    with pytest.raises(Damaged, match="too long"):
        stream.unseal(source, io.BytesIO(), [HER])
    assert source.given < 80_000


def test_a_header_that_names_too_many_recipients_is_refused() -> None:
    stanza = b"-> x\n\n"
    many = b"age-encryption.org/v1\n" + stanza * 300 + b"--- " + b"A" * 43 + b"\n"
    with pytest.raises(Damaged, match="too many"):
        header.open(many, [HER])


@given(st.binary(max_size=400))
@settings(max_examples=300, deadline=None)
def test_noise_is_refused_with_our_own_error_only(noise: bytes) -> None:
    for attempt in (
        lambda: header.open(noise, [HER]),
        lambda: header.open(b"age-encryption.org/v1\n-> " + noise, [HER, Passphrase("x", max_work_factor=1)]),
        lambda: armor.decode(noise),
        lambda: stream.unseal_payload(io.BytesIO(noise), io.BytesIO(), bytes(16)),
        lambda: stream.PayloadReader(io.BytesIO(noise), bytes(16)),
        lambda: Identity.parse(noise.decode("latin-1")),
    ):
        with pytest.raises(VaultError):
            attempt()


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_vault_and_pyrage_agree_on_mutated_files(data: st.DataObject) -> None:
    """What the oracle refuses is refused here, and what it accepts is accepted with the same content."""
    file = bytearray(BASE)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(file) - 1))
        kind = data.draw(st.sampled_from(("set", "cut", "add")))
        if kind == "set":
            file[at] = data.draw(st.integers(0, 255))
        elif kind == "cut" and len(file) > 1:
            del file[at]
        else:
            file.insert(at, data.draw(st.sampled_from(b"\n\r -=>A0\x00")))
    out = io.BytesIO()
    try:
        stream.unseal(io.BytesIO(bytes(file)), out, [HER])
        ours: bytes | None = out.getvalue()
    except VaultError:
        ours = None
    try:
        theirs = pyrage.decrypt(bytes(file), [pyrage.x25519.Identity.from_str(str(HER))])
    except pyrage.DecryptError:
        theirs = None
    assert ours == theirs


BASE = sealed(b"as the oracle sees it")

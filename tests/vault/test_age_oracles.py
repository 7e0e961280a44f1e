"""Files sealed here open with pyrage and the age command, and theirs open here."""

from __future__ import annotations

import hashlib
import io
import itertools
import os
import shutil
import subprocess
from pathlib import Path

import pyrage
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caseflow.vault import armor, header, stream
from caseflow.vault.errors import Damaged, WrongKey
from caseflow.vault.identity import Identity, Passphrase

CHUNK = 65536
SIZES = [0, 1, 65535, 65536, 65537, 2 * CHUNK, 16 * CHUNK - 1, 16 * CHUNK, 16 * CHUNK + 1, 32 * CHUNK, 3 * 1024 * 1024]
HER = Identity.generate()
HIS = Identity.generate()
AGE = shutil.which("age")
needs_age = pytest.mark.skipif(AGE is None, reason="the age command is not installed; pyrage still stands as an oracle")


def sealed(data: bytes, *recipients: str | Passphrase) -> bytes:
    out = io.BytesIO()
    stream.seal(io.BytesIO(data), out, list(recipients) or [HER.recipient])
    return out.getvalue()


def unsealed(data: bytes, *identities: Identity | Passphrase) -> bytes:
    out = io.BytesIO()
    stream.unseal(io.BytesIO(data), out, list(identities) or [HER])
    return out.getvalue()


def rage_identity(identity: Identity) -> pyrage.x25519.Identity:
    return pyrage.x25519.Identity.from_str(str(identity))


def rage_recipient(identity: Identity) -> pyrage.x25519.Recipient:
    return pyrage.x25519.Recipient.from_str(identity.recipient)


@pytest.mark.parametrize("size", SIZES)
def test_pyrage_opens_what_is_sealed_here(size: int) -> None:
    data = os.urandom(size)
    assert pyrage.decrypt(sealed(data), [rage_identity(HER)]) == data


@pytest.mark.parametrize("size", SIZES)
def test_what_pyrage_sealed_opens_here(size: int) -> None:
    data = os.urandom(size)
    assert unsealed(pyrage.encrypt(data, [rage_recipient(HER)])) == data


@needs_age
@pytest.mark.parametrize("size", SIZES)
def test_the_age_command_and_the_vault_open_each_others_files(size: int, tmp_path: Path) -> None:
    data = os.urandom(size)
    key = tmp_path / "key"
    key.write_text(f"{HER}\n")
    ours = subprocess.run([str(AGE), "-d", "-i", str(key)], input=sealed(data), capture_output=True, check=True)
    assert ours.stdout == data
    theirs = subprocess.run([str(AGE), "-r", HER.recipient], input=data, capture_output=True, check=True)
    assert unsealed(theirs.stdout) == data
    armored = subprocess.run([str(AGE), "-a", "-r", HER.recipient], input=data, capture_output=True, check=True)
    assert unsealed(armor.decode(armored.stdout)) == data


@pytest.mark.parametrize("size", SIZES)
def test_a_detached_header_and_its_payload_joined_are_an_age_file(size: int) -> None:
    data = os.urandom(size)
    payload = io.BytesIO()
    with stream.SealingWriter(payload, [HER.recipient]) as writer:
        for start in range(0, size, 50_000):
            writer.write(memoryview(data)[start : start + 50_000])
    kept = payload.getvalue()
    assert pyrage.decrypt(writer.header + kept, [rage_identity(HER)]) == data
    assert (writer.plain_size, writer.sealed_size) == (size, len(kept)) == (size, stream.sealed_size(size))
    assert stream.plain_size(len(kept)) == size
    assert writer.sha256_plain == hashlib.sha256(data).hexdigest()
    assert writer.sha256_sealed == hashlib.sha256(kept).hexdigest()


def test_a_file_is_headed_anew_without_touching_its_payload() -> None:
    payload = io.BytesIO()
    with stream.SealingWriter(payload, [HER.recipient]) as writer:
        writer.write(b"what the witness said")
    file_key = header.open(writer.header, [HER])
    anew = header.seal_to(file_key, [HIS.recipient])
    assert pyrage.decrypt(anew + payload.getvalue(), [rage_identity(HIS)]) == b"what the witness said"
    with pytest.raises(WrongKey):
        header.open(anew, [HER])


def test_every_one_of_several_recipients_opens_a_file() -> None:
    both = sealed(b"joint", HER.recipient, HIS.recipient)
    assert unsealed(both, HER) == unsealed(both, HIS) == unsealed(both, Identity.generate(), HIS) == b"joint"
    assert pyrage.decrypt(both, [rage_identity(HIS)]) == b"joint"
    with pytest.raises(WrongKey, match="keys at hand"):
        unsealed(both, Identity.generate())


def test_passphrase_files_pass_both_ways() -> None:
    words = Passphrase("пять слов и ещё одно", work_factor=10, max_work_factor=22)
    assert pyrage.passphrase.decrypt(sealed(b"under words", words), words.text) == b"under words"
    assert unsealed(pyrage.passphrase.encrypt(b"under words", words.text), words) == b"under words"
    with pytest.raises(WrongKey):
        unsealed(sealed(b"under words", words), Passphrase("другие слова"))


def test_a_passphrase_that_asks_for_too_much_work_is_refused_before_it_is_done() -> None:
    dear = sealed(b"", Passphrase("words", work_factor=12))
    with pytest.raises(Damaged, match="more work"):
        unsealed(dear, Passphrase("words", max_work_factor=11))


def test_a_passphrase_stands_alone() -> None:
    with pytest.raises(ValueError, match="only recipient"):
        sealed(b"", HER.recipient, Passphrase("words"))
    with pytest.raises(ValueError, match="between 1 and"):
        stream.seal(io.BytesIO(), io.BytesIO(), [])


def test_armor_passes_both_ways() -> None:
    assert unsealed(armor.decode(pyrage.encrypt(b"text", [rage_recipient(HER)], armored=True))) == b"text"
    assert pyrage.decrypt(armor.encode(sealed(b"text")).encode(), [rage_identity(HER)]) == b"text"


def test_identities_are_written_and_read_as_age_does() -> None:
    theirs = pyrage.x25519.Identity.generate()
    assert Identity.parse(str(theirs)).recipient == str(theirs.to_public())
    assert str(Identity.parse(str(theirs))) == str(theirs)
    assert str(HER) not in repr(HER)
    assert HER.recipient in repr(HER)


@given(data=st.binary(max_size=200_000), cuts=st.lists(st.integers(0, 200_000), max_size=6))
@settings(max_examples=40, deadline=None)
def test_however_it_is_cut_into_writes_the_same_comes_back(data: bytes, cuts: list[int]) -> None:
    payload = io.BytesIO()
    writer = stream.SealingWriter(payload, [HER.recipient])
    edges = [0, *sorted(cuts), len(data)]
    for start, end in itertools.pairwise(edges):
        writer.write(data[start:end])
    writer.close()
    out = io.BytesIO()
    assert stream.unseal_payload(io.BytesIO(payload.getvalue()), out, writer.file_key) == len(data)
    assert out.getvalue() == data


class Trickle(io.RawIOBase):
    """A raw source and sink that takes and gives little at a time, as sockets and pipes do."""

    def __init__(self, data: bytes = b"") -> None:
        self.inner = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        part = self.inner.read(min(len(buffer), 4097))
        buffer[: len(part)] = part
        return len(part)

    def write(self, data: memoryview) -> int:  # type: ignore[override]
        return self.inner.write(data[:30_001])


class OnlyRead:
    """A source that has `read` and nothing else, as a request's stream may."""

    def __init__(self, data: bytes) -> None:
        self.inner = io.BytesIO(data)

    def read(self, size: int) -> bytes:
        return self.inner.read(min(size, 70_000))


@pytest.mark.parametrize("size", [0, 5, CHUNK, 16 * CHUNK, 40 * CHUNK + 3])
def test_sources_that_give_and_sinks_that_take_little_at_a_time_do(size: int) -> None:
    data = os.urandom(size)
    for source in (Trickle, OnlyRead):
        file, plain = Trickle(), Trickle()
        stream.seal(source(data), file, [HER.recipient])
        whole = file.inner.getvalue()
        assert pyrage.decrypt(whole, [rage_identity(HER)]) == data
        stream.unseal(source(whole), plain, [HER])
        assert plain.inner.getvalue() == data

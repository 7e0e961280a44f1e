"""The geometry of an age payload: a nonce, then chunks of 64 KiB, each sealed under its number and whether it is last.

Source: C2SP age v1, "Payload"; the construction is STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from caseflow.vault.errors import Damaged
from caseflow.vault.fields import TAG_LENGTH, derive_key, exactly
from caseflow.vault.stanza import FILE_KEY_LENGTH

CHUNK = 64 * 1024
SEALED_CHUNK = CHUNK + TAG_LENGTH
NONCE = 16
BATCH = 16  # chunks handled at once: 1 MiB
PLAIN_BATCH = BATCH * CHUNK
SEALED_BATCH = BATCH * SEALED_CHUNK
CUT = "The sealed file is cut short."
ALTERED = "The sealed file was altered, cut or extended."


class Sink(Protocol):
    """What is written to: a binary file object."""

    def write(self, data: memoryview, /) -> object:
        """Write the bytes; a raw file may take fewer and say how many."""


def write_all(dst: Sink, data: memoryview) -> None:
    """Write every byte, also to a raw file that takes fewer at a time.

    In pieces of one chunk: larger writes make Linux look for large free pages for its cache, which took three times as
    long on a machine that gives free memory back to its host.
    """
    start = 0
    while start < len(data) or start == 0:
        piece = data[start : start + CHUNK]
        taken = dst.write(piece)
        start += taken if isinstance(taken, int) and 0 <= taken < len(piece) else max(len(piece), 1)


def payload_cipher(file_key: bytes, nonce: bytes) -> ChaCha20Poly1305:
    """Return the cipher of one payload: HKDF(file key, salt = payload nonce, info = "payload")."""
    return ChaCha20Poly1305(derive_key(exactly(file_key, FILE_KEY_LENGTH, "a file key"), b"payload", salt=nonce))


def chunk_nonce(number: int, *, last: bool) -> bytes:
    """Return the nonce of a chunk: its number in 11 bytes, big-endian, and 1 for the last chunk."""
    return number.to_bytes(11, "big") + (b"\x01" if last else b"\x00")


def seal_chunks(cipher: ChaCha20Poly1305, first: int, plain: memoryview, sealed: memoryview, *, last: bool) -> int:
    """Seal a run of chunks from number `first` into `sealed`; return the bytes written. `last`: the run ends the file.

    Only the last run may end with a short chunk, and only an empty file has an empty one.
    """
    written = 0
    ends = range(CHUNK, max(len(plain), 1) + CHUNK, CHUNK)
    for number, end in enumerate(ends, first):
        chunk = plain[end - CHUNK : end]
        nonce = chunk_nonce(number, last=last and end >= len(plain))
        written += cipher.encrypt_into(nonce, chunk, None, sealed[written : written + len(chunk) + TAG_LENGTH])
    return written


def open_chunks(cipher: ChaCha20Poly1305, first: int, sealed: memoryview, plain: memoryview, *, last: bool) -> int:
    """Open a run of chunks from number `first` into `plain`; return the bytes written. Raises Damaged."""
    written = 0
    for number, (start, end) in enumerate(_spans(len(sealed)), first):
        size = end - start - TAG_LENGTH
        if size < 0 or (size == 0 and number > 0):
            raise Damaged(CUT)
        nonce = chunk_nonce(number, last=last and end == len(sealed))
        try:
            written += cipher.decrypt_into(nonce, sealed[start:end], None, plain[written : written + size])
        except InvalidTag:
            raise Damaged(ALTERED) from None
    return written


def plain_size(sealed_size: int) -> int:
    """Return how many bytes a detached payload of `sealed_size` bytes (nonce included) gives. Raises Damaged."""
    body = sealed_size - NONCE
    if body < TAG_LENGTH:
        raise Damaged(CUT)
    chunks = -(-body // SEALED_CHUNK)
    rest = body - (chunks - 1) * SEALED_CHUNK
    if rest < TAG_LENGTH or (rest == TAG_LENGTH and chunks > 1):
        raise Damaged(CUT)
    return body - chunks * TAG_LENGTH


def sealed_size(plain: int) -> int:
    """Return the length of the detached payload (nonce included) of `plain` bytes."""
    return NONCE + plain + max(1, -(-plain // CHUNK)) * TAG_LENGTH


def sealed_span(start: int, end: int) -> tuple[int, int]:
    """Return where the chunks begin and end, in a detached payload, that hold the plaintext from `start` to `end`."""
    return NONCE + start // CHUNK * SEALED_CHUNK, NONCE + -(-end // CHUNK) * SEALED_CHUNK


def _spans(length: int) -> Iterator[tuple[int, int]]:
    for start in range(0, max(length, 1), SEALED_CHUNK):
        yield start, min(start + SEALED_CHUNK, length)

"""The header of an age file: who can open it. Separate from the payload, so that a file can change hands unread.

`seal_to` heads an existing file key anew; the payload, with its 16-byte nonce in front, is not touched.
Header and payload, joined, are exactly one age v1 file. Source: C2SP age v1, "Header".
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from caseflow.vault.errors import Damaged, WrongKey
from caseflow.vault.fields import derive_key, exactly
from caseflow.vault.identity import Identity, Passphrase, Recipient
from caseflow.vault.stanza import COLUMNS, FILE_KEY_LENGTH, MALFORMED, Stanza, decode64, encode64

VERSION_LINE = b"age-encryption.org/v1\n"
MAC_MARK = b"---"
MAX_HEADER = 64 * 1024  # bytes; a header of one safe has about 200
MAX_STANZAS = 256
MAX_ARGUMENTS = 16

AnyRecipient = str | Recipient | Passphrase
AnyIdentity = Identity | Passphrase


class Source(Protocol):
    """What is read from: a binary file object."""

    def read(self, size: int, /) -> bytes | None:
        """Return up to `size` bytes, none at the end."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A header in parts; `covered` is what its MAC covers (through the mark `---`)."""

    stanzas: tuple[Stanza, ...]
    covered: bytes
    mac: bytes


def seal_to(file_key: bytes, recipients: Sequence[AnyRecipient]) -> bytes:
    """Return a complete header (with its MAC line) that gives `file_key` (16 bytes) to every recipient.

    Raises ValueError without recipients, or with a passphrase beside others; Damaged for a text that is no recipient.
    """
    exactly(file_key, FILE_KEY_LENGTH, "a file key")
    known = [Recipient.parse(one) if isinstance(one, str) else one for one in recipients]
    if not known or len(known) > MAX_STANZAS:
        raise ValueError(f"a file is sealed to between 1 and {MAX_STANZAS} recipients")
    if len(known) > 1 and any(isinstance(one, Passphrase) for one in known):
        raise ValueError("a passphrase must be a file's only recipient")
    covered = VERSION_LINE + b"".join(one.wrap(file_key).encoded() for one in known) + MAC_MARK
    return covered + b" " + encode64(_mac(file_key, covered)).encode("ascii") + b"\n"


def open(header: bytes, identities: Sequence[AnyIdentity]) -> bytes:  # noqa: A001 -- read as header.open
    """Return the file key (16 bytes). Raises WrongKey if no identity fits, Damaged if malformed or the MAC is wrong."""
    parsed = parse(header)
    for identity in identities:
        file_key = identity.unwrap(parsed.stanzas)
        if file_key is None:
            continue
        if not hmac.compare_digest(_mac(file_key, parsed.covered), parsed.mac):
            raise Damaged("The header of the sealed file was altered.")
        return file_key
    raise WrongKey("None of the keys at hand opens this file.")


def parse(header: bytes) -> Parsed:
    """Read exactly one header, strictly. Raises Damaged, also for a byte too much."""
    if len(header) > MAX_HEADER:
        raise Damaged("The header of the sealed file is too long.")
    if not header.startswith(VERSION_LINE):
        raise Damaged("This is not an age v1 file.")
    if not header.endswith(b"\n"):
        raise Damaged(MALFORMED)
    lines = header[len(VERSION_LINE) : -1].split(b"\n")
    stanzas: list[Stanza] = []
    at = 0
    while at < len(lines) and lines[at].startswith(b"-> "):
        if len(stanzas) == MAX_STANZAS:
            raise Damaged("The header of the sealed file names too many recipients.")
        stanza, at = _parse_stanza(lines, at)
        stanzas.append(stanza)
    if at != len(lines) - 1 or not stanzas or not lines[at].startswith(MAC_MARK + b" "):
        raise Damaged(MALFORMED)
    mac = decode64(_ascii(lines[at][len(MAC_MARK) + 1 :]))
    if len(mac) != 32:
        raise Damaged(MALFORMED)
    if len(stanzas) > 1 and any(stanza.kind == "scrypt" for stanza in stanzas):
        raise Damaged("The header of the sealed file mixes a passphrase with other recipients.")
    covered = header[: len(header) - len(lines[at]) - 1 + len(MAC_MARK)]
    return Parsed(tuple(stanzas), covered, mac)


def read(src: Source) -> tuple[bytes, bytes]:
    """Read a header from the start of a whole age file: (header, bytes already read of the payload).

    Raises Damaged if the header does not end within 64 KiB.
    """
    held = bytearray()
    while len(held) <= MAX_HEADER:
        if not VERSION_LINE.startswith(bytes(held[: len(VERSION_LINE)])) and not held.startswith(VERSION_LINE):
            raise Damaged("This is not an age v1 file.")
        mark = held.find(b"\n" + MAC_MARK)
        end = held.find(b"\n", mark + 1) if mark >= 0 else -1
        if end >= 0:
            return bytes(held[: end + 1]), bytes(held[end + 1 :])
        data = src.read(4096)
        if not data:
            raise Damaged("The header of the sealed file is cut short.")
        held += data
    raise Damaged("The header of the sealed file is too long.")


def _parse_stanza(lines: list[bytes], at: int) -> tuple[Stanza, int]:
    words = _ascii(lines[at]).split(" ")[1:]
    if len(words) > MAX_ARGUMENTS or not all(words):
        raise Damaged(MALFORMED)
    body: list[str] = []
    for end, raw in enumerate(lines[at + 1 :], at + 2):
        line = _ascii(raw)
        body.append(line)
        if len(line) < COLUMNS:
            return Stanza(words[0], tuple(words[1:]), decode64("".join(body))), end
        if len(line) > COLUMNS:
            break
    raise Damaged(MALFORMED)


def _ascii(line: bytes) -> str:
    """Return the line as text. Raises Damaged for anything but printable ASCII and spaces."""
    text = line.decode("ascii", "replace")
    if not (line.isascii() and text.isprintable()):
        raise Damaged(MALFORMED)
    return text


def _mac(file_key: bytes, covered: bytes) -> bytes:
    return hmac.digest(derive_key(file_key, b"header"), covered, "sha256")

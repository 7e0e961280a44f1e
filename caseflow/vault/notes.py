"""C2SP signed notes: a short text with Ed25519 signatures below it, as used for the ledger's checkpoints.

Source: C2SP signed-note (https://c2sp.org/signed-note). Signature lines of unknown names are allowed and ignored.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from caseflow.vault import signatures
from caseflow.vault.errors import Damaged, WrongKey
from caseflow.vault.fields import exactly

ED25519 = b"\x01"
KEY_ID_LENGTH = 4
MAX_NOTE = 1_000_000
MAX_SIGNATURES = 100
LINE_START = "\u2014 "  # em dash, space
MALFORMED = "The signed note is malformed."


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: the signer's name, four bytes naming the key, the signature."""

    name: str
    key_id: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """A parsed, not yet verified note; `text` includes its final line break."""

    text: str
    signatures: tuple[Signature, ...]


def sign_note(text: str, name: str, key: bytes) -> str:
    """Return `text` with one signature by `name`; `key` is an Ed25519 seed of 32 bytes.

    Raises ValueError if the text does not end with a line break, holds control characters, or the name is not allowed.
    """
    if not _is_text(text):
        raise ValueError("a note's text ends with a line break and holds no control characters")
    return f"{text}\n{signature_line(text, name, key)}"


def signature_line(text: str, name: str, key: bytes) -> str:
    """Return the line by which one more signer (a witness) signs the same text."""
    private = Ed25519PrivateKey.from_private_bytes(exactly(key, 32, "an Ed25519 seed"))
    identifier = key_id(name, private.public_key().public_bytes_raw())
    signed = base64.b64encode(identifier + private.sign(text.encode())).decode("ascii")
    return f"{LINE_START}{name} {signed}\n"


def public_of(key: bytes) -> bytes:
    """Return the Ed25519 public key (32 bytes) of a seed of 32 bytes."""
    return Ed25519PrivateKey.from_private_bytes(exactly(key, 32, "an Ed25519 seed")).public_key().public_bytes_raw()


def verify_note(note: str | bytes, name: str, public: bytes) -> str:
    """Return the note's text if `name` signed it with the Ed25519 key `public` (32 bytes).

    Raises Damaged if the note is malformed or the signature is wrong, WrongKey if that key did not sign it.
    """
    parsed = parse_note(note)
    identifier = key_id(name, public)
    for line in parsed.signatures:
        if line.name == name and line.key_id == identifier:
            signatures.verify(public, parsed.text.encode(), line.signature)
            return parsed.text
    raise WrongKey("The note is not signed by the expected key.")


def parse_note(note: str | bytes) -> Note:
    """Read a note without verifying anything. Raises Damaged."""
    if len(note) > MAX_NOTE:
        raise Damaged("The signed note is too long.")
    try:
        data = note if isinstance(note, bytes) else note.encode()
        whole = data.decode()
    except UnicodeError:
        raise Damaged(MALFORMED) from None
    if len(data) > MAX_NOTE:  # a text of a million letters may be four million bytes
        raise Damaged("The signed note is too long.")
    split = whole.rfind("\n\n")
    text, below = whole[: split + 1], whole[split + 2 :]
    if split < 0 or not _is_text(text) or not below.endswith("\n"):
        raise Damaged(MALFORMED)
    lines = below[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise Damaged("The signed note has too many signatures.")
    return Note(text, tuple(_parse_line(line) for line in lines))


def key_id(name: str, public: bytes) -> bytes:
    """Return the four bytes that name a key. Raises ValueError for a name that is not allowed."""
    if not _is_name(name):
        raise ValueError("a signer's name is not empty and holds neither spaces nor plus signs")
    exactly(public, 32, "an Ed25519 public key")
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public).digest()[:KEY_ID_LENGTH]


def verifier_key(name: str, public: bytes) -> str:
    """Return the text form of a public key: `name+hex key id+base64`."""
    return f"{name}+{key_id(name, public).hex()}+{base64.b64encode(ED25519 + public).decode('ascii')}"


def parse_verifier_key(text: str) -> tuple[str, bytes]:
    """Return (name, public key of 32 bytes). Raises Damaged, also for a second spelling of the same key."""
    parts = text.split("+", 2)
    try:
        name, identifier, key = parts[0], bytes.fromhex(parts[1]), _decode64(parts[2])
    except (ValueError, IndexError):
        raise Damaged("This is not the text of a verifier key.") from None
    if not _is_name(name) or len(key) != 33 or key[:1] != ED25519 or key_id(name, key[1:]) != identifier:
        raise Damaged("This is not the text of a verifier key.")
    if verifier_key(name, key[1:]) != text:
        raise Damaged("This is not the text of a verifier key.")
    return name, key[1:]


def _parse_line(line: str) -> Signature:
    name, space, encoded = line.removeprefix(LINE_START).rpartition(" ")
    if not line.startswith(LINE_START) or not space or not _is_name(name):
        raise Damaged(MALFORMED)
    data = _decode64(encoded)
    if len(data) <= KEY_ID_LENGTH:
        raise Damaged(MALFORMED)
    return Signature(name, data[:KEY_ID_LENGTH], data[KEY_ID_LENGTH:])


def _decode64(text: str) -> bytes:
    try:
        data = binascii.a2b_base64(text.encode("ascii"), strict_mode=True)
    except (ValueError, binascii.Error):
        raise Damaged(MALFORMED) from None
    if base64.b64encode(data).decode("ascii") != text:
        raise Damaged(MALFORMED)
    return data


def _is_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(c.isspace() or ord(c) < 0x20 for c in name)


def _is_text(text: str) -> bool:
    return text.endswith("\n") and not any((ord(c) < 0x20 and c != "\n") or ord(c) == 0x7F for c in text)

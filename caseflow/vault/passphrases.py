"""From a passphrase to a member's seed: one Argon2id run gives a verifier and a wrapping key.

The run costs 64 MiB and about 0.15 s; whoever calls it must bound how many run at once. Verifier and wrapping key are
both bound to the pepper, which is kept outside the database, so a stolen database does not even allow guessing.
Source: RFC 9106 (second recommended option: 64 MiB, t=3, p=4).
"""

from __future__ import annotations

import hmac
import struct
import unicodedata
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from caseflow.vault.errors import Damaged, VaultError, WrongKey
from caseflow.vault.fields import Secret, derive_key, exactly, fields, open_box, seal_box, utf8

SALT_LENGTH = 16
PEPPER_LENGTH = 32
MAX_PASSPHRASE = 1024  # characters
SEED_VERSION = 1
SEED_LABEL = "caseflow/v1/member"
PARAMETERS_FORM = struct.Struct(">BIBB")
PARAMETERS_VERSION = 1
MAX_MEMORY = 1024 * 1024  # KiB
MAX_ITERATIONS = 16
MAX_LANES = 16


@dataclass(frozen=True, slots=True)
class KdfParameters:
    """What an Argon2id run costs; stored beside the salt, so that it can be raised at the next sign-in.

    `memory` in KiB (up to 1 GiB), `iterations` and `lanes` up to 16. Bytes: version 1, memory (4), iterations, lanes.
    """

    memory: int
    iterations: int
    lanes: int

    def __post_init__(self) -> None:
        if not (
            8 * self.lanes <= self.memory <= MAX_MEMORY
            and 1 <= self.iterations <= MAX_ITERATIONS
            and 1 <= self.lanes <= MAX_LANES
        ):
            raise ValueError("these Argon2id parameters are out of bounds")

    def to_bytes(self) -> bytes:
        """Return 7 bytes."""
        return PARAMETERS_FORM.pack(PARAMETERS_VERSION, self.memory, self.iterations, self.lanes)

    @classmethod
    def from_bytes(cls, data: bytes) -> KdfParameters:
        """Read 7 bytes. Raises Damaged for another form or numbers out of bounds."""
        if len(data) != PARAMETERS_FORM.size or data[0] != PARAMETERS_VERSION:
            raise Damaged("The parameters of the passphrase are of an unknown form.")
        _, memory, iterations, lanes = PARAMETERS_FORM.unpack(data)
        try:
            return cls(memory, iterations, lanes)
        except ValueError:
            raise Damaged("The parameters of the passphrase are out of bounds.") from None


STANDARD = KdfParameters(memory=64 * 1024, iterations=3, lanes=4)
FAST_FOR_TESTS = KdfParameters(memory=64, iterations=1, lanes=1)


@dataclass(frozen=True, slots=True, eq=False)
class Derived(Secret):
    """The two halves of one run: `a` proves the passphrase, `k` opens the seed."""

    a: bytes = field(repr=False)
    k: bytes = field(repr=False)

    def _secret(self) -> bytes:
        return self.a + self.k


def derive(passphrase: str, salt: bytes, parameters: KdfParameters = STANDARD) -> Derived:
    """Return both halves (32 bytes each) for a salt of 16 bytes.

    The passphrase is read in Unicode form NFC, so that keyboards that compose letters differently agree; nothing is
    trimmed or folded. Raises VaultError above 1024 characters, before any work.
    """
    exactly(salt, SALT_LENGTH, "a salt")
    if len(passphrase) > MAX_PASSPHRASE:
        raise VaultError("A passphrase has at most 1024 characters.")
    material = utf8(unicodedata.normalize("NFC", passphrase))
    kdf = Argon2id(
        salt=salt,
        length=64,
        iterations=parameters.iterations,
        lanes=parameters.lanes,
        memory_cost=parameters.memory,
    )
    out = kdf.derive(material)
    return Derived(out[:32], out[32:])


def verifier(a: bytes, pepper: bytes) -> bytes:
    """Return what the database keeps to recognise the passphrase: HMAC-SHA256(pepper, a), 32 bytes."""
    return hmac.digest(exactly(pepper, PEPPER_LENGTH, "a pepper"), exactly(a, 32, "half a run"), "sha256")


def verify(stored: bytes, a: bytes, pepper: bytes) -> bool:
    """Return whether `a` is of the passphrase whose verifier was stored; in the same time either way."""
    return hmac.compare_digest(stored, verifier(a, pepper))


def wrap_seed(seed: bytes, k: bytes, pepper: bytes, member: str, epoch: int) -> bytes:
    """Return the seed sealed under the passphrase and the pepper (61 bytes).

    `epoch` counts the member's passphrases; who keeps the wraps compares it with what was told when the last one was made.
    """
    exactly(seed, 32, "an identity seed")
    return seal_box(_cipher(k, pepper, member, epoch), SEED_VERSION, seed, _place(member, epoch))


def unwrap_seed(wrapped: bytes, k: bytes, pepper: bytes, member: str, epoch: int) -> bytes:
    """Return the seed. Raises WrongKey if passphrase, pepper, member or epoch do not fit; Damaged if malformed."""
    seed = open_box(_cipher(k, pepper, member, epoch), SEED_VERSION, wrapped, _place(member, epoch))
    if seed is None:
        raise WrongKey("The passphrase does not open this member's keys.")
    return seed


def _cipher(k: bytes, pepper: bytes, member: str, epoch: int) -> ChaCha20Poly1305:
    exactly(pepper, PEPPER_LENGTH, "a pepper")
    return ChaCha20Poly1305(derive_key(exactly(k, 32, "half a run"), _place(member, epoch), salt=pepper))


def _place(member: str, epoch: int) -> bytes:
    return fields(SEED_LABEL, member, epoch)

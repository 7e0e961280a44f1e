"""A decryptor written from docs/formats.md alone, for who has taken some things and not others. Nothing of caseflow is used.

It is generous to the thief: every secret it has or finds is tried as every kind of key, until nothing new opens.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import sqlite3
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

import pyrage
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

HPKE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
NOTHING = bytes(32)


@dataclass
class Loot:
    """What was taken; None for what was not."""

    database: Path | None = None
    store: Path | None = None
    pepper: bytes | None = None
    cookie: str | None = None
    passphrase: str | None = None


@dataclass
class Opened:
    """What came of it. Texts by (table, column, row id), files by id."""

    metadata: set[str] = field(default_factory=set)
    guessed: str | None = None
    texts: dict[tuple[str, str, str], str] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)


def enc(*values: str | bytes | int) -> bytes:
    out = b""
    for value in values:
        if isinstance(value, str):
            kind, content = b"s", value.encode()
        elif isinstance(value, bytes):
            kind, content = b"b", value
        else:
            kind, content = b"i", value.to_bytes(8, "big")
        out += kind + len(content).to_bytes(4, "big") + content
    return out


def hkdf(secret: bytes, info: bytes, salt: bytes = b"") -> bytes:
    return HKDF(hashes.SHA256(), 32, salt, info).derive(secret)


def unbox(key: bytes, box: bytes | None, bound: bytes) -> bytes | None:
    if not box or len(box) < 29:
        return None
    try:
        return ChaCha20Poly1305(key).decrypt(box[1:13], box[13:], box[:1] + bound)
    except InvalidTag:
        return None


def argon(passphrase: str, salt: bytes, kdf: bytes) -> tuple[bytes, bytes]:
    run = Argon2id(salt=salt, length=64, iterations=kdf[5], lanes=kdf[6], memory_cost=int.from_bytes(kdf[1:5], "big"))
    out = run.derive(unicodedata.normalize("NFC", passphrase).encode())
    return out[:32], out[32:]


def age_key(secret: bytes) -> str:
    """Return 32 bytes as `AGE-SECRET-KEY-1…` (BIP 173)."""
    letters, prefix = "qpzry9x8gf2tvdw0s3jn54khce6mua7l", "age-secret-key-"
    number, values = int.from_bytes(secret, "big") << 4, []
    for _ in range(52):
        values.insert(0, number & 31)
        number >>= 5
    check = 1
    spread = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix] + values + [0] * 6
    for value in spread:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, term in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= term if top >> bit & 1 else 0
    values += [(check ^ 1) >> 5 * (5 - n) & 31 for n in range(6)]
    return (prefix + "1" + "".join(letters[v] for v in values)).upper()


class Thief:
    """Somebody with some things, this page of formats, and patience."""

    def __init__(self, loot: Loot, dictionary: list[str]) -> None:
        self.loot, self.dictionary, self.opened = loot, dictionary, Opened()
        self.known: set[bytes] = {NOTHING}
        if loot.pepper:
            self.known.add(loot.pepper)
        if loot.cookie:
            raw = base64.urlsafe_b64decode(loot.cookie + "=" * (-len(loot.cookie) % 4))
            self.known |= {raw[16:], hashlib.sha256(raw[:16]).digest(), hashlib.sha256(raw).digest()}
        if loot.passphrase:
            self.known.add(hashlib.sha256(loot.passphrase.encode()).digest())
        self.safes: dict[tuple[str, int], set[tuple[bytes, bytes]]] = {}

    def work(self) -> Opened:
        if self.loot.database is None:
            return self._without_database()
        base = sqlite3.connect(f"file:{self.loot.database}?mode=ro", uri=True)
        base.row_factory = sqlite3.Row
        self.base = base
        (self.instance,) = (row["id"] for row in self._rows("networks"))
        self.opened.metadata = {row["reference"] for row in self._rows("incidents")}
        self._try_passphrase()
        self._guess()
        while self._seeds() or self._safes():
            pass
        self._texts()
        self._files()
        base.close()
        return self.opened

    def _without_database(self) -> Opened:
        """Payloads without their headers: every known secret as file key, as identity, as payload key."""
        for path in self._payloads():
            payload = path.read_bytes()
            for secret in self.known:
                for file_key in (secret[:16], secret[16:]):
                    key = hkdf(file_key, b"payload", salt=payload[:16])
                    for size in (min(len(payload) - 16, 65552), len(payload) - 16):
                        for last in (0, 1):
                            try:
                                sealed = payload[16 : 16 + size]
                                plain = ChaCha20Poly1305(key).decrypt(bytes(11) + bytes((last,)), sealed, None)
                            except InvalidTag:
                                continue
                            self.opened.files[path.name] = plain
        return self.opened

    def _payloads(self) -> list[Path]:
        return [path for path in self.loot.store.rglob("*") if path.is_file()] if self.loot.store else []

    def _rows(self, table: str) -> list[Any]:
        return self.base.execute(f'SELECT * FROM "{table}"').fetchall()

    def _peppers(self) -> list[bytes]:
        return [*self.known, b""]

    def _try_passphrase(self) -> None:
        if self.loot.passphrase is not None:
            for row in self._rows("identities"):
                self.known.update(argon(self.loot.passphrase, row["salt"], row["kdf"]))

    def _guess(self) -> None:
        for row, guess in product(self._rows("identities"), self.dictionary):
            a, _k = argon(guess, row["salt"], row["kdf"])
            keys = [key for key in self._peppers() if key not in argon(guess, row["salt"], row["kdf"])]
            if any(hmac.digest(key or b"", a, "sha256") == row["verifier"] for key in keys) or a == row["verifier"]:
                self.opened.guessed = guess

    def _learn(self, secret: bytes | None) -> bool:
        if secret is None or secret in self.known:
            return False
        self.known.add(secret)
        return True

    def _seeds(self) -> bool:
        """Look for members' seeds in sessions and behind passphrases."""
        news = False
        for secret, row in product(list(self.known), self._rows("member_sessions")):
            for sid_hash in {bytes.fromhex(row["sid_hash"]), *self.known}:
                key = hkdf(secret, enc("caseflow/v1/session"))
                news |= self._learn(unbox(key, row["seed_sealed"], enc("caseflow/v1/session", sid_hash)))
        for secret, row in product(list(self.known), self._rows("identities")):
            place = enc("caseflow/v1/member", row["member_id"], row["epoch"])
            for pepper in self._peppers():
                news |= self._learn(unbox(hkdf(secret, place, pepper), row["seed_wrapped"], place))
            place = enc("caseflow/v1/recovery", row["member_id"])
            for code in (secret[:20], secret):
                news |= self._learn(unbox(hkdf(code, place), row["seed_for_recovery"], place))
        return news

    def _safes(self) -> bool:
        """Open grants with every known secret as a seed, and walk the chain with every text key."""
        news = False
        for seed in list(self.known):
            private = X25519PrivateKey.from_private_bytes(hkdf(seed, enc("caseflow/v1/member-encryption")))
            signing = Ed25519PrivateKey.from_private_bytes(hkdf(seed, enc("caseflow/v1/member-signing")))
            public = private.public_key().public_bytes_raw() + signing.public_key().public_bytes_raw()
            quick = hkdf(seed, enc("caseflow/v1/member-private", "quick-grant"))
            for row in self._rows("grants"):
                place = (self.instance, row["safe_id"], row["epoch"], row["member_id"])
                info = enc("caseflow/v1/grant", *place, public)
                found = [unbox(quick, row["quick"], enc("caseflow/v1/quick-grant", *place, row["reason"]))]
                with contextlib.suppress(InvalidTag, ValueError):
                    found.append(HPKE.decrypt(row["wrapped"][1:], private, info=info))
                for secrets in found:
                    news |= self._hold(row["safe_id"], row["epoch"], secrets)
        for row in self._rows("safe_epochs"):
            held = self.safes.get((row["safe_id"], row["epoch"]), set())
            for text_key in {key for _identity, key in held} | self.known:
                place = enc("caseflow/v1/chain", self.instance, row["safe_id"], row["epoch"])
                before = unbox(hkdf(text_key, enc("caseflow/v1/chain")), row["previous_sealed"], place)
                news |= self._hold(row["safe_id"], row["epoch"] - 1, before)
        return news

    def _hold(self, safe: str, epoch: int, secrets: bytes | None) -> bool:
        if secrets is None or (secrets[:32], secrets[32:]) in self.safes.setdefault((safe, epoch), set()):
            return False
        self.safes[safe, epoch].add((secrets[:32], secrets[32:]))
        return True

    def _sealed_columns(self) -> Iterator[tuple[str, str]]:
        for (table,) in self.base.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            columns = [row["name"] for row in self.base.execute(f'PRAGMA table_info("{table}")')]
            if {"id", "safe_id"} <= set(columns):
                yield from ((table, name) for name in columns if name.endswith("_sealed"))

    def _texts(self) -> None:
        for table, column in self._sealed_columns():
            name = column.removesuffix("_sealed")
            for row in self._rows(table):
                sealed = row[column]
                if sealed is None:
                    continue
                epoch = int.from_bytes(sealed[:4], "big")
                place = enc("caseflow/v1/text", self.instance, table, name, row["id"], row["safe_id"], epoch)
                held = {key for _identity, key in self.safes.get((row["safe_id"], epoch), set())}
                for key in held | self.known:
                    plain = unbox(hkdf(key, enc("caseflow/v1/text", table, name)), sealed[4:], place)
                    if plain is not None:
                        self.opened.texts[table, name, row["id"]] = plain.rstrip(b"\0")[:-1].decode()

    def _files(self) -> None:
        held = {identity for pairs in self.safes.values() for identity, _key in pairs} | self.known
        identities = [pyrage.x25519.Identity.from_str(age_key(secret)) for secret in held]
        lying = {path.name: path for path in self._payloads()}
        for row in self._rows("evidence_files"):
            path = lying.get(row["payload"])
            if path is None:
                continue
            try:
                self.opened.files[row["id"]] = pyrage.decrypt(row["header"] + path.read_bytes(), identities)
            except pyrage.DecryptError:
                continue

"""Every vector of the age test kit gives the outcome it names."""

from __future__ import annotations

import hashlib
import io
import zlib
from pathlib import Path

import pytest

from caseflow.vault import armor, header, stream
from caseflow.vault.errors import Damaged, VaultError, WrongKey
from caseflow.vault.identity import Identity, Passphrase

KIT = Path(__file__).parent / "testkit"
VECTORS = sorted(path.name for path in KIT.iterdir() if path.name != "README")
REFUSALS: dict[str, type[VaultError]] = {
    "no match": WrongKey,
    "HMAC failure": Damaged,
    "header failure": Damaged,
    "payload failure": Damaged,
    "armor failure": Damaged,
}


def test_the_whole_kit_is_here() -> None:
    assert len(VECTORS) > 120


@pytest.mark.parametrize("name", VECTORS)
def test_the_vault_agrees_with_the_age_test_kit(name: str) -> None:
    head, _, body = (KIT / name).read_bytes().partition(b"\n\n")
    facts: dict[str, list[str]] = {}
    for line in head.decode().splitlines():
        key, _, value = line.partition(": ")
        facts.setdefault(key, []).append(value)
    if facts.get("compressed") == ["zlib"]:
        body = zlib.decompress(body)
    identities = [Identity.parse(text) for text in facts.get("identity", [])]
    passphrases = [Passphrase(text) for text in facts.get("passphrase", [])]
    expected = facts["expect"][0]
    out = io.BytesIO()

    def open_it() -> None:
        data = armor.decode(body) if facts.get("armored") == ["yes"] else body
        stream.unseal(io.BytesIO(data), out, [*identities, *passphrases])

    if expected == "success":
        open_it()
        assert hashlib.sha256(out.getvalue()).hexdigest() == facts["payload"][0]
    else:
        with pytest.raises(REFUSALS[expected]):
            open_it()
    if expected != "armor failure" and "armored" not in facts:
        assert_the_seekable_reader_agrees(body, [*identities, *passphrases], expected, facts)


def assert_the_seekable_reader_agrees(
    body: bytes, identities: list[Identity | Passphrase], expected: str, facts: dict[str, list[str]]
) -> None:
    if expected == "success":
        start = len(header.read(io.BytesIO(body))[0])
        reader = stream.PayloadReader(io.BytesIO(body), header.open(body[:start], identities), start=start)
        assert hashlib.sha256(reader.read()).hexdigest() == facts["payload"][0]
    elif expected == "payload failure":
        start = len(header.read(io.BytesIO(body))[0])
        file_key = header.open(body[:start], identities)
        with pytest.raises(Damaged):
            stream.PayloadReader(io.BytesIO(body), file_key, start=start).read()

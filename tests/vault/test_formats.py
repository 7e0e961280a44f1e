"""The examples of docs/formats.md open: what was once written stays readable, and the page is true."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from caseflow.vault import header, keys, notes, passphrases, sessions, stream
from caseflow.vault.grants import GrantContext, SafeSecrets, SealedGrant, open_grant, quick_open, unchain
from caseflow.vault.keys import MemberKeys, MemberPublic
from caseflow.vault.recovery import RecoveryCode
from caseflow.vault.texts import TextPlace, open_text

PAGE = (Path(__file__).parents[2] / "docs" / "formats.md").read_text(encoding="utf-8")


def run(first: int, length: int = 32) -> bytes:
    return bytes(range(first, first + length))


MEMBER, GRANTOR = MemberKeys(run(0x00)), MemberKeys(run(0x20))
SAFE, BEFORE = SafeSecrets(run(0x40), run(0x60)), SafeSecrets(run(0x50), run(0x70))
CONTEXT = GrantContext("caseflow.example", "safe-1", 2, "member-9", "counsel")
PLACE = TextPlace("caseflow.example", "cases", "title", "row-1", "safe-1", 2)
PEPPER = run(0x80)


@pytest.fixture(scope="module")
def examples() -> dict[str, bytes]:
    block = re.search(r"```examples\n(.*?)```", PAGE, re.DOTALL)
    assert block
    pairs = [line.split(" = ") for line in block[1].splitlines()]
    return {name: bytes.fromhex(value) for name, value in pairs}


def test_the_keys_of_the_examples_are_derived_as_ever(examples: dict[str, bytes]) -> None:
    assert MemberPublic.from_bytes(examples["member public"]) == MEMBER.public
    for shown in (keys.fingerprint(MEMBER.public), str(RecoveryCode(run(0xC0, 20))), SAFE.identity.recipient):
        assert f"`{shown}`" in PAGE


def test_the_example_file_opens(examples: dict[str, bytes]) -> None:
    assert header.open(examples["age header"], [SAFE.identity]) == run(0xD0, 16)
    plain = io.BytesIO()
    stream.unseal(io.BytesIO(examples["age header"] + examples["age payload"]), plain, [SAFE.identity])
    assert plain.getvalue() == b"what the witness said"


def test_the_example_grants_open(examples: dict[str, bytes]) -> None:
    grant = SealedGrant(examples["grant wrapped"], examples["grant signature"])
    assert open_grant(grant, keys=MEMBER, context=CONTEXT, grantor_public=GRANTOR.public) == SAFE
    assert quick_open(examples["quick grant"], MEMBER, CONTEXT) == SAFE
    assert unchain(examples["chain"], SAFE, CONTEXT) == BEFORE


def test_the_example_text_opens(examples: dict[str, bytes]) -> None:
    assert open_text(SAFE.text_key, examples["text"], place=PLACE) == "Дело о пытках"


def test_the_examples_of_the_ways_to_the_seed_open(examples: dict[str, bytes]) -> None:
    parameters = passphrases.KdfParameters.from_bytes(examples["kdf parameters"])
    derived = passphrases.derive("correct horse battery staple", run(0xB0, 16), parameters)
    assert passphrases.verify(examples["verifier"], derived.a, PEPPER)
    seeds = (
        passphrases.unwrap_seed(examples["seed under passphrase"], derived.k, PEPPER, "member-9", 1),
        RecoveryCode(run(0xC0, 20)).unwrap_seed(examples["seed under code"], "member-9"),
        sessions.open_seed(examples["seed under session"], run(0xA0), run(0xE0)),
    )
    assert set(seeds) == {MEMBER.seed}


def test_the_example_note_verifies(examples: dict[str, bytes]) -> None:
    public = Ed25519PrivateKey.from_private_bytes(run(0x20)).public_key().public_bytes_raw()
    assert notes.verify_note(examples["note"], "caseflow.example", public) == "caseflow.example/ledger\n2\n+s\n"


def test_every_example_is_opened_here(examples: dict[str, bytes]) -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    assert [name for name in examples if f'examples["{name}"]' not in source] == []
    assert len(examples) == 14

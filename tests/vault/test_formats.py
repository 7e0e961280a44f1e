"""The examples of docs/formats.md open: what was once written stays readable, and the page is true."""

from __future__ import annotations

import hashlib
import io
import json
import re
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from caseflow.search.segments import Segment, Text
from caseflow.vault import armor, header, keys, merkle, notes, passphrases, sessions, stream
from caseflow.vault.carried import open_carried
from caseflow.vault.commitment import commit
from caseflow.vault.factors import open_factor
from caseflow.vault.fields import fields
from caseflow.vault.grants import GrantContext, SafeSecrets, SealedGrant, open_grant, quick_open, unchain
from caseflow.vault.identity import Passphrase
from caseflow.vault.indexes import open_index
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
    size, payload_size = len(plain.getvalue()), len(examples["age payload"])
    said = commit(run(0xD0, 16), "row-1", "item-1", "", "original", size, payload_size, "ab" * 32)
    assert bytes.fromhex(said) == examples["file's own key"]


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


def test_the_example_files_for_a_passphrase_a_recovery_code_and_paper_open(examples: dict[str, bytes]) -> None:
    code = RecoveryCode(run(0xC0, 20))
    files = {
        examples["age file for a passphrase"]: Passphrase("correct horse battery staple"),
        examples["age file for the recovery code"]: code.age_identity,
        armor.decode(examples["armored age file"]): SAFE.identity,
    }
    for file, identity in files.items():
        plain = io.BytesIO()
        stream.unseal(io.BytesIO(file), plain, [identity])
        assert plain.getvalue() == b"what the witness said"


def test_the_example_of_a_text_as_it_is_stored_is_the_epoch_and_the_text(examples: dict[str, bytes]) -> None:
    assert examples["stored text"] == PLACE.epoch.to_bytes(4, "big") + examples["text"]


def test_the_example_factor_opens_and_the_example_confirmation_verifies(examples: dict[str, bytes]) -> None:
    content = open_factor(
        MEMBER, examples["second factor"], instance="caseflow.example", member="member-9", place="factor-1"
    )
    assert content == b"JBSWY3DPEHPK3PXP"
    confirmed = fields(
        "caseflow/v2/confirm-key", "caseflow.example", "member-9", "documenter", MEMBER.public.to_bytes()
    )
    keys.verify(GRANTOR.public, confirmed, examples["key confirmation"], purpose="confirm-key")


def test_the_example_segment_of_an_index_opens(examples: dict[str, bytes]) -> None:
    place = {"instance": "caseflow.example", "member": "member-9", "place": "incident:segment-1"}
    segment = Segment(open_index(MEMBER, examples["index segment"], **place))
    assert segment.read() == [Text("row-1\t2026-03-06", frozenset({"dahau", "jumabekov"}))]


def test_the_example_of_what_was_carried_through_the_lock_opens(examples: dict[str, bytes]) -> None:
    content = open_carried(MEMBER, examples["carried through the lock"], instance="caseflow.example", member="member-9")
    assert json.loads(content) == ["/incidents/new", [["title", "Дело о пытках"]]]


def test_the_example_row_of_the_ledger_holds_together(examples: dict[str, bytes]) -> None:
    """Word for word as the page says, without the program's own functions."""
    row = json.loads(examples["ledger row"])
    again = json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert again == examples["ledger row"]
    details = '{"title":"Дело о пытках"}'.encode()
    committed = hashlib.sha256(b"caseflow/v1/commitment" + run(0xB0, 16) + details)
    assert row["commitment"] == examples["ledger commitment"].hex() == committed.hexdigest()
    assert row["previous"] == hashlib.sha256(b"caseflow/v1/ledger").hexdigest()
    leaf = hashlib.sha256(b"\0" + examples["ledger row"]).digest()
    assert examples["ledger leaf"] == leaf
    assert examples["ledger chained"] == hashlib.sha256(bytes.fromhex(row["previous"]) + leaf).digest()
    keys.verify(MEMBER.public, leaf, examples["ledger signature"], purpose="ledger")
    proof = examples["inclusion of the first"]
    steps = [proof[start : start + 32] for start in range(0, len(proof), 32)]
    merkle.verify_inclusion(leaf, 0, 3, steps, examples["tree of three"])


def test_every_example_is_opened_here(examples: dict[str, bytes]) -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    assert [name for name in examples if f'examples["{name}"]' not in source] == []
    assert len(examples) >= 27

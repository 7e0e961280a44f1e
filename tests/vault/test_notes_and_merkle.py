"""Signed notes and Merkle trees, against the published vectors of C2SP and RFC 6962."""

from __future__ import annotations

import hashlib
import os

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from caseflow.vault import merkle, notes
from caseflow.vault.errors import Damaged, VaultError, WrongKey

# golang.org/x/mod/sumdb/note, the origin of the format: its documented example, signed by PeterNeumann.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETERS_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
KEY = bytes(range(32))
PUBLIC = Ed25519PrivateKey.from_private_bytes(KEY).public_key().public_bytes_raw()
TEXT = "caseflow.example/ledger\n42\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"

# RFC 6962 as tested by certificate-transparency implementations since 2012.
LEAVES = [bytes.fromhex(h) for h in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                                     "606162636465666768696a6b6c6d6e6f")]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
HASHES = [merkle.leaf_hash(leaf) for leaf in LEAVES]


def tree(size: int) -> list[bytes]:
    return [merkle.leaf_hash(n.to_bytes(4, "big")) for n in range(size)]


def reference_root(leaves: list[bytes]) -> bytes:
    """RFC 6962 section 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = max(1 << n for n in range(20) if 1 << n < len(leaves))
    return hashlib.sha256(b"\x01" + reference_root(leaves[:k]) + reference_root(leaves[k:])).digest()


def test_the_published_note_verifies() -> None:
    name, public = notes.parse_verifier_key(PETER)
    assert notes.verify_note(PETERS_NOTE, name, public) == PETERS_NOTE.partition("\n\n")[0] + "\n"
    assert notes.verifier_key(name, public) == PETER


def test_a_signed_note_verifies_and_gives_its_text() -> None:
    note = notes.sign_note(TEXT, "caseflow.example", KEY)
    assert notes.verify_note(note, "caseflow.example", PUBLIC) == TEXT
    assert notes.verify_note(note.encode(), "caseflow.example", PUBLIC) == TEXT
    witnessed = note + notes.signature_line(TEXT, "witness.example", os.urandom(32))
    assert notes.verify_note(witnessed, "caseflow.example", PUBLIC) == TEXT
    assert [line.name for line in notes.parse_note(witnessed).signatures] == ["caseflow.example", "witness.example"]


def test_a_note_of_another_signer_is_not_taken() -> None:
    note = notes.sign_note(TEXT, "caseflow.example", KEY)
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    for name, public in (("other.example", PUBLIC), ("caseflow.example", other)):
        with pytest.raises(WrongKey):
            notes.verify_note(note, name, public)


def test_every_flipped_bit_of_a_note_is_refused() -> None:
    note = notes.sign_note(TEXT, "caseflow.example", KEY).encode()
    for bit in range(8 * len(note)):
        flipped = bytearray(note)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(VaultError):
            notes.verify_note(bytes(flipped), "caseflow.example", PUBLIC)
    for length in range(len(note)):
        with pytest.raises(VaultError):
            notes.verify_note(note[:length], "caseflow.example", PUBLIC)


@pytest.mark.parametrize("text", ["", "no line break", "a\tb\n", "a\rb\n", "a\x7f\n"])
def test_a_text_that_no_note_may_have_is_not_signed(text: str) -> None:
    with pytest.raises(ValueError, match="line break"):
        notes.sign_note(text, "caseflow.example", KEY)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u00a0b", "a\n"])
def test_a_name_that_no_signer_may_have_is_not_used(name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        notes.sign_note(TEXT, name, KEY)


def test_a_note_with_too_much_of_anything_is_refused() -> None:
    note = notes.sign_note(TEXT, "caseflow.example", KEY)
    line = note.splitlines(keepends=True)[-1]
    for large in (note + line * 100, "x" * 1_000_001):
        with pytest.raises(Damaged, match="too"):
            notes.parse_note(large)


@pytest.mark.parametrize("key", ["", "a", "a+b", "a+00000000+AA==", PETER[:-1], PETER.replace("c7", "c8"), "+" + PETER])
def test_a_wrong_verifier_key_is_refused(key: str) -> None:
    with pytest.raises(Damaged):
        notes.parse_verifier_key(key)


def test_the_known_roots_of_rfc_6962() -> None:
    assert merkle.root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert [merkle.root(HASHES[: n + 1]).hex() for n in range(8)] == ROOTS


def test_the_known_proofs_of_rfc_6962() -> None:
    assert [h.hex() for h in merkle.inclusion_proof(0, HASHES)] == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]
    assert [h.hex() for h in merkle.inclusion_proof(5, HASHES)] == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    assert [h.hex() for h in merkle.inclusion_proof(2, HASHES[:3])] == [
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
    ]
    assert [h.hex() for h in merkle.consistency_proof(6, HASHES)] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    assert [h.hex() for h in merkle.consistency_proof(2, HASHES[:5])] == [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ]


def test_the_growing_tree_has_the_roots_of_the_definition() -> None:
    growing = merkle.Frontier()
    for size, leaf in enumerate(tree(130)):
        assert growing.root() == reference_root(tree(size))
        growing = merkle.Frontier(growing.size, growing.peaks)
        growing.append(leaf)
    with pytest.raises(ValueError, match="peak"):
        merkle.Frontier(3, [])


def test_every_leaf_of_every_small_tree_is_proven_and_no_other() -> None:
    for size in range(1, 34):
        leaves = tree(size)
        top = merkle.root(leaves)
        for index in range(size):
            proof = merkle.inclusion_proof(index, leaves)
            merkle.verify_inclusion(leaves[index], index, size, proof, top)
            wrong: list[tuple[bytes, int, int, list[bytes], bytes]] = [
                (leaves[index], index, size, [*proof, top], top),
                (leaves[index], index, size, proof, merkle.leaf_hash(b"")),
                (merkle.leaf_hash(b"x"), index, size, proof, top),
                (leaves[index], size, size, proof, top),
                (leaves[index], -1, size, proof, top),
            ]
            wrong += [(leaves[index], other, size, proof, top) for other in range(size) if other != index]
            wrong += [(leaves[index], index, size, proof[:n] + proof[n + 1 :], top) for n in range(len(proof))]
            wrong += [
                (leaves[index], index, size, [*proof[:n], bytes(32), *proof[n + 1 :]], top) for n in range(len(proof))
            ]
            for case in wrong:
                with pytest.raises(Damaged):
                    merkle.verify_inclusion(*case)


def test_every_growth_of_every_small_tree_is_proven_and_no_other() -> None:
    for new in range(34):
        leaves = tree(new)
        top = merkle.root(leaves)
        for old in range(new + 1):
            before = merkle.root(leaves[:old])
            proof = merkle.consistency_proof(old, leaves)
            merkle.verify_consistency(old, before, new, top, proof)
            wrong = [(old, before, new, top, [*proof, top])]
            if old:
                wrong.append((old, merkle.leaf_hash(b"x"), new, top, proof))
                wrong.append((old, before, new, merkle.leaf_hash(b"x"), proof))
            wrong += [(old, before, new, top, proof[:n] + proof[n + 1 :]) for n in range(len(proof))]
            wrong += [(old, before, new, top, [*proof[:n], bytes(32), *proof[n + 1 :]]) for n in range(len(proof))]
            wrong += [(other, before, new, top, proof) for other in range(1, new + 2) if other != old]
            for case in wrong:
                with pytest.raises(Damaged):
                    merkle.verify_consistency(*case)


@given(st.integers(1, 400), st.data())
@settings(max_examples=60, deadline=None)
def test_proofs_hold_in_larger_trees(size: int, data: st.DataObject) -> None:
    leaves = tree(size)
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size))
    merkle.verify_inclusion(leaves[index], index, size, merkle.inclusion_proof(index, leaves), merkle.root(leaves))
    proof = merkle.consistency_proof(old, leaves)
    merkle.verify_consistency(old, merkle.root(leaves[:old]), size, merkle.root(leaves), proof)


def test_a_proof_for_nothing_is_not_made() -> None:
    for index in (-1, 3):
        with pytest.raises(ValueError, match="no such leaf"):
            merkle.inclusion_proof(index, tree(3))
    with pytest.raises(ValueError, match="not a part"):
        merkle.consistency_proof(4, tree(3))

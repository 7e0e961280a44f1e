"""Passphrases, recovery codes and sessions: the three ways to a member's seed."""

from __future__ import annotations

import os
import unicodedata

import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from hypothesis import given
from hypothesis import strategies as st

from caseflow.vault import passphrases, recovery, sessions
from caseflow.vault.errors import Damaged, VaultError, WrongKey
from caseflow.vault.passphrases import FAST_FOR_TESTS, STANDARD, KdfParameters
from caseflow.vault.recovery import RecoveryCode

SEED, PEPPER, SALT = os.urandom(32), os.urandom(32), os.urandom(16)
MEMBER = "member-9"


def mutations(blob: bytes) -> list[bytes]:
    out = [blob[:n] for n in range(len(blob))] + [blob + b"\0"]
    for bit in range(8 * len(blob)):
        changed = bytearray(blob)
        changed[bit // 8] ^= 1 << bit % 8
        out.append(bytes(changed))
    return out


def test_the_standard_run_is_argon2id_with_64_mib_three_passes_four_lanes() -> None:
    derived = passphrases.derive("correct horse battery", SALT)
    expected = Argon2id(salt=SALT, length=64, iterations=3, lanes=4, memory_cost=65536).derive(b"correct horse battery")
    assert derived.a + derived.k == expected
    assert repr(derived) == "Derived()"


def test_keyboards_that_compose_letters_differently_agree() -> None:
    word = "йод и ё, қазақ ү"
    composed, apart = unicodedata.normalize("NFC", word), unicodedata.normalize("NFD", word)
    assert composed != apart
    assert passphrases.derive(composed, SALT, FAST_FOR_TESTS) == passphrases.derive(apart, SALT, FAST_FOR_TESTS)
    assert passphrases.derive(word, SALT, FAST_FOR_TESTS) != passphrases.derive(word + " ", SALT, FAST_FOR_TESTS)


def test_a_passphrase_beyond_reason_is_refused_before_any_work() -> None:
    passphrases.derive("x" * 1024, SALT, FAST_FOR_TESTS)
    for bad in ("x" * 1025, "\ud800"):
        with pytest.raises(VaultError):
            passphrases.derive(bad, SALT)


def test_the_verifier_knows_the_right_half_only() -> None:
    right, wrong = (passphrases.derive(p, SALT, FAST_FOR_TESTS) for p in ("right", "wrong"))
    kept = passphrases.verifier(right.a, PEPPER)
    assert passphrases.verify(kept, right.a, PEPPER)
    assert not passphrases.verify(kept, wrong.a, PEPPER)
    assert not passphrases.verify(kept, right.k, PEPPER)
    assert not passphrases.verify(kept, right.a, os.urandom(32))


def test_a_seed_opens_with_passphrase_pepper_member_and_epoch_together() -> None:
    k = passphrases.derive("right", SALT, FAST_FOR_TESTS).k
    wrapped = passphrases.wrap_seed(SEED, k, PEPPER, MEMBER, 1)
    assert len(wrapped) == 61
    assert passphrases.unwrap_seed(wrapped, k, PEPPER, MEMBER, 1) == SEED
    for other in (
        (os.urandom(32), PEPPER, MEMBER, 1),
        (k, os.urandom(32), MEMBER, 1),
        (k, PEPPER, "member-8", 1),
        (k, PEPPER, MEMBER, 2),
    ):
        with pytest.raises(WrongKey):
            passphrases.unwrap_seed(wrapped, *other)
    for changed in mutations(wrapped):
        with pytest.raises(VaultError):
            passphrases.unwrap_seed(changed, k, PEPPER, MEMBER, 1)


def test_parameters_are_stored_and_bounded() -> None:
    for known in (STANDARD, FAST_FOR_TESTS, KdfParameters(1024 * 1024, 16, 16)):
        assert KdfParameters.from_bytes(known.to_bytes()) == known
    assert STANDARD.to_bytes().hex() == "01000100000304"
    for form in (
        b"",
        STANDARD.to_bytes()[:-1],
        STANDARD.to_bytes() + b"\0",
        bytes.fromhex("02000100000304"),
        bytes.fromhex("01ffffffff0304"),
        bytes.fromhex("01000100001104"),
        bytes.fromhex("010001000003ff"),
        bytes.fromhex("01000000000304"),
        bytes.fromhex("01000100000004"),
        bytes.fromhex("01000100000300"),
    ):
        with pytest.raises(Damaged):
            KdfParameters.from_bytes(form)


def test_a_recovery_code_is_nine_groups_of_four() -> None:
    text = str(RecoveryCode.generate())
    assert [len(group) for group in text.split("-")] == [4] * 9
    assert set(text) <= set(recovery.ALPHABET + "-")


@given(st.binary(min_size=20, max_size=20))
def test_a_recovery_code_is_read_as_people_type_it(secret: bytes) -> None:
    code = RecoveryCode(secret)
    text = str(code)
    for typed in (
        text,
        text.lower(),
        text.replace("-", " "),
        text.replace("-", "").replace("0", "o").replace("1", "l"),
        text.replace("-", "\u2013").replace("0", "O").replace("1", "i"),
        f"  {text}\n",
        text.translate(str.maketrans("ABCEHKMPTXY0", "АВСЕНКМРТХҮО")),
        text.lower().translate(str.maketrans("acepxy0", "асерхүо")),
        "".join(chr(ord(c) + 0xFEE0) for c in text),
    ):
        assert RecoveryCode.parse(typed) == code


def test_every_single_wrong_character_and_every_neighbour_swap_is_noticed() -> None:
    text = str(RecoveryCode.generate()).replace("-", "")
    for place, right in enumerate(text):
        for wrong in recovery.ALPHABET:
            if wrong != right:
                _refused(text[:place] + wrong + text[place + 1 :])
        if place and text[place - 1] != right:
            _refused(text[: place - 1] + right + text[place - 1] + text[place + 1 :])


def _refused(text: str) -> None:
    try:
        found = RecoveryCode.parse(text)
    except Damaged:
        return
    # One in a million passes the checksum by chance; it is then simply another code.
    assert str(found).replace("-", "") == text
    _chances.append(text)
    assert len(_chances) < 3


_chances: list[str] = []


@pytest.mark.parametrize("text", ["", "ABCD", "U" * 36, "0" * 35, "0" * 37, "0" * 300, "😀" * 36, "\ud800" * 36])
def test_what_is_no_recovery_code_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(Damaged, match=r"\.$"):
        RecoveryCode.parse(text)


def test_a_recovery_code_opens_its_members_seed_only() -> None:
    code = RecoveryCode.generate()
    wrapped = code.wrap_seed(SEED, MEMBER)
    assert len(wrapped) == 61
    assert RecoveryCode.parse(str(code)).unwrap_seed(wrapped, MEMBER) == SEED
    with pytest.raises(WrongKey):
        RecoveryCode.generate().unwrap_seed(wrapped, MEMBER)
    with pytest.raises(WrongKey):
        code.unwrap_seed(wrapped, "member-8")
    for changed in mutations(wrapped):
        with pytest.raises(VaultError):
            code.unwrap_seed(changed, MEMBER)
    assert str(code)[:9] not in repr(code)


def test_a_session_opens_with_its_cookie_only() -> None:
    k, sid_hash = os.urandom(32), os.urandom(32)
    blob = sessions.seal_seed(SEED, k, sid_hash)
    assert len(blob) == 61
    assert sessions.open_seed(blob, k, sid_hash) == SEED
    with pytest.raises(WrongKey):
        sessions.open_seed(blob, os.urandom(32), sid_hash)
    with pytest.raises(WrongKey):
        sessions.open_seed(blob, k, os.urandom(32))
    for changed in mutations(blob):
        with pytest.raises(VaultError):
            sessions.open_seed(changed, k, sid_hash)


def test_a_box_of_one_kind_does_not_open_as_another() -> None:
    """The same 32 bytes used by mistake as two kinds of key still open nothing across."""
    key = os.urandom(32)
    with pytest.raises(WrongKey):
        sessions.open_seed(passphrases.wrap_seed(SEED, key, PEPPER, MEMBER, 1), key, b"")

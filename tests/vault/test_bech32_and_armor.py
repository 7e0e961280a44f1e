"""Keys and armored files as text: one spelling each, everything else refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseflow.vault import armor, bech32
from caseflow.vault.errors import Damaged
from caseflow.vault.identity import Identity, Recipient

VALID = [  # BIP 173, test vectors
    "A12UEL5L",
    "a12uel5l",
    "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs",
    "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw",
    "?1ezyfcl",
]
INVALID = ["\x201nwldj5", "\x7f1axkwrx", "\x801eym55h", "pzry9x0s0muk", "1pzry9x0s0muk", "x1b4n0q5v", "li1dgmt3",
           "de1lg7wt\xff", "A1G7SGD8", "10a06t8", "1qzzfhee", "A12uEL5L", "", "1", "a1"]  # fmt: skip


@pytest.mark.parametrize("text", VALID)
def test_the_vectors_of_bip_173_are_read_and_written(text: str) -> None:
    try:
        prefix, data = bech32.decode(text)
    except Damaged:  # its five-bit groups are no whole bytes; BIP 173 leaves that to what is encoded
        assert text.startswith("abcdef")
    else:
        assert bech32.encode(prefix, data) == text


@pytest.mark.parametrize("text", INVALID)
def test_what_bip_173_forbids_is_refused(text: str) -> None:
    with pytest.raises(Damaged):
        bech32.decode(text)


@given(st.binary(max_size=100))
def test_bytes_come_back_from_bech32(data: bytes) -> None:
    assert bech32.decode(bech32.encode("age", data)) == ("age", data)
    assert bech32.decode(bech32.encode("AGE-SECRET-KEY-", data)) == ("AGE-SECRET-KEY-", data)


def test_every_single_wrong_letter_of_a_key_is_noticed() -> None:
    identity = Identity.generate()
    for text, read in ((identity.recipient, Recipient.parse), (str(identity), Identity.parse)):
        for place in range(len(text)):
            for letter in "qpzry9x8QPZRY9X8 1b":
                if text[place] != letter:
                    with pytest.raises(Damaged) as caught:
                        read(text[:place] + letter + text[place + 1 :])
                    assert text[-20:] not in str(caught.value)


def test_a_second_spelling_of_a_key_with_a_right_checksum_is_refused() -> None:
    """32 bytes leave four bits of padding; only zeros, and no group too many, are the key."""
    values = bech32._regroup(bytes(range(32)), 8, 5, pad=True)
    for other in ([*values[:-1], values[-1] | 1], [*values[:-1], values[-1] | 8], [*values, 0]):
        spelt = "age1" + "".join(bech32.CHARSET[v] for v in other + bech32._checksum("age", other))
        with pytest.raises(Damaged):
            Recipient.parse(spelt)


def test_a_recipient_is_not_an_identity_and_case_matters_as_age_says() -> None:
    identity = Identity.generate()
    for wrong in (identity.recipient, str(identity).lower(), bech32.encode("AGE-SECRET-KEY-", bytes(31))):
        with pytest.raises(Damaged):
            Identity.parse(wrong)
    for wrong in (str(identity), identity.recipient.upper(), bech32.encode("age", bytes(33))):
        with pytest.raises(Damaged):
            Recipient.parse(wrong)


@given(st.binary(min_size=1, max_size=300))
def test_bytes_come_back_from_armor(data: bytes) -> None:
    text = armor.encode(data)
    assert armor.decode(text) == armor.decode(text.encode()) == armor.decode(text.replace("\n", "\r\n")) == data
    assert all(len(line) <= 64 for line in text.splitlines())


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t.replace("AGE", "PGP"),
        lambda t: t.replace("\n", "\n\n", 1),
        lambda t: t.replace("\n", " \n", 1),
        lambda t: t.replace("=", ""),
        lambda t: "x" + t,
        lambda t: t + "x",
        lambda t: t + t,
        lambda t: t[:-10],
        lambda t: t.replace("-----END", "Ж-----END"),
    ],
)
def test_armor_with_anything_else_in_it_is_refused(change: object) -> None:
    text = armor.encode(bytes(100))
    with pytest.raises(Damaged):
        armor.decode(change(text))  # type: ignore[operator]

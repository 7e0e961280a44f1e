"""Any few shares give the secret back, fewer tell nothing, and a share with an error is named as one."""

import secrets
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseflow.vault.errors import Damaged, VaultError, WrongKey
from caseflow.vault.identity import Identity
from caseflow.vault.keys import MemberKeys
from caseflow.vault.organisation import fingerprint_of, from_shares, shares_of, unwrap_with, wrap_to
from caseflow.vault.reopening import open_seed_with, seal_seed_with
from caseflow.vault.shares import Share, divide, join, join_bytes, multiply, split, split_bytes

SECRET = bytes(range(32))


def test_the_published_vector_of_the_draft_is_joined():
    """draft-mcgrew-tss-03, section 9: the secret "test" and a zero byte, two of two."""
    values = {1: bytes.fromhex("B9FA07E185"), 2: bytes.fromhex("F5409B4511")}
    assert join_bytes(values) == bytes.fromhex("7465737400")


@pytest.mark.parametrize(("a", "b", "product"), [(0x57, 0x83, 0xC1), (0x57, 0x13, 0xFE), (0x57, 0x02, 0xAE)])
def test_the_field_is_that_of_aes(a, b, product):
    """FIPS 197, section 4.2."""
    assert multiply(a, b) == product
    assert divide(product, b) == a


def test_every_element_but_zero_has_an_inverse():
    assert all(multiply(a, divide(1, a)) == 1 for a in range(1, 256))
    with pytest.raises(ZeroDivisionError):
        divide(1, 0)


@pytest.mark.parametrize(("shares", "threshold"), [(3, 2), (5, 3), (2, 2), (16, 16)])
def test_any_threshold_of_shares_gives_the_secret_back(shares, threshold):
    made = split(SECRET, shares=shares, threshold=threshold, tag=b"abcd")
    for chosen in list(combinations(made, threshold))[:200]:
        assert join(chosen) == (SECRET, b"abcd")
        assert join(list(reversed(chosen)))[0] == SECRET
    assert join(made)[0] == SECRET


@given(secret=st.binary(min_size=1, max_size=40), threshold=st.integers(2, 5), more=st.integers(0, 3))
def test_any_bytes_come_back_from_any_few(secret, threshold, more):
    values = dict(enumerate(split_bytes(secret, shares=threshold + more, threshold=threshold), 1))
    last = dict(list(values.items())[-threshold:])
    assert join_bytes(last) == secret


def test_one_share_too_few_fits_every_secret():
    """With one of two shares each value of a byte is as likely as any other: a second share exists for all 256."""
    [first, _second] = split_bytes(b"\x42", shares=2, threshold=2)
    seconds = set()
    for guess in range(256):
        slope = first[0] ^ guess
        second = guess ^ multiply(slope, 2)
        assert join_bytes({1: first, 2: bytes((second,))}) == bytes((guess,))
        seconds.add(second)
    assert len(seconds) == 256


def test_the_first_share_of_the_same_secret_is_spread_over_all_bytes():
    counts = [0] * 256
    for _ in range(64):
        for byte in split_bytes(bytes(256), shares=2, threshold=2)[0]:
            counts[byte] += 1
    assert all(20 <= count <= 120 for count in counts), "64 expected for each, uniformly"


def test_too_few_shares_and_shares_of_two_keys_are_refused_in_words():
    made, other = (split(SECRET, shares=3, threshold=2, tag=tag) for tag in (b"aaaa", b"bbbb"))
    for wrong, words in (
        ([], "do not belong to one key"),
        ([made[0]], "2 different shares are needed; these are 1"),
        ([made[0], made[0]], "2 different shares are needed; these are 1"),
        ([made[0], other[1]], "do not belong to one key"),
    ):
        with pytest.raises(WrongKey, match=words):
            join(wrong)
    forged = Share(b"aaaa", 2, 3, 3, bytes(32))
    with pytest.raises(Damaged, match="do not fit together"):
        join([*made[:2], forged])
    with pytest.raises(Damaged, match="same number and differ"):
        join([made[0], made[2], forged])


def test_a_share_is_read_as_people_type_it():
    [share, *_rest] = split(SECRET, shares=3, threshold=2, tag=b"abcd")
    text = str(share)
    assert text.startswith("CASEFLOW-SHARE-1 ")
    for typed in (text, text.lower(), text.replace(" ", ""), text.replace(" ", "\n"), f"  {text}  "):
        assert Share.parse(typed) == share
    assert "value" not in repr(share)


def test_every_change_of_one_character_of_a_share_is_noticed():
    text = str(split(SECRET, shares=3, threshold=2, tag=b"abcd")[0]).replace(" ", "")
    for place in range(len(text)):
        for other in "QPZ7":
            if text[place] != other:
                with pytest.raises(VaultError):
                    Share.parse(text[:place] + other + text[place + 1 :])
    for wrong in ("", "x" * 500, text[:-1], str(Identity.generate())):
        with pytest.raises(VaultError):
            Share.parse(wrong)


def test_two_of_three_shares_give_the_recovery_key_and_a_forged_one_does_not():
    identity = Identity.generate()
    made = shares_of(identity, shares=3, threshold=2)
    assert from_shares(made[1:]) == identity
    assert len(fingerprint_of(identity.public).split("-")) == 8
    forged = Share(made[0].tag, 2, 3, 1, secrets.token_bytes(32))
    with pytest.raises(Damaged, match="one of them was changed"):
        from_shares([forged, made[1]])


def test_a_wrap_for_the_organisation_opens_for_its_member_and_place_only():
    identity, keys, other = Identity.generate(), MemberKeys.generate(), MemberKeys.generate()
    place = {"instance": "i", "member": "m", "member_public": keys.public}
    wrapped = wrap_to(identity.public, keys.seed, **place)
    assert len(wrapped) == 81
    assert unwrap_with(identity, wrapped, **place) == keys.seed
    for wrong in ({**place, "instance": "j"}, {**place, "member": "n"}, {**place, "member_public": other.public}):
        with pytest.raises(WrongKey):
            unwrap_with(identity, wrapped, **wrong)
    with pytest.raises(WrongKey):
        unwrap_with(Identity.generate(), wrapped, **place)
    for bit in range(len(wrapped) * 8):
        spoilt = bytearray(wrapped)
        spoilt[bit // 8] ^= 1 << bit % 8
        with pytest.raises(VaultError):
            unwrap_with(identity, bytes(spoilt), **place)


def test_a_seed_under_a_link_opens_with_that_link_for_that_member_only():
    sealed = seal_seed_with("a token", SECRET, "m")
    assert len(sealed) == 61
    assert open_seed_with("a token", sealed, "m") == SECRET
    for token, member in (("another", "m"), ("a token", "n")):
        with pytest.raises(WrongKey):
            open_seed_with(token, sealed, member)

"""Members' keys, their fingerprints and signatures; grants, quick grants and the chain of epochs."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from dataclasses import replace

import pytest

from caseflow.vault import grants, keys
from caseflow.vault.errors import Damaged, VaultError
from caseflow.vault.grants import (
    GrantContext,
    SafeContext,
    SafeSecrets,
    SealedGrant,
    chain,
    open_grant,
    quick_open,
    quick_wrap,
    unchain,
    verify_grant,
    wrap,
)
from caseflow.vault.identity import Identity
from caseflow.vault.keys import MemberKeys, MemberPublic, fingerprint

AIGUL, TIMUR, STRANGER = MemberKeys.generate(), MemberKeys.generate(), MemberKeys.generate()
SECRETS = SafeSecrets.generate()
PLACE = GrantContext("caseflow.example", "safe-1", 3, "member-9", "counsel")
OTHER_PLACES = [
    replace(PLACE, instance="other.example"),
    replace(PLACE, safe="safe-2"),
    replace(PLACE, epoch=4),
    replace(PLACE, member="member-8"),
    replace(PLACE, reason="coordinator"),
    replace(PLACE, safe="safe-1m", member="ember-9"),
]
PUBLIC_OF_FIXED_SEED = (
    "54d0016747214eda57272b96b3058099a428503fa12abeb3e1fb077ac213f00a"
    "7be77c795bddf178270fd90801c56bc3293650c07eab3351b1b4896269cdca20"
)
FINGERPRINT_OF_FIXED_SEED = "namar-rulin-rafab-pagav-bikat-gapus-dimul-dafup"
DERIVED_OF_FIXED_SEED = "1c1c224938ecaea818ceb773171c0a91f8704104823108a64399458fdb0c81d7"


def flips(blob: bytes) -> list[bytes]:
    out = []
    for bit in range(8 * len(blob)):
        changed = bytearray(blob)
        changed[bit // 8] ^= 1 << bit % 8
        out.append(bytes(changed))
    return out


def assert_refused(open_it: Callable[[], object]) -> None:
    with pytest.raises(VaultError) as caught:
        open_it()
    assert str(caught.value).endswith(".")


def test_the_same_seed_gives_the_same_keys_for_ever() -> None:
    """A fixture: these bytes must never change, or nobody opens what was sealed before."""
    member = MemberKeys.from_seed(bytes(range(32)))
    assert member.public.to_bytes().hex() == PUBLIC_OF_FIXED_SEED
    assert fingerprint(member.public) == FINGERPRINT_OF_FIXED_SEED
    assert member.derive("quick-grant").hex() == DERIVED_OF_FIXED_SEED


def test_keys_never_show_themselves() -> None:
    for shown in (repr(AIGUL), str(AIGUL), repr(SECRETS), repr(AIGUL.age_identity), f"{SECRETS}"):
        for secret in (AIGUL.seed, AIGUL.age_identity.secret, SECRETS.text_key, SECRETS.identity_secret):
            assert secret.hex() not in shown
            assert repr(secret)[2:-1] not in shown
    with pytest.raises(TypeError):
        pickle.dumps(AIGUL)


def test_a_member_is_an_age_recipient() -> None:
    assert AIGUL.age_identity.recipient == AIGUL.public.recipient
    assert Identity.parse(str(AIGUL.age_identity)).public == AIGUL.public.encryption


def test_public_keys_travel_as_64_bytes() -> None:
    assert MemberPublic.from_bytes(AIGUL.public.to_bytes()) == AIGUL.public
    assert_refused(lambda: MemberPublic.from_bytes(bytes(63)))


def test_a_fingerprint_is_eight_pronounceable_words() -> None:
    words = fingerprint(AIGUL.public).split("-")
    assert len(words) == 8
    for word in words:
        assert len(word) == 5
        assert all(letter in keys.CONSONANTS for letter in word[::2])
        assert all(letter in keys.VOWELS for letter in word[1::2])


def test_proquints_are_those_of_the_paper() -> None:
    assert [keys._proquint(n) for n in (0x7F00, 0x0001, 0x3F54, 0xDCC1)] == ["lusab", "babad", "gutih", "tugad"]


def test_both_keys_count_in_the_fingerprint() -> None:
    mixed = MemberPublic(AIGUL.public.encryption, TIMUR.public.signing)
    assert len({fingerprint(p) for p in (AIGUL.public, TIMUR.public, mixed)}) == 3


def test_a_signature_holds_for_its_member_message_and_purpose_only() -> None:
    signature = AIGUL.sign(b"words", purpose="ledger")
    keys.verify(AIGUL.public, b"words", signature, purpose="ledger")
    for public, message, purpose in (
        (TIMUR.public, b"words", "ledger"),
        (AIGUL.public, b"word", "ledger"),
        (AIGUL.public, b"words", "grant"),
        (AIGUL.public, b"rwords", "ledge"),
    ):
        with pytest.raises(Damaged):
            keys.verify(public, message, signature, purpose=purpose)
    for changed in [*flips(signature), b"", signature[:-1], signature + b"\0"]:
        with pytest.raises(Damaged):
            keys.verify(AIGUL.public, b"words", changed, purpose="ledger")


def test_private_keys_differ_by_purpose_and_member() -> None:
    assert len({AIGUL.derive("a"), AIGUL.derive("b"), TIMUR.derive("a"), AIGUL.seed}) == 4


def test_a_grant_opens_for_its_member() -> None:
    grant = wrap(SECRETS, to=AIGUL.public, context=PLACE, grantor=TIMUR)
    assert (len(grant.wrapped), len(grant.signature)) == (113, 64)
    assert open_grant(grant, keys=AIGUL, context=PLACE, grantor_public=TIMUR.public) == SECRETS
    verify_grant(grant, member_public=AIGUL.public, context=PLACE, grantor_public=TIMUR.public)


def test_a_grant_opens_for_nobody_else_and_nowhere_else() -> None:
    grant = wrap(SECRETS, to=AIGUL.public, context=PLACE, grantor=TIMUR)
    assert_refused(lambda: open_grant(grant, keys=STRANGER, context=PLACE, grantor_public=TIMUR.public))
    assert_refused(lambda: open_grant(grant, keys=AIGUL, context=PLACE, grantor_public=STRANGER.public))
    for other in OTHER_PLACES:
        assert_refused(lambda other=other: open_grant(grant, keys=AIGUL, context=other, grantor_public=TIMUR.public))


def test_a_grant_signed_again_by_a_thief_for_another_place_does_not_open() -> None:
    """The wrap itself is bound to its place, so even a member who may grant cannot move another's grant."""
    grant = wrap(SECRETS, to=AIGUL.public, context=PLACE, grantor=TIMUR)
    forged = wrap(SafeSecrets.generate(), to=AIGUL.public, context=OTHER_PLACES[1], grantor=STRANGER)
    covered = grants._covered(grant.wrapped, AIGUL.public, OTHER_PLACES[1], STRANGER.public)
    moved = SealedGrant(grant.wrapped, STRANGER.sign(covered, purpose="grant"))
    with pytest.raises(Damaged, match="not wrapped"):
        open_grant(moved, keys=AIGUL, context=OTHER_PLACES[1], grantor_public=STRANGER.public)
    assert open_grant(forged, keys=AIGUL, context=OTHER_PLACES[1], grantor_public=STRANGER.public) != SECRETS


def test_every_flipped_bit_and_every_cut_of_a_grant_is_refused() -> None:
    grant = wrap(SECRETS, to=AIGUL.public, context=PLACE, grantor=TIMUR)
    wrong = [SealedGrant(w, grant.signature) for w in flips(grant.wrapped)]
    wrong += [SealedGrant(grant.wrapped[:n], grant.signature) for n in range(len(grant.wrapped))]
    wrong += [SealedGrant(grant.wrapped, s) for s in flips(grant.signature)]
    wrong += [SealedGrant(grant.wrapped + b"\0", grant.signature), SealedGrant(b"", b"")]
    for one in wrong:
        with pytest.raises(Damaged):
            open_grant(one, keys=AIGUL, context=PLACE, grantor_public=TIMUR.public)


def test_an_unusable_public_key_gets_no_grant() -> None:
    with pytest.raises(Damaged):
        wrap(SECRETS, to=MemberPublic(bytes(32), bytes(32)), context=PLACE, grantor=TIMUR)


def test_a_quick_grant_opens_for_its_member_and_place_only() -> None:
    quick = quick_wrap(SECRETS, AIGUL, PLACE)
    assert len(quick) == 93
    assert quick_open(quick, MemberKeys.from_seed(AIGUL.seed), PLACE) == SECRETS
    assert_refused(lambda: quick_open(quick, TIMUR, PLACE))
    for other in OTHER_PLACES:
        assert_refused(lambda other=other: quick_open(quick, AIGUL, other))
    for changed in [*flips(quick), *(quick[:n] for n in range(len(quick))), quick + b"\0"]:
        with pytest.raises(Damaged):
            quick_open(changed, AIGUL, PLACE)


def test_a_holder_of_an_epoch_reads_the_epochs_before() -> None:
    epochs = [SafeSecrets.generate() for _ in range(4)]
    links = [b""] + [
        chain(epochs[n - 1], epochs[n], SafeContext("caseflow.example", "safe-1", n)) for n in range(1, len(epochs))
    ]
    held = epochs[-1]
    for n in range(len(epochs) - 1, 0, -1):
        held = unchain(links[n], held, SafeContext("caseflow.example", "safe-1", n))
        assert held == epochs[n - 1]


def test_a_link_belongs_to_its_safe_and_epoch_and_counts_no_member() -> None:
    older, newer = SafeSecrets.generate(), SafeSecrets.generate()
    link = chain(older, newer, PLACE)
    assert unchain(link, newer, replace(PLACE, member="someone else", reason="")) == older
    assert_refused(lambda: unchain(link, older, PLACE))
    for other in OTHER_PLACES[:3]:
        assert_refused(lambda other=other: unchain(link, newer, other))
    for changed in [*flips(link), *(link[:n] for n in range(len(link)))]:
        with pytest.raises(Damaged):
            unchain(changed, newer, PLACE)


def test_secrets_of_a_wrong_length_are_an_error_of_the_caller() -> None:
    for make in (
        lambda: SafeSecrets(os.urandom(31), os.urandom(32)),
        lambda: MemberKeys.from_seed(b""),
        lambda: Identity.from_bytes(bytes(33)),
    ):
        with pytest.raises(ValueError, match="bytes"):
            make()

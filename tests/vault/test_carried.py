"""What was carried through the lock opens for its member as it was sealed, and for nobody and in no form else."""

from __future__ import annotations

import pytest

from caseflow.vault.carried import LARGEST, open_carried, seal_carried
from caseflow.vault.errors import Damaged, VaultError, WrongKey
from caseflow.vault.keys import MemberKeys, MemberPublic

HER, HIM = MemberKeys.generate(), MemberKeys.generate()
WHERE = {"instance": "caseflow.example", "member": "member-9"}


@pytest.mark.parametrize("content", [b"", b"the name of the witness", bytes(100_000)], ids=len)
def test_it_opens_for_its_member_and_shows_nothing(content: bytes) -> None:
    sealed = seal_carried(HER.public, content, **WHERE)
    assert len(sealed) == len(content) + 49
    assert content[:20] not in sealed or not content
    assert open_carried(HER, sealed, **WHERE) == content


@pytest.mark.parametrize("other", [{"instance": "elsewhere"}, {"member": "member-8"}])
def test_it_opens_for_no_other_member_installation_or_keys(other: dict[str, str]) -> None:
    sealed = seal_carried(HER.public, b"words", **WHERE)
    for keys, where in ((HER, {**WHERE, **other}), (HIM, WHERE)):
        with pytest.raises(WrongKey):
            open_carried(keys, sealed, **where)


def test_no_flipped_bit_and_no_cut_or_lengthened_form_opens() -> None:
    sealed = seal_carried(HER.public, b"the name of the witness", **WHERE)
    flipped = [
        sealed[: bit // 8] + bytes((sealed[bit // 8] ^ 1 << bit % 8,)) + sealed[bit // 8 + 1 :]
        for bit in range(8 * len(sealed))
    ]
    cut = [sealed[:length] for length in range(len(sealed))]
    for changed in (*flipped, *cut, sealed + b"\0"):
        with pytest.raises(VaultError):
            open_carried(HER, changed, **WHERE)


def test_a_key_that_nothing_can_be_sealed_to_and_too_much_are_refused() -> None:
    with pytest.raises(Damaged):
        seal_carried(MemberPublic(bytes(32), bytes(32)), b"words", **WHERE)
    with pytest.raises(ValueError, match="at most"):
        seal_carried(HER.public, bytes(LARGEST + 1), **WHERE)
    with pytest.raises(Damaged):
        open_carried(HER, b"\1" + bytes(LARGEST + 49), **WHERE)

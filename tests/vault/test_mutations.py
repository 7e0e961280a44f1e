"""Whatever is done to the bytes, nothing spoilt is ever accepted, and nothing but the vault's own errors is raised.

The short form takes some of every kind; `make prove` takes all the systematic ones and goes on by chance beyond a
hundred thousand. Whole age files are judged beside pyrage, which must agree each time.
"""

from __future__ import annotations

import io
import itertools
import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache

import pyrage
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from caseflow.vault import armor, header, keys, notes, passphrases, sessions, stream
from caseflow.vault.errors import VaultError
from caseflow.vault.grants import (
    GrantContext,
    SafeSecrets,
    SealedGrant,
    chain,
    open_grant,
    quick_open,
    quick_wrap,
    unchain,
    wrap,
)
from caseflow.vault.identity import Identity, Passphrase, Recipient
from caseflow.vault.keys import MemberKeys
from caseflow.vault.passphrases import FAST_FOR_TESTS
from caseflow.vault.recovery import RecoveryCode
from caseflow.vault.texts import TextPlace, open_text, seal_text
from tests.vault.mutating import by_chance, every

CHUNK, SEALED = 65536, 65552
AT_LEAST = 100_000
EACH_BY_CHANCE = 20_000
SAMPLE = 250
CONTEXT = GrantContext("caseflow.example", "safe-1", 3, "member-9", "counsel")
PLACE = TextPlace("caseflow.example", "cases", "title", "row-1", "safe-1", 3)
SECRETS, BEFORE, NEXT = SafeSecrets.generate(), SafeSecrets.generate(), SafeSecrets.generate()
HER, HIM = MemberKeys.generate(), MemberKeys.generate()
PEPPER, K, SID_HASH, SALT = os.urandom(32), os.urandom(32), os.urandom(32), os.urandom(16)
WITNESS = b"the name of the witness"


@dataclass(frozen=True)
class Subject:
    """Something sealed, how it opens, and sealed things of its kind to splice it with.

    With `others_open` those are right themselves, and only what lies between is wrong; else they belong elsewhere.
    `same` says when a changed form is another spelling of the same thing, which may be read.
    """

    what: str
    blob: bytes
    opens: Callable[[bytes], object]
    others: tuple[bytes, ...] = ()
    others_open: bool = False
    fixed: bool = False
    same: Callable[[bytes, object], bool] = lambda _changed, _opened: False


def age_file(plain: bytes, *recipients: str | Passphrase) -> bytes:
    out = io.BytesIO()
    stream.seal(io.BytesIO(plain), out, list(recipients) or [SECRETS.identity.recipient])
    return out.getvalue()


def detached(plain: bytes) -> tuple[bytes, bytes, bytes]:
    out = io.BytesIO()
    with stream.SealingWriter(out, [SECRETS.identity.recipient]) as writer:
        writer.write(plain)
    return writer.header, out.getvalue(), writer.file_key


def unsealed(file: bytes, identity: Identity | Passphrase) -> bytes:
    out = io.BytesIO()
    stream.unseal(io.BytesIO(file), out, [identity])
    return out.getvalue()


def read_both_ways(payload: bytes, file_key: bytes) -> bytes:
    """Open as a stream and at random places; both refuse or neither does."""
    out = io.BytesIO()
    try:
        stream.unseal_payload(io.BytesIO(payload), out, file_key)
    except VaultError:
        with pytest.raises(VaultError):
            stream.PayloadReader(io.BytesIO(payload), file_key).read()
        raise
    assert stream.PayloadReader(io.BytesIO(payload), file_key).read() == out.getvalue()
    return out.getvalue()


def grant_bytes(secrets: SafeSecrets, context: GrantContext, to: MemberKeys = HER, by: MemberKeys = HIM) -> bytes:
    sealed = wrap(secrets, to=to.public, context=context, grantor=by)
    return sealed.wrapped + sealed.signature


def open_grant_bytes(blob: bytes) -> SafeSecrets:
    sealed = SealedGrant(blob[:113], blob[113:])
    return open_grant(sealed, keys=HER, context=CONTEXT, grantor_public=HIM.public)


def grants_elsewhere(make: Callable[[GrantContext], bytes]) -> tuple[bytes, ...]:
    """The same made for another safe, epoch and reason: each half is right somewhere."""
    places = (replace(CONTEXT, safe="safe-2"), replace(CONTEXT, epoch=4), replace(CONTEXT, reason="linked"))
    return tuple(make(place) for place in places)


def open_code(text: bytes, wrapped: bytes) -> bytes:
    return RecoveryCode.parse(text.decode("latin-1")).unwrap_seed(wrapped, CONTEXT.member)


@cache
def subjects() -> dict[str, Subject]:
    k = passphrases.derive("correct horse battery staple", SALT, FAST_FOR_TESTS)
    head, payload, file_key = detached(WITNESS)
    other_head, other_payload, _ = detached(WITNESS)
    words = Passphrase("five words of no meaning", work_factor=1, max_work_factor=6)
    code, other_code = RecoveryCode.generate(), RecoveryCode.generate()
    by_code = code.wrap_seed(HER.seed, CONTEXT.member)
    text = "caseflow.example/ledger\n42\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    note_seed = os.urandom(32)
    note_key = Ed25519PrivateKey.from_private_bytes(note_seed).public_key().public_bytes_raw()
    note = notes.sign_note(text, "caseflow.example", note_seed).encode()
    later = notes.sign_note(text.replace("42", "43"), "caseflow.example", note_seed).encode()
    signed = HER.sign(b"a leaf of the ledger", purpose="ledger")
    verifier_key = notes.verifier_key("caseflow.example", note_key).encode()
    session = sessions.seal_seed(HER.seed, K, SID_HASH)
    seed = passphrases.wrap_seed(HER.seed, k.k, PEPPER, CONTEXT.member, 1)

    def sealed_texts(key: bytes) -> tuple[bytes, ...]:
        places = (replace(PLACE, row="row-2"), replace(PLACE, column="narrative"), replace(PLACE, epoch=2))
        return tuple(seal_text(key, "Дело о пытках", place=place) for place in places)

    def key_of_verifier(changed: bytes) -> object:
        name, public = notes.parse_verifier_key(changed.decode("utf-8", "replace"))
        return notes.verify_note(note, name, public)

    all_of_them = [
        Subject(
            "file",
            age_file(WITNESS),
            lambda b: unsealed(b, SECRETS.identity),
            (age_file(WITNESS), age_file(b"")),
            others_open=True,
        ),
        Subject(
            "file for two",
            age_file(WITNESS, HIM.public.recipient, SECRETS.identity.recipient),
            lambda b: unsealed(b, SECRETS.identity),
            (age_file(WITNESS),),
            others_open=True,
        ),
        Subject("file under a passphrase", age_file(WITNESS, words), lambda b: unsealed(b, words)),
        Subject("header", head, lambda b: header.open(b, [SECRETS.identity]), (other_head,), others_open=True),
        Subject("payload", payload, lambda b: read_both_ways(b, file_key), (other_payload,)),
        Subject(
            "armor",
            armor.encode(age_file(WITNESS)).encode(),
            lambda b: unsealed(armor.decode(b), SECRETS.identity),
            same=lambda changed, opened: opened == WITNESS and _only_white_space_differs(changed),
        ),
        Subject(
            "grant",
            grant_bytes(SECRETS, CONTEXT),
            open_grant_bytes,
            (*grants_elsewhere(lambda c: grant_bytes(SECRETS, c)), grant_bytes(SECRETS, CONTEXT, to=HIM)),
        ),
        Subject(
            "quick grant",
            quick_wrap(SECRETS, HER, CONTEXT),
            lambda b: quick_open(b, HER, CONTEXT),
            grants_elsewhere(lambda c: quick_wrap(SECRETS, HER, c)),
        ),
        Subject(
            "chain link",
            chain(BEFORE, SECRETS, CONTEXT),
            lambda b: unchain(b, SECRETS, CONTEXT),
            (chain(BEFORE, SECRETS, replace(CONTEXT, safe="safe-2")), chain(SECRETS, NEXT, replace(CONTEXT, epoch=4))),
        ),
        Subject(
            "text",
            seal_text(SECRETS.text_key, "Дело о пытках", place=PLACE),
            lambda b: open_text(SECRETS.text_key, b, place=PLACE),
            sealed_texts(SECRETS.text_key),
        ),
        Subject(
            "session",
            session,
            lambda b: sessions.open_seed(b, K, SID_HASH),
            (sessions.seal_seed(HER.seed, K, bytes(32)), sessions.seal_seed(HER.seed, bytes(32), SID_HASH)),
        ),
        Subject("cookie's key", K, lambda b: sessions.open_seed(session, b, SID_HASH), fixed=True),
        Subject("session's id", SID_HASH, lambda b: sessions.open_seed(session, K, b), (b"", bytes(32))),
        Subject(
            "seed under a passphrase",
            seed,
            lambda b: passphrases.unwrap_seed(b, k.k, PEPPER, CONTEXT.member, 1),
            (passphrases.wrap_seed(HER.seed, k.k, PEPPER, CONTEXT.member, 2), session),
        ),
        Subject(
            "pepper",
            PEPPER,
            lambda b: passphrases.unwrap_seed(seed, k.k, b, CONTEXT.member, 1),
            fixed=True,
        ),
        Subject(
            "seed under a recovery code",
            by_code,
            lambda b: code.unwrap_seed(b, CONTEXT.member),
            (other_code.wrap_seed(HER.seed, CONTEXT.member), code.wrap_seed(HER.seed, "member-8"), seed),
        ),
        Subject(
            "recovery code",
            str(code).encode(),
            lambda b: open_code(b, by_code),
            (str(other_code).encode(),),
            same=lambda changed, _opened: RecoveryCode.parse(changed.decode("latin-1")) == code,
        ),
        Subject(
            "signature",
            signed,
            lambda b: keys.verify(HER.public, b"a leaf of the ledger", b, purpose="ledger"),
            (HIM.sign(b"a leaf of the ledger", purpose="ledger"), HER.sign(b"a leaf of the ledger", purpose="grant")),
        ),
        Subject(
            "signer",
            HER.public.to_bytes(),
            lambda b: keys.verify(keys.MemberPublic.from_bytes(b), b"a leaf of the ledger", signed, purpose="ledger"),
            (HIM.public.to_bytes(),),
            same=lambda changed, _opened: changed[32:] == HER.public.signing,  # the other half signs nothing
        ),
        Subject(
            "signed note",
            note,
            lambda b: notes.verify_note(b, "caseflow.example", note_key),
            (later,),
            others_open=True,
            same=lambda changed, opened: opened == text and note in changed,  # lines of witnesses may follow
        ),
        Subject("verifier key", verifier_key, key_of_verifier),
        Subject("identity", str(Identity(K)).encode(), lambda b: Identity.parse(b.decode("latin-1"))),
        Subject("recipient", Identity(K).recipient.encode(), lambda b: Recipient.parse(b.decode("latin-1"))),
    ]
    return {subject.what: subject for subject in all_of_them}


def _only_white_space_differs(changed: bytes) -> bool:
    original = subjects()["armor"].blob
    return changed.strip().replace(b"\r\n", b"\n") == original.strip()


def judge(subject: Subject, changed: bytes) -> bool:
    """Tell whether a changed form was refused; fail when it was accepted, or when anything else was raised."""
    if changed == subject.blob or (subject.others_open and changed in subject.others):
        return False
    try:
        opened = subject.opens(changed)
    except VaultError:
        return True
    except Exception as fault:
        raise AssertionError(f"{subject.what}: {type(fault).__name__} for {changed.hex()}") from fault
    assert subject.same(changed, opened), f"{subject.what}: accepted {changed.hex()}"
    return False


def agrees_with_pyrage(file: bytes) -> None:
    try:
        ours: bytes | None = unsealed(file, SECRETS.identity)
    except VaultError:
        ours = None
    try:
        theirs = pyrage.decrypt(file, [pyrage.x25519.Identity.from_str(str(SECRETS.identity))])
    except pyrage.DecryptError:
        theirs = None
    assert ours == theirs, file.hex()


def spoilt(subject: Subject, luck: random.Random) -> tuple[list[bytes], Iterator[bytes]]:
    systematic = list(every(subject.blob, subject.others, fixed=subject.fixed))
    return systematic, by_chance(subject.blob, subject.others, luck, fixed=subject.fixed)


NAMES = list(subjects())


@pytest.mark.parametrize("what", NAMES)
def test_what_was_spoilt_is_refused(what: str) -> None:
    luck = random.Random(what)
    subject = subjects()[what]
    subject.opens(subject.blob)
    systematic, chance = spoilt(subject, luck)
    chosen = [*luck.sample(systematic, min(SAMPLE, len(systematic))), *itertools.islice(chance, SAMPLE)]
    assert sum(judge(subject, changed) for changed in chosen) > SAMPLE
    if what.startswith("file") and "passphrase" not in what:
        for changed in chosen:
            agrees_with_pyrage(changed)


def orders_of_chunks(longest: int) -> Iterator[tuple[bytes, bytes]]:
    """Yield every sequence of up to `longest` of a payload's four chunks, with repetition, but the right one."""
    _, payload, file_key = detached(os.urandom(3 * CHUNK + 7))
    chunks = [payload[16 + n * SEALED : 16 + (n + 1) * SEALED] for n in range(4)]
    for length in range(longest + 1):
        for order in itertools.product(range(4), repeat=length):
            if order != (0, 1, 2, 3):
                yield payload[:16] + b"".join(chunks[n] for n in order), file_key


def refused_orders(longest: int) -> int:
    refused = 0
    for payload, file_key in orders_of_chunks(longest):
        with pytest.raises(VaultError):
            read_both_ways(payload, file_key)
        refused += 1
    return refused


def test_every_sequence_of_up_to_three_of_four_chunks_is_refused() -> None:
    assert refused_orders(3) == 1 + 4 + 16 + 64


@pytest.mark.prove
@pytest.mark.timeout(1800)
def test_none_of_a_hundred_thousand_spoilt_inputs_is_accepted_and_the_oracle_agrees() -> None:
    luck = random.Random()
    refused: dict[str, int] = {}
    judged_twice = 0
    for what, subject in subjects().items():
        systematic, chance = spoilt(subject, luck)
        chosen = dict.fromkeys([*systematic, *itertools.islice(chance, EACH_BY_CHANCE)])
        refused[what] = sum(judge(subject, changed) for changed in chosen)
        if what.startswith("file") and "passphrase" not in what:
            for changed in chosen:
                agrees_with_pyrage(changed)
            judged_twice += len(chosen)
    refused["sequences of chunks"] = refused_orders(5)
    assert refused["sequences of chunks"] == 4**5 + 4**4 + 4**3 + 4**2 + 4 + 1 - 1
    for what, number in refused.items():
        print(f"{number:>8,} {what}")  # noqa: T201 -- the figure is the proof
    assert sum(refused.values()) >= AT_LEAST
    assert judged_twice > 15_000

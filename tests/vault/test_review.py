"""What a hostile reading of the vault found, each finding with the test that keeps it answered."""

from __future__ import annotations

import base64
import copy
import hmac
import os
import pickle
import traceback
from collections.abc import Callable

import pytest

from caseflow.vault import notes
from caseflow.vault.errors import Damaged, VaultError
from caseflow.vault.grants import GrantContext, SafeSecrets, quick_wrap
from caseflow.vault.identity import Identity, Passphrase, Recipient
from caseflow.vault.keys import MemberKeys, MemberPublic, verify
from caseflow.vault.passphrases import FAST_FOR_TESTS, derive
from caseflow.vault.recovery import RecoveryCode
from caseflow.vault.signatures import SMALL_ORDER
from caseflow.vault.texts import MAX_SEALED, MAX_TEXT, TextPlace, open_text, seal_text

PLACE = TextPlace("caseflow.example", "cases", "title", "row-1", "safe-1", 2)
BASE_POINT = bytes.fromhex("58" + "66" * 31)
SECRETS: list[object] = [
    MemberKeys.generate(),
    SafeSecrets.generate(),
    Identity.generate(),
    RecoveryCode.generate(),
    Passphrase("correct horse battery staple"),
    derive("correct horse battery staple", bytes(16), FAST_FOR_TESTS),
]


@pytest.mark.parametrize("high", [0, 1 << 255], ids=["x even", "x odd"])
@pytest.mark.parametrize("y", sorted(SMALL_ORDER))
def test_a_key_under_which_a_signature_without_any_secret_would_fit_is_refused(y: int, high: int) -> None:
    """For such a key (s = 1, R = the base point) fits every message, or one of a few; OpenSSL accepts it."""
    public = (y | high).to_bytes(32, "little")
    anybodys = BASE_POINT + (1).to_bytes(32, "little")
    for number in range(64):
        with pytest.raises(Damaged):
            verify(MemberPublic(bytes(32), public), b"%d" % number, anybodys, purpose="ledger")
        text = f"{number}\n"
        line = notes.Signature("caseflow.example", notes.key_id("caseflow.example", public), anybodys)
        with pytest.raises(Damaged):
            notes.verify_note(_note(text, line), line.name, public)


def _note(text: str, line: notes.Signature) -> str:
    return f"{text}\n\u2014 {line.name} {base64.b64encode(line.key_id + line.signature).decode()}\n"


def test_a_key_with_the_kelvin_sign_for_a_k_is_refused() -> None:
    """Its small letter is the Latin k, so a second spelling of a key passed the checksum."""
    tried = 0
    while tried < 20:
        identity = Identity.generate()
        head, _, data = str(identity).rpartition("1")
        if "K" in data:
            tried += 1
            with pytest.raises(Damaged):
                Identity.parse(f"{head}1{data.replace('K', chr(0x212A), 1)}")
    for text in ("age1\u0130", "\ud800", "age1" + "\uff51" * 58):
        with pytest.raises(Damaged):
            Recipient.parse(text)


@pytest.mark.parametrize("secret", SECRETS, ids=lambda secret: type(secret).__name__)
def test_no_secret_is_pickled_or_copied_into_a_queue_or_cache(secret: object) -> None:
    for carry in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            carry(secret)


@pytest.mark.parametrize("secret", SECRETS, ids=lambda secret: type(secret).__name__)
def test_secrets_are_compared_without_telling_where_they_differ(
    secret: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[object] = []
    real = hmac.compare_digest
    monkeypatch.setattr("caseflow.vault.fields.hmac.compare_digest", lambda a, b: compared.append(a) or real(a, b))
    assert secret == secret  # noqa: PLR0124 -- the comparison is the subject
    assert secret != object()
    assert len(compared) == 1
    assert hash(secret) == hash(secret)


@pytest.mark.parametrize("secret", SECRETS, ids=lambda secret: type(secret).__name__)
def test_a_traceback_that_shows_the_values_of_all_names_shows_no_secret_of_its_own_making(secret: object) -> None:
    """As an error page or an error collector prints it: the repr of every local name."""

    def fail(held: object) -> None:
        raise RuntimeError("here")

    try:
        fail(secret)
    except RuntimeError as error:
        shown = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    raw = secret._secret()  # type: ignore[attr-defined]
    for form in (raw.hex(), repr(raw)[2:-1], raw.decode("latin-1"), *([str(secret)] if _prints(secret) else [])):
        assert form not in shown


def _prints(secret: object) -> bool:
    return isinstance(secret, Identity | RecoveryCode)


def test_a_verifier_key_has_one_spelling() -> None:
    """`bytes.fromhex` reads capitals and spaces too; a key kept by a partner is compared as text."""
    text = notes.verifier_key("caseflow.example", Identity.generate().public)
    name, identifier, key = text.split("+", 2)
    assert notes.parse_verifier_key(text)[0] == name
    spellings = {identifier.upper(), f"{identifier[:4]} {identifier[4:]}", f" {identifier}"} - {identifier}
    for other in spellings:
        with pytest.raises(Damaged):
            notes.parse_verifier_key(f"{name}+{other}+{key}")


def test_the_bound_of_a_note_counts_bytes_and_not_letters() -> None:
    note = notes.sign_note("ы" * 600_000 + "\n", "caseflow.example", bytes(32))
    assert len(note) < notes.MAX_NOTE
    for form in (note, note.encode()):
        with pytest.raises(Damaged, match="too long"):
            notes.parse_note(form)


def test_a_sealed_text_longer_than_any_is_refused_before_it_is_opened() -> None:
    key = os.urandom(32)
    longest = seal_text(key, "a" * MAX_TEXT, place=PLACE)
    assert len(longest) == MAX_SEALED
    assert len(open_text(key, longest, place=PLACE)) == MAX_TEXT
    with pytest.raises(Damaged, match="longer than any"):
        open_text(key, longest + b"\0", place=PLACE)


def test_refusals_quote_nothing_of_what_was_offered() -> None:
    """Neither the sentence nor the chain of causes that a log prints."""
    words = "fourteen unlucky herons"
    identity = str(Identity.generate())
    code = str(RecoveryCode.generate())
    attempts: list[tuple[str, Callable[[], object]]] = [
        (words, lambda: derive(words + "\ud800", bytes(16), FAST_FOR_TESTS)),
        (words, lambda: derive(words * 100, bytes(16), FAST_FOR_TESTS)),
        (words, lambda: seal_text(bytes(32), words + "\ud800", place=PLACE)),
        (words, lambda: Passphrase(words + "\ud800", work_factor=1).wrap(bytes(16))),
        (identity[20:40], lambda: Identity.parse(identity[:-1] + ("Q" if identity[-1] != "Q" else "P"))),
        (identity[20:40], lambda: Identity.parse(identity + "b")),
        (code[:14], lambda: RecoveryCode.parse(code[:-1] + ("0" if code[-1] != "0" else "1"))),
        (code[:14], lambda: RecoveryCode.parse(code + "U")),
    ]
    for offered, attempt in attempts:
        with pytest.raises(VaultError) as caught:
            attempt()
        assert offered not in "".join(traceback.format_exception(caught.value))


def test_two_wraps_of_the_same_secrets_share_no_byte_pattern() -> None:
    """Nonces are fresh each time: the same secrets under the same key give unrelated boxes."""
    keys, secrets = MemberKeys.generate(), SafeSecrets.generate()
    context = GrantContext("caseflow.example", "safe-1", 1, "member-9", "counsel")
    boxes = [quick_wrap(secrets, keys, context) for _ in range(1000)]
    assert len({box[1:13] for box in boxes}) == 1000
    assert len({box[13:29] for box in boxes}) == 1000

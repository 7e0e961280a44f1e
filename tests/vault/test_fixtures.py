"""What any version of the program has written opens today: one kept file for each format and version."""

from __future__ import annotations

import base64
import hashlib
import importlib
import io
import itertools
import json
import pkgutil
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import caseflow.vault
from caseflow.ledger import rules
from caseflow.vault import armor, factors, keys, notes, organisation, passphrases, reopening, sessions, stream
from caseflow.vault.carried import open_carried
from caseflow.vault.grants import GrantContext, SafeSecrets, SealedGrant, open_grant, quick_open, unchain
from caseflow.vault.identity import Identity, Passphrase
from caseflow.vault.indexes import open_index
from caseflow.vault.keys import MemberKeys, MemberPublic
from caseflow.vault.recovery import RecoveryCode
from caseflow.vault.shares import Share
from caseflow.vault.texts import TextPlace, open_text

KEPT = Path(__file__).parent / "fixtures"
FIXTURES = sorted(path.stem for path in KEPT.glob("*.json"))
Facts = dict[str, Any]
raw = bytes.fromhex


def context(given: Facts) -> GrantContext:
    return GrantContext(*(given[name] for name in ("instance", "safe", "epoch", "member", "reason")))


def opens_grant(given: Facts, sealed: Facts) -> str:
    grant = SealedGrant(raw(sealed["wrapped"]), raw(sealed["signature"]))
    grantor = MemberPublic.from_bytes(raw(given["grantor"]))
    member = MemberKeys.from_seed(raw(given["seed"]))
    return open_grant(grant, keys=member, context=context(given), grantor_public=grantor).to_bytes().hex()


def opens_text(given: Facts, sealed: Facts) -> str:
    place = TextPlace(*(given[name] for name in ("instance", "table", "column", "row", "safe", "epoch")))
    return open_text(raw(given["text_key"]), raw(sealed["text"]), place=place)


def opens_parameters(given: Facts, sealed: Facts) -> list[int]:
    found = passphrases.KdfParameters.from_bytes(raw(sealed["parameters"]))
    derived = passphrases.derive(given["passphrase"], raw(given["salt"]), found)
    assert passphrases.verify(raw(sealed["verifier"]), derived.a, raw(given["pepper"]))
    return [found.memory, found.iterations, found.lanes]


def unsealed(file: bytes, identity: Identity | Passphrase) -> bytes:
    out = io.BytesIO()
    stream.unseal(io.BytesIO(file), out, [identity])
    return out.getvalue()


def opens_factor(given: Facts, sealed: Facts) -> str:
    where = {name: given[name] for name in ("instance", "member", "place")}
    return factors.open_factor(MemberKeys.from_seed(raw(given["seed"])), raw(sealed["box"]), **where).hex()


def opens_index(given: Facts, sealed: Facts) -> str:
    where = {name: given[name] for name in ("instance", "member", "place")}
    return open_index(MemberKeys.from_seed(raw(given["seed"])), raw(sealed["box"]), **where).hex()


def opens_carried(given: Facts, sealed: Facts) -> str:
    where = {name: given[name] for name in ("instance", "member")}
    return open_carried(MemberKeys.from_seed(raw(given["seed"])), raw(sealed["box"]), **where).decode()


def opens_wrap(given: Facts, sealed: Facts) -> str:
    public = MemberPublic.from_bytes(raw(given["public"]))
    where = {"instance": given["instance"], "member": given["member"], "member_public": public}
    return organisation.unwrap_with(Identity.parse(given["identity"]), raw(sealed["wrapped"]), **where).hex()


def opens_share(given: Facts, sealed: Facts) -> str:
    """Any three of the five give the key."""
    shares = [Share.parse(text) for text in sealed["shares"]]
    found = {str(organisation.from_shares(some)) for some in itertools.combinations(shares, 3)}
    (text,) = found
    assert organisation.fingerprint_of(Identity.parse(text).public) == given["fingerprint"]
    return text


def opens_signature(given: Facts, sealed: Facts) -> str:
    public = MemberPublic.from_bytes(raw(given["public"]))
    keys.verify(public, given["message"].encode(), raw(sealed["signature"]), purpose=given["purpose"])
    return keys.fingerprint(public)


def opens_ledger_row(given: Facts, sealed: Facts) -> str:
    spoken = {name: raw(given[name]) for name in ("commitment", "previous")}
    form = {"version": given.get("version", 1), "opening": raw(given["opening"]) if given.get("opening") else None}
    row = rules.row_bytes(**{**given, **spoken, **form, "at": datetime.fromisoformat(given["at"])})
    leaf = rules.leaf_of(row)
    assert (leaf.hex(), rules.chain(spoken["previous"], leaf).hex()) == (sealed["leaf"], sealed["chained"])
    return row.decode()


def opens_ledger_commitment(given: Facts, sealed: Facts) -> str:
    assert rules.commit(raw(given["salt"]), given["details"].encode()).hex() == sealed["commitment"]
    return str(given["details"])


def opens_note(given: Facts, sealed: Facts) -> str:
    return notes.verify_note(sealed["note"], *notes.parse_verifier_key(given["verifier_key"]))


OPENERS: dict[str, Callable[[Facts, Facts], object]] = {
    "age": lambda given, sealed: unsealed(raw(sealed["file"]), Identity.parse(given["identity"])).hex(),
    "age_chunks": lambda given, sealed: hashlib.sha256(
        unsealed(base64.b64decode(sealed["file"]), Identity.parse(given["identity"]))
    ).hexdigest(),
    "age_passphrase": lambda given, sealed: unsealed(
        armor.decode(sealed["armored"]), Passphrase(given["passphrase"])
    ).hex(),
    "age_recovery": lambda given, sealed: unsealed(
        raw(sealed["file"]), RecoveryCode.parse(given["code"]).age_identity
    ).hex(),
    "grant": opens_grant,
    "quick": lambda given, sealed: quick_open(
        raw(sealed["quick"]), MemberKeys.from_seed(raw(given["seed"])), context(given)
    ).to_bytes().hex(),
    "chain": lambda given, sealed: unchain(
        raw(sealed["link"]), SafeSecrets.from_bytes(raw(given["current"])), context(given)
    ).to_bytes().hex(),
    "text": opens_text,
    "parameters": opens_parameters,
    "seed": lambda given, sealed: passphrases.unwrap_seed(
        raw(sealed["wrapped"]), raw(given["k"]), raw(given["pepper"]), given["member"], given["epoch"]
    ).hex(),
    "recovery": lambda given, sealed: RecoveryCode.parse(given["code"]).unwrap_seed(
        raw(sealed["wrapped"]), given["member"]
    ).hex(),
    "session": lambda given, sealed: sessions.open_seed(
        raw(sealed["box"]), raw(given["k"]), raw(given["sid_hash"])
    ).hex(),
    "factor": opens_factor,
    "index": opens_index,
    "carried": opens_carried,
    "wrap": opens_wrap,
    "share": opens_share,
    "reopening": lambda given, sealed: reopening.open_seed_with(
        given["token"], raw(sealed["sealed"]), given["member"]
    ).hex(),
    "note": opens_note,
    "signature": opens_signature,
    "ledger_row": opens_ledger_row,
    "ledger_commitment": opens_ledger_commitment,
}  # fmt: skip


@pytest.mark.parametrize("name", FIXTURES)
def test_what_was_once_written_opens(name: str) -> None:
    kept = json.loads((KEPT / f"{name}.json").read_text(encoding="utf-8"))
    assert name == f"{kept['format']}-{kept['version']}"
    assert OPENERS[kept["format"]](kept["given"], kept["sealed"]) == kept["opens_to"]


def constants(pattern: str) -> dict[str, Any]:
    """Return every constant of the vault whose name fits, with the module in front."""
    found = {}
    for module in pkgutil.iter_modules(caseflow.vault.__path__):
        names = vars(importlib.import_module(f"caseflow.vault.{module.name}"))
        found |= {f"{module.name}.{name}": value for name, value in names.items() if re.fullmatch(pattern, name)}
    return found


def test_every_version_that_a_byte_names_has_its_kept_file() -> None:
    versions = {
        name.rpartition(".")[2].removesuffix("_VERSION").lower(): value
        for name, value in constants(r"[A-Z]+_VERSION").items()
        if isinstance(value, int)
    }
    assert len(versions) >= 9
    wanted = {f"{stem}-{number}" for stem, newest in versions.items() for number in range(1, newest + 1)}
    assert wanted - set(FIXTURES) == set()


def test_every_opener_has_a_kept_file() -> None:
    assert {name.rpartition("-")[0] for name in FIXTURES} == set(OPENERS)


def test_every_label_of_the_vault_stands_on_the_page_of_formats() -> None:
    page = (Path(__file__).parents[2] / "docs" / "formats.md").read_text(encoding="utf-8")
    labels = {value for value in constants(r"[A-Z0-9_]*LABEL").values() if isinstance(value, str)}
    assert len(labels) >= 12
    assert {label for label in labels if f"`{label}`" not in page} == set()


def test_no_two_uses_share_a_label() -> None:
    names: dict[object, set[str]] = {}
    for name, label in constants(r"[A-Z0-9_]*LABEL").items():
        names.setdefault(label, set()).add(name.rpartition(".")[2])  # a module may name another's label
    assert {label: used for label, used in names.items() if len(used) > 1} == {}

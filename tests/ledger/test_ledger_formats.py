"""The page of formats says what the ledger writes, byte by byte; its example is read back and checked."""

import json
import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from cryptography import x509
from rfc3161_client import VerifierBuilder, decode_timestamp_response

from caseflow.ledger import exports, rules
from caseflow.vault import merkle, notes
from tests.fixtures.guards import ROOT

SEED = bytes(range(0x20, 0x40))
ORIGIN = "caseflow/caseflow.example"


def made():
    """Return the example as the code of today makes it; the time-stamp alone cannot be made again."""
    rows, chains, previous = [], [], rules.START
    for number in (1, 2, 3):
        row = rules.row_bytes(
            version=1, opening=None, instance="caseflow.example", seq=number, at=datetime(2026, 1, 2, 3, 4, 4, tzinfo=UTC) + timedelta(seconds=number),
            actor=None, role="system", verb="tests.act", result="done", subject=f"t:{number}", safe=None,
            public={"n": number}, commitment=rules.commit(bytes([number]) * 16, b""), previous=previous,
        )  # fmt: skip
        previous = rules.chain(previous, rules.leaf_of(row))
        rows.append(row)
        chains.append(previous)
    second = rules.row_bytes(
        version=2, opening=bytes(range(64)), instance="caseflow.example", seq=4, at=datetime(2026, 1, 2, 3, 4, 8, tzinfo=UTC),
        actor=None, role="system", verb="tests.act", result="done", subject="t:4", safe="safe-1",
        public={"n": 4}, commitment=rules.commit(bytes([4]) * 16, b'{"title":"x"}'), previous=previous,
    )  # fmt: skip
    leaves = [rules.leaf_of(row) for row in rows]
    first, last = (
        notes.sign_note(rules.checkpoint_text(ORIGIN, size, merkle.root(leaves[:size])), ORIGIN, SEED)
        for size in (1, 3)
    )
    proof = {
        "format": exports.PROOF, "seq": 2, "row": rows[1].decode(), "signature": None, "public": None, "size": 3,
        "proof": [step.hex() for step in merkle.inclusion_proof(1, leaves)], "checkpoint": last,
    }  # fmt: skip
    return {
        "row 1": rows[0].decode(),
        "row 2": rows[1].decode(),
        "row 3": rows[2].decode(),
        "leaf 3": leaves[2].hex(),
        "chain 3": chains[2].hex(),
        "row 4": second.decode(),
        "leaf 4": rules.leaf_of(second).hex(),
        "verifier key": notes.verifier_key(ORIGIN, notes.public_of(SEED)),
        "checkpoint 1": first,
        "checkpoint 3": last,
        "growth": exports.growth_text(1, merkle.consistency_proof(1, leaves), last),
        "proof": json.dumps(proof, ensure_ascii=False),
    }


@pytest.fixture(scope="module")
def told():
    page = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```ledger-examples\n(.*?)\n```", page, re.DOTALL)
    return {name: json.loads(value) for name, value in (line.split(" = ", 1) for line in block.splitlines())}


def test_the_page_tells_what_is_written_today(told):
    assert {name: text for name, text in told.items() if not name.startswith("time-stamp")} == made()


def test_a_partner_can_check_the_example(told):
    files = [told[name].encode() for name in ("checkpoint 1", "growth", "proof")]
    assert list(exports.check(files, told["verifier key"])) == [
        f"The checkpoint of 1 rows is signed by {ORIGIN}.",
        "The ledger of 3 rows grew out of that of 1 rows; nothing before was changed.",
        "Row 2 is in the ledger of 3 rows; nobody signed it.",
    ]


def test_the_examples_time_stamp_is_of_its_note(told):
    answer = decode_timestamp_response(bytes.fromhex(told["time-stamp 3"]))
    root = x509.load_der_x509_certificate(bytes.fromhex(told["time-stamp root"]))
    note = told["checkpoint 3"].encode()
    assert VerifierBuilder(roots=[root]).build().verify_message(answer, note)
    assert answer.tst_info.message_imprint.message == sha256(note).digest()

"""Measures what a withdrawal costs: 10,000 files of one case headed anew, and a documenter of 1,000 incidents who leaves.

Every header is really sealed and every grant really wrapped, on SQLite whose commits wait for the disk. The act itself
is measured apart: with it access has ended; the rest follows in batches and shows how far it has come.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import insert

FILES, INCIDENTS, LIMIT = 10_000, 1_000, 20.0
Row = dict[str, Any]


def run(*, files: int = FILES, incidents: int = INCIDENTS) -> list[Row]:
    """Build both in a temporary folder and measure; seconds."""
    with tempfile.TemporaryDirectory(prefix="caseflow-bench-") as name, _founded(Path(name)) as people:
        act, whole = _withdraw(people, files)
        left, settled = _leave(people, incidents)
    return [
        _row(f"a key is taken from a case with {files:,} files: the act itself", act, None),
        _row(f"… and all {files:,} files headed anew, in batches", whole, LIMIT),
        _row(f"a documenter of {incidents:,} incidents leaves: the act itself", left, None),
        _row(f"… and all {incidents:,} safes renewed, in batches", settled, None),
    ]


def _row(name: str, seconds: float, limit: float | None) -> Row:
    return {"name": name, "ours": seconds, "reference": None, "ratio": seconds, "limit": limit, "unit": "s"}


@contextmanager
def _founded(folder: Path) -> Iterator[Any]:
    from caseflow.app import create_app
    from caseflow.kernel.db import db
    from caseflow.kernel.settings import Settings
    from tests.cast import cast

    app: Flask = create_app(Settings.for_tests(folder / "instance"))
    with app.app_context():
        db.create_all()
        yield cast(app)
        db.session.remove()
        db.engine.dispose()


def _withdraw(people: Any, number: int) -> tuple[float, float]:
    from caseflow.cases import operations as cases
    from caseflow.evidence import operations as evidence
    from caseflow.evidence.models import File
    from caseflow.kernel.clock import now
    from caseflow.kernel.db import db, transaction
    from caseflow.kernel.ids import new_id
    from caseflow.keys.models import SafeEpoch
    from caseflow.keys.queries import waiting
    from caseflow.network.models import Member
    from caseflow.vault import header

    by = people.aigul
    with transaction():
        case = cases.open_case(title="Against the detention", by=by, at=now())
        member = db.session.get_one(Member, people.leila.member_id)
        counsel = cases.assign_counsel(case, member=member, role="lead", by=by, at=now())
        item = evidence.add_item(case, title="Photographs", by=by, at=now())
        recipient = db.session.get_one(SafeEpoch, (case.safe_id, 1)).recipient
        common = {
            "safe_id": case.safe_id, "item_id": item.id, "kind": "original", "name_sealed": bytes(40),
            "media_type_sealed": bytes(40), "sha256_sealed": bytes(40), "size": 1, "payload_size": 33,
            "payload_sha256": "0" * 64, "epoch": 1, "by_id": by.member_id, "at": now(),
        }  # fmt: skip
        rows = [
            {**common, "id": new_id(), "payload": new_id(), "header": header.seal_to(number.to_bytes(16), [recipient])}
            for number in range(number)
        ]
        db.session.execute(insert(File), rows)
    begun = time.perf_counter()
    with transaction():
        cases.end_counsel(counsel, by=people.fresh(by), at=now())
    act = time.perf_counter() - begun
    _settle(people)
    whole = time.perf_counter() - begun
    assert waiting().files == 0
    return act, whole


def _leave(people: Any, number: int) -> tuple[float, float]:
    from caseflow.incidents import operations as incidents
    from caseflow.kernel.clock import now
    from caseflow.kernel.db import db, transaction
    from caseflow.keys.queries import faults, waiting
    from caseflow.network import operations as network
    from caseflow.network.models import Member

    for start in range(0, number, 100):
        with transaction():
            for one in range(start, min(start + 100, number)):
                incidents.log(
                    title=f"Detention {one}", narrative="At night.", region="KZ-75", began_on=now().date(),
                    began_precision="day", language="en", by=people.dana, at=now(),
                )  # fmt: skip
    begun = time.perf_counter()
    with transaction():
        member = db.session.get_one(Member, people.dana.member_id)
        taken = {"incidents": people.timur.member_id}
        network.end_membership(member, hand_over=taken, by=people.fresh(people.aigul), at=now())
    act = time.perf_counter() - begun
    _settle(people)
    whole = time.perf_counter() - begun
    assert waiting().safes == 0
    db.session.rollback()
    found = [fault for fault in faults() if "is sealed for epoch" not in fault]  # the bench's own empty files
    assert not found, found[:3]
    return act, whole


def _settle(people: Any) -> None:
    from caseflow.kernel.clock import now
    from caseflow.kernel.db import transaction
    from caseflow.keys import operations as keys
    from caseflow.keys.queries import waiting

    by = people.fresh(people.aigul)
    while True:
        with transaction():
            done = keys.settle_some(by=by, at=now())
        left = waiting(by.member_id)
        print(f"\r  {left.safes:>6} safes, {left.files:>6} files wait ", end="", file=sys.stderr, flush=True)
        if not done:
            print(file=sys.stderr)
            return

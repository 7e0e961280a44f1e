"""Measures counting and the daily run: a million last days, and the reminders among 100,000 open deadlines.

The deadlines lie in real cases with counsel and keys, spread evenly over the coming year; what is due within a fortnight
is warned of, written and put into the ledger as on any morning. Memory is what the process took beyond its start.
"""

from __future__ import annotations

import resource
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from flask import Flask

COUNTED, OPEN, CASES, BATCH = 1_000_000, 100_000, 40, 5_000
COUNTED_LIMIT, SCAN_LIMIT, MEMORY_LIMIT = 20.0, 30.0, 300.0
Row = dict[str, Any]


def run(*, counted: int = COUNTED, deadlines: int = OPEN) -> list[Row]:
    """Return what counting `counted` last days and a daily run over `deadlines` take: seconds, and megabytes."""
    seconds, megabytes = _scanned(deadlines)
    return [
        _row(f"{counted:,} last days by all rules", _counted(counted), COUNTED_LIMIT, "s"),
        _row(f"daily run over {deadlines:,} open deadlines", seconds, SCAN_LIMIT, "s"),
        _row(f"memory of the daily run over {deadlines:,} open deadlines", megabytes, MEMORY_LIMIT, "MB"),
    ]


def _row(name: str, measured: float, limit: float, unit: str) -> Row:
    return {"name": name, "ours": measured, "reference": None, "ratio": measured, "limit": limit, "unit": unit}


def _counted(number: int) -> float:
    from caseflow.deadlines import rules

    ids = [rule.id for rule in rules.all_rules() if rule.has_term and not rule.disabled]
    first = date(2025, 7, 1)
    began = time.perf_counter()
    for one in range(number):
        rules.last_day(ids[one % len(ids)], first + timedelta(days=one % 3000))
    return time.perf_counter() - began


def _scanned(number: int) -> tuple[float, float]:
    from caseflow.app import create_app
    from caseflow.deadlines import operations
    from caseflow.kernel.clock import now, today
    from caseflow.kernel.db import db, transaction
    from caseflow.kernel.settings import Settings
    from tests.cast import cast

    with tempfile.TemporaryDirectory(prefix="caseflow-bench-") as name:
        app: Flask = create_app(Settings.for_tests(Path(name) / "instance"))
        with app.app_context(), app.test_request_context():
            db.create_all()
            _filled(cast(app), number)
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            began = time.perf_counter()
            with transaction():
                operations.remind(on=today("Asia/Almaty"), at=now())
            seconds = time.perf_counter() - began
            megabytes = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
            db.session.remove()
            db.engine.dispose()
    return seconds, megabytes


def _filled(people: Any, number: int) -> None:
    from sqlalchemy import insert

    from caseflow.cases import operations as cases
    from caseflow.deadlines.models import Deadline
    from caseflow.kernel.clock import now, today
    from caseflow.kernel.db import db, transaction
    from caseflow.kernel.ids import new_id
    from caseflow.network.models import Member

    places = []
    for one in range(CASES):
        with transaction():
            case = cases.open_case(title=f"Дело {one}", by=people.aigul, at=now())
            member = db.session.get(Member, people.leila.member_id)
            cases.assign_counsel(case, member=member, role="lead", by=people.aigul, at=now())
            places.append((case.id, case.safe_id))
    here, moment = today("Asia/Almaty"), now()
    for start in range(0, number, BATCH):
        rows = []
        for one in range(start, min(start + BATCH, number)):
            case_id, safe_id = places[one % CASES]
            last = here + timedelta(days=one % 365)
            rows.append({
                "id": new_id(), "safe_id": safe_id, "case_id": case_id, "rule": "KZ-CPC-418", "rule_version": "bench",
                "calendar_version": "bench", "trigger_event": "verdict_pronounced", "trigger_id": new_id(),
                "trigger_on": last - timedelta(days=15), "counted_last_day": last, "last_day": last,
                "target_day": last - timedelta(days=3), "state": "confirmed", "proposed_at": moment, "version": 1,
            })  # fmt: skip
        with transaction():
            db.session.execute(insert(Deadline), rows)

"""Measures the search: incidents of 2 KB of sealed text each, all of them readable to who searches.

The incidents are really logged and really indexed. What a search then takes is measured in the application, from the words to the
fifty hits that are opened and marked; words that many, few and no texts hold, a phrase, and one region alone.
"""

from __future__ import annotations

import gc
import os
import random
import tempfile
import time
from pathlib import Path
from typing import Any

from flask import Flask

INCIDENTS, LARGE, EACH, BATCH = 10_000, 100_000, 12, 250
LIMIT, LARGE_LIMIT = 100.0, 1200.0
Row = dict[str, Any]
LETTERS = "абвгдежзиклмнопрстуфхцчшыэюяқғәөұүі"


def run(*, incidents: int = INCIDENTS) -> list[Row]:
    """Return what a search among `incidents` takes, and what making the index takes for each; milliseconds."""
    rows = _measured(incidents, LIMIT)
    if os.environ.get("LARGE"):
        rows += _measured(LARGE, LARGE_LIMIT)
    return rows


def _measured(incidents: int, limit: float) -> list[Row]:
    from caseflow.app import create_app
    from caseflow.kernel.db import db
    from caseflow.kernel.settings import Settings
    from tests.cast import cast

    with tempfile.TemporaryDirectory(prefix="caseflow-bench-") as name:
        app: Flask = create_app(Settings.for_tests(Path(name) / "instance"))
        with app.app_context(), app.test_request_context():
            db.create_all()
            people = cast(app)
            words = _logged(people, incidents)
            indexing = _indexed(people, words) / incidents
            times = sorted(_searched(people, words))
            db.session.remove()
            db.engine.dispose()
    among = f"among {incidents:,} incidents of 2 KB"
    return [
        _row(f"a search {among}, 95th percentile", times[len(times) * 95 // 100], limit),
        _row(f"a search {among}, median", times[len(times) // 2], None),
        _row("reading one of them into the index", indexing, None),
    ]


def _row(name: str, milliseconds: float, limit: float | None) -> Row:
    return {"name": name, "ours": milliseconds, "reference": None, "ratio": milliseconds, "limit": limit, "unit": "ms"}


def _logged(people: Any, number: int) -> list[str]:
    """Log the incidents; return the words they are made of, the most frequent first as in a real language."""
    from caseflow.incidents import operations as incidents
    from caseflow.kernel.clock import now, today
    from caseflow.kernel.db import db, transaction

    luck = random.Random(7)
    words = ["".join(luck.choices(LETTERS, k=luck.randint(3, 11))) for _ in range(20_000)]
    weights = [1 / (place + 3) for place in range(len(words))]
    for start in range(0, number, BATCH):
        with transaction():
            for one in range(start, min(start + BATCH, number)):
                narrative = " ".join(luck.choices(words, weights, k=160))
                incidents.log(
                    title=f"Задержание {one}", narrative=narrative, region=("KZ-75", "KZ-47")[one % 2],
                    began_on=today(), began_precision="day", language="ru", by=people.dana, at=now(),
                )  # fmt: skip
        db.session.expunge_all()
    return words


def _indexed(people: Any, words: list[str]) -> float:
    from caseflow.kernel.db import transaction
    from caseflow.search import queries

    started = time.perf_counter()
    reader = people.fresh(people.dana)
    while queries.search(reader, words[0]).left:
        pass
    took = (time.perf_counter() - started) * 1000
    with transaction():
        reader.ring.remember()  # as the end of a request does
    return took


def _searched(people: Any, words: list[str]) -> list[float]:
    from caseflow.incidents.queries import Asked
    from caseflow.kernel.db import db
    from caseflow.search import queries

    asked = [
        (words[3], Asked()), (words[400], Asked()), (f"{words[40]} {words[90]}", Asked()), (words[9000][:4], Asked()),
        ("нигденетакого", Asked()), (f"“{words[1]} {words[2]}”", Asked()), (words[60], Asked(region="KZ-47")),
    ]  # fmt: skip
    gc.collect()
    gc.freeze()  # as the server does at its start: what the measuring itself keeps is not looked through again
    times = []
    for _round in range(EACH):
        for typed, narrow in asked:
            db.session.rollback()
            db.session.expunge_all()
            reader = people.fresh(people.dana)
            started = time.perf_counter()
            queries.search(reader, typed, asked=narrow)
            times.append((time.perf_counter() - started) * 1000)
    return times

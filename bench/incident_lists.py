"""Measures the list of incidents against a bare Flask page, with 100,000 incidents: `python -m bench.incident_lists`.

The coordinator holds them all, a lawyer 2,000 of them; every title and name is really sealed, every grant really wrapped, and the
pages are served as in `bench.lists`.
"""

from __future__ import annotations

import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from bench import lists

INCIDENTS, HELD, LIMIT, BATCH = 100_000, 2_000, 20.0, 1_000
STATES = (
    "draft",
    "submitted",
    "in_review",
    "information_asked",
    *["verified"] * 6,
    *["closed"] * 8,
    "taken_to_case",
    "declined",
)
REGIONS = ("KZ-75", "KZ-47", "KZ-71", "KZ-33", "KZ-10")
KINDS = ("torture", "arbitrary_arrest", "assembly_ban")
Row = dict[str, Any]


def run(*, incidents: int = INCIDENTS, held: int = HELD) -> list[Row]:
    """Return a row for who holds all and one for who holds some: how many times as long as a bare page the list takes."""
    with tempfile.TemporaryDirectory(prefix="caseflow-bench-") as name:
        folder = Path(name)
        path = "/incidents/"
        cookies, counted = lists.build(folder / "instance", lambda members: _incidents(members, incidents, held), path)
        times = lists.served_beside_bare(folder, {key: (path, cookies[key]) for key in ("all", "many")})
    among = f"among {incidents:,}, against a bare page"
    return [
        _row(f"list of 50 of {incidents:,} held incidents {among}", times["all"], times["hello"], LIMIT, "ms"),
        _row(f"list of 50 of {held:,} held incidents {among}", times["many"], times["hello"], LIMIT, "ms"),
        _row("queries for 50 incidents, against 1", counted["many"], counted["one"], 1.0, ""),
    ]


def _row(name: str, ours: float, reference: float, limit: float, unit: str) -> Row:
    return {
        "name": name, "ours": float(ours), "reference": float(reference), "ratio": ours / reference, "limit": limit, "unit": unit,
    }  # fmt: skip


def _incidents(members: dict[str, lists.Holder], incidents: int, held: int) -> None:
    """Make the safes, then insert in bulk: sealed titles and names, an act each, the grants of who is entitled."""
    from caseflow.incidents.models import Act, Incident, Person
    from caseflow.kernel.clock import now
    from caseflow.kernel.db import db
    from caseflow.kernel.ids import new_id
    from caseflow.keys.models import Grant
    from caseflow.keys.operations import new_safes
    from caseflow.network.models import Member
    from caseflow.network.queries import actor_of

    coordinator, keys = members["all"]
    member = db.session.get_one(Member, coordinator)
    at, step, house = now(), max(1, incidents // held), member.organisation_id
    for start in range(0, incidents, BATCH):
        by: Any = actor_of(db.session.get_one(Member, coordinator), keys)
        rows: dict[Any, list[Row]] = {Incident: [], Person: [], Act: [], Grant: []}
        safes = [safe.id for safe in new_safes("incident", min(BATCH, incidents - start), by=by, at=at)]
        for number, safe_id in enumerate(safes, start):
            _epoch, secrets = by.ring.current(safe_id)
            changed = at - timedelta(minutes=number)
            incident, person = Incident(safe_id=safe_id), Person(safe_id=safe_id)
            by.ring.seal(incident, title=f"{lists.TITLES[number % len(lists.TITLES)]} {number}")
            by.ring.seal(person, name=f"Аскар Тестов {number}")
            common = {"safe_id": safe_id}
            rows[Incident].append({
                **common, "id": incident.id, "reference": f"IN-2026-{number + 1:06d}", "state": STATES[number % len(STATES)],
                "title_sealed": incident.title_sealed, "region": REGIONS[number % len(REGIONS)],
                "began_on": date(2015, 1, 1) + timedelta(days=number % 4000), "began_precision": "day", "language": "ru",
                "by_id": coordinator, "organisation_id": house, "logged_at": changed, "changed_at": changed, "version": 1,
            })  # fmt: skip
            rows[Person].append({
                **common, "id": person.id, "incident_id": incident.id, "position": 1, "kind": "individual",
                "name_sealed": person.name_sealed,
            })  # fmt: skip
            rows[Act].append({
                **common, "id": new_id(), "incident_id": incident.id, "victim_id": person.id, "position": 1,
                "kind": KINDS[number % len(KINDS)], "articles": ["ICCPR:7"],
            })  # fmt: skip
            holders = [("all", "coordinator")]
            if number % step == 0 and number // step < held:
                holders.append(("many", "counsel"))
            if number == 1:
                holders.append(("one", "counsel"))
            for key, reason in holders:
                rows[Grant].append(lists.grant_row(safe_id, secrets, members[key], reason, by=by, at=at))
        for model, values in rows.items():
            db.session.execute(insert(model), values)
        db.session.expunge_all()


if __name__ == "__main__":
    for one in run():
        print(f"{one['name']}: {one['ours']:.2f} against {one['reference']:.2f}, ratio {one['ratio']:.1f}")

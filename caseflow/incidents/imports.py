"""A list on its way in, between two requests: sealed to who brings it, for nobody else is here to open it.

Whatever stands in a cell may be a name, so nothing of the file lies in the clear on any disk: it arrives in memory, is
read by a process behind walls (`evidence.examiner`), and waits for its member in parts that only she opens.
"""

from __future__ import annotations

import hmac
import io
import json
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from caseflow.access import incidents as policy
from caseflow.access.actor import Actor
from caseflow.evidence.examiner import running
from caseflow.evidence.examiner.workbooks import ROWS
from caseflow.incidents.lists import layout, reading
from caseflow.incidents.lists.layout import folded
from caseflow.incidents.models import Incident
from caseflow.incidents.runs import ImportedKey, ImportPart, ImportRun
from caseflow.kernel.db import db
from caseflow.kernel.errors import NotFound, RuleBroken
from caseflow.kernel.instance import instance
from caseflow.kernel.settings import current
from caseflow.kernel.words import N_
from caseflow.keys.keyring import ring_of
from caseflow.vault.carried import open_carried, seal_carried
from caseflow.vault.fields import fields
from caseflow.vault.keys import MemberPublic

LARGEST = 8 * 1024 * 1024  # bytes of a file
PART = 100  # rows that are written in one transaction: nobody waits long for her turn
SAMPLE = 5
OPEN = ("read", "checked", "running")
_LOOKED_UP = 400
_PURPOSE = "caseflow/v1/list"

REFUSED = {
    "old_workbook": N_(
        "This is a workbook of the old kind (.xls) or one with a password. Save it as .xlsx without a password."
    ),
    "broken_zip": N_(
        "This file is broken, or is no workbook. Open it in the program it is from and save it anew as .xlsx."
    ),
    "entities": N_("This workbook holds what no spreadsheet program writes. It was not read."),
    "swells": N_("Unpacked, this workbook would be larger than any list. It was not read."),
    "many_rows": N_(
        "This list has more than 10,000 rows. Nothing was taken from it. Divide it into several files and bring them in one "
        "after the other."
    ),
    "many_columns": N_("This list has more than 120 columns. Take out those that are not needed."),
    "much": N_("This list holds more than eight million characters. Divide it into several files."),
    "encoding": N_("The file does not fit this encoding. Choose another one, or let it be recognised."),
    "nul": N_("The file holds NUL bytes: it is damaged, or no text. Save the list anew as CSV or XLSX."),
    "time": N_("Reading this file took too long. It was not read."),
    "memory": N_("Reading this file needs too much memory. It was not read."),
}
UNREADABLE = N_("This file could not be read as a list. Save it anew as CSV or XLSX.")
EMPTY = N_("There is nothing in this list but headings.")
TOO_LARGE = N_("A list may have up to 8 MB. Divide it into several files.")


@dataclass
class Row:
    """One row: its number in the file, its cells, what is wrong in single cells, and what was found about it.

    `verdict` is None before the dry run; then "new", "known" (with reference and id in `about`) or "wrong" (with pairs
    of heading and reason). Of a new one that looks like something there, `about` has reference, id and what is alike.
    """

    number: int
    cells: list[str]
    faults: list[tuple[int, str]]
    verdict: str | None = None
    about: Sequence[Any] = ()


def table_of(source: bytes, options: Mapping[str, str]) -> tuple[dict[str, Any], list[Row]]:
    """Return how a file was read (form, encoding, sheet, headings …) and its rows; raise `RuleBroken` in words."""
    with running.in_memory(io.BytesIO(source)) as handle:
        answer = running.look("table", handle, "", options=dict(options))
    if "stopped" in answer or "rows" not in answer:
        raise RuleBroken(REFUSED.get(str(answer.get("stopped")), UNREADABLE))
    rows, faults = answer.pop("rows"), answer.pop("faults", [])
    answer.pop("walls", None)
    # Above the headings there may stand a title of the whole list.
    head = next((place for place, (_n, cells) in enumerate(rows) if sum(map(bool, map(str.strip, cells))) > 1), 0)
    if len(rows) <= head + 1:
        raise RuleBroken(EMPTY)
    found: dict[int, list[tuple[int, str]]] = {}
    for number, column, code in faults:
        found.setdefault(number, []).append((column, code))
    width = max(len(cells) for _number, cells in rows[head:])
    headings = [words.strip() for words in rows[head][1]] + [""] * (width - len(rows[head][1]))
    kept = [Row(number, cells, found.get(number, [])) for number, cells in rows[head + 1 :]]
    if len(kept) > ROWS:
        raise RuleBroken(REFUSED["many_rows"])
    sample = [row.cells for row in kept[:SAMPLE]]
    return {**answer, "headings": headings, "sample": [[cell[:80] for cell in cells] for cells in sample]}, kept


def run_of(run_id: str, actor: Actor) -> ImportRun:
    """Return a run of this member; raise `NotFound` for any other."""
    mine = select(ImportRun).where(ImportRun.id == run_id, ImportRun.member_id == actor.member_id)
    run = db.session.scalar(mine) if len(run_id) <= 64 else None
    if run is None:
        raise NotFound(about="incident_imports:")
    return run


def runs_of(actor: Actor, *, most: int = 10) -> list[ImportRun]:
    """Return the last runs of this member, the newest first."""
    mine = select(ImportRun).where(ImportRun.member_id == actor.member_id).order_by(ImportRun.begun_at.desc())
    return list(db.session.scalars(mine.limit(most)))


def chosen_before(actor: Actor) -> dict[str, str]:
    """Return folded heading -> column as this member chose them in her last runs."""
    found: dict[str, str] = {}
    for run in runs_of(actor):
        told = told_of(run, actor)
        if run.state not in ("read", "undone"):
            for words, code in layout.remembered(told.get("headings", []), told.get("codes", [])).items():
                found.setdefault(words, code)
    return found


# -- sealed to its member


def seal(thing: Any, actor: Actor) -> bytes:
    """Return a value sealed to this member."""
    plain = thing if isinstance(thing, bytes) else json.dumps([_PURPOSE, thing], ensure_ascii=False).encode()
    public = MemberPublic.from_bytes(actor.ring.public)
    return seal_carried(public, zlib.compress(plain, 3), instance=instance(), member=actor.member_id)


def _opened(sealed: bytes, actor: Actor) -> bytes:
    ring = ring_of(actor)
    return zlib.decompress(open_carried(ring.keys, sealed, instance=instance(), member=actor.member_id))


def told_of(run: ImportRun, actor: Actor) -> dict[str, Any]:
    """Return how the file of a run was read and what was chosen about it."""
    found: dict[str, Any] = json.loads(_opened(run.told_sealed, actor))[1]
    return found


def source_of(run: ImportRun, actor: Actor) -> bytes:
    """Return the file of a run that is not running yet."""
    return _opened(run.source_sealed or b"", actor)


def as_parts(run: ImportRun, rows: Sequence[Row], actor: Actor) -> list[ImportPart]:
    """Return the rows as sealed parts of `PART` rows."""
    plain = [[row.number, row.cells, row.faults, row.verdict, list(row.about)] for row in rows]
    return [
        ImportPart(run_id=run.id, number=place, sealed=seal(plain[start : start + PART], actor), written=False)
        for place, start in enumerate(range(0, len(plain), PART))
    ]


def opened_part(part: ImportPart, actor: Actor) -> list[Row]:
    """Return the rows of a part."""
    found = json.loads(_opened(part.sealed, actor))[1]
    return [
        Row(number, cells, [(c, w) for c, w in faults], verdict, about)
        for number, cells, faults, verdict, about in found
    ]


def rows_of(run: ImportRun, actor: Actor) -> Iterator[Row]:
    """Yield the rows of a run, part by part."""
    numbers = list(db.session.scalars(select(ImportPart.number).where(ImportPart.run_id == run.id).order_by("number")))
    for number in numbers:
        yield from opened_part(db.session.get_one(ImportPart, (run.id, number)), actor)


# -- what is there already


def key_of(row: Row, codes: Sequence[str]) -> str:
    """Return what tells a row from every other: its number in the list, or all of it where no column was chosen."""
    key = reading.as_cells(codes, row.cells).get("key", "").strip()
    return key or "\x1f".join(cell.strip() for cell in row.cells).rstrip("\x1f")


def mark_of(key: str) -> str:
    """Return the keyed hash by which the key of a list is known again, whoever brings the list."""
    return hmac.digest(current().pepper(), fields("caseflow/v1/import-key", folded(key) or key), "sha256").hex()


def known(keys: Collection[str], actor: Actor) -> dict[str, tuple[str, str]]:
    """Return key -> (reference, id) of incidents that `actor` sees and that have one of these keys or references."""
    marks = {mark_of(key): key for key in keys}
    found: dict[str, tuple[str, str]] = {}
    every = list(marks)
    for start in range(0, len(every), _LOOKED_UP):
        some = every[start : start + _LOOKED_UP]
        query = (
            select(ImportedKey.mark, Incident.reference, Incident.id)
            .join(Incident, Incident.id == ImportedKey.incident_id)
            .where(ImportedKey.mark.in_(some), policy.visible_to(actor))
        )
        for mark, reference, incident_id in db.session.execute(query):
            found.setdefault(marks[mark], (reference, incident_id))
        named = {marks[mark].strip().upper(): marks[mark] for mark in some}
        ours = select(Incident.reference, Incident.id).where(Incident.reference.in_(named), policy.visible_to(actor))
        for reference, incident_id in db.session.execute(ours):
            found.setdefault(named[reference], (reference, incident_id))
    return found

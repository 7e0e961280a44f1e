"""Making a bundle after the answer, in the process that holds its member's keys: no key is lent, no plaintext is stored."""

from __future__ import annotations

import io
import logging
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

from flask import Flask
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import update

from caseflow.access import cases as policy
from caseflow.access import evidence as evidence_policy
from caseflow.access.actor import Actor
from caseflow.access.safes import visible
from caseflow.cases import operations
from caseflow.cases.bundle import binding, drawing
from caseflow.cases.bundle.drawing import Cover, Exhibit
from caseflow.cases.models import Bundle, Case
from caseflow.evidence import operations as evidence
from caseflow.evidence import queries as evidence_queries
from caseflow.evidence.belonging import open_payload, recognise
from caseflow.evidence.examiner.running import LARGEST, in_memory
from caseflow.evidence.export import contents
from caseflow.evidence.export.contents import READABLE, Asked, FilePlan, ItemPlan
from caseflow.evidence.intake import Received, receive
from caseflow.evidence.models import File
from caseflow.evidence.owners import owner_of
from caseflow.kernel.clock import now, today
from caseflow.kernel.db import db, find, transaction, unscoped
from caseflow.kernel.errors import RuleBroken
from caseflow.network.queries import network
from caseflow.web.words import date_label

log = logging.getLogger(__name__)

ASKED = Asked(purpose="submission")  # a bundle leaves for a court: who has not consented to that is not in it
BOUND = ("application/pdf", "image/jpeg", "image/png", "image/webp", "image/tiff")
_ONE_AT_A_TIME = threading.Semaphore(1)
_WHY = unscoped("how far a bundle is follows its making, which has asked")


def begin(app: Flask, bundle_id: str, case_id: str, language: str, by: Actor) -> threading.Thread:
    """Make a bundle in a thread of its own, with the keys that `by` holds now; return the thread."""
    by = replace(by, session=None)  # what had begun goes on when she signs out; whoever is put out ends nothing

    def work() -> None:
        with app.app_context(), force_locale(language):
            try:
                make(bundle_id, case_id, by=by)
            finally:
                db.session.remove()

    thread = threading.Thread(target=work, name="caseflow-bundle", daemon=True)
    thread.start()
    return thread


def make(bundle_id: str, case_id: str, *, by: Actor) -> None:
    """Make a begun bundle and keep it; whatever goes wrong is in the log and in its row. Call it outside any transaction."""
    received: Received | None = None
    try:
        with _ONE_AT_A_TIME:
            received = _made(bundle_id, case_id, by)
    except Exception:
        log.exception("a bundle broke off")
        db.session.rollback()
    try:
        with transaction():
            case = find(Case, case_id, policy.visible_to(by))
            title = str(_("Bundle of evidence, %(date)s", date=date_label(today(by.timezone))))
            operations.end_bundle(bundle_id, case, received=received, title=title, by=by, at=now())
            received = None
    finally:
        if received is not None:
            evidence.discard([received])


def _made(bundle_id: str, case_id: str, by: Actor) -> Received:
    bundle = find(Bundle, bundle_id, visible(Bundle, by))
    case = find(Case, case_id, policy.visible_to(by))
    survey = contents.survey(owner_of(case.safe_id, by), by)
    chosen = [item for item in survey.items if item.id in bundle.chosen]
    kept = {file.id: what for _item, file, what in survey.files(ASKED)}
    papers = [(item, file) for item in chosen for file in item.files if kept[file.id] == READABLE]
    fit = [(item, file) for item, file in papers if file.media_type in BOUND and file.size <= LARGEST]
    if sum(file.size for _item, file in fit) > LARGEST:
        raise RuleBroken(binding.BROKEN)
    ticking = _Ticking(bundle_id, 3 * len(fit) + 2)
    with ExitStack() as opened:
        handles = {}
        for _item, file in fit:
            handles[file.id] = opened.enter_context(_plaintext(file, by))
            ticking()
        db.session.rollback()
        pages = binding.count([(handles[file.id], file.media_type) for _item, file in fit], ticked=ticking)
        counted = {file.id: number for (_item, file), number in zip(fit, pages, strict=True)}
        exhibits = [_exhibit(number, item, kept, counted, by) for number, item in enumerate(chosen, start=1)]
        mask = survey.mask(ASKED.purpose)
        named = network()
        cover = Cover(
            reference=case.reference,
            case=mask.over(by.ring.text(case, "title")),
            network=named.name if named else "",
            made_by=by.name,
            at=now(),
        )
        drawn, _total = drawing.draw(cover, exhibits, mask)
        ticking()
        ours = {name: opened.enter_context(in_memory(io.BytesIO(content))) for name, content in drawn.items()}
        asked: dict[str, Any] = {**ours, "custody": str(_("Custody")), "exhibits": _as_asked(exhibits, handles, mask)}
        whole = binding.join(asked, [*handles.values(), *ours.values()], ticked=ticking)
    name = f"{case.reference}-bundle.pdf"
    db.session.rollback()
    received = receive(io.BytesIO(whole), name=name, safe_id=case.safe_id, by=by, limit=binding.MOST)
    ticking()
    return received


def _exhibit(
    number: int,
    item: ItemPlan,
    kept: dict[str, str],
    counted: dict[str, int | None],
    by: Actor,
) -> Exhibit:
    bound = [(file, pages) for file in item.files if (pages := counted.get(file.id)) is not None]
    there = {file.id for file, _pages in bound}
    apart = [file for file in item.files if kept[file.id] == READABLE and file.id not in there]
    return Exhibit(number, item, bound, apart, evidence_queries.custody_of(by, item.row))


def _as_asked(exhibits: list[Exhibit], handles: dict[str, int], mask: Any) -> list[dict[str, Any]]:
    return [
        {
            "title": f"{one.number}. {mask.over(one.item.texts['title'])}",
            "papers": [
                {"handle": handles[file.id], "media_type": file.media_type, "pages": pages} for file, pages in one.bound
            ],
        }
        for one in exhibits
    ]


@contextmanager
def _plaintext(plan: FilePlan, by: Actor) -> Iterator[int]:
    """Yield a handle to a file in memory, once the ledger says that it was taken for the bundle."""
    file = find(File, plan.id, evidence_policy.visible_files(by))
    known = recognise(file, by=by)
    payload = open_payload(file)
    try:
        with transaction():
            again = find(File, plan.id, evidence_policy.visible_files(by))
            source = evidence.hand_out(again, how="bundle", payload=payload, recognised=known, by=by, at=now())
    except BaseException:
        payload.close()
        raise
    with source, in_memory(source) as handle:
        yield handle


class _Ticking:
    """Tells in the row of a bundle how far it is, a twentieth at a time."""

    def __init__(self, bundle_id: str, steps: int) -> None:
        self._bundle_id, self._steps, self._step, self._told = bundle_id, steps, 0, -1

    def __call__(self) -> None:
        self._step += 1
        shown = self._step * 20 // self._steps
        if shown == self._told:
            return
        self._told = shown
        with transaction():
            change = update(Bundle).where(Bundle.id == self._bundle_id)
            values = {"step": min(self._step, self._steps), "steps": self._steps}
            db.session.execute(change.values(**values), execution_options=_WHY)

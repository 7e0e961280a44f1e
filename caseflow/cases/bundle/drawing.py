"""What of a bundle is ours, drawn from values: cover and index, a sheet before each exhibit, page numbers, the custody."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from caseflow.evidence.export.contents import FilePlan, ItemPlan
from caseflow.evidence.export.masking import Mask
from caseflow.kernel import paper
from caseflow.kernel.db import db
from caseflow.ledger import history
from caseflow.ledger.models import Event
from caseflow.web.words import date_label, language, time_label


@dataclass(frozen=True)
class Exhibit:
    """One exhibit of a bundle: its item, the files that are bound with their pages, those that are handed over apart."""

    number: int
    item: ItemPlan
    bound: Sequence[tuple[FilePlan, int]]
    apart: Sequence[FilePlan]
    events: Sequence[Event]

    @property
    def pages(self) -> int:
        """Return how many pages it takes, its own sheet included."""
        return 1 + sum(pages for _file, pages in self.bound)


@dataclass(frozen=True)
class Cover:
    """What stands on the cover: the case as it may be named to a court, the network, who made it when."""

    reference: str
    case: str
    network: str
    made_by: str
    at: datetime


def draw(cover: Cover, exhibits: Sequence[Exhibit], mask: Mask) -> tuple[dict[str, bytes], int]:
    """Return the PDFs front, slips, stamps and back in the reader's language, and the number of all pages."""
    common = {"lang": language(), "network": cover.network, "title": _("Bundle of evidence")}
    titles = {one.number: mask.over(one.item.texts["title"]) for one in exhibits}
    back_words = {
        "custody": _("Custody"),
        "lead": _(
            "What happened to each exhibit, as the ledger of the network has it. The number is that of the ledger's row."
        ),
    }
    back = _compiled(
        {**common, "part": "back", "words": back_words, "custody": [_custody(one, titles, mask) for one in exhibits]},
        cover.at,
    )
    slips = _compiled({**common, "part": "slips", "slips": [_slip(one, titles) for one in exhibits]}, cover.at)
    front, ahead = b"", 2
    for _again in range(2):  # the number of pages before the first exhibit is known only once the index is drawn
        front = _compiled(_front(cover, exhibits, titles, ahead) | common, cover.at)
        drawn = _pages(front)
        if drawn == ahead:
            break
        ahead = drawn
    total = ahead + sum(one.pages for one in exhibits) + _pages(back)
    marks = [cover.reference] * ahead
    for one in exhibits:
        marks += [f"{cover.reference} · {_('Exhibit %(number)s', number=one.number)}"] * one.pages
    marks += [f"{cover.reference} · {_('Custody')}"] * (total - len(marks))
    stamps = [{"left": left, "right": f"{page} / {total}"} for page, left in enumerate(marks, start=1)]
    return {
        "front": front,
        "slips": slips,
        "stamps": _compiled({**common, "part": "stamps", "stamps": stamps}, cover.at),
        "back": back,
    }, total


def _front(cover: Cover, exhibits: Sequence[Exhibit], titles: dict[int, str], ahead: int) -> dict[str, Any]:
    rows, page = [], ahead + 1
    for one in exhibits:
        bound = ngettext("%(num)s page", "%(num)s pages", one.pages - 1)
        notes = [bound] if one.bound else []
        notes += [_("handed over apart")] if one.apart else []
        rows.append(
            {"number": str(one.number), "title": titles[one.number], "note": ", ".join(notes), "page": str(page)}
        )
        page += one.pages
    rows.append({"number": "", "title": _("Custody"), "note": "", "page": str(page)})
    return {
        "part": "front",
        "case": cover.case,
        "about": [
            (_("Reference"), cover.reference),
            (_("Made"), time_label(cover.at)),
            (_("By"), cover.made_by),
        ],
        "rows": rows,
        "words": {"index": _("Index"), "exhibit": _("Exhibit"), "what": _("What it is"), "page": _("Page")},
    }


def _slip(one: Exhibit, titles: dict[int, str]) -> dict[str, Any]:
    lines = [_("%(matter)s, exhibit %(number)s", matter=one.item.matter.reference, number=one.item.exhibit)]
    lines.append(_("Original") if one.item.copy_or_original == "original" else _("Copy"))
    lines.append(_("Entered: %(date)s", date=date_label(one.item.at.date())))
    if one.apart:
        lines.append(
            ngettext(
                "%(num)s file cannot be bound and is handed over apart.",
                "%(num)s files cannot be bound and are handed over apart.",
                len(one.apart),
            )
        )
    return {"number": _("Exhibit %(number)s", number=one.number), "title": titles[one.number], "lines": lines}


def _custody(one: Exhibit, titles: dict[int, str], mask: Mask) -> dict[str, Any]:
    shown = [*(file for file, _pages in one.bound), *one.apart]
    return {
        "number": str(one.number),
        "title": titles[one.number],
        "files": [{"name": mask.over(file.name), "sha256": file.sha256} for file in shown],
        "events": [
            {"seq": str(line.seq), "when": time_label(line.at), "who": line.who, "what": line.what}
            for line in history.lines(one.events)
        ],
    }


def _compiled(data: dict[str, Any], at: datetime) -> bytes:
    db.session.rollback()  # drawing takes a moment: no transaction waits for it
    return paper.drawn("caseflow.cases.bundle", "bundle.typ", data, at=at)


def _pages(drawn: bytes) -> int:
    import pikepdf

    with pikepdf.open(io.BytesIO(drawn)) as ours:  # drawn here, from our own values
        return len(ours.pages)

"""The custody report: a PDF in the reader's language, drawn from values only; nothing that people wrote is markup in it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from caseflow.evidence import told
from caseflow.evidence.export.contents import CONSENT, DAMAGED, NOT_CHOSEN, READABLE, SEALED, FilePlan
from caseflow.evidence.export.custody import Custody
from caseflow.kernel import paper
from caseflow.kernel.words import N_
from caseflow.ledger import history
from caseflow.web.words import choose_zone, language, size_label, time_label

PURPOSES = {
    "inside": N_("It stays within the network"),
    "lawyer": N_("It is handed to a named lawyer"),
    "submission": N_("It is submitted confidentially to a court or a UN body"),
}
STATES = {
    READABLE: N_("enclosed, readable"),
    SEALED: N_("enclosed, sealed"),
    CONSENT: N_("left out: somebody has not consented"),
    NOT_CHOSEN: N_("left out: versions were not asked for"),
    DAMAGED: N_("damaged: the sealed file is missing or was changed"),
}
FIELDS = {
    "obtained_how": N_("How it was obtained"),
    "obtained_from": N_("From whom"),
    "obtained_on": N_("When"),
    "obtained_where": N_("Where"),
    "tool": N_("Device or program"),
    "source_url": N_("Address of the source"),
    "details": N_("Anything else about it"),
}
NOTE = N_(
    "The sealed file is missing from the store or was changed there. It was found when this export was made, and it is noted in the ledger."
)


def draw(export: dict[str, Any], items: Sequence[dict[str, Any]], kept: Custody, *, at: datetime) -> bytes:
    """Return the PDF. The same values at the same moment give the same bytes."""
    data = _values(export, items, kept, at=at)
    return paper.drawn("caseflow.evidence.export", "report.typ", data, at=at)


def damage_note(file: FilePlan) -> bytes:
    """Return what stands in the place of a damaged file."""
    return f"{_(NOTE)}\n\nSHA-256: {file.sha256}\n".encode()


def _values(export: dict[str, Any], items: Sequence[dict[str, Any]], kept: Custody, *, at: datetime) -> dict[str, Any]:
    matters = export["matters"]
    about = [(_("Matter"), " · ".join(f"{one['reference']} {one['title']}".strip() for one in matters[:1]))]
    if len(matters) > 1:
        about.append((_("With the incidents"), ", ".join(one["reference"] for one in matters[1:])))
    about += [
        (_("Network"), export["network"]),
        (_("Exported by"), export["by_name"]),
        (_("Exported"), f"{time_label(at)} ({choose_zone()})"),
        (_("What it is for"), _words(PURPOSES, export["purpose"])),
    ]
    labels = {f"evidence_items:{item['id']}": _label(item) for item in items}
    labels |= {f"evidence_files:{file['id']}": _name(file) for item in items for file in item["files"]}
    return {
        "lang": language(),
        "title": _("Custody report"),
        "lead": _(
            "What was received, what has been done with it since, and how both can be checked without the network."
        ),
        "network": export["network"],
        "foot": f"{matters[0]['reference']} · {export['network']} · {export['id']}",
        "about": about,
        "items": [_item(item) for item in items],
        "custody": [_event(line, labels) for line in history.lines(kept.events)],
        "checked": _checked(items, kept),
        "keys": [
            (_("Key of the ledger"), kept.verifier_key),
            *((one["name"], key["words"]) for one in json.loads(kept.members)["members"] for key in one["keys"]),
        ],
        "words": {
            "items": _("Items and files"),
            "file": _("File"),
            "size": _("Size"),
            "sha256": "SHA-256",
            "state": _("In this export"),
            "custody": _("Custody"),
            "custody_lead": _("Each line is a row of the ledger; its exact bytes and its proof are in data/ledger."),
            "number": _("No."),
            "when": _("When"),
            "who": _("Who"),
            "what": _("What happened"),
            "about": _("Item or file"),
            "checked": _("What was checked"),
        },
    }


def _words(table: Mapping[str, str], code: str) -> str:
    return str(_(table[code]))


def _label(item: dict[str, Any]) -> str:
    return str(_("%(matter)s, exhibit %(number)s", matter=item["matter"], number=item["exhibit"]))


def _item(item: dict[str, Any]) -> dict[str, Any]:
    facts = [(_("Original or copy"), _("Original") if item["copy_or_original"] == "original" else _("Copy"))]
    facts += [(_(label), item[name]) for name, label in FIELDS.items() if item[name]]
    facts += [(_(FIELDS[name]), _("kept closed to protect a person")) for name in item["closed"]]
    facts.append((_("Entered"), f"{item['entered_by']}, {time_label(datetime.fromisoformat(item['entered_at']))}"))
    return {
        "label": _label(item),
        "title": item["title"] or "",
        "facts": facts,
        "files": [
            {
                "name": _name(file),
                "kind": f"{_words(told.KINDS, file['kind'])} · {file['media_type']}",
                "size": size_label(file["size"]),
                "sha256": file["sha256"],
                "state": _words(STATES, file["state"]),
            }
            for file in item["files"]
        ],
    }


def _name(file: dict[str, Any]) -> str:
    return str(file["name"] or _("kept closed to protect a person"))


def _event(line: history.Line, labels: dict[str, str]) -> dict[str, str]:
    result = history.RESULTS.get(line.result)
    what = f"{line.what} ({_(result[0])})" if result else line.what
    return {
        "seq": str(line.seq),
        "when": time_label(line.at),
        "who": line.who,
        "what": what,
        "about": labels.get(line.subject, ""),
    }


def _checked(items: Sequence[dict[str, Any]], kept: Custody) -> list[str]:
    states = [file["state"] for item in items for file in item["files"]]
    told = []
    if READABLE in states:
        count = states.count(READABLE)
        told.append(ngettext("%(num)s file was opened and its SHA-256 compared with the one kept since it was received.",
                             "%(num)s files were opened and their SHA-256 compared with those kept since they were received.",
                             count))  # fmt: skip
    if SEALED in states:
        count = states.count(SEALED)
        told.append(ngettext("%(num)s sealed file was read whole and is the one that was sealed when it was received.",
                             "%(num)s sealed files were read whole and are those that were sealed when they were received.",
                             count))  # fmt: skip
    if DAMAGED in states:
        count = states.count(DAMAGED)
        told.append(ngettext("%(num)s file is damaged; a note stands in its place.",
                             "%(num)s files are damaged; notes stand in their place.", count))  # fmt: skip
    if CONSENT in states:
        count = states.count(CONSENT)
        told.append(ngettext("%(num)s file was left out because somebody has not consented; its custody is still proven.",
                             "%(num)s files were left out because somebody has not consented; their custody is still proven.",
                             count))  # fmt: skip
    told.append(
        _(
            "The ledger was signed at %(size)s rows; every line of the custody is proven to be one of them.",
            size=kept.size,
        )
    )
    told.append(_("Check it all anew: python3 verify.py. Compare the keys below with those the network publishes."))
    return [str(one) for one in told]

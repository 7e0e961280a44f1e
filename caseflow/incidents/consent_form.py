"""The consent form on paper: the eight items that the law on personal data asks for, filled in as far as they are known.

Law of the Republic of Kazakhstan of 21 May 2013 No. 94-V, art. 8(4). It is drawn in memory; nothing of it lies on the disk.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _

from caseflow.incidents import rules
from caseflow.kernel import paper
from caseflow.web.words import date_label

ABROAD = ("submission", "public_anonymous", "public_named")


@dataclass(frozen=True)
class ConsentSheet:
    """What is known when the form is printed; '' and None leave a line for the pen, no purposes leave every box open."""

    reference: str
    network: str
    operator: str
    name: str = ""
    purposes: Collection[str] = ()
    until: date | None = None
    witness: str = ""


def draw(sheet: ConsentSheet, *, language: str, at: datetime) -> bytes:
    """Return the PDF in a language (en, ru, kk). The same values at the same moment give the same bytes."""
    with force_locale(language):
        data = _values(sheet, language)
    return paper.drawn("caseflow.incidents", "consent_form.typ", data, at=at)


def _values(sheet: ConsentSheet, language: str) -> dict[str, Any]:
    chosen = set(sheet.purposes)

    def box(words: str, *codes: str) -> tuple[bool, str]:
        return bool(chosen & set(codes)), words

    def purpose(code: str) -> tuple[bool, str]:
        return code in chosen, rules.label("consent_purposes", code, language)

    def none(words: str, *codes: str) -> tuple[bool, str]:
        return bool(chosen) and not chosen & set(codes), words

    return {
        "lang": language,
        "title": _("Consent to collect and use personal data"),
        "law": _("Law of the Republic of Kazakhstan of 21 May 2013 No. 94-V, article 8(4)"),
        "lead": _("Each point was explained to me in a language I understand. I tick only what I agree to."),
        "network": sheet.network,
        "foot": f"{sheet.reference} · {sheet.operator}",
        "items": [
            _item(
                _("Who collects and uses the data"),
                lines=[(_("Organisation"), sheet.operator), (_("BIN"), "")],
            ),
            _item(
                _("Whose data they are"),
                lines=[(_("Surname, name, patronymic"), sheet.name), (_("For a child: parent or guardian"), "")],
            ),
            _item(
                _("For how long the consent holds"),
                lines=[(_("Until"), date_label(sheet.until) if sheet.until else "")],
                boxes=[(False, _("until I withdraw it"))],
            ),
            _item(
                _("Whether the data may be passed to third parties"),
                boxes=[
                    none(_("No, they stay in the network's records"), "lawyer", "referral", "submission"),
                    purpose("lawyer"),
                    purpose("referral"),
                    purpose("submission"),
                ],
                lines=[(_("Name of the lawyer, organisation or body"), "")],
            ),
            _item(
                _("Whether they may leave the country"),
                boxes=[none(_("No"), *ABROAD), box(_("Yes, to UN bodies and for the purposes ticked here"), *ABROAD)],
            ),
            _item(
                _("Whether they may be published"),
                boxes=[
                    none(_("No"), "public_anonymous", "public_named"),
                    purpose("public_anonymous"),
                    purpose("public_named"),
                ],
            ),
            _item(
                _("Which data are collected"),
                boxes=[
                    (False, _("name, age, address and how to reach me")),
                    (False, _("what happened to me, when, where and who did it")),
                    (False, _("my health and its treatment")),
                    (False, _("photographs, sound and film")),
                    (False, _("documents and case papers")),
                ],
                lines=[(_("Other data"), "")],
            ),
            _item(
                _("What else I was told"),
                lines=[(_("Other conditions"), "")],
                note=_(
                    "I may refuse, and nothing bad follows for me from it. I may withdraw each consent at any time, by word or "
                    "in writing; what has left the network by then cannot be called back. I was told what risks there are."
                ),
            ),
        ],
        "told": _("I have read this, or it was read to me, and I agree to what is ticked."),
        "signatures": [
            _("Date and signature"),
            _("Witness or interpreter: %(name)s", name=sheet.witness) if sheet.witness else _("Witness or interpreter"),
            _("Who explained it"),
        ],
    }


def _item(
    title: str,
    *,
    lines: Collection[tuple[str, str]] = (),
    boxes: Collection[tuple[bool, str]] = (),
    note: str = "",
) -> dict[str, Any]:
    return {"title": title, "lines": list(lines), "boxes": list(boxes), "note": note}

"""What a case already knows of a paper, and the PDF of what was typed. Nothing of it lies on the disk."""

from __future__ import annotations

import string
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import force_locale

from caseflow.access.actor import Actor
from caseflow.access.facts import names_of
from caseflow.cases.models import Case
from caseflow.cases.papers.kinds import Block, Kind
from caseflow.kernel import paper
from caseflow.kernel.announce import announce
from caseflow.kernel.clock import today
from caseflow.network.rules import article_short
from caseflow.web.words import date_label

LANGUAGES = ("ru", "kk", "en")


def known(kind: Kind, case: Case, actor: Actor, lang: str) -> dict[str, Any]:
    """Return field -> what the case knows of it: parties, counsel, articles, and what rooms above have (courts, numbers)."""
    clients = [actor.ring.text(one, "name") for one in case.parties if one.side == "client"]
    opposing = [actor.ring.text(one, "name") for one in case.parties if one.side == "opposing"]
    serving = sorted((one for one in case.counsel if one.until is None), key=lambda one: one.role != "lead")
    names = names_of(one.member_id for one in serving)
    counsel = [names[one.member_id] for one in serving if one.role != "monitor"]
    articles = ", ".join(article_short(code, lang) for code in case.articles)
    told: dict[str, Any] = {
        "on": today(actor.timezone),
        "principal": ", ".join(clients),
        "person": ", ".join(clients),
        "submitted_by": ", ".join(clients),
        "victim": ", ".join(clients),
        "attorney": counsel[0] if counsel else "",
        "represented_by": ", ".join(counsel),
        "signer": counsel[0] if counsel else "",
        "body": ", ".join(opposing),
        "rights": "\n".join(article_short(code, lang) for code in case.articles),
        "norms": articles,
        "articles": articles,
        "subject": actor.ring.text(case, "title"),
        "substantive": actor.ring.text(case, "legal_issue"),
    }
    announce("cases.paper_asked", case=case, actor=actor, lang=lang, facts=told)
    values = {field.name: told.get(field.name) for field in kind.fields}
    for field in kind.fields:
        if not values[field.name] and field.default is not None:
            values[field.name] = field.default.to(lang)
    return values


def draw(kind: Kind, typed: Mapping[str, Any], *, lang: str, at: datetime) -> bytes:
    """Return the PDF of a paper in a language. What was typed is text and never markup; the same gives the same bytes."""
    with force_locale(lang):
        values = {
            name: date_label(value, "long") if isinstance(value, date) else (value or "")
            for name, value in typed.items()
        }
    blocks = [drawn for block in kind.blocks if (drawn := _block(block, values, lang)) is not None]
    data = {"lang": lang, "title": kind.label.to(lang), "blocks": blocks}
    return paper.drawn("caseflow.cases.papers", "paper.typ", data, at=at)


def _block(block: Block, values: Mapping[str, str], lang: str) -> dict[str, Any] | None:
    words = block.words.to(lang)
    asked = [name for _text, name, _form, _turn in string.Formatter().parse(words) if name]
    if asked and not any(values.get(name) for name in asked):
        return None
    lines = []
    for line in words.split("\n"):
        names = [name for _text, name, _form, _turn in string.Formatter().parse(line) if name]
        if not names or any(values.get(name) for name in names):
            lines.append(line.format_map(values))
    said = "\n".join(lines).strip()
    items = [one.strip() for one in said.splitlines() if one.strip()]
    return {"kind": block.kind, "words": said, "items": items, "label": block.label.to(lang) if block.label else ""}

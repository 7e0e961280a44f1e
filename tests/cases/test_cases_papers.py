"""Letters and filings are drawn from what a case holds, in three languages, and kept nowhere."""

from datetime import date, timedelta

import pytest
from pypdfium2 import PdfDocument

from caseflow.cases import operations
from caseflow.cases.papers import filling
from caseflow.cases.papers.kinds import KINDS
from caseflow.evidence.models import Item
from caseflow.kernel.clock import now
from caseflow.kernel.db import transaction
from caseflow.ledger.models import Event
from caseflow.proceedings import operations as proceedings
from tests.storage import stored

DAY = date(2026, 3, 10)


def words(pdf):
    document = PdfDocument(pdf)
    pages = (document[number].get_textpage().get_text_range() for number in range(len(document)))
    return " ".join("\n".join(pages).split())


@pytest.mark.parametrize("lang", filling.LANGUAGES)
@pytest.mark.parametrize("code", KINDS)
def test_each_paper_speaks_its_language_and_shows_all_that_was_typed(app, code, lang):
    kind = KINDS[code]
    assert all(text for field in kind.fields for text in (field.label.en, field.label.ru, field.label.kk))
    typed = {field.name: DAY if field.kind == "day" else f"Қ#{field.name}* $x [" for field in kind.fields}
    with app.test_request_context():
        drawn = filling.draw(kind, typed, lang=lang, at=now())
        again = filling.draw(kind, typed, lang=lang, at=now().replace(microsecond=0))
    text = words(drawn)
    assert len(again) == len(drawn)
    for field in kind.fields:
        if field.kind != "day":
            assert f"Қ#{field.name}* $x [" in text, field.name
    assert {"en": "March", "ru": "марта", "kk": "наурыз"}[lang] in text
    # Whatever the paper says itself, it says in this language alone.
    for block in kind.blocks:
        if block.label is not None:
            assert block.label.to(lang).split("\n")[0].split()[0] in text


def test_what_was_not_typed_leaves_no_hole(app):
    kind = KINDS["power_of_attorney"]
    typed = {"place": "Almaty", "on": DAY, "principal": "A. Zh.", "attorney": "L. A.", "powers": "act\n\nsign"}
    with app.test_request_context():
        text = words(filling.draw(kind, typed, lang="en", at=now()))
    assert "valid until" not in text
    assert "{" not in text
    assert "1. act 2. sign" in text


def test_a_paper_begins_with_what_the_case_knows(people, matter, visit):
    case = matter("On the right to peaceful assembly", articles=["ICCPR:21"], legal_issue="Is a notice enough?")
    with transaction():
        for side, name in (("client", "Аскар <b>Тестов"), ("opposing", "Полиция района")):
            operations.add_party(case, side=side, kind="individual", name=name, by=people.leila, at=now())
        began = {"procedure": "kz_civil", "stage": "first_instance", "number": "7130-26-2/15", "began_on": DAY}
        run = proceedings.open_proceeding(case, **began, by=people.leila, at=now())
        decided = {"outcome": "granted", "decided_on": DAY, "holding": "CANARY-HOLDING"}
        proceedings.record_decision(run.stages[-1], **decided, by=people.leila, at=now())
    lawyer = visit(people.leila)
    assert "?in=kk" in lawyer.open(f"/cases/{case.id}/papers")
    sheet = lawyer.sheet(f"/cases/{case.id}/papers/appeal?in=ru")
    assert sheet.values["person"] == "Аскар <b>Тестов"
    assert sheet.values["number"] == "7130-26-2/15"
    assert sheet.values["decided_on"] == "2026-03-10"
    assert sheet.values["decided"] == "CANARY-HOLDING"
    assert sheet.values["signer"] == "Leila Akhmet"
    assert "отменить" in sheet.values["requests"]
    answer = lawyer.send(sheet, court="Областной суд", capacity="истец", grounds="Первый\nВторой", decision="решение")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    text = words(answer.data)
    assert "Апелляционная жалоба" in text
    assert "от Аскар <b>Тестов истец" in text
    assert "1. Первый 2. Второй" in text
    assert stored(Item) == []
    (told,) = [event for event in stored(Event) if event.verb == "cases.draw_paper"]
    assert told.public == {"paper": "appeal", "language": "ru"}
    assert lawyer.send(sheet, court="").status_code == 422
    assert lawyer.get(f"/cases/{case.id}/papers/ransom_note").status_code == 404


def test_a_communication_to_a_un_body_has_the_fields_of_its_heading(app, people, matter, visit):
    case = matter("Detention without a judge", articles=["ICCPR:9"])
    sheet = visit(people.leila).sheet(f"/cases/{case.id}/papers/un_cover?in=en")
    assert sheet.values["articles"]
    with app.test_request_context():
        typed = {field.name: sheet.values.get(field.name) or "X" for field in KINDS["un_cover"].fields}
        text = words(filling.draw(KINDS["un_cover"], typed, lang="en", at=now() + timedelta(0)))
    for heading in ("Submitted by", "Alleged victim", "State party", "Date of communication", "Subject matter",
                    "Procedural issues", "Substantive issues", "Articles of the treaty", "Articles of the Optional Protocol"):  # fmt: skip
        assert heading in text

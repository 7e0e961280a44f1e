"""The consent form on paper: the eight items of the law in three languages; a name in it, and nowhere else."""

import json

import pypdfium2
import pytest

from caseflow.incidents import consent_form
from caseflow.kernel.clock import now
from caseflow.kernel.db import db
from caseflow.ledger.models import Event


def words(pdf):
    return " ".join(" ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)).split())


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Consent to collect and use personal data"),
        ("ru", "Согласие на сбор и использование персональных данных"),
        ("kk", "Дербес деректерді жинауға және пайдалануға келісім"),
    ],
)
def test_the_form_has_the_eight_items_in_each_language(app, language, title):
    sheet = consent_form.ConsentSheet(
        reference="IN-2026-0007", network="The network", operator="Қоғамдық ұйым", name="Әсел Құдайбергенқызы"
    )
    with app.test_request_context():
        text = words(consent_form.draw(sheet, language=language, at=now()))
    assert title in text
    assert "Әсел Құдайбергенқызы" in text
    assert all(f"{number}. " in text for number in range(1, 9))


def test_it_is_filled_with_what_is_known_or_left_to_the_pen(app):
    sheet = consent_form.ConsentSheet("IN-2026-0007", "N", "O", purposes=("submission",))
    with app.test_request_context():
        filled = consent_form._values(sheet, "en")
        blank = consent_form._values(consent_form.ConsentSheet("IN-2026-0007", "N", "O"), "en")
    assert [ticked for ticked, _words in filled["items"][3]["boxes"]] == [False, False, False, True]
    assert [ticked for ticked, _words in filled["items"][4]["boxes"]] == [False, True]
    assert [ticked for ticked, _words in filled["items"][5]["boxes"]] == [True, False, False]
    assert not any(ticked for item in blank["items"] for ticked, _words in item["boxes"])
    assert blank["items"][1]["lines"][0][1] == ""


def test_printing_tells_the_ledger_and_puts_the_name_into_no_file_name(log, people, visit):
    incident = log()
    person = incident.people[0].id
    dana = visit(people.dana)
    answer = dana.post(
        f"/incidents/{incident.id}/consents/form",
        {**form_of(dana, incident), "person": person, "purpose": ["lawyer"], "language": "kk"},
    )
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="consent-{incident.reference}-kk.pdf"'
    assert "no-store" in answer.headers["Cache-Control"]
    assert "Askar Testov" in words(answer.data)
    event = db.session.query(Event).filter_by(verb="incidents.print_consent_form").one()
    assert "Askar" not in json.dumps(event.public)
    blank = dana.post(f"/incidents/{incident.id}/consents/form", {**form_of(dana, incident), "language": "ru"})
    assert "Askar" not in words(blank.data)


def form_of(visitor, incident):
    page = visitor.open(f"/incidents/{incident.id}/consents/form")
    token = page.partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]
    return {"csrf_token": token}

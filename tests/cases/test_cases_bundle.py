"""A bundle for a court: an index, numbered exhibits, page numbers, the custody of each; sealed, and behind walls."""

import io

import pikepdf
import pytest
from PIL import Image
from pypdfium2 import PdfDocument

from caseflow.cases import operations
from caseflow.cases.bundle import binding
from caseflow.cases.bundle.making import make
from caseflow.cases.models import Bundle
from caseflow.evidence import operations as evidence
from caseflow.evidence.intake import receive
from caseflow.evidence.models import File, Item
from caseflow.incidents import operations as incidents
from caseflow.kernel.clock import now
from caseflow.kernel.db import transaction
from caseflow.kernel.errors import NotPermitted, RuleBroken
from tests.storage import only, stored


def paper(pages=2, size=(595, 842), rotate=0, script=False):
    made = pikepdf.new()
    for number in range(pages):
        page = made.add_blank_page(page_size=size)
        page.Rotate = rotate
        page.Contents = made.make_stream(b"q 1 0 0 1 20 20 cm Q")
        if script and number == 0:
            page.AA = pikepdf.Dictionary(O=pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)"))
            made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def picture():
    out = io.BytesIO()
    Image.new("RGB", (300, 200), "red").save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def exhibit(people):
    def add(owner, title, *contents, by=None):
        by = by or people.leila
        received = [receive(io.BytesIO(c), name=f"{title}.bin", safe_id=owner.safe_id, by=by) for c in contents]
        with transaction():
            item = evidence.add_item(owner, title=title, by=by, at=now())
            for one in received:
                evidence.add_file(item, one, by=by, at=now())
        return item

    return add


@pytest.fixture
def bind(people, app):
    def go(case, items, by=None):
        by = by or people.leila
        with transaction():
            chosen = [item.id for item in items]
            begun = operations.begin_bundle(case, chosen=chosen, language="en", by=by, at=now())
        with app.test_request_context():
            make(begun.id, case.id, by=by)
        return only(Bundle, Bundle.id == begun.id)

    return go


def content(bundle, by):
    (file,) = stored(File, File.item_id == bundle.item_id)
    with transaction():
        source = evidence.hand_out(file, how="view", by=by, at=now())
    with source:
        return source.read(-1)


def words(pdf):
    document = PdfDocument(pdf)
    return [document[number].get_textpage().get_text_range() for number in range(len(document))]


def test_a_bundle_has_an_index_numbered_exhibits_page_numbers_and_custody(people, matter, log, exhibit, bind):
    incident = log()
    case = matter("Beaten at the station", incidents=[incident])
    with transaction():
        (person,) = incident.people
        given = {"purpose": "submission", "form": "written", "language": "en", "given_on": now().date()}
        incidents.give_consent(incident, person=person, **given, by=people.leila, at=now())
    items = [
        exhibit(case, "The verdict", paper(3)),
        exhibit(case, "Протокол <допроса>", paper(1, rotate=90, script=True), picture()),
        exhibit(incident, "A recording", b"ID3 not a paper" * 20, by=people.dana),
    ]
    bundle = bind(case, items)
    assert (bundle.state, bundle.step) == ("done", bundle.steps)
    made = content(bundle, people.leila)
    pages = words(made)
    # cover, index, three sheets, 3 + 1 + 1 pages, custody
    assert len(pages) == 2 + 3 + 5 + 1
    assert all(f"{number} / {len(pages)}" in text for number, text in enumerate(pages, start=1))
    assert "Протокол <допроса>" in pages[1]
    assert "The verdict" in pages[2]
    assert "handed over apart" in pages[-2]
    assert only(File, File.item_id == items[0].id).payload_sha256 not in pages[-1]
    assert people.leila.ring.text(only(File, File.item_id == items[0].id), "sha256")[:16] in pages[-1].replace(
        "\r\n", ""
    )
    assert b"app.alert" not in made
    assert b"JavaScript" not in made
    with pikepdf.open(io.BytesIO(made)) as opened, opened.open_outline() as outline:
        assert next(one.title for one in outline.root) == "1. The verdict"
        assert not any(key in page for page in opened.pages for key in ("/AA", "/Annots"))
        assert "/OpenAction" not in opened.Root
    assert "Bundle of evidence" in people.fresh(people.leila).ring.text(stored(Item, Item.id == bundle.item_id)[0], "title")  # fmt: skip


def test_who_has_not_consented_is_neither_named_nor_bound(people, matter, log, exhibit, bind):
    incident = log()  # Askar Testov is in it, and has consented to nothing
    case = matter("Case of Askar Testov", incidents=[incident])
    item = exhibit(incident, "What Askar Testov said", paper(1), by=people.dana)
    text = "".join(words(content(bind(case, [item]), people.leila)))
    assert "Testov" not in text
    assert "1 / " in text


def test_a_spoilt_paper_is_handed_over_apart_and_breaks_nothing(people, matter, exhibit, bind):
    case = matter()
    spoilt = paper(2)[:200] + b"\x00" * 50
    items = [exhibit(case, "Spoilt", spoilt), exhibit(case, "Whole", paper(1))]
    bundle = bind(case, items)
    assert bundle.state == "done"
    assert len(words(content(bundle, people.leila))) == 2 + 2 + 1 + 1


def test_a_bundle_that_breaks_off_says_so_and_leaves_no_file(people, matter, exhibit, bind, monkeypatch):
    def refuse(*_args, **_more):
        raise RuleBroken(binding.BROKEN)

    case = matter()
    item = exhibit(case, "Whole", paper(1))
    monkeypatch.setattr(binding, "join", refuse)
    bundle = bind(case, [item])
    assert (bundle.state, bundle.item_id) == ("broken", None)
    assert len(stored(Item)) == 1


def test_one_bundle_of_a_case_is_made_at_a_time_by_who_works_in_it(people, matter, exhibit):
    case = matter()
    item = exhibit(case, "Whole", paper(1))
    begin = {"language": "ru", "at": now()}
    for by, chosen, refusal in (
        (people.yerlan, [item.id], NotPermitted),
        (people.leila, [], RuleBroken),
    ):
        with pytest.raises(refusal), transaction():
            operations.begin_bundle(case, chosen=chosen, **begin, by=by)
    with transaction():
        operations.begin_bundle(case, chosen=[item.id], **begin, by=people.leila)
    with pytest.raises(RuleBroken, match="being made just now"), transaction():
        operations.begin_bundle(case, chosen=[item.id], **begin, by=people.marat)


def test_the_page_begins_it_and_tells_how_far_it_is(people, matter, exhibit, visit):
    case = matter()
    item = exhibit(case, "Whole", paper(1))
    lawyer = visit(people.leila)
    sheet = lawyer.sheet(f"/cases/{case.id}/bundle")
    assert sheet.values["chosen"] in (item.id, [item.id])
    assert lawyer.send(sheet, language="kk").status_code == 303
    assert only(Bundle).state == "done"
    assert f"/evidence/{only(Bundle).item_id}" in lawyer.open(f"/cases/{case.id}/bundle")
    with transaction():
        operations.begin_bundle(case, chosen=[item.id], language="en", by=people.leila, at=now())
    answer = lawyer.get(f"/cases/{case.id}/bundle")
    assert answer.headers["Refresh"] == "3"
    assert "<progress" in answer.text

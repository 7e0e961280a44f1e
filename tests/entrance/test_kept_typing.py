"""What is typed and not sent is kept, sealed to its member, offered to her alone, and gone once it is sent."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from caseflow.entrance import kept
from caseflow.entrance.models import KeptTyping
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.ids import new_id
from tests.cast import cast
from tests.incidents.visiting import Visitor, sheet_in

PAGE = "/incidents/new"
SECRET = "Two men in a white car"


@pytest.fixture
def people(app):
    with app.app_context():
        yield cast(app)


def rows():
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(select(KeptTyping)))


def post(visitor, path, values):
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', visitor.open("/account"))
    return visitor.post(path, {"csrf_token": token[1] if token else "", **values})


def type_on(visitor, path, sheet=None, **typed):
    """Type into a page without sending it; return the form as it stands."""
    sheet = sheet or visitor.sheet(path)
    values = {**sheet.values, **typed}
    sheet.values = values
    sent = {name: value for name, value in values.items() if name != "once"}
    where = path.partition("?")[0]
    answer = visitor.post("/kept", {**sent, "kept-key": values["once"], "kept-page": where, "kept-title": "Log"})
    assert answer.status_code == 200
    return sheet


def test_what_was_typed_is_offered_again_and_goes_when_it_is_sent(app, people):
    dana = Visitor(app, people.dana)
    type_on(dana, PAGE, title="A title", narrative=SECRET)
    (row,) = rows()
    assert SECRET.encode() not in row.sealed
    assert f"{PAGE}?kept={row.key}" in dana.open("/")
    assert f"?kept={row.key}" in dana.open(PAGE)

    again = dana.sheet(f"{PAGE}?kept={row.key}")
    assert (again.values["title"], again.values["narrative"]) == ("A title", SECRET)
    answer = dana.send(again)
    assert answer.status_code == 303
    assert rows() == []
    assert "kept=" not in dana.open("/")


def test_nobody_else_is_offered_it_and_another_page_does_not_take_it(app, people):
    type_on(Visitor(app, people.dana), PAGE, title="A title", narrative=SECRET)
    (row,) = rows()
    timur = Visitor(app, people.timur)
    assert SECRET not in timur.open(f"{PAGE}?kept={row.key}")
    assert SECRET not in Visitor(app, people.dana).open(f"/incidents/quick?kept={row.key}")
    post(timur, f"/kept/{row.key}/out", {})
    assert len(rows()) == 1
    stolen = post(timur, "/kept", {"kept-key": row.key, "kept-page": PAGE, "title": "Mine"})
    assert stolen.status_code == 404
    post(Visitor(app, people.dana), f"/kept/{row.key}/out", {})
    assert rows() == []


def test_two_windows_keep_each_their_own(app, people):
    dana = Visitor(app, people.dana)
    one = type_on(dana, PAGE, title="One", narrative="First")
    two = type_on(dana, PAGE, title="Two", narrative="Second")
    type_on(dana, PAGE, one, narrative="First, and more")
    assert len(rows()) == 2
    dana.send(two)
    (left,) = rows()
    again = dana.sheet(f"{PAGE}?kept={left.key}")
    assert again.values["narrative"] == "First, and more"


def test_what_goes_on_elsewhere_after_it_was_taken_back_is_not_thrown_away(app, people):
    dana = Visitor(app, people.dana)
    one = type_on(dana, PAGE, title="One", narrative="First")
    (row,) = rows()
    again = dana.sheet(f"{PAGE}?kept={row.key}")
    type_on(dana, PAGE, one, narrative="Typed in the first window afterwards")
    dana.send(again)
    assert len(rows()) == 1
    (left,) = kept.waiting(people.dana)
    assert dict(left.pairs)["narrative"] == "Typed in the first window afterwards"


def test_a_form_that_was_refused_keeps_its_place(app, people):
    dana = Visitor(app, people.dana)
    sheet = type_on(dana, PAGE, title="", narrative=SECRET)
    refused = dana.send(sheet)
    assert refused.status_code == 422
    again = sheet_in(refused.text, PAGE)
    assert again.values["once"] == sheet.values["once"]
    assert dana.send(again, title="Now with a title").status_code == 303
    assert rows() == []


def test_a_keeping_that_comes_after_its_form_was_received_is_let_go(app, people):
    dana = Visitor(app, people.dana)
    sheet = dana.sheet(PAGE)
    dana.send(sheet, title="Sent", narrative="Sent")
    type_on(dana, PAGE, sheet)
    assert rows() == []


def test_a_stale_form_that_was_taken_back_shows_what_is_stored_now(app, people):
    dana = Visitor(app, people.dana)
    where = dana.fill(PAGE, title="First", narrative="First").location.replace("/where", "/what")
    type_on(dana, where, title="Typed long ago")
    (row,) = rows()
    dana.fill(where, title="Saved in between")
    answer = dana.send(dana.sheet(f"{where}?kept={row.key}"))
    assert answer.status_code == 422
    assert "Typed long ago" in answer.text
    assert "Saved in between" in answer.text


def test_a_locked_screen_keeps_nothing_more_and_says_so(app, people):
    dana = Visitor(app, people.dana)
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', dana.open("/"))
    assert token
    dana.post("/lock", {"csrf_token": token[1]})
    answer = dana.post("/kept", {"csrf_token": token[1], "kept-key": new_id(), "kept-page": PAGE, "title": "x"})
    assert answer.status_code == 423
    assert rows() == []


def test_what_is_no_page_of_ours_and_what_is_too_much_is_refused(app, people):
    dana = Visitor(app, people.dana)
    for page in ("", "//example.org/", "https://example.org/", "/" + "a" * 300):
        assert post(dana, "/kept", {"kept-key": new_id(), "kept-page": page}).status_code == 400
    assert post(dana, "/kept", {"kept-key": "short", "kept-page": PAGE}).status_code == 400
    long = post(dana, "/kept", {"kept-key": new_id(), "kept-page": PAGE, "x": "ж" * (kept.MOST_CHARACTERS + 1)})
    assert long.status_code == 422
    with pytest.raises(RuleBroken), transaction():
        for _ in range(kept.MOST_FORMS + 1):
            kept.keep(new_id(), page=PAGE, title="", typed=[("a", "b")], took="", by=people.dana, at=now())
    assert rows() == []


def test_after_a_month_it_is_forgotten(app, people):
    type_on(Visitor(app, people.dana), PAGE, title="Old")
    with transaction():
        kept.forget_old(at=now() + timedelta(days=29))
    assert len(rows()) == 1
    with transaction():
        kept.forget_old(at=now() + timedelta(days=31))
    assert rows() == []

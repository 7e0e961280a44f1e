"""Lists come in as a whole or not at all, twice the same is once, and leave with the names of those only who agreed."""

import csv
import io
import json
import re
import zipfile
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from caseflow.incidents import imports, operations
from caseflow.incidents.lists import layout, reading, words, writing
from caseflow.incidents.models import Incident
from caseflow.incidents.runs import ImportPart, ImportRun
from caseflow.kernel.clock import now, today
from caseflow.kernel.db import db, transaction
from caseflow.kernel.errors import RuleBroken
from caseflow.ledger.models import Event
from tests.incidents.visiting import sheet_in

HEADS = "№;Название;Регион;Дата;ФИО;Вид нарушения\n"
ROWS = "1/26;Избиение в отделе;Алматы;06.03.2026;Аскар Тестов;Пытки\n2/26;Пикет;KZ-75;03.2026;;\n"
LIST = (HEADS + ROWS).encode("cp1251")
LOOK = {"execution_options": {"unscoped": "a test looks at what is stored"}}
DOCS = Path(__file__).parents[2] / "docs" / "lists.md"


def stored():
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(select(Incident).order_by(Incident.reference), **LOOK))


def upload(visitor, source, name="list.csv"):
    sheet = visitor.sheet("/incidents/import")
    return visitor.send(sheet, files=(io.BytesIO(source), name))


def tried(visitor, source, **columns):
    """Upload a list, try it out, and return the address of its run."""
    answer = upload(visitor, source)
    assert answer.status_code == 303, re.sub(r"\s+", " ", answer.text)[-3000:]
    page = visitor.open(answer.location)
    mapping = form_with(page, "column-0", answer.location)
    assert visitor.send(mapping, **columns).status_code == 303
    return answer.location


def form_with(page, name, address):
    for part in page.split("<form")[1:]:
        if f'name="{name}"' in part:
            return sheet_in(f'<form method="post"{part[part.index(">") : part.index("</form>")]}</form>', address)
    raise AssertionError(f"no form with {name}")


def brought(visitor, source):
    run = tried(visitor, source)
    assert visitor.press(run, f"{run}/go").status_code == 303
    return run


def workbook(sheet, strings=(), **more):
    """Return the bytes of a workbook with this inside of its only sheet."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in writing._PARTS.items():
            archive.writestr(name, content)
        archive.writestr("xl/worksheets/sheet1.xml", f'<worksheet xmlns="{writing._MAIN}">{sheet}</worksheet>')
        shared = "".join(f"<si><t>{text}</t></si>" for text in strings)
        archive.writestr("xl/sharedStrings.xml", f'<sst xmlns="{writing._MAIN}">{shared}</sst>')
        for name, content in more.items():
            archive.writestr(name, content)
    return out.getvalue()


def row(number, *cells):
    return f'<row r="{number}">{"".join(cells)}</row>'


def text(place, said):
    return f'<c r="{place}" t="inlineStr"><is><t>{said}</t></is></c>'


FORMULAS = workbook(
    "<sheetData>"
    + row(1, text("A1", "Our list"))
    + row(2, text("A2", "Number"), text("B2", "Title"), text("C2", "Region"), text("D2", "Date"))
    + row(3, '<c r="A3"><v>1</v></c>', '<c r="B3" t="str"><f>A1&amp;B1</f><v>Beaten</v></c>', text("C3", "Almaty"))
    + row(
        4,
        '<c r="A4"><v>2</v></c>',
        '<c r="B4"><f>WEBSERVICE("http://x")</f></c>',
        '<c r="D4" t="d"><v>2026-03-06</v></c>',
    )
    + "</sheetData><mergeCells><mergeCell ref='C3:C4'/><mergeCell ref='A1:D1'/></mergeCells>"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
def test_a_list_is_read_in_the_encoding_it_was_saved_in(app, encoding):
    table, rows = imports.table_of((HEADS + ROWS).encode(encoding), {})
    assert table["headings"][1] == "Название"
    assert [one.cells[0] for one in rows] == ["1/26", "2/26"]


@pytest.mark.parametrize(
    ("source", "why"),
    [
        (b"PK\x03\x04 cut off", "broken"),
        (b"\xd0\xcf\x11\xe0 an old one", "old kind"),
        (b"a,b\nx\0y,z\n", "NUL"),
        (b"k,t\n" + b"1,x\n" * 100_000, "10,000 rows"),
        (workbook("<sheetData/>"), "nothing in this list"),
        (workbook("<sheetData><row>"), "broken"),
        (b"only,headings\n", "nothing in this list"),
        (b"", "nothing in this list"),
    ],
    ids=["zip", "xls", "nul", "rows", "empty-book", "half-book", "headings", "empty"],
)
def test_what_is_no_list_is_refused_in_words(app, source, why):
    with pytest.raises(RuleBroken, match=why):
        imports.table_of(source, {})


def test_a_workbook_that_swells_or_declares_entities_is_not_read(app):
    declared = workbook("", **{"xl/styles.xml": '<!DOCTYPE sst [<!ENTITY a "b">]><sst>&a;</sst>'})
    with pytest.raises(RuleBroken, match="no spreadsheet program writes"):
        imports.table_of(declared, {})
    bomb = workbook(f"<sheetData>{row(1, text('A1', 'x'))}</sheetData>", ["y" * (49 * 1024 * 1024)])
    assert len(bomb) < 200_000
    with pytest.raises(RuleBroken, match="larger than any list"):
        imports.table_of(bomb, {})


def test_a_line_of_ten_megabytes_is_an_error_of_its_cell(app):
    _table, rows = imports.table_of(b"key,title\n1," + b"a" * 7_900_000 + b"\n2,fine\n", {})
    assert [one.faults for one in rows] == [[(1, "long")], []]


def test_of_formulas_the_saved_value_counts_and_merged_cells_count_in_each_row(app):
    table, rows = imports.table_of(FORMULAS, {})
    assert table["headings"] == ["Number", "Title", "Region", "Date"]
    assert (table["form"], table["merged"]) == ("xlsx", 2)
    assert rows[0].cells == ["1", "Beaten", "Almaty"]
    assert rows[1].cells == ["2", "=", "Almaty", "2026-03-06"]
    assert rows[1].faults == [(1, "formula")]


def test_a_list_comes_in_as_drafts_and_the_second_time_adds_nothing(people, visit):
    dana = visit(people.dana)
    run = brought(dana, LIST)
    first, second = stored()
    assert (first.state, first.region, first.by_id) == ("draft", "KZ-75", people.dana.member_id)
    ring = people.fresh(people.dana).ring
    assert ring.text(first, "title") == "Избиение в отделе"
    assert [ring.text(person, "name") for person in first.people] == ["Аскар Тестов"]
    assert [(act.kind, bool(act.articles)) for act in first.acts] == [("torture", True)]
    assert (second.began_on.isoformat(), second.began_precision) == ("2026-03-01", "month")
    assert people.fresh(people.aigul).ring.text(first, "title") == "Избиение в отделе"
    assert db.session.scalar(select(ImportPart)) is None
    assert "2 incidents are in" in dana.open(run)
    told = [event.verb for event in db.session.scalars(select(Event).order_by(Event.seq)) if "import" in event.verb]
    assert told == ["incidents.begin_import", "incidents.check_import", "incidents.import_list"]

    again = tried(dana, (HEADS + ROWS).replace("Пикет", "Пикет разогнан").encode("utf-16"))
    page = dana.open(again)
    assert f">{first.reference}</a>" in page
    assert f'action="{again}/go"' not in page
    assert len(stored()) == 2
    verdicts = dana.get(f"{again}/verdicts.csv").get_data(as_text=True)
    assert f"2,1/26,Already there: {first.reference}" in verdicts
    visit(people.timur).open(again, 404)


def test_a_row_that_looks_like_an_incident_one_may_read_is_pointed_out_and_comes_in_all_the_same(people, visit, log):
    mine, foreign = log(bare=True, region="KZ-75"), log(bare=True, by=people.timur, region="KZ-75")
    told = {"began_on": date(2026, 3, 6), "began_precision": "day", "region": "KZ-75"}
    placed = log(bare=True, **told, place="улица Абая 12, отдел полиции")
    with transaction():
        for incident, by in ((mine, people.dana), (foreign, people.timur)):
            operations.add_person(incident, kind="individual", name="Testov Askar", by=by, at=now())
    lines = [
        "№;Название;Регион;Место;Дата;ФИО",
        "1;Избиение;Алматы;;;Аскар Тестов",  # her name in another script, the day is not known
        "2;Задержание;Алматы;;06.03.1999;Аскар Тестов",  # her name, long before
        "3;Обыск;Алматы;ул. Абая, 12;07.03.2026;",  # nobody's name, the same place within days
        "4;Обыск;Алматы;ул. Абая, 12;07.06.2026;",  # the same place in another month
    ]
    dana = visit(people.dana)
    run = tried(dana, "\n".join(lines).encode())
    page = re.sub(r"<[^>]+>", "", dana.open(run))
    assert [f"New, but it looks like {one.reference}" in page for one in (mine, placed, foreign)] == [True, True, False]
    verdicts = list(csv.reader(io.StringIO(dana.open(f"{run}/verdicts.csv").lstrip("\ufeff")), delimiter=","))
    assert [line[-1].partition(":")[0] for line in verdicts[1:]] == [
        f"New, but it looks like {mine.reference}", "New", f"New, but it looks like {placed.reference}", "New",
    ]  # fmt: skip
    assert dana.press(run, f"{run}/go").status_code == 303
    assert "4 incidents are in" in dana.open(run)


def test_one_wrong_cell_keeps_everything_out_and_is_named(people, visit):
    wrong = HEADS + "1;А;Луна;32.13.2026;;\n1;Б;;6/3/2026;;Пытки\n3;;;;;\n" + "4;=Б;;;;\n"
    dana = visit(people.dana)
    run = tried(dana, wrong.encode())
    page = dana.open(run)
    assert f'action="{run}/go"' not in page
    lines = dana.get(f"{run}/verdicts.csv").get_data(as_text=True).splitlines()
    assert "Column “Регион”: “Луна” is not in the list" in lines[1]
    assert "Column “Дата”: Write the date as" in lines[1]
    assert "The same number stands in row 2" in lines[2]
    assert "Say in a few words what happened" in lines[3]
    assert lines[4].endswith(",4,New")
    answer = dana.post(f"{run}/go", {"csrf_token": dana.sheet(run, f"{run}/undo").values["csrf_token"]})
    assert answer.status_code == 303
    assert "Rows with errors are left" in dana.open(run)
    assert stored() == []


def test_nothing_is_seen_before_all_of_it_is_there_and_a_dead_worker_leaves_nothing_half(people, visit, monkeypatch):
    monkeypatch.setattr(imports, "PART", 2)
    monkeypatch.setattr("caseflow.incidents.routes.importing.AT_A_TIME", 0.0)
    dana, aigul = visit(people.dana), visit(people.aigul)
    names = "".join(f"{n};Случай {n};;;;\n" for n in range(5))
    run = tried(dana, (HEADS + names).encode())
    run_id = run.rpartition("/")[2]
    dana.press(run, f"{run}/go")
    assert [one.state for one in stored()] == ["importing"] * 2
    assert "Случай" not in aigul.open("/incidents/")
    aigul.open(f"/incidents/{stored()[0].id}", 404)
    dana.open(f"/incidents/{stored()[0].id}", 404)

    def dies(*_arguments, **_named):
        raise OSError("killed")

    with monkeypatch.context() as patch, pytest.raises(OSError, match="killed"), transaction():
        patch.setattr("caseflow.incidents.operations.importing.keys.settle", dies)
        by = people.fresh(people.dana)
        operations.go_on_importing(imports.run_of(run_id, by), by=by, at=now())
    assert len(stored()) == 2
    page = dana.open(run)
    assert 'value="2" max="5"' in page
    assert "data-press" in page
    dana.press(run, f"{run}/go")
    dana.press(run, f"{run}/go")
    assert [one.state for one in stored()] == ["draft"] * 5
    assert "Случай 4" in aigul.open("/incidents/")

    second = tried(dana, (HEADS + names.replace(";Случай", "b;Случай")).encode())
    dana.press(second, f"{second}/go")
    assert dana.press(second, f"{second}/undo").status_code == 303
    assert sorted(one.state for one in stored()) == ["draft"] * 5 + ["undone"] * 2
    undone = [one for one in stored() if one.state == "undone"]
    assert all(one.title_sealed == b"" and one.people == [] for one in undone)
    assert "taken back" in dana.open(second)
    third = tried(dana, (HEADS + names.replace(";Случай", "b;Случай")).encode())
    assert "Bring in 5 incidents" in dana.open(third), "what was taken back is not known"
    with transaction():
        assert operations.forget_imports(at=now() + operations.importing.KEPT * 2) == 1
    assert [run.state for run in db.session.scalars(select(ImportRun))] == ["done", "undone"]


def test_a_waiting_list_is_sealed_to_its_member(people, visit, app):
    dana = visit(people.dana)
    tried(dana, LIST)
    db.session.rollback()
    run = db.session.scalars(select(ImportRun)).one()
    assert imports.source_of(run, people.fresh(people.dana)) == LIST
    for path in app.extensions["caseflow_settings"].instance.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert "Избиение".encode() not in content
            assert "Избиение".encode("cp1251") not in content
    visit(people.leila).open("/incidents/import")
    assert upload_refused(visit(people.leila)) == 403


def upload_refused(visitor):
    token = re.search(r'name="csrf_token" value="([^"]+)"', visitor.open("/incidents/import"))[1]
    with visitor.app.app_context():
        data = {"csrf_token": token, "files": (io.BytesIO(LIST), "x.csv")}
        return visitor.client.post("/incidents/import", data=data).status_code


def test_what_was_chosen_for_a_heading_is_remembered(people, visit):
    dana = visit(people.dana)
    source = b"ref,what,memo\n7,Beaten,x\n"
    run = tried(dana, source, **{"column-0": "key", "column-1": "title"})
    dana.press(run, f"{run}/go")
    again = upload(dana, b"what,ref\nPicket,8\n")
    assert form_with(dana.open(again.location), "column-0", "").values["column-0"] == "title"


def test_two_headings_of_one_meaning_are_not_guessed_twice():
    assert layout.guessed(["Title", "Название", "Victim: name 2"], {}) == ["title", "", "victim_name_2"]


@pytest.mark.parametrize(
    ("cell", "value", "precision"),
    [
        ("06.03.2026", "2026-03-06", "day"), ("2026-03-06", "2026-03-06", "day"), ("03.2026", "2026-03-01", "month"),
        ("2026 г.", "2026-01-01", "year"), ("около 06.03.2026", "2026-03-06", "about"), ("~2026", "2026-01-01", "year"),
    ],
)  # fmt: skip
def test_a_date_is_read_as_far_as_it_is_known(cell, value, precision):
    found = words.imprecise(cell)
    assert (found[0].isoformat(), found[1]) == (value, precision)
    assert words.imprecise(words.dated(*found)) == found


def test_the_example_of_the_documentation_is_a_list(people):
    source = re.search(r"```csv\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)[1].encode()
    table, rows = imports.table_of(source, {})
    codes = layout.guessed(table["headings"], {})
    assert "" not in codes
    for one in rows:
        told, faults = reading.tell(reading.as_cells(codes, one.cells), key="x", language="en", today=today())
        assert faults == []
    first = reading.tell(reading.as_cells(codes, rows[0].cells), key="x", language="en", today=today())[0]
    assert first.acts[0]["act"]["articles"] == ["ICCPR:7", "CAT:1"]
    assert [one["person"]["name"] for one in first.acts] == ["Askar T.", "Dina T."]
    assert set(layout.columns()) >= {layout.split(code)[0] for code in codes}


def exported(visitor, kind, purpose="inside", query=""):
    answer = visitor.fill(f"/incidents/export{query}", kind=kind, purpose=purpose)
    assert answer.status_code == 200, answer.text[-2000:]
    return answer.get_data()


def as_rows(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_a_list_leaves_with_the_names_of_those_only_who_agreed(people, visit, log):
    incident = log(title="=cmd|' /C calc'!A0", narrative="Askar Testov was beaten.", place="Abay 1")
    log(by=people.timur, title="Another's")
    with transaction():
        operations.add_source(
            incident, connection="victim", reliability="high", who="His wife", by=people.dana, at=now()
        )
    dana = visit(people.dana)
    inside = as_rows(exported(dana, "csv"))
    assert [(one["Title"], one["Victim: name"]) for one in inside] == [("'=cmd|' /C calc'!A0", "Askar Testov")]
    outside = exported(dana, "csv", "lawyer").decode()
    assert [word for word in ("Askar", "Testov", "Abay 1", "His wife") if word in outside] == []
    assert f"{incident.reference}/P1 was beaten." in outside
    with transaction():
        operations.give_consent(
            incident, person=incident.people[0], purpose="lawyer", form="written", language="en", given_on=today(),
            by=people.dana, at=now(),
        )  # fmt: skip
    assert as_rows(exported(dana, "csv", "lawyer"))[0]["Victim: name"] == "Askar Testov"
    assert "Testov" not in exported(dana, "json", "submission").decode()
    whole = json.loads(exported(dana, "json"))
    assert whole["incidents"][0]["acts"][0]["victim"] == whole["incidents"][0]["people"][0]["id"] == "P1"
    assert len(json.loads(exported(visit(people.aigul), "json"))["incidents"]) == 2
    assert len(as_rows(exported(visit(people.aigul), "csv", query="?state=draft"))) == 2
    told = [event.public for event in db.session.scalars(select(Event).where(Event.verb == "incidents.export_list"))]
    assert told[0] == {"count": 1, "form": "csv", "purpose": "inside", "scope": {}}
    assert told[-1] == {"count": 2, "form": "csv", "purpose": "inside", "scope": {"state": "draft"}}


def test_what_left_as_a_workbook_comes_back_as_it_was(people, visit, log):
    incident = log(title="+7 701 called", narrative="First.\nSecond.", began_precision="about")
    with transaction():
        act = incident.acts[0]
        operations.add_involvement(act, actor_kind="police", unit="A unit", by=people.dana, at=now())
        operations.add_involvement(act, actor_kind="judge", by=people.dana, at=now())
        operations.add_person(incident, kind="group", name="Neighbours", size=12, by=people.dana, at=now())
    content = exported(visit(people.dana), "xlsx")
    timur = visit(people.timur)
    run = tried(timur, content)
    timur.press(run, f"{run}/go")
    before, after = stored()
    names = ("region", "began_on", "began_precision", "language")
    assert [getattr(after, name) for name in names] == [getattr(before, name) for name in names]
    ring = people.fresh(people.timur).ring
    assert ring.text(after, "title") == "+7 701 called"
    assert ring.text(after, "narrative") == "First.\nSecond."
    assert [(one.kind, one.size) for one in after.people] == [("individual", None), ("group", 12)]
    assert (after.acts[0].articles, after.acts[0].kind) == (act.articles, act.kind)
    assert {(part.actor_kind, ring.text(part, "unit")) for part in after.acts[0].involvements} == {
        ("police", "A unit"),
        ("judge", ""),
    }


def test_the_template_is_understood(people, visit):
    dana = visit(people.dana)
    for form in ("csv", "xlsx"):
        table, rows = imports.table_of(dana.get(f"/incidents/import/template.{form}").get_data(), {})
        codes = layout.guessed(table["headings"], {})
        assert codes == list(layout.columns())
        assert reading.tell(reading.as_cells(codes, rows[0].cells), key="1", language="en", today=today())[1] == []

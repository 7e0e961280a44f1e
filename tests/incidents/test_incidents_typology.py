"""The network's own terms: a list comes in whole or not at all, and a retired term stays readable."""

import pytest
from sqlalchemy import select

from caseflow.incidents import operations, rules, typology
from caseflow.incidents.models import NetworkTerm
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction
from caseflow.kernel.errors import RuleBroken
from caseflow.ledger.models import Event

LIST = """list,code,parent,en,ru,kk,articles,esf_code,retired
acts,exile,movement,Exile,Изгнание,Жер аудару,ICCPR:12 ICCPR:13,,
methods,falaka,,Beating of the soles,Битьё по пяткам,Табанды ұру,,,
actor_kinds,akim_guard,,Guard of an akim,Охрана акима,Әкім күзеті,,,
"""


def take(text):
    read = typology.read_csv(text.encode() if isinstance(text, str) else text)
    assert read.faults == []
    with transaction():
        return operations.import_terms(read.terms, at=now())


def test_a_list_that_came_in_can_be_chosen_and_comes_in_again_without_a_change(log, people, visit):
    assert take(LIST).added == 3
    incident = log()
    dana = visit(people.dana)
    page = dana.open(f"/incidents/{incident.id}/acts/new?kind=exile&victim={incident.people[0].id}")
    assert "Exile" in page
    assert "Beating of the soles" in page
    sheet = dana.sheet(f"/incidents/{incident.id}/acts/new?kind=exile&victim={incident.people[0].id}")
    assert set(sheet.values["articles"]) == {"ICCPR:12", "ICCPR:13"}
    assert dana.send(sheet, method="falaka", actor_kind="akim_guard").status_code == 303
    shown = dana.open(f"/incidents/{incident.id}")
    assert "Guard of an akim" in shown
    assert "Exile" in dana.open("/incidents/?right=movement")

    again = take(LIST)
    assert (again.added, again.changed, again.same) == (0, 0, 3)
    renamed = take(LIST.replace("Beating of the soles", "Falaka"))
    assert (renamed.added, renamed.changed) == (0, 1)
    assert "Falaka" in dana.open(f"/incidents/{incident.id}")
    told = db.session.scalars(select(Event).where(Event.verb == "incidents.import_terms")).all()
    assert [event.public["added"] for event in told] == [3, 0]


def test_a_retired_term_stays_readable_and_is_offered_only_where_it_stands(log, people, visit):
    incident = log()
    dana = visit(people.dana)
    path = f"/incidents/{incident.id}/acts/{incident.acts[0].id}"
    dana.fill(path, method="beating")
    with transaction():
        operations.retire_term("methods", "beating", at=now())
        operations.retire_term("acts", "torture", at=now())
    assert "Beating" in dana.open(f"/incidents/{incident.id}")
    assert "Beating (no longer used)" in dana.open(path)
    assert dana.fill(path, consequences="Two ribs").status_code == 303
    assert dana.fill(path, method="").status_code == 303
    assert "Beating" not in dana.open(path)
    assert dana.fill(path, method="beating").status_code == 422
    assert 'value="torture"' not in dana.open(f"/incidents/{incident.id}/acts/new")
    with transaction():
        operations.retire_term("methods", "beating", back=True, at=now())
    assert dana.fill(path, method="beating").status_code == 303
    for listed, code in (("states", "draft"), ("methods", "no_such"), ("acts", "life")):
        with pytest.raises(RuleBroken), transaction():
            operations.retire_term(listed, code, at=now())


BAD = {
    "grades,own,,A,B,C,,,": "no list",
    "methods,Falaka,,A,B,C,,,": "small Latin letters",
    "methods,beating,,A,B,C,,,": "program's own",
    "methods,own,,A,,C,,,": "three languages",
    "methods,own,,A,B,C,,,perhaps": "yes or empty",
    "acts,own,,A,B,C,,,": "needs its group",
    "acts,own,other,A,B,C,,,": "needs its group",
    "acts,own,life,A,B,C,ICCPR:999,,": "no treaty article",
    "methods,falaka,,A,B,C,,,": "twice",
}


def test_every_wrong_row_is_told_in_words(app):
    with app.test_request_context():
        read = typology.read_csv((LIST + "\n".join(BAD)).encode())
        assert [number for number, _words in read.faults] == list(range(5, 5 + len(BAD)))
        for (_number, words), expected in zip(read.faults, BAD.values(), strict=True):
            assert expected in words
        assert len(read.terms) == 3
        assert "kk" in typology.read_csv(b"list,code,en,ru\n").faults[0][1]
        assert typology.read_csv(b"").faults


def test_a_file_of_an_older_spreadsheet_is_read(app):
    text = "list;code;en;ru;kk\r\nmethods;falaka;Falaka;Битьё по пяткам;Фалака\r\n"
    with app.test_request_context():
        for content in (text.encode("cp1251"), text.encode("utf-8-sig")):
            (term,) = typology.read_csv(content).terms
            assert term.label.ru == "Битьё по пяткам"


def test_the_command_takes_a_whole_file_or_nothing(app, people, tmp_path):
    file = tmp_path / "terms.csv"
    file.write_text(LIST + "methods,own,,A,,C,,,\n", "utf-8")
    wrong = app.test_cli_runner().invoke(args=["incidents", "terms", "import", str(file)])
    assert wrong.exit_code != 0
    assert "nothing was changed" in wrong.output
    assert db.session.scalars(select(NetworkTerm)).all() == []
    file.write_text(LIST, "utf-8")
    dry = app.test_cli_runner().invoke(args=["incidents", "terms", "import", "--dry-run", str(file)])
    assert "3 terms are fine" in dry.output
    done = app.test_cli_runner().invoke(args=["incidents", "terms", "import", str(file)])
    assert "3 terms were added" in done.output
    added = ["incidents", "terms", "add", "methods", "water", "--en", "Water", "--ru", "Вода", "--kk", "Су"]
    assert app.test_cli_runner().invoke(args=added).exit_code == 0
    assert app.test_cli_runner().invoke(args=["incidents", "terms", "retire", "methods", "water"]).exit_code == 0
    listed = app.test_cli_runner().invoke(args=["incidents", "terms", "list", "--language", "kk"]).output
    assert "methods\twater\tСу (retired)" in listed
    assert "acts\texile\tЖер аудару" in listed
    with app.app_context():
        assert rules.choosable("methods") & {"water", "falaka"} == {"falaka"}

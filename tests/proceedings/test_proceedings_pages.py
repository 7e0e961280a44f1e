"""The pages of proceedings over plain HTTP."""

from datetime import date

import pytest

from caseflow.kernel.clock import now
from caseflow.kernel.db import transaction
from caseflow.proceedings import operations
from caseflow.proceedings.models import Decision, Filing, Hearing, Proceeding, Stage
from tests.storage import only, statements, stored

UNKNOWN = "0000000000000000"


def test_a_lawyer_takes_a_case_through_its_stages_by_forms(people, matter, visit):
    case = matter("At court", articles=["ICCPR:7"])
    lawyer, here = visit(people.leila), f"/cases/{case.id}"
    assert "No proceeding is open yet" in lawyer.open(here)
    lawyer.fill(
        f"/proceedings/open/{case.id}",
        procedure="kz_criminal",
        stage="kz_criminal.first_instance",
        began_on="2026-02-02",
        court="kz-type-criminal",
        number="1-114/2026",
    )
    stage = only(Stage)
    lawyer.fill(
        f"/proceedings/stages/{stage.id}/hearings", held_at="2026-02-20T11:00", judge="S. Omarov", result="Adjourned."
    )
    lawyer.fill(
        f"/proceedings/stages/{stage.id}/filings",
        direction="out",
        kind="motion",
        title="Exclude the confession",
        filed_on="2026-02-12",
        how="court_cabinet",
    )
    answer = lawyer.fill(
        f"/proceedings/stages/{stage.id}/decisions",
        outcome="conviction",
        decided_on="2026-03-06",
        articles_not_violated=["ICCPR:7"],
        holding="The confession stands.",
    )
    assert answer.status_code == 303
    page = lawyer.open(here)
    for words in (
        "First instance", "Specialised inter-district criminal court, 1-114/2026", "S. Omarov", "Adjourned.",
        "Exclude the confession", "Online, Court Cabinet", "Conviction", "The confession stands.", "ICCPR 7",
        "Appeal against a verdict", "Mar 26, 2026",
    ):  # fmt: skip
        assert words in page, words
    assert only(Hearing).held_at.isoformat() == "2026-02-20T06:00:00+00:00"  # eleven o'clock in Almaty
    lawyer.fill(f"/proceedings/decisions/{only(Decision).id}/service", served_on="2026-03-12")
    assert only(Decision).served_on == date(2026, 3, 12)
    lawyer.fill(f"/proceedings/{only(Proceeding).id}/next", stage="appeal", began_on="2026-03-19")
    assert [s.stage for s in stored(Stage)] == ["first_instance", "appeal"]
    assert "now at Appeal" in lawyer.open(here)


def test_only_allowed_stages_are_offered_and_the_others_stand_with_their_reason(people, matter, trial, visit):
    proceeding = trial(matter())
    page = visit(people.leila).open(f"/proceedings/{proceeding.id}/next")
    assert 'value="appeal"' in page
    assert 'value="cassation"' not in page
    assert "<strong>Cassation</strong>: The procedure knows no such move from this stage." in page


def test_a_move_from_an_old_page_is_refused_and_can_be_sent_again_from_a_new_one(people, matter, trial, visit):
    proceeding = trial(matter())
    lawyer, path = visit(people.leila), f"/proceedings/{proceeding.id}/next"
    sheet = lawyer.sheet(path)
    visit(people.aigul).fill(path, stage="appeal", began_on="2026-03-10")
    answer = lawyer.send(sheet, stage="appeal", began_on="2026-03-10")
    assert answer.status_code == 422
    assert len(stored(Stage)) == 2


def test_every_page_of_a_foreign_proceeding_answers_404(people, matter, trial, visit):
    case = matter()
    proceeding = trial(case)
    stage = proceeding.stages[0]
    with transaction():
        hearing = operations.record_hearing(stage, held_at=now(), by=people.leila, at=now())
        decision = operations.record_decision(
            stage, outcome="acquittal", decided_on=date(2026, 3, 6), by=people.leila, at=now()
        )
    paths = [
        f"/proceedings/open/{case.id}", f"/proceedings/{proceeding.id}/next",
        f"/proceedings/stages/{stage.id}/hearings", f"/proceedings/stages/{stage.id}/filings",
        f"/proceedings/stages/{stage.id}/decisions", f"/proceedings/hearings/{hearing.id}/result",
        f"/proceedings/decisions/{decision.id}/service", f"/proceedings/decisions/{decision.id}/in-force",
    ]  # fmt: skip
    lawyer, other, documenter = visit(people.leila), visit(people.yerlan), visit(people.dana)
    for path in paths:
        assert lawyer.get(path).status_code == 200, path
        assert other.get(path).status_code == documenter.get(path).status_code == 404, path
        unknown = "/".join(UNKNOWN if len(part) == 16 else part for part in path.split("/"))
        assert lawyer.get(unknown).status_code == 404, unknown


@pytest.mark.parametrize(
    ("path", "typed", "words"),
    [
        ("/proceedings/open/{case}", {"procedure": "", "began_on": "2026-02-02"}, "Choose one."),
        ("/proceedings/open/{case}", {"procedure": "kz_civil", "began_on": ""}, "Enter the day."),
        (
            "/proceedings/open/{case}",
            {"procedure": "kz_civil", "began_on": "2126-01-01"},
            "This date is in the future.",
        ),
        (
            "/proceedings/open/{case}",
            {"procedure": "kz_civil", "stage": "kz_criminal.appeal", "began_on": "2026-02-02"},
            "This stage belongs to another procedure.",
        ),
        ("/proceedings/{proceeding}/next", {"began_on": "2026-03-01"}, "Choose the stage that begins."),
        (
            "/proceedings/{proceeding}/next",
            {"stage": "appeal", "began_on": "2026-01-01"},
            "The stage before it began later",
        ),
        ("/proceedings/stages/{stage}/hearings", {"held_at": "tomorrow"}, "Not a valid datetime value"),
        ("/proceedings/stages/{stage}/hearings", {"held_at": "2026-01-01T10:00"}, "This stage began later"),
        ("/proceedings/stages/{stage}/filings", {"kind": "", "title": "KEPT", "filed_on": "2026-03-01"}, "Choose one."),
        ("/proceedings/stages/{stage}/decisions", {"decided_on": "2026-03-06"}, "Choose how this stage ended."),
        (
            "/proceedings/stages/{stage}/decisions",
            {"outcome": "conviction", "decided_on": "2026-03-06", "served_on": "2026-03-05", "holding": "KEPT"},
            "A decision is served on the day it was made or later.",
        ),
    ],
)
def test_a_wrong_field_is_named_and_what_was_typed_is_kept(people, matter, trial, visit, path, typed, words):
    case = matter()
    proceeding = trial(case)
    where = {"case": case.id, "proceeding": proceeding.id, "stage": proceeding.stages[0].id}
    answer = visit(people.leila).fill(path.format(**where), **typed)
    assert answer.status_code == 422
    assert words in answer.text
    assert "KEPT" not in typed.values() or "KEPT" in answer.text
    assert (len(stored(Proceeding)), len(stored(Stage)), stored(Hearing), stored(Filing), stored(Decision)) == (
        1,
        1,
        [],
        [],
        [],
    )


def test_a_timeline_asks_as_much_for_thirty_hearings_as_for_one(people, matter, trial, visit):
    few, many = matter("Few"), matter("Many")
    for case, number in ((few, 1), (many, 30)):
        stage = trial(case).stages[0]
        with transaction():
            for _ in range(number):
                operations.record_hearing(stage, held_at=now(), judge="J", by=people.leila, at=now())
                operations.record_filing(
                    stage,
                    direction="in",
                    kind="letter",
                    title="L",
                    filed_on=date(2026, 3, 2),
                    by=people.leila,
                    at=now(),
                )
                operations.record_decision(
                    stage, outcome="conviction", decided_on=date(2026, 3, 6), by=people.leila, at=now()
                )
    lawyer, counts = visit(people.leila), []
    for case in (few, many):
        lawyer.open(f"/cases/{case.id}")
        with statements() as seen:
            lawyer.open(f"/cases/{case.id}")
        counts.append(len(seen))
    assert counts[0] == counts[1]

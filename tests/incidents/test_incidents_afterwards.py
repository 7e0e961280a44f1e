"""What follows from an incident: risks with the day they are looked at again, what was done, links between incidents."""

from datetime import date, timedelta

import pytest

from caseflow.incidents import operations, queries, rules
from caseflow.incidents.panels import matter_of
from caseflow.kernel.clock import now, today
from caseflow.kernel.db import db, transaction
from caseflow.kernel.errors import NotPermitted, RuleBroken


def fresh():
    db.session.rollback()
    db.session.expire_all()


def judged(incident, by, **given):
    told = {
        "about": "witness",
        "level": "high",
        "threat": "Her brother is followed.",
        "review_on": today() + timedelta(30),
    }
    with transaction():
        return operations.assess_risk(incident, **{**told, **given}, by=by, at=now())


def test_a_risk_stands_on_the_desk_from_a_week_before_its_day_until_it_is_judged_anew(log, people, visit):
    incident = log()
    early = judged(incident, people.dana)
    dana = visit(people.dana)
    assert "#risks" not in dana.open("/")
    soon = judged(incident, people.dana, review_on=today() + timedelta(6))
    assert early.later_id == soon.id
    assert f"/incidents/{incident.id}#risks" in dana.open("/")
    assert f"/incidents/{incident.id}#risks" in visit(people.aigul).open("/")
    assert "#risks" not in visit(people.timur).open("/")
    assert "Her brother is followed." in dana.open(f"/incidents/{incident.id}")
    judged(incident, people.dana, level="low")
    assert "#risks" not in dana.open("/")
    assert b"brother" not in soon.threat_sealed


def test_a_risk_needs_its_words_and_a_day_to_come(log, people, visit):
    incident = log()
    for wrong in ({"threat": " "}, {"review_on": today()}, {"level": "x"}, {"about": "x"}):
        with pytest.raises(RuleBroken):
            judged(incident, people.dana, **wrong)
    sent = visit(people.dana).fill(
        f"/incidents/{incident.id}/risks/new", about="victim", level="acute", threat="Threats"
    )
    assert sent.status_code == 422
    assert "Threats" in sent.text


def test_what_was_done_is_followed_to_its_result(log, people, visit):
    incident = log(state="verified")
    dana = visit(people.dana)
    path = f"/incidents/{incident.id}/interventions"
    given = {
        "kind": "complaint",
        "on-year": "2026",
        "on-month": "3",
        "addressee": "The prosecutor",
        "details": "By post",
    }
    assert dana.fill(f"{path}/new", **given).status_code == 303
    (row,) = queries.whole(people.dana, incident.id).interventions
    assert (row.on, row.on_precision, row.result) == (date(2026, 3, 1), "month", None)
    dana.fill(f"{path}/{row.id}", result="refused", response="No crime was found.")
    page = visit(people.aigul).open(f"/incidents/{incident.id}")
    assert "The prosecutor" in page
    assert "No crime was found." in page
    fresh()
    facts = matter_of(queries.whole(people.dana, incident.id), people.dana).facts
    assert facts["interventions"] == [{"kind": "complaint", "on": "2026-03-01", "result": "refused"}]
    ahead = dana.fill(f"{path}/new", **{"kind": "visit", "on-year": str(today().year + 1)})
    assert ahead.status_code == 422


def test_a_link_is_shown_at_both_ends_and_only_to_who_holds_both(log, people, visit):
    first, second = log(title="The arrest"), log(title="The threats afterwards")
    foreign = log(by=people.timur)
    dana = visit(people.dana)
    path = f"/incidents/{second.id}/links/new"
    refused = dana.fill(path, kind="retaliation", reference=foreign.reference, note="x")
    assert refused.status_code == 422
    assert dana.fill(path, kind="retaliation", reference=second.reference).status_code == 422
    assert (
        dana.fill(path, kind="retaliation", reference=f" {first.reference.lower()} ", note="The same men.").status_code
        == 303
    )
    assert dana.fill(path, kind="retaliation", reference=first.reference).status_code == 422
    assert "The threats afterwards" in dana.open(f"/incidents/{first.id}")
    assert "Was answered with retaliation" in dana.open(f"/incidents/{first.id}")
    here = dana.open(f"/incidents/{second.id}")
    assert "Is retaliation for" in here
    assert "The same men." in here

    with transaction():  # a link from what Timur holds to what he does not
        operations.link_incidents(
            foreign, kind="same_perpetrator", reference=first.reference, by=people.aigul, at=now()
        )
    assert first.reference not in visit(people.timur).open(f"/incidents/{foreign.id}")
    assert foreign.reference not in dana.open(f"/incidents/{first.id}")
    assert len(queries.links_of(people.aigul, first)) == 2

    ((link, _other),) = queries.links_of(people.dana, second)
    assert dana.fill(f"/incidents/{first.id}/links/{link.id}/out", reason="Other men.").status_code == 303
    fresh()
    assert queries.links_of(people.dana, second) == []


def test_nothing_is_added_to_what_is_closed(log, people):
    incident = log(state="closed")
    with pytest.raises(NotPermitted):
        judged(incident, people.dana)
    with pytest.raises(NotPermitted), transaction():
        operations.link_incidents(incident, kind="same_event", reference="IN-2026-0001", by=people.dana, at=now())


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_a_link_is_read_from_both_ends(language):
    for kind in rules.link_kinds():
        there, back = (rules.link_words(kind.code, language, back=way) for way in (False, True))
        assert there
        assert back
        both = kind.code in ("same_event", "same_perpetrator", "same_pattern")
        assert (there == back) is both

"""A matter for the tests of the upper rooms: Dana's incident in a case of Leila's that was decided on appeal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from caseflow.cases import operations as cases
from caseflow.cases.models import Case
from caseflow.incidents import operations as incidents
from caseflow.incidents.models import Incident
from caseflow.kernel.clock import now, today
from caseflow.kernel.db import db, transaction
from caseflow.network.models import Member
from caseflow.proceedings import operations as proceedings
from caseflow.proceedings.models import Decision
from tests.cast import Cast

VICTIM = "Асхат Жумабеков"


@dataclass
class Decided:
    """The rows of the matter."""

    incident: Incident
    case: Case
    decision: Decision


def decided(people: Cast) -> Decided:
    """Take an incident through review into a case with a first-instance conviction."""
    at, day = now(), today() - timedelta(days=40)
    with transaction():
        incident = incidents.log(
            title="Beaten at the station",
            narrative="He was beaten by three officers.",
            region="KZ-47",
            began_on=day,
            began_precision="day",
            language="en",
            by=people.dana,
            at=at,
        )
        victim = incidents.add_person(incident, kind="individual", name=VICTIM, pseudonym="A.", by=people.dana, at=at)
        incidents.add_act(incident, victim=victim, kind="torture", articles=["CAT:1"], by=people.dana, at=at)
        incidents.submit(incident, by=people.dana, at=at)
    with transaction():
        incidents.take_into_review(incident, by=people.aigul, at=at)
        incidents.verify(incident, grade="confirmed", reason="Papers agree.", by=people.aigul, at=at)
        case = cases.open_case(title="The burden of proof", incidents=[incident], by=people.aigul, at=at)
        leila = db.session.get_one(Member, people.leila.member_id)
        cases.assign_counsel(case, member=leila, role="lead", by=people.aigul, at=at)
    with transaction():
        proceeding = proceedings.open_proceeding(
            case, procedure="kz_criminal", stage="first_instance", began_on=day, by=people.leila, at=at
        )
        decision = proceedings.record_decision(
            proceeding.stages[-1],
            outcome="conviction",
            decided_on=day + timedelta(days=10),
            holding="The confession was not excluded.",
            by=people.leila,
            at=at,
        )
    return Decided(incident, case, decision)

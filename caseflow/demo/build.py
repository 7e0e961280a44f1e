"""Builds the demo network: every fact in it comes from calling an operation, as the person who would."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from caseflow.access.actor import Actor
from caseflow.access.deadlines import visible_to as visible_deadlines
from caseflow.cases import operations as cases
from caseflow.cases.models import Case
from caseflow.deadlines import operations as deadlines
from caseflow.deadlines.models import Deadline
from caseflow.demo import files
from caseflow.demo.matters import MATTERS, Decided, Filed, Heard, Matter, Moved
from caseflow.demo.people import bring_in
from caseflow.evidence import intake
from caseflow.evidence import operations as evidence
from caseflow.incidents import operations as incidents
from caseflow.incidents import rules as incident_rules
from caseflow.incidents.models import Incident
from caseflow.kernel import clock
from caseflow.kernel.db import db, transaction
from caseflow.kernel.mail import Letter
from caseflow.network.models import Member
from caseflow.precedents import operations as precedents
from caseflow.precedents import rules as rubric
from caseflow.proceedings import operations as proceedings
from caseflow.proceedings.models import Decision, Stage
from caseflow.remedies import operations as remedies

ZONE = ZoneInfo("Asia/Almaty")


@dataclass
class Builder:
    """Holds who acts and which day is today while the network grows."""

    today: date
    actors: dict[str, Actor]
    incidents: dict[str, Incident]
    exhibits: int = 0

    def day(self, ago: int) -> date:
        """Return the date `ago` days before today."""
        return self.today - timedelta(days=ago)

    def at(self, ago: int, hour: int = 10) -> datetime:
        """Return a moment `ago` days before today; never after now."""
        moment = datetime.combine(self.day(ago), time(hour, 15), ZONE)
        return min(moment, clock.now())


def build() -> dict[str, int]:
    """Build the network; return how many incidents, cases, files and precedents it has."""
    builder = Builder(clock.today(), bring_in(), {})
    for story in json.loads(files.stories_text())["incidents"]:
        _incident(builder, story)
    for matter in MATTERS:
        _case(builder, matter)
    with transaction():
        public = precedents.load_public_decisions(at=clock.now())
    _silence()
    return {
        "incidents": len(builder.incidents),
        "cases": len(MATTERS),
        "files": builder.exhibits,
        "precedents": public + sum(1 for matter in MATTERS if matter.published),
    }


def _incident(builder: Builder, story: dict[str, Any]) -> None:
    by, ago = builder.actors[story["by"]], story["ago"]
    with transaction():
        incident = incidents.log(
            title=story["title"],
            narrative=story["narrative"],
            region=story["region"],
            began_on=builder.day(ago),
            began_precision="day",
            place=story["place"] or None,
            learned_on=builder.day(max(ago - 2, 0)),
            learned_how="interview",
            language=story["language"],
            by=by,
            at=builder.at(max(ago - 2, 0)),
        )
        people = {
            person["key"]: incidents.add_person(
                incident,
                kind=person["kind"],
                name=person["name"],
                pseudonym=person.get("pseudonym"),
                contact=person.get("contact"),
                size=person.get("size"),
                by=by,
                at=builder.at(max(ago - 2, 0)),
            )
            for person in story["people"]
        }
        for act in story["acts"]:
            done = incidents.add_act(
                incident,
                victim=people[act["victim"]],
                kind=act["kind"],
                articles=list(incident_rules.act_kind(act["kind"]).articles),
                method=act.get("method"),
                stated_reason=act.get("reason"),
                consequences=act.get("consequences"),
                by=by,
                at=builder.at(max(ago - 2, 0)),
            )
            incidents.add_involvement(
                done,
                actor_kind=act["actor"],
                degree=act["degree"],
                unit=act.get("unit"),
                by=by,
                at=builder.at(max(ago - 2, 0)),
            )
        for person, purpose in story["consents"]:
            incidents.give_consent(
                incident,
                person=people[person],
                purpose=purpose,
                form="written",
                language=story["language"],
                given_on=builder.day(max(ago - 3, 0)),
                by=by,
                at=builder.at(max(ago - 3, 0)),
            )
    for title, kind in story["evidence"]:
        _exhibit(builder, incident, title, kind, by, builder.at(max(ago - 3, 0), 12))
    builder.incidents[story["key"]] = incident
    _review(builder, incident, story)


def _exhibit(builder: Builder, owner: Any, title: str, kind: str, by: Actor, at: datetime) -> None:
    builder.exhibits += 1
    name, content = files.make(kind, title, builder.exhibits)
    received = intake.receive(io.BytesIO(content), name=name, safe_id=owner.safe_id, by=by)
    with transaction():
        item = evidence.add_item(
            owner, title=title, copy_or_original="copy" if kind == "pdf" else "original", by=by, at=at
        )
        evidence.add_file(item, received, by=by, at=at)


def _review(builder: Builder, incident: Incident, story: dict[str, Any]) -> None:
    state, ago = story["state"], story["ago"]
    if state == "draft":
        return
    by, aigul = builder.actors[story["by"]], builder.actors["aigul"]
    with transaction():
        incidents.submit(incident, by=by, at=builder.at(max(ago - 4, 0)))
    if state == "submitted":
        return
    with transaction():
        incidents.take_into_review(incident, by=aigul, at=builder.at(max(ago - 6, 0)))
        if state == "information_asked":
            incidents.ask(incident, question=story["question"], by=aigul, at=builder.at(max(ago - 6, 0), 11))
            return
        reason = "Рассказ согласуется с документами и снимками."
        incidents.verify(incident, grade="confirmed", reason=reason, by=aigul, at=builder.at(max(ago - 9, 0)))


def _case(builder: Builder, matter: Matter) -> None:
    aigul, counsel = builder.actors["aigul"], builder.actors[matter.counsel] if matter.counsel else None
    opened = builder.at(matter.opened, 11)
    with transaction():
        case = cases.open_case(
            title=matter.title,
            objective=matter.objective,
            legal_issue=matter.issue,
            articles=matter.articles,
            incidents=[builder.incidents[matter.incident]],
            by=aigul,
            at=opened,
        )
        cases.add_party(case, side="opposing", kind="body", name=matter.opponent, by=aigul, at=opened)
        if counsel is not None:
            member = db.session.get_one(Member, counsel.member_id)
            cases.assign_counsel(case, member=member, role="lead", by=aigul, at=opened)
    if counsel is None:
        return
    with transaction():
        cases.add_note(case, body=matter.note, by=counsel, at=builder.at(matter.opened - 2))
        if matter.task:
            cases.give_task(
                case,
                what=matter.task,
                for_member=db.session.get_one(Member, counsel.member_id),
                due_on=builder.day(-5),
                by=aigul,
                at=builder.at(3),
            )
    decision = _proceeding(builder, case, matter, counsel)
    if matter.measure and decision is not None:
        _measure(builder, decision, matter, counsel)
    if matter.proposed and decision is not None:
        _precedent(builder, decision, matter, counsel)
    if matter.closed:
        with transaction():
            cases.close(case, outcome=matter.closed, reason=matter.note, by=aigul, at=builder.at(2))


def _proceeding(builder: Builder, case: Case, matter: Matter, counsel: Actor) -> Decision | None:
    if not matter.procedure:
        return None
    with transaction():
        proceeding = proceedings.open_proceeding(
            case,
            procedure=matter.procedure,
            stage=matter.stage,
            court=matter.court,
            number=matter.number,
            began_on=builder.day(matter.opened - 5),
            by=counsel,
            at=builder.at(matter.opened - 5),
        )
        stage: Stage = proceeding.stages[-1]
    decision: Decision | None = None
    for step in matter.steps:
        with transaction():
            at = builder.at(max(step.ago, 0), 16)
            if isinstance(step, Heard):
                held = datetime.combine(builder.day(step.ago), time(step.hour, 0), ZONE)
                proceedings.record_hearing(stage, held_at=held, judge=step.judge, result=step.result, by=counsel, at=at)
            elif isinstance(step, Filed):
                proceedings.record_filing(
                    stage,
                    direction="out",
                    kind=step.kind,
                    filed_on=builder.day(step.ago),
                    title=step.title,
                    by=counsel,
                    at=at,
                )
            elif isinstance(step, Decided):
                decision = proceedings.record_decision(
                    stage,
                    outcome=step.outcome,
                    decided_on=builder.day(step.ago),
                    articles_violated=step.violated,
                    holding=step.holding,
                    by=counsel,
                    at=at,
                )
            elif isinstance(step, Moved):
                stage = proceedings.move(
                    proceeding, stage=step.stage, court=step.court, began_on=builder.day(step.ago), by=counsel, at=at
                )
    _decide_on_dates(builder, case, matter, counsel)
    return decision


def _decide_on_dates(builder: Builder, case: Case, matter: Matter, counsel: Actor) -> None:
    proposed = select(Deadline).where(
        Deadline.case_id == case.id, Deadline.state == "proposed", visible_deadlines(counsel)
    )
    for deadline in list(db.session.scalars(proposed)):
        with transaction():
            if deadline.last_day < builder.today:
                deadlines.confirm(deadline, by=counsel, at=builder.at(1))
                deadlines.meet(deadline, by=counsel, at=builder.at(1))
            elif matter.confirmed:
                deadlines.confirm(deadline, by=counsel, at=builder.at(1))


def _measure(builder: Builder, decision: Decision, matter: Matter, counsel: Actor) -> None:
    assert matter.measure is not None
    kind, what, state, grade, note = matter.measure
    with transaction():
        measure = remedies.order_measure(
            decision, kind=kind, what=what, due_on=builder.day(-60), by=counsel, at=builder.at(20)
        )
        remedies.follow_up(
            measure, on=builder.day(10), state=state, grade=grade, note=note, by=counsel, at=builder.at(10)
        )


def _precedent(builder: Builder, decision: Decision, matter: Matter, counsel: Actor) -> None:
    assert matter.proposed is not None
    title, question, holding, significance = matter.proposed
    text = {"title": title, "question": question, "holding": holding, "significance": significance}
    with transaction():
        review = precedents.propose(decision, **text, by=counsel, at=builder.at(15))
    scorers = [(builder.actors["marat"], matter.scores[0])] if matter.scores else []
    scorers += [(builder.actors["aigul"], matter.scores[1])] if matter.published else []
    for scorer, figures in scorers:
        with transaction():
            ids = [criterion.id for criterion in rubric.CRITERIA]
            values = dict(zip(ids, figures, strict=True))
            notes = dict.fromkeys(ids, matter.score_note)
            precedents.score(review, values=values, notes=notes, by=scorer, at=builder.at(12))
    if matter.published:
        with transaction():
            precedents.publish(review, **text, by=builder.actors["aigul"], at=builder.at(8))


def _silence() -> None:
    # The demo's letters would go to invented addresses: they count as sent, and the worker leaves them alone.
    with transaction():
        for letter in db.session.scalars(select(Letter).where(Letter.sent_at.is_(None))):
            letter.sent_at = clock.now()

"""A network in which everything exists once for each of two teams, so that every address of the application leads somewhere.

Dana's incident goes to Leila's case, Timur's to Yerlan's; each holds a row of every kind. The database is put back to
this state after every request that may change something, so no answer depends on the one before.
"""

from __future__ import annotations

import io
import re
import shutil
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from caseflow.access.actor import Actor, Role
from caseflow.access.deadlines import visible_to as visible_deadlines
from caseflow.access.safes import visible
from caseflow.app import create_app
from caseflow.cases import operations as cases
from caseflow.cases.conflicts import Comparison
from caseflow.cases.models import ConflictCheck
from caseflow.cases.names import Known
from caseflow.deadlines import operations as deadlines
from caseflow.deadlines.models import Deadline
from caseflow.entrance import sessions
from caseflow.evidence import intake
from caseflow.evidence import operations as evidence
from caseflow.evidence.models import Finding, Item
from caseflow.incidents import imports
from caseflow.incidents import operations as incidents
from caseflow.incidents.models import Incident
from caseflow.kernel.clock import now, today
from caseflow.kernel.db import Base, db, transaction
from caseflow.kernel.mail import Letter
from caseflow.kernel.settings import Settings
from caseflow.keys.models import Approval
from caseflow.network import operations as network
from caseflow.network.models import Member, Organisation
from caseflow.precedents import operations as precedents
from caseflow.precedents.rules import CRITERIA
from caseflow.proceedings import operations as proceedings
from caseflow.proceedings.models import Decision, Stage
from caseflow.remedies import operations as remedies
from caseflow.vault.keys import fingerprint
from tests.cast import PASSPHRASE, Cast, cast, signed_in_client
from tests.fixtures.applications import hurry

Ids = dict[str, str]
ROLES = ("documenter", "lawyer", "coordinator")
NOBODY = "0" * 16
LIST = b"Title,Region\nA list of ours,Almaty\n"
PIXEL = bytes.fromhex("47494638396101000100800000000000ffffff2c00000000010001000002024401003b")  # a GIF of one
LOOKED = {
    "looks": {
        "picture": {"pages": 4},
        "about": {"facts": [["author", "Somebody"]], "alarms": ["polyglot"]},
        "ocr": {"characters": 7},
        "contents": {"entries": [["a.txt", 1]], "count": 1, "total": 1, "alarms": ["nested"]},
        "sound": {"seconds": 61.0, "levels": [0, 50, 100]},
        "text": {"stopped": "locked"},
    },
    "scan": {"stopped": "no_answer"},
}
"""Everything that looking into a file can find, so that every page of the house tests shows it."""
NOTES = {"events", "checkpoints", "tree_nodes", "openings", "submissions", "sessions", "attempts"}


@dataclass
class World:
    """The application, a visitor of each role, and the ids that addresses are made of: our own and foreign ones."""

    app: Flask
    database: Path
    pristine: Path
    cookie_name: str = ""
    cookies: dict[str, str] = field(default_factory=dict)
    drafts: dict[Path, bytes] = field(default_factory=dict)
    own: Ids = field(default_factory=dict)
    foreign: Ids = field(default_factory=dict)

    def send(self, who: str, method: str, url: str, *, keep: bool = False, **request: Any) -> TestResponse:
        """Send one request as `who` (a role, or "nobody"); afterwards the database is as it was, unless `keep`."""
        client = self.app.test_client()
        if who in self.cookies:
            client.set_cookie(self.cookie_name, self.cookies[who], domain="localhost")
        try:
            return client.open(url, method=method, **request)
        finally:
            if method != "GET" and not keep:
                self.put_back()

    def rows(self) -> dict[str, int]:
        """Return how many rows each table has, but for those that note requests and not facts."""
        with self.app.app_context(), db.engine.connect() as connection:
            return {
                table.name: connection.scalar(select(func.count()).select_from(table)) or 0
                for table in Base.metadata.sorted_tables
                if table.name not in NOTES
            }

    def put_back(self) -> None:
        """Undo what a request did."""
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
        for name in ("-wal", "-shm"):
            self.database.with_name(self.database.name + name).unlink(missing_ok=True)
        shutil.copyfile(self.pristine, self.database)
        for path, begins in self.drafts.items():
            path.write_bytes(begins)
        # A database that is older than its last checkpoint would, rightly, export nothing any more.
        (self.database.parent / "instance" / "ledger-last.json").unlink(missing_ok=True)


def build(folder: Path, template: Path, **settings: Any) -> World:
    """Build the world in `folder` on a copy of the migrated database `template`."""
    database, pristine = folder / "caseflow.db", folder / "pristine.db"
    shutil.copyfile(template, database)
    instance = folder / "instance"
    instance.mkdir()
    app = hurry(create_app(Settings.for_tests(instance, f"sqlite:///{database}", **settings)))
    world = World(app, database, pristine)
    with app.app_context():
        people = cast(app)
        common = _network(people)
        world.own = {**common, **_team(people, people.dana, people.leila), **_states(people)}
        world.foreign = {**common, **_team(people, people.timur, people.yerlan)}
        world.own |= {"colleague_id": people.yerlan.member_id, "other_precedent": world.foreign["precedent_id"]}
        world.foreign |= {"colleague_id": people.leila.member_id, "other_precedent": world.own["precedent_id"]}
    with app.test_request_context():
        world.cookie_name = sessions.cookie_name()
    for role, actor in zip(ROLES, (people.dana, people.leila, people.aigul), strict=True):
        kept = signed_in_client(app, actor).get_cookie(world.cookie_name)
        assert kept is not None
        world.cookies[role] = kept.value
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    shutil.copyfile(database, pristine)
    world.drafts = {path: path.read_bytes() for path in (instance / "store").rglob("*.part")}
    return world


def _network(people: Cast) -> Ids:
    """Invite one who has not answered, and one who has and waits for her key to be confirmed."""
    by, at = people.aigul, now()
    with transaction():
        house = db.session.scalars(select(Organisation)).one()
        given = {"role": Role.LAWYER, "organisation": house, "language": "en", "by": by, "at": at}
        invitation, open_link = network.invite(email="asel@example.org", name="Asel Invited", **given)
        _second, link = network.invite(email="nurlan@example.org", name="Nurlan Waiting", **given)
    with transaction():
        answered = network.open_invitation(link.rsplit("/", 1)[1], at=at)
        waiting, pair, _code = network.accept(answered, passphrase=PASSPHRASE, at=at)
    with transaction():
        timur = db.session.get_one(Member, people.timur.member_id)
        network.start_new_identity(timur, by=by, at=at)
        letters = db.session.scalars(select(Letter.body).where(Letter.to == timur.email))
        letter = next(body for body in letters if "/reopen/" in body)
        # Asked for by the other one, so that the coordinator of this world can decide it.
        other = {**given, "role": Role.COORDINATOR, "by": people.marat}
        network.invite(email="sholpan@example.org", name="Sholpan Asked", **other)
        approval = db.session.scalars(select(Approval.id).where(Approval.verdict.is_(None))).one()
    return {
        "approval_id": approval,
        "reopening": re.search(r"/reopen/(\S+)", letter)[1],  # type: ignore[index]
        "invitation_id": invitation.id,
        "token": open_link.rsplit("/", 1)[1],
        "member_id": waiting.id,
        "words": fingerprint(pair.public),
        "organisation": house.id,
        "marat": people.marat.member_id,
        "today": today().isoformat(),
        "filename": "css/base.css",
        "checklist": "ill_treatment",
    }


def _incident(by: Actor, title: str) -> tuple[Incident, Ids]:
    at = now()
    with transaction():
        incident = incidents.log(
            title=title, narrative="He was taken in the evening.", region="KZ-75", began_on=date(2026, 3, 6),
            began_precision="day", language="en", by=by, at=at,
        )  # fmt: skip
        person = incidents.add_person(incident, kind="individual", name="Askar Testov", by=by, at=at)
        act = incidents.add_act(incident, victim=person, kind="torture", articles=["CAT:1", "ICCPR:7"], by=by, at=at)
        part = incidents.add_involvement(act, actor_kind="police", unit="a sergeant", by=by, at=at)
        source = incidents.add_source(incident, connection="victim", reliability="high", who="His sister", by=by, at=at)
        done = incidents.add_intervention(
            incident, kind="complaint", on=date(2026, 3, 10), on_precision="day", party="His sister", by=by, at=at
        )
        soon = today() + timedelta(days=3)
        incidents.assess_risk(
            incident, about="victim", level="high", threat="They may come back.", review_on=soon, by=by, at=at
        )
        consent = incidents.give_consent(
            incident, person=person, purpose="internal", form="written", language="en", given_on=date(2026, 3, 9),
            by=by, at=at,
        )  # fmt: skip
    ids = {
        "incident_id": incident.id, "person_id": person.id, "act_id": act.id, "involvement_id": part.id,
        "intervention_id": done.id,
        "source_id": source.id, "consent_id": consent.id,
    }  # fmt: skip
    return incident, ids


def _review(incident: Incident, state: str, *, by: Actor, reviewer: Actor) -> None:
    at = now()
    with transaction():
        incidents.submit(incident, by=by, at=at)
        if state == "asked":
            incidents.ask(incident, question="Which day?", by=reviewer, at=at)
        if state == "verified":
            incidents.verify(incident, grade="likely", reason="Papers agree.", by=reviewer, at=at)


def _states(people: Cast) -> Ids:
    """Give Dana an incident in each state in which an act waits for somebody; keys begin with the state."""
    found: Ids = {}
    for state in ("draft", "submitted", "asked", "verified"):
        incident, ids = _incident(people.dana, f"An incident that is {state}")
        if state != "draft":
            _review(incident, state, by=people.dana, reviewer=people.aigul)
        found |= {f"{state}.{name}": value for name, value in ids.items()}
    found |= _referred(people)
    return found


def _referred(people: Cast) -> Ids:
    """Refer an incident of Dana's to Marat, who is of another house now, and one of his to Dana."""
    at = now()
    with transaction():
        house = Organisation(name="Another house", region="KZ-47", since=at)
        db.session.add(house)
        db.session.flush()
        marat = db.session.get_one(Member, people.marat.member_id)
        marat.organisation_id = house.id
    mine, ids = _incident(people.dana, "An incident that is referred")
    _review(mine, "verified", by=people.dana, reviewer=people.aigul)
    theirs, _ids = _incident(people.marat, "An incident that is offered")
    _review(theirs, "verified", by=people.marat, reviewer=people.aigul)
    dana = db.session.get_one(Member, people.dana.member_id)
    given = {"parts": ["narrative"], "reason": "Closer to it.", "by": people.aigul, "at": at}
    with transaction():
        incidents.refer(mine, to=marat, people=[], **given)
        offered = incidents.refer(theirs, to=dana, people=[], **given).received_id
    found = {f"referred.{name}": value for name, value in ids.items()}
    return {**found, "offered.incident_id": offered, "elsewhere_id": marat.id}


def _received(incident: Incident, documenter: Actor) -> list[intake.Received]:
    sent = (("paper.pdf", b"%PDF-1.4 a paper\n"), ("shot.gif", PIXEL), ("words.txt", b"Some words\n"))
    return [
        intake.receive(io.BytesIO(content), name=name, safe_id=incident.safe_id, by=documenter)
        for name, content in sent
    ]


def _item(incident: Incident, received: list[intake.Received], *, by: Actor, at: datetime) -> tuple[Item, Ids]:
    item = evidence.add_item(incident, title="A paper", by=by, at=at)
    file, image = (evidence.add_file(item, one, by=by, at=at) for one in received[:2])
    version = evidence.add_file(item, received[2], kind="translated", parent=file, by=by, at=at)
    upload = evidence.begin_upload(item, name="film.mp4", size=1000, by=by, at=at)
    evidence.keep_findings(
        file, summary=LOOKED, text={"text": "A paper", "cut": False, "how": "ocr"}, pictures=[{"jpeg": "/9j/"}],
        by=by, at=at,
    )  # fmt: skip
    pictures = select(Finding.id).where(Finding.file_id == file.id, Finding.part == "picture")
    picture = db.session.scalars(pictures.where(visible(Finding, by))).one()
    ids = {"file_id": file.id, "image_file": image.id, "version_file": version.id, "page": "1"}
    return item, {**ids, "upload_id": upload.id, "finding_id": picture}


def _team(people: Cast, documenter: Actor, lawyer: Actor) -> Ids:
    """Take an incident of `documenter` to a case of `lawyer` and make one row of every kind in it."""
    at, aigul, day = now(), people.aigul, today() - timedelta(days=3)
    incident, ids = _incident(documenter, f"An incident of {documenter.name}")
    received = _received(incident, documenter)
    table, rows = imports.table_of(LIST, {})
    with transaction():
        item, files = _item(incident, received, by=documenter, at=at)
        run = incidents.begin_import(source=LIST, name="list.csv", table=table, rows=rows, by=documenter, at=at)
    with transaction():
        linked = incidents.log(
            title="The same evening", narrative="", region="KZ-75", began_on=None, began_precision="unknown",
            language="en", by=documenter, at=at,
        )  # fmt: skip
        given = {"kind": "same_pattern", "reference": linked.reference, "note": "The same car."}
        link = incidents.link_incidents(incident, **given, by=documenter, at=at)
        twin = incidents.log(
            title="The same evening again", narrative="", region="KZ-75", began_on=None, began_precision="unknown",
            language="en", by=documenter, at=at,
        )  # fmt: skip
        judgement = incidents.judge(
            incident, other=linked, people=None, same=True, reason="The same car.", by=documenter, at=at
        )
    _review(incident, "verified", by=documenter, reviewer=aigul)
    with transaction():
        case = cases.open_case(
            title=f"A case of {lawyer.name}", articles=["CAT:1"], incidents=[incident], by=aigul, at=at
        )
        member = db.session.get_one(Member, lawyer.member_id)
        counsel = cases.assign_counsel(case, member=member, role="lead", by=aigul, at=at)
    with transaction():
        cases.add_note(case, body="A note.", by=lawyer, at=at)
        party = cases.add_party(case, side="opposing", kind="individual", name=lawyer.name, by=lawyer, at=at)
        task = cases.give_task(
            case, what="Call", for_member=db.session.get_one(Member, lawyer.member_id), by=aigul, at=at
        )
        proceeding = proceedings.open_proceeding(
            case, procedure="kz_criminal", stage="first_instance", began_on=day, by=lawyer, at=at
        )
        stage = proceeding.stages[-1]
        hearing = proceedings.record_hearing(stage, held_at=at, by=lawyer, at=at)
        proceedings.record_filing(
            stage, direction="out", kind="motion", filed_on=day, title="A motion", by=lawyer, at=at
        )
        decision = _decided(stage, day, by=lawyer)
        second = _decided(stage, day, by=lawyer)
        third = _decided(stage, day, by=lawyer)
        measure = remedies.order_measure(decision, kind="compensation", what="To pay.", by=lawyer, at=at)
    mine = select(Deadline).where(Deadline.case_id == case.id, visible_deadlines(lawyer)).order_by(Deadline.id)
    first, other = list(db.session.scalars(mine))[:2]
    with transaction():
        deadlines.confirm(other, by=lawyer, at=at)
    with transaction():
        near = cases.open_case(title="Another case", by=aigul, at=at)
        cases.assign_counsel(near, member=db.session.get_one(Member, lawyer.member_id), role="lead", by=aigul, at=at)
        relation = cases.link_cases(case, kind="related", reference=near.reference, by=aigul, at=at)
    review, precedent = _precedents(people, (decision, second), by=lawyer)
    known = Comparison(Known.of(aigul, until=monotonic() + 5))
    with transaction():
        cases.check_names(known, by=aigul, at=at)
        about = select(ConflictCheck).where(ConflictCheck.subject == f"party:{party.id}")
        check = db.session.scalars(about.where(visible(ConflictCheck, aigul))).one()
    return {
        **ids, "lawyer_id": lawyer.member_id,
        "link_id": link.id, "judgement_id": judgement.id, "other_id": twin.id, "linkable": linked.reference, "safe_id": incident.safe_id, "case_safe": case.safe_id, "item_id": item.id, **files,
        "run_id": run.id,
        "case_id": case.id, "party_id": party.id, "relation_id": relation.id, "linkable_case": near.reference, "check_id": check.id, "counsel_id": counsel.id, "task_id": task.id, "proceeding_id": proceeding.id,
        "stage_id": stage.id, "hearing_id": hearing.id, "decision_id": third.id, "deadline_id": first.id,
        "confirmed": other.id, "measure_id": measure.id, "review_id": review, "precedent_id": precedent,
    }  # fmt: skip


def _decided(stage: Stage, day: date, *, by: Actor) -> Decision:
    return proceedings.record_decision(
        stage, outcome="conviction", decided_on=day, articles_violated=["CAT:1"], holding="It is so.", by=by, at=now()
    )


def _precedents(people: Cast, decisions: tuple[Decision, Decision], *, by: Actor) -> tuple[str, str]:
    """Return the id of a review that both coordinators have scored, and of a precedent that was published."""
    text = {
        "title": "On the burden of proof",
        "question": "Whose is it?",
        "holding": "The state's.",
        "significance": "Much.",
    }
    values, notes = {one.id: 3 for one in CRITERIA}, {one.id: "Because." for one in CRITERIA}
    reviews = []
    for decision in decisions:
        with transaction():
            review = precedents.propose(decision, **text, by=by, at=now())
        for scorer in (people.marat, people.aigul) if decision is decisions[1] else (people.marat,):
            with transaction():
                precedents.score(review, values=values, notes=notes, by=people.fresh(scorer), at=now())
        reviews.append(review)
    with transaction():
        published = precedents.publish(reviews[1], **text, by=people.fresh(people.aigul), at=now())
    return reviews[0].id, published.id

"""A state machine: any sequence of acts on members, incidents, cases and keys against a model of plain sets."""

import shutil
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import select

from caseflow.access.actor import Role
from caseflow.cases import operations as cases
from caseflow.cases.models import Case
from caseflow.incidents.models import Incident
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction, unscoped
from caseflow.kernel.errors import Refusal
from caseflow.kernel.mail import Letter
from caseflow.keys import operations as keys
from caseflow.keys import queries
from caseflow.keys.keyring import NoGrant
from caseflow.keys.models import Unsettled
from caseflow.network import operations as network
from caseflow.network.leaving import NOBODY, duties_of
from caseflow.network.models import Member
from caseflow.network.queries import actor_of
from caseflow.vault.keys import fingerprint
from tests.cast import PASSPHRASE, cast
from tests.keys.test_keys_grants import assign, end, log, open_case

WHY = unscoped("the test looks at everything")
NAMES = ("aigul", "marat", "dana", "timur", "leila", "yerlan")


def put_back(path, kept):
    db.session.remove()
    db.engine.dispose()
    for beside in (path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
        beside.unlink(missing_ok=True)
    shutil.copyfile(kept, path)


def machine(app):
    with app.app_context():
        people = cast(app)
        path = Path(db.engine.url.database)
        db.session.remove()
        db.engine.dispose()
    start = path.with_suffix(".start")
    shutil.copyfile(path, start)
    everybody = {name: getattr(people, name) for name in NAMES}
    name_of = {actor.member_id: name for name, actor in everybody.items()}

    class Network(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            self.context = app.app_context()
            self.context.push()
            put_back(path, start)
            self.pairs = {name: actor.ring.keys for name, actor in everybody.items()}
            self.logged: dict[str, str] = {}
            self.counsel: dict[str, dict[str, str]] = {}
            self.links: dict[str, set[str]] = {}
            self.left: set[str] = set()
            self.waits: set[str] = set()
            self.used: set[str] = set()
            self.later = timedelta(0)  # three days of silence go by more than once

        def teardown(self):
            self.finish()
            db.session.remove()
            db.engine.dispose()
            self.context.pop()

        def member(self, name):
            return db.session.get_one(Member, everybody[name].member_id)

        def by(self, name="aigul"):
            return actor_of(self.member(name), self.pairs[name])

        def row(self, model, key):
            return db.session.get_one(model, key, execution_options=WHY)

        def able(self):
            return set(NAMES) - self.left - self.waits

        @rule(who=st.sampled_from(["dana", "timur", "aigul"]))
        def log(self, who):
            if who in self.able():
                self.logged[log(self.by(who)).id] = who

        @rule()
        def open_case(self):
            self.counsel[open_case(self.by()).id] = {}

        @precondition(lambda self: self.counsel)
        @rule(data=st.data(), who=st.sampled_from(["leila", "yerlan", "marat"]))
        def assign(self, data, who):
            key = data.draw(st.sampled_from(list(self.counsel)))
            if who in self.able() and who not in self.counsel[key]:
                self.counsel[key][who] = assign(self.row(Case, key), everybody[who], self.by()).id

        @precondition(lambda self: any(self.counsel.values()))
        @rule(data=st.data())
        def end(self, data):
            key = data.draw(st.sampled_from([k for k, serving in self.counsel.items() if serving]))
            who = data.draw(st.sampled_from(sorted(self.counsel[key])))
            end(next(c for c in self.row(Case, key).counsel if c.id == self.counsel[key][who]), self.by())
            del self.counsel[key][who]

        @precondition(lambda self: self.counsel and self.logged)
        @rule(data=st.data())
        def link(self, data):
            key = data.draw(st.sampled_from(list(self.counsel)))
            incident = data.draw(st.sampled_from(list(self.logged)))
            try:
                with transaction():
                    found = self.row(Incident, incident)
                    if found.state == "draft":
                        found.state = "verified"
                    cases.link_incident(self.row(Case, key), incident=found, by=self.by(), at=now())
            except Refusal:
                assert incident in self.links.get(key, ())
            else:
                self.links.setdefault(key, set()).add(incident)

        @precondition(lambda self: len(self.left) < 2)
        @rule(data=st.data(), who=st.sampled_from(["dana", "leila", "marat"]), interrupted=st.booleans())
        def leave(self, data, who, interrupted):
            if who in self.left:
                return
            takers = {
                duty.key: data.draw(
                    st.sampled_from([*sorted(duty.takers, key=name_of.get), *([NOBODY] if duty.may_lapse else [])])
                )
                for duty in duties_of(self.member(who))
            }
            with self.broken_off(interrupted), transaction():
                network.end_membership(self.member(who), hand_over=takers, by=self.by(), at=now())
            self.left.add(who)
            self.waits.discard(who)
            self.logged = {
                key: name_of[takers["incidents"]] if name == who else name for key, name in self.logged.items()
            }
            for key, serving in self.counsel.items():
                taker = takers.get(f"case_{key}", NOBODY)
                if serving.pop(who, None) and taker != NOBODY:
                    found = self.row(Case, key).counsel
                    serving[name_of[taker]] = next(c.id for c in found if c.member_id == taker and c.until is None)

        @rule(who=st.sampled_from(["dana", "leila", "marat"]))
        def lose_everything(self, who):
            if who not in self.able():
                return
            # Of the only other coordinator it is asked first; it takes effect after three days without her.
            for days in [0, 4] if who == "marat" else [0]:
                self.later += timedelta(days=days)
                with transaction():
                    network.start_new_identity(self.member(who), by=self.by(), at=now() + self.later)
            letters = db.session.scalars(select(Letter.body).where(Letter.to == f"{who}@example.org"))
            tokens = {body.split("/reopen/")[1].split()[0] for body in letters if "/reopen/" in body}
            token = (tokens - self.used).pop()
            self.used.add(token)
            with transaction():
                _member, self.pairs[who], _code = network.reopen(
                    network.open_reopening(token, at=now()), token=token, passphrase=PASSPHRASE, at=now()
                )
            self.waits.add(who)

        @precondition(lambda self: self.waits)
        @rule(data=st.data(), interrupted=st.booleans())
        def confirm_again(self, data, interrupted):
            who = data.draw(st.sampled_from(sorted(self.waits)))
            with self.broken_off(interrupted), transaction():
                words = fingerprint(self.pairs[who].public)
                network.confirm_key(self.member(who), words=words, by=self.by(), at=now())
            self.waits.discard(who)

        @rule(most=st.integers(1, 3), who=st.sampled_from(NAMES))
        def settle_some(self, most, who):
            if who in self.able():
                with transaction():
                    keys.settle_some(by=self.by(who), at=now(), most=most)

        def broken_off(self, interrupted):
            """Let the act end before its first batch, as if the process had been killed then."""
            if not interrupted:
                return patch("caseflow.network.operations.members.NOBODY", NOBODY)
            return patch("caseflow.network.operations.members.keys.settle_some", lambda **_given: 0)

        def expected(self):
            able = self.able()
            coordinators = {name for name in able if everybody[name].role is Role.COORDINATOR}
            found = {}
            for key, serving in self.counsel.items():
                found[Case, key] = (coordinators | set(serving)) & able
            for key, who in self.logged.items():
                through = {name for case, linked in self.links.items() if key in linked for name in self.counsel[case]}
                found[Incident, key] = (coordinators | {who} | through) & able
            return found

        def opens(self, name, row):
            try:
                return self.by(name).ring.text(row, "title")
            except NoGrant:
                return None

        @invariant()
        def who_can_open_is_who_is_entitled(self):
            db.session.rollback()
            noted = db.session.execute(select(Unsettled.safe_id, Unsettled.member_id))
            promised = {(safe, name_of[member]) for safe, member in noted}
            for (model, key), names in self.expected().items():
                row = self.row(model, key)
                can = {name for name in everybody if self.opens(name, row)}
                waiting = {name for name in names if (row.safe_id, name) in promised}
                assert can <= names, f"{model.__name__}: {sorted(can - names)} can and should not"
                assert names - can <= waiting, f"{model.__name__}: {sorted(names - can - waiting)} cannot"

        @invariant()
        def the_check_agrees(self):
            assert list(queries.faults()) == []

        def finish(self):
            while True:
                with transaction():
                    if not keys.settle_some(by=self.by(), at=now()):
                        break
            assert db.session.scalar(select(Unsettled.id)) is None
            self.who_can_open_is_who_is_entitled()

    return Network


def test_after_any_sequence_of_acts_who_can_open_is_who_is_entitled(app):
    short = settings(
        phases=[Phase.generate],
        max_examples=10,
        stateful_step_count=15,
        deadline=None,
        database=None,
        report_multiple_bugs=False,
    )
    run_state_machine_as_test(machine(app), settings=short)


@pytest.mark.prove
def test_after_any_long_sequence_of_acts_who_can_open_is_who_is_entitled(app):
    long = settings(max_examples=150, stateful_step_count=40, deadline=None, database=None, report_multiple_bugs=False)
    run_state_machine_as_test(machine(app), settings=long)

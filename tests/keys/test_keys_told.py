"""Who writes into the database and has one true key of a low role is given nothing by it; triggers stay where they are."""

from datetime import timedelta
from hashlib import sha256
from types import SimpleNamespace

import pytest
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from caseflow.access import trust
from caseflow.access.actor import Role
from caseflow.cases.models import Counsel, IncidentLink
from caseflow.incidents.models import Incident
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, is_postgres, transaction
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.instance import instance
from caseflow.keys import operations as keys
from caseflow.keys import queries
from caseflow.keys.jobs import check_daily
from caseflow.keys.models import (
    Approval,
    Grant,
    Identity,
    KeyConfirmation,
    OrganisationKey,
    OrganisationWrap,
    RetiredIdentity,
    Safe,
    SafeEpoch,
    Unsettled,
)
from caseflow.keys.operations.approvals import NEW_IDENTITY, _signed, ripe, use_approval
from caseflow.keys.told import told_epochs
from caseflow.ledger import operations as ledger
from caseflow.ledger import rules, verification
from caseflow.ledger.models import Event
from caseflow.network import operations as network
from caseflow.network.models import Departure, Invitation, Member, Organisation
from caseflow.vault.errors import Damaged
from caseflow.vault.grants import GrantContext, SafeSecrets, wrap
from caseflow.vault.identity import Identity as FileIdentity
from caseflow.vault.keys import MemberKeys, fingerprint
from tests.cast import PASSPHRASE, cast, signed_in_client
from tests.keys.test_keys_grants import assign, end, open_case
from tests.keys.test_keys_trust import WHY, holders, insert_member, log, plant, sign_in, wait_for
from tests.pages import send


@pytest.fixture
def people(app_on_each):
    with app_on_each.app_context():
        yield cast(app_on_each)
        db.session.remove()


def write_row(verb, by, safe, subject, **public):
    """Append a row to the ledger with one's own true key, as INSERT INTO events would."""
    about = SimpleNamespace(__tablename__=subject.partition(":")[0], id=subject.partition(":")[2], safe_id=safe)
    with transaction():
        ledger.record(verb, by=by, at=now(), about=about, public=public)


def incident_in(safe):
    return db.session.scalar(select(Incident.id).where(Incident.safe_id == safe), execution_options=WHY)


def change(incident, **values):
    with transaction():
        db.session.execute(update(Incident).where(Incident.id == incident).values(**values), execution_options=WHY)


def leave(people, who, taker=None):
    with transaction():
        taken = {"incidents": taker.member_id} if taker else {}
        network.end_membership(db.session.get_one(Member, who.member_id), hand_over=taken, by=people.aigul, at=now())


def test_what_a_safe_is_for_is_told_once_and_a_case_is_not_logged_as_an_incident(people):
    case, timur = open_case(people.aigul), people.timur.member_id
    incident = incident_in(log(people.timur))
    write_row("incidents.log", people.timur, case.safe_id, f"incidents:{incident}", reference="IN-x")
    safe = case.safe_id
    change(incident, safe_id=safe)
    wait_for(safe, timur)
    sign_in("aigul")
    assert timur not in holders(safe)


def test_an_incident_is_not_proposed_as_a_review_of_ones_own_case(people):
    foreign, case = log(people.dana), open_case(people.aigul)
    assign(case, people.leila, people.aigul)
    write_row("precedents.propose", people.leila, foreign, "reviews:x", case=case.reference)
    with transaction():
        link = IncidentLink(incident_id=incident_in(foreign), case_id=case.id, by_id=people.aigul.member_id, at=now())
        db.session.add(link)
    wait_for(foreign, people.leila.member_id)
    sign_in("aigul")
    assert people.leila.member_id not in holders(foreign)


@pytest.mark.parametrize("whose", ["dana", "aigul"], ids=["those of who left", "another's"])
def test_who_took_incidents_over_is_given_those_and_no_others(people, whose):
    first = log(people.dana)
    other = first if whose == "dana" else log(people.aigul)
    leave(people, people.dana, taker=people.timur)
    timur = people.timur.member_id
    change(incident_in(other), by_id=timur)
    with transaction():
        db.session.execute(Grant.__table__.delete().where(Grant.member_id == timur))
    wait_for(other, timur)
    sign_in("aigul")
    assert (timur in holders(other)) == (whose == "dana")


def test_who_has_left_assigns_nobody_any_more(people, unasked):
    case, leila = open_case(people.aigul), people.leila.member_id
    leave(people, people.marat)
    write_row("cases.assign_counsel", people.marat, case.safe_id, "case_counsel:forged", member=leila)
    with transaction():
        db.session.add(Counsel(case_id=case.id, member_id=leila, role="co_counsel", since=now().date(),
                               by_id=people.aigul.member_id, at=now(), safe_id=case.safe_id))  # fmt: skip
    wait_for(case.safe_id, leila)
    sign_in("aigul")
    assert leila not in holders(case.safe_id)


@pytest.fixture
def planted(people):
    """Return a safe for whose second epoch somebody who never held it made the secrets, and wrapped them to all."""
    safe, secrets = log(people.dana), SafeSecrets.generate()
    with transaction():
        db.session.execute(update(Safe).where(Safe.id == safe).values(epoch=2))
        db.session.add(SafeEpoch(safe_id=safe, epoch=2, recipient=secrets.recipient, previous_sealed=None, since=now()))
        for grant in db.session.scalars(select(Grant).where(Grant.safe_id == safe)):
            to = next(p for p in (people.dana, people.aigul, people.marat) if p.member_id == grant.member_id)
            context = GrantContext(to.ring.instance, safe, 2, to.member_id, grant.reason)
            sealed = wrap(secrets, to=to.ring.keys.public, context=context, grantor=people.timur.ring.keys)
            grant.epoch, grant.wrapped, grant.signature, grant.quick, grant.grantor_id = (
                2, sealed.wrapped, sealed.signature, None, people.timur.member_id,
            )  # fmt: skip
    return safe, secrets


@pytest.mark.parametrize("row", ["none", "refused", "nobody's", "her own"])
def test_an_epoch_of_which_no_row_of_a_holder_tells_is_not_believed(people, planted, row):
    safe, secrets = planted
    public = {"epoch": 2, "recipient": secrets.recipient, "member": people.timur.member_id}
    if row != "none":
        with transaction():
            by, result = (people.timur if row == "her own" else None), ("refused" if row == "refused" else "done")
            ledger.record("keys.withdraw", by=by, at=now(), about=f"safes:{safe}", public=public, result=result)
    assert set(told_epochs([safe])[safe]) == {1}
    with pytest.raises(Damaged):
        people.fresh(people.dana).ring.current(safe)
    assert any("of which the ledger does not tell" in fault for fault in queries.faults())


def test_an_epoch_that_a_documenter_made_who_held_the_safe_is_believed(people):
    case = open_case(people.aigul)
    counsel = assign(case, people.leila, people.aigul)
    assign(case, people.yerlan, people.aigul)
    end(counsel, people.aigul)
    safe, secrets = case.safe_id, SafeSecrets.generate()
    public = {"epoch": 3, "recipient": secrets.recipient, "member": people.leila.member_id}
    write_row("keys.withdraw", people.yerlan, None, f"safes:{safe}", **public)
    assert told_epochs([safe])[safe][3] == secrets.recipient


def test_a_recovery_key_that_was_ended_stays_out_of_use(people):
    identity = FileIdentity.generate()
    with transaction():
        keys.offer_organisation_key(identity.public, shares=3, threshold=2, by=people.aigul, at=now())
    with transaction():
        waiting = db.session.scalars(select(Approval).where(Approval.kind == "organisation_key")).one()
        keys.decide(waiting, approve=True, by=people.marat, at=now())
    with transaction():
        keys.activate_organisation_key(db.session.scalars(select(OrganisationKey)).one(), by=people.aigul, at=now())
    assert keys.present_key() is not None
    with transaction():
        keys.retire_organisation_key(by=people.aigul, at=now())
    with transaction():
        db.session.execute(update(OrganisationKey).values(retired_at=None))
    sign_in("aigul")
    assert keys.present_key() is None
    assert db.session.get(OrganisationWrap, people.aigul.member_id) is None


def slip_in(seq, verb, *, by=None, actor=None, role="system", subject, safe=None, public=None):
    """Insert a row under any number, as somebody could who may also drop triggers."""
    said = {"at": now(), "role": role, "verb": verb, "result": "done", "subject": subject, "public": public or {}}
    said |= {"seq": seq, "commitment": bytes(32), "previous": bytes(32)}
    actor = by.member_id if by else actor
    leaf = rules.leaf_of(rules.row_bytes(version=2, instance=instance(), actor=actor, safe=safe, opening=None, **said))
    signature = by.ring.keys.sign(leaf, purpose="ledger") if by else None
    more = {
        "version": 2,
        "actor_id": actor,
        "safe_id": safe,
        "leaf": leaf,
        "chained": bytes(32),
        "signature": signature,
    }
    with transaction():
        db.session.connection().execute(insert(Event.__table__).values(opening_sealed=None, **more, **said))


@pytest.mark.parametrize("seq", [-1, 0, 10_000], ids=["before the first", "nought", "far behind the last"])
def test_a_row_takes_the_next_number_or_is_refused(people, seq):
    with pytest.raises(DBAPIError, match="append-only"):
        slip_in(seq, "keys.confirm", subject="members:x")


@pytest.fixture
def disarmed(people):
    """Take the trigger away that asks for the next number."""
    with transaction():
        table = " ON events" if is_postgres() else ""
        db.session.execute(text(f"DROP TRIGGER events_no_gap{table}"))


def _faults():
    return {str(fault) for fault in verification.verify(afresh=True).faults}


@pytest.mark.usefixtures("disarmed")
def test_a_row_before_the_first_is_no_fact_about_who_logged_an_incident(people):
    safe, timur = log(people.dana), people.timur
    named = {"role": "documenter", "subject": "incidents:x", "safe": safe, "public": {"reference": "IN-2026-0001"}}
    slip_in(-1, "incidents.log", by=timur, **named)
    change(incident_in(safe), by_id=timur.member_id)
    wait_for(safe, timur.member_id)
    sign_in("aigul")
    assert timur.member_id not in holders(safe)
    assert "row -1: a row stands before the first one" in _faults()


@pytest.mark.usefixtures("disarmed")
def test_a_row_before_the_first_makes_no_old_key_confirm_in_time(people):
    old, mine = people.marat.ring.keys, MemberKeys.generate()
    with transaction():
        keys.take_all(people.marat.member_id, by=people.aigul, at=now())
        marat = db.session.get_one(Identity, people.marat.member_id)
        keys.replace_identity(marat, passphrase="eight loud rivers under snow", known=(), by=None, at=now())

    def signature(member, role, key):
        return old.sign(trust.confirmed_words(member, role, key), purpose=trust.PURPOSE)

    stranger = insert_member(Role.COORDINATOR, mine, by_id=people.marat.member_id, signature=signature)
    facts = {"key": mine.public.to_bytes().hex(), "role": "coordinator"}
    slip_in(-1, "keys.confirm", actor=people.marat.member_id, subject=f"members:{stranger}", public=facts)
    assert stranger not in trust.present_keys()


@pytest.mark.usefixtures("disarmed")
def test_a_row_before_the_first_tells_of_no_keys(people):
    safe, planted = log(people.dana), SafeSecrets.generate()
    facts = {"kind": "incident", "epoch": 1, "recipient": planted.recipient}
    slip_in(-1, "keys.make_safe", subject=f"safes:{safe}", public=facts)
    plant(people.dana, safe, planted, people.timur.ring.keys, people.timur.member_id)
    with pytest.raises(Damaged):
        people.fresh(people.dana).ring.current(safe)


def _accepted(people, role):
    with transaction():
        house = db.session.scalars(select(Organisation)).one()
        _made, link = network.invite(email="xenia@example.org", name="Xenia", role=role, organisation=house, language="en",
                                     by=people.aigul, at=now())  # fmt: skip
    with transaction():
        member, pair, _code = network.accept(
            network.open_invitation(link.rsplit("/", 1)[1], at=now()), passphrase=PASSPHRASE, at=now()
        )
        return member.id, fingerprint(pair.public)


def _confirm(member_id, words, by):
    with transaction():
        network.confirm_key(db.session.get_one(Member, member_id), words=words, by=by, at=now())


def test_a_role_that_was_changed_in_the_database_is_not_confirmed(people):
    member_id, words = _accepted(people, Role.DOCUMENTER)
    with transaction():
        db.session.execute(update(Member).where(Member.id == member_id).values(role=Role.COORDINATOR))
    with pytest.raises(RuleBroken, match="invited her in this role"):
        _confirm(member_id, words, people.aigul)
    with transaction():
        db.session.execute(
            update(Invitation).where(Invitation.email == "xenia@example.org").values(role=Role.COORDINATOR)
        )
    with pytest.raises(RuleBroken, match="invited her in this role"):
        _confirm(member_id, words, people.aigul)
    with transaction():
        db.session.execute(update(Member).where(Member.id == member_id).values(role=Role.DOCUMENTER))
    _confirm(member_id, words, people.aigul)
    assert trust.present_keys()[member_id][0] is Role.DOCUMENTER


def test_a_coordinator_whom_no_second_one_approved_is_not_confirmed(people):
    """Her invitation was slipped in with a true row of one coordinator, as one who wants to be two would."""
    with transaction():
        house = db.session.scalars(select(Organisation)).one()
        network.invite(email="xenia@example.org", name="Xenia", role=Role.COORDINATOR, organisation=house, language="en",
                       by=people.aigul, at=now())  # fmt: skip
    with transaction():
        invitation = db.session.scalars(select(Invitation).where(Invitation.email == "xenia@example.org")).one()
        member, pair, _code = network.accept(invitation, passphrase=PASSPHRASE, at=now())
        member_id, words = member.id, fingerprint(pair.public)
    with pytest.raises(RuleBroken, match="No second coordinator approved"):
        _confirm(member_id, words, people.aigul)


def test_an_old_key_of_a_coordinator_confirms_nobody_in_another_role(people):
    marat, timur = people.marat, people.timur.member_id
    _confirm(timur, fingerprint(people.timur.ring.keys.public), marat)
    leave(people, marat)
    with transaction():
        key = people.timur.ring.keys.public.to_bytes()
        word = marat.ring.keys.sign(trust.confirmed_words(timur, "coordinator", key), purpose=trust.PURPOSE)
        db.session.execute(update(Member).where(Member.id == timur).values(role=Role.COORDINATOR))
        changed = update(KeyConfirmation).where(KeyConfirmation.member_id == timur)
        db.session.execute(changed.values(role="coordinator", signature=word))
    assert timur not in trust.present_keys()


def test_a_form_about_leaving_that_was_refused_puts_nobody_out(app):
    with app.app_context():
        people = cast(app)
        safe, dana = log(people.dana), people.dana.member_id
        db.session.remove()
    aigul = signed_in_client(app, people.aigul)
    assert send(aigul, f"/members/{dana}/end").status_code == 422, "nobody was named who takes her incidents over"
    assert send(aigul, f"/members/{people.aigul.member_id}/end", "/members").status_code == 403
    with app.app_context():
        rows = db.session.execute(select(Event.subject, Event.result).where(Event.verb == "network.end_membership"))
        assert {result for _subject, result in rows} == {"refused"}
        assert db.session.scalars(select(Departure)).all() == []
        assert {dana, people.aigul.member_id} <= trust.present_keys().keys()
        with transaction():
            keys.settle([safe], by=people.fresh(people.marat), at=now())
        assert holders(safe) == {dana, people.aigul.member_id, people.marat.member_id}
        assert holders(log(people.fresh(people.dana))) == {dana, people.aigul.member_id, people.marat.member_id}
        db.session.remove()


@pytest.mark.parametrize("by", ["an epoch that ends", "a renewal that waits"])
def test_a_row_that_looks_like_a_grant_is_not_made_a_true_one(people, by):
    """Nobody opens the grants of others: who is written into that table does not count as somebody who had a key."""
    safe, timur = log(people.dana), people.timur.member_id
    change(incident_in(safe), by_id=timur)
    given = {"epoch": 1, "wrapped": bytes(113), "signature": bytes(64), "grantor_id": people.aigul.member_id}
    with transaction():
        db.session.add(Grant(safe_id=safe, member_id=timur, reason="logged", at=now(), **given))
        if by == "a renewal that waits":
            db.session.add(Unsettled(safe_id=safe, member_id=people.yerlan.member_id, lost=True, at=now()))
    if by == "an epoch that ends":
        wait_for(safe, timur)
    sign_in("aigul")
    assert timur not in holders(safe)
    assert doubts(safe) == [[timur]]
    change(incident_in(safe), by_id=people.dana.member_id)
    wait_for(safe, people.dana.member_id)
    sign_in("aigul")
    assert people.dana.member_id in holders(safe)
    assert list(queries.faults()) == []


def doubts(safe):
    told = select(Event.public).where(Event.subject == f"safes:{safe}", Event.verb == "keys.doubt").order_by(Event.seq)
    return [public["members"] for public in db.session.scalars(told)]


def test_keys_trust_shows_the_former_keys_that_it_signs_and_signs_no_others(people, app_on_each):
    mine, ally, dana = MemberKeys.generate(), MemberKeys.generate(), people.dana.ring.keys
    with transaction():
        keys.take_all(people.dana.member_id, by=people.aigul, at=now())
        identity = db.session.get_one(Identity, people.dana.member_id)
        keys.replace_identity(identity, passphrase="eight loud rivers under snow", known=(), by=None, at=now())
        planted = {"public": mine.public.to_bytes(), "role": "coordinator", "confirmation": bytes(64)}
        by = {"member_id": people.marat.member_id, "confirmed_by_id": people.aigul.member_id}
        db.session.add(RetiredIdentity(**planted, **by, retired_at=now()))
    asked = ["keys", "trust", "--as", "aigul@example.org"]
    told = app_on_each.test_cli_runner().invoke(args=asked, input=f"{PASSPHRASE}\ny\n")
    assert told.exit_code == 0, told.output
    db.session.remove()
    assert f"a former key, until {now():%Y-%m-%d}: {fingerprint(dana.public)}" in told.output
    assert dana.public.to_bytes() in trust.keys_ever([people.dana.member_id])[people.dana.member_id]
    assert fingerprint(mine.public) not in told.output

    def word(member, role, key):
        return mine.sign(trust.confirmed_words(member, role, key), purpose=trust.PURPOSE)

    assert (
        insert_member(Role.COORDINATOR, ally, by_id=people.marat.member_id, signature=word) not in trust.present_keys()
    )


def test_a_former_key_of_whose_end_no_row_tells_counts_for_nothing(people):
    """Her own true confirmation lies in the table of keys that she had: nothing tells that she ever had another."""
    mine = MemberKeys.generate()
    word = trust.confirmed_words(people.marat.member_id, "coordinator", mine.public.to_bytes())
    signed = people.aigul.ring.keys.sign(word, purpose=trust.PURPOSE)
    with transaction():
        row = RetiredIdentity(
            member_id=people.marat.member_id, public=mine.public.to_bytes(), role="coordinator", retired_at=now()
        )
        row.confirmed_by_id, row.confirmation = people.aigul.member_id, signed
        db.session.add(row)
    assert mine.public.to_bytes() not in trust.keys_ever()[people.marat.member_id]


def test_a_row_of_no_shape_does_not_stop_the_daily_check(people):
    safe, other = log(people.dana), log(people.timur)
    with transaction():  # a row of the system, signed by nobody, whole to `ledger verify`
        ledger.record("keys.withdraw", by=None, at=now(), about=f"safes:{other}", public={"epoch": "x"})
    assert list(queries.faults()) == []
    given = {"epoch": 1, "wrapped": bytes(113), "signature": bytes(64), "grantor_id": people.aigul.member_id}
    with transaction():
        db.session.add(Grant(safe_id=safe, member_id=people.yerlan.member_id, reason="logged", at=now(), **given))
    check_daily()
    assert alarms() == 1


def test_a_daily_check_that_breaks_off_is_told(people, monkeypatch):
    monkeypatch.setattr("caseflow.keys.jobs.faults", _broken)
    check_daily()
    assert alarms() == 1


def alarms():
    return db.session.scalar(select(func.count()).where(Event.verb == "keys.check", Event.result == "failed"))


def _broken():
    raise ValueError("a fault of the check")
    yield


def test_renewals_that_waited_and_were_forgotten_are_found(people):
    """Who left knows the epoch: whatever is sealed in it later would open with a copy of the database."""
    safes = [log(people.dana) for _ in range(3)]
    with transaction():
        keys.take_all(people.dana.member_id, by=people.aigul, at=now())
    keys_of_safes(people, safes[0])  # one is renewed as it should be
    assert list(queries.faults()) == []
    with transaction():
        db.session.execute(delete(Unsettled).where(Unsettled.safe_id == safes[1]))
    write_row("keys.withdraw", people.yerlan, safes[1], f"safes:{safes[1]}", member=people.dana.member_id, epoch=2)
    (found,) = (fault for fault in queries.faults() if "does not wait" in fault)
    assert found.startswith(f"safe {safes[1]} was to be renewed when the keys of Dana Ospanova were taken")


def keys_of_safes(people, *safes):
    with transaction():
        keys.settle(safes, by=people.fresh(people.aigul), at=now())


def test_a_request_is_as_old_as_its_place_in_the_ledger(people):
    """Of two coordinators one dates her request back; the other is to have her three days all the same."""
    subject, facts = f"members:{people.marat.member_id}", b"facts"
    days_ago = now() - timedelta(days=4)
    request = {"kind": NEW_IDENTITY, "subject": subject, "bound": sha256(facts).digest(), "verdict": None}
    with transaction():
        made = Approval(
            **request, asked_by_id=people.aigul.member_id, asked_at=days_ago, expires_at=now() + timedelta(days=3)
        )
        made.asked_signature = people.aigul.ring.sign(_signed(made, "asked"), purpose="approval")
        db.session.add(made)
        db.session.flush()
    for row in (False, True):
        if row:
            with transaction():
                ledger.record("keys.ask_approval", by=people.aigul, at=days_ago, about=made, public={})
        with pytest.raises(RuleBroken, match="has not approved"), transaction():
            use_approval(NEW_IDENTITY, subject, facts=facts, by=people.fresh(people.aigul), at=now())
    later = now() + timedelta(days=3, hours=-1)
    with transaction():
        db.session.execute(update(Approval).values(expires_at=later + timedelta(days=1)))
    assert ripe(NEW_IDENTITY, subject, facts=facts, by=people.aigul, at=later) is None
    assert ripe(NEW_IDENTITY, subject, facts=facts, by=people.aigul, at=later + timedelta(hours=2)) is not None


def test_the_recipient_of_an_old_paper_is_not_put_back(people):
    dana, mine = people.dana, people.dana.ring.keys.public
    kept = db.session.get_one(Identity, dana.member_id)
    old = {"recovery_recipient": kept.recovery_recipient, "recipient_signature": kept.recipient_signature}
    with transaction():
        identity = db.session.get_one(Identity, dana.member_id)
        code = keys.renew_code(identity, keys=dana.ring.keys, by=people.fresh(dana), at=now())
    assert keys.signed_recipient(db.session.get_one(Identity, dana.member_id), mine) == code.age_identity.recipient
    with transaction():
        db.session.execute(update(Identity).where(Identity.member_id == dana.member_id).values(**old))
    told = {"recipient": sha256(old["recovery_recipient"].encode()).hexdigest()}
    with transaction():  # nobody has signed this row
        ledger.record("keys.renew_code", by=None, at=now(), about=f"members:{dana.member_id}", public=told)
    db.session.expire_all()
    assert keys.signed_recipient(db.session.get_one(Identity, dana.member_id), mine) is None

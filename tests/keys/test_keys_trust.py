"""Who can write into the database, and holds no key, gets nothing by it: no safe, no seed, no text that is written next."""

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from caseflow.access import trust
from caseflow.access.actor import Role
from caseflow.cases.models import Counsel, IncidentLink
from caseflow.entrance import operations as entrance
from caseflow.incidents import operations as incidents
from caseflow.incidents.models import Incident
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction, unscoped
from caseflow.kernel.errors import NotPermitted, RuleBroken
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
from caseflow.keys.operations.approvals import ORGANISATION_KEY, USE_KEY, _signed
from caseflow.keys.operations.organisation import key_facts
from caseflow.ledger import operations as ledger
from caseflow.ledger.models import KEY_ACTS, Event
from caseflow.ledger.queries import alarm
from caseflow.network import operations as network
from caseflow.network.models import Departure, Member, Organisation
from caseflow.network.queries import actor_of
from caseflow.vault.errors import Damaged
from caseflow.vault.grants import GrantContext, SafeSecrets, wrap
from caseflow.vault.identity import Identity as FileIdentity
from caseflow.vault.keys import MemberKeys, fingerprint
from caseflow.vault.organisation import fingerprint_of
from tests.cast import PASSPHRASE, cast
from tests.keys.test_keys_grants import assign, end, open_case

WHY = unscoped("the test looks at everything")


@pytest.fixture
def people(app_on_each):
    with app_on_each.app_context():
        yield cast(app_on_each)
        db.session.remove()


@pytest.fixture
def safe(people):
    return log(people.dana)


def log(by):
    with transaction():
        made = incidents.log(
            title="Detention", narrative="At night.", region="KZ-75", began_on=now().date(), began_precision="day",
            language="en", by=by, at=now(),
        )  # fmt: skip
        return made.safe_id


def sign_in(name):
    entrance.sign_in(f"{name}@example.org", PASSPHRASE, address="127.0.0.1", agent="a test", at=now())


def insert_member(role, mine, *, by_id, signature):
    """Do what somebody does who can write into the database and wants to be a member."""
    with transaction():
        house = db.session.scalars(select(Organisation.id)).first()
        member = Member(email="x@example.org", name="X", role=role, organisation_id=house, language="en", timezone="UTC",
                        joined_at=now())  # fmt: skip
        db.session.add(member)
        db.session.flush()
        key = mine.public.to_bytes()
        db.session.add(
            Identity(member_id=member.id, epoch=1, public=key, salt=bytes(16), kdf=bytes(7), verifier=bytes(32),
                     seed_wrapped=bytes(61), seed_for_recovery=bytes(61), made_at=now())
        )  # fmt: skip
        db.session.flush()
        db.session.add(
            KeyConfirmation(member_id=member.id, public=key, role=role, by_id=by_id or member.id, at=now(),
                            signature=signature(member.id, role, key))
        )  # fmt: skip
        return member.id


def wait_for(safe_id, member_id):
    with transaction():
        db.session.execute(delete(Unsettled))
        db.session.add(Unsettled(safe_id=safe_id, member_id=member_id, lost=False, at=now()))


def holders(safe_id):
    return set(db.session.scalars(select(Grant.member_id).where(Grant.safe_id == safe_id)))


@pytest.mark.parametrize("forged", ["nothing", "her own", "a documenter's"])
def test_a_coordinator_who_was_written_into_the_database_is_given_nothing(people, safe, forged):
    mine = MemberKeys.generate()

    def signature(member, role, key):
        if forged == "nothing":
            return bytes(64)
        signer = mine if forged == "her own" else people.timur.ring.keys
        return signer.sign(trust.confirmed_words(member, role, key), purpose=trust.PURPOSE)

    by_id = {"nothing": people.aigul.member_id, "her own": None, "a documenter's": people.timur.member_id}[forged]
    stranger = insert_member(Role.COORDINATOR, mine, by_id=by_id, signature=signature)
    wait_for(safe, stranger)
    sign_in("dana")
    sign_in("aigul")
    assert stranger not in holders(safe)
    assert any("confirmation of X's key does not carry the signature" in fault for fault in queries.faults())


def test_a_role_that_was_changed_in_the_database_gives_nothing(people, safe):
    with transaction():
        db.session.execute(update(Member).where(Member.id == people.timur.member_id).values(role=Role.COORDINATOR))
        db.session.execute(
            update(KeyConfirmation)
            .where(KeyConfirmation.member_id == people.timur.member_id)
            .values(role="coordinator")
        )
    wait_for(safe, people.timur.member_id)
    sign_in("aigul")
    assert people.timur.member_id not in holders(safe)


def test_a_key_that_was_exchanged_in_the_database_is_given_nothing(people):
    mine = MemberKeys.generate()
    with transaction():
        for table in (Identity, KeyConfirmation):
            chosen = table.member_id == people.marat.member_id
            db.session.execute(update(table).where(chosen).values(public=mine.public.to_bytes()))
    assert people.marat.member_id not in holders(log(people.dana))


@pytest.mark.parametrize("undone", ["departure", "key"])
def test_what_has_ended_is_not_begun_again_by_taking_rows_away(people, safe, undone):
    """The key was once confirmed, so its confirmation is true: but the ledger says that it is over."""
    marat = people.marat.member_id
    kept = db.session.get_one(KeyConfirmation, marat)
    word = {name: getattr(kept, name) for name in ("member_id", "public", "role", "by_id", "at", "signature")}
    with transaction():
        member = db.session.get_one(Member, marat)
        if undone == "departure":
            network.end_membership(member, by=people.aigul, at=now())
        else:
            keys.take_all(marat, by=people.aigul, at=now())
            keys.replace_identity(
                db.session.get_one(Identity, marat),
                passphrase="eight loud rivers under snow",
                known=(),
                by=None,
                at=now(),
            )
    with transaction():
        db.session.execute(delete(Departure))
        db.session.execute(delete(RetiredIdentity))
        db.session.execute(delete(KeyConfirmation).where(KeyConfirmation.member_id == marat))
        db.session.execute(update(Identity).where(Identity.member_id == marat).values(public=word["public"]))
        db.session.add(KeyConfirmation(**word))
    wait_for(safe, marat)
    sign_in("aigul")
    assert marat not in holders(safe)


def test_a_key_that_was_replaced_confirms_nobody_any_more(people, safe):
    """Marat's old key was lost: whoever has it, and can write into the database, makes no new coordinator with it."""
    old, mine = people.marat.ring.keys, MemberKeys.generate()
    with transaction():
        keys.take_all(people.marat.member_id, by=people.aigul, at=now())
        identity = db.session.get_one(Identity, people.marat.member_id)
        keys.replace_identity(identity, passphrase="eight loud rivers under snow", known=(), by=None, at=now())

    def signature(member, role, key):
        return old.sign(trust.confirmed_words(member, role, key), purpose=trust.PURPOSE)

    stranger = insert_member(Role.COORDINATOR, mine, by_id=people.marat.member_id, signature=signature)
    wait_for(safe, stranger)
    sign_in("aigul")
    assert stranger not in holders(safe)


def test_whom_a_coordinator_confirmed_before_she_left_still_counts(people, safe):
    with transaction():
        network.end_membership(db.session.get_one(Member, people.timur.member_id), by=people.marat, at=now())
        network.end_membership(db.session.get_one(Member, people.aigul.member_id), by=people.marat, at=now())
    assert set(trust.present_keys()) == {
        people.marat.member_id,
        *(p.member_id for p in (people.dana, people.leila, people.yerlan)),
    }
    assert list(queries.faults()) == []


def test_what_the_ledger_says_of_keys_is_found_without_reading_all_of_it(people):
    query = select(Event.seq).where(KEY_ACTS).order_by(Event.seq)
    if db.engine.dialect.name == "sqlite":
        plan = " ".join(str(row) for row in db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {query}"))
    else:
        db.session.connection().exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = " ".join(str(row) for row in db.session.connection().exec_driver_sql(f"EXPLAIN {query}"))
    assert "ix_events_key_acts" in plan


def test_without_the_anchor_nothing_is_given_and_nothing_is_lost(people, safe, app_on_each):
    anchor = app_on_each.extensions["caseflow_settings"].anchor_path
    kept = anchor.read_bytes()
    anchor.unlink()
    with pytest.raises(NotPermitted, match="flask keys trust"):
        log(people.dana)
    db.session.rollback()
    assert [fault for fault in queries.faults() if "anchor of the keys is missing" in fault]
    anchor.write_bytes(kept)
    assert holders(safe) == {people.dana.member_id, people.aigul.member_id, people.marat.member_id}
    assert list(queries.faults()) == []


def test_the_anchor_names_its_network_and_what_is_none_is_refused(people, app_on_each):
    anchor = app_on_each.extensions["caseflow_settings"].anchor_path
    assert anchor.stat().st_mode & 0o077 == 0
    found = trust.anchor()
    assert (found.member, found.public) == (people.aigul.member_id, people.aigul.ring.keys.public.to_bytes())
    anchor.write_text(anchor.read_text().replace('"network": "', '"network": "another'))
    assert trust.anchor() is None
    anchor.write_text("{}")
    with pytest.raises(Exception, match="flask keys trust"):
        trust.anchor()


def test_a_lost_anchor_and_words_from_before_the_roles_are_renewed_by_a_command(people, safe, app_on_each):
    app_on_each.extensions["caseflow_settings"].anchor_path.unlink()
    with transaction():
        db.session.execute(update(KeyConfirmation).values(role=None, signature=bytes(64)))
    run = app_on_each.test_cli_runner()
    told = run.invoke(args=["keys", "trust", "--as", "marat@example.org"], input=f"{PASSPHRASE}\nn\n")
    assert told.exit_code == 1
    assert trust.anchor() is None
    assert "Dana Ospanova <dana@example.org>, documenter:" in told.output
    told = run.invoke(args=["keys", "trust", "--as", "marat@example.org", "--yes"], input=f"{PASSPHRASE}\n")
    assert told.exit_code == 0, told.output
    assert trust.anchor().member == people.marat.member_id
    assert list(queries.faults()) == []
    assert holders(log(people.fresh(people.timur))) >= {people.timur.member_id, people.aigul.member_id}
    refused = run.invoke(args=["keys", "trust", "--as", "dana@example.org", "--yes"], input=f"{PASSPHRASE}\n")
    assert refused.exit_code == 1


def test_a_grant_that_nobody_made_is_not_opened(people, safe):
    """A key beside a coordinator's name among those she had before is not hers without a signed word."""
    mine, planted = MemberKeys.generate(), SafeSecrets.generate()
    plant(people.dana, safe, planted, mine, people.aigul.member_id)
    with transaction():
        db.session.add(
            RetiredIdentity(member_id=people.aigul.member_id, public=mine.public.to_bytes(), retired_at=now())
        )
    with pytest.raises(Damaged):
        people.fresh(people.dana).ring.current(safe)
    assert any("does not carry the signature of Aigul" in fault for fault in queries.faults())


def test_a_grant_of_other_keys_is_not_opened_even_when_a_member_signed_it(people, safe):
    planted = SafeSecrets.generate()
    plant(people.dana, safe, planted, people.timur.ring.keys, people.timur.member_id)
    with transaction():
        db.session.execute(update(SafeEpoch).where(SafeEpoch.safe_id == safe).values(recipient=planted.recipient))
    with pytest.raises(Damaged, match="other keys than those the safe was made with"):
        people.fresh(people.dana).ring.current(safe)
    assert any("another recipient" in fault for fault in queries.faults())


def plant(holder, safe_id, secrets, signer, grantor_id):
    with transaction():
        grant = db.session.scalars(
            select(Grant).where(Grant.safe_id == safe_id, Grant.member_id == holder.member_id)
        ).one()
        context = GrantContext(holder.ring.instance, safe_id, grant.epoch, holder.member_id, grant.reason)
        sealed = wrap(secrets, to=holder.ring.keys.public, context=context, grantor=signer)
        grant.wrapped, grant.signature, grant.quick, grant.grantor_id = (
            sealed.wrapped,
            sealed.signature,
            None,
            grantor_id,
        )


def test_headers_are_written_for_the_keys_of_the_safe_and_not_for_whom_the_database_names(people, safe):
    ring = people.fresh(people.dana).ring
    true = ring.current(safe)[1].recipient
    with transaction():
        db.session.execute(
            update(SafeEpoch).where(SafeEpoch.safe_id == safe).values(recipient=FileIdentity.generate().recipient)
        )
    assert ring.current(safe)[1].recipient == true
    assert any("another recipient" in fault for fault in queries.faults())


def approval_by(key, actor, *, facts, subject, kind=ORGANISATION_KEY):
    made = Approval(
        kind=kind, subject=subject, bound=hashlib.sha256(facts).digest(), asked_by_id=actor.member_id, asked_at=now(),
        expires_at=now() + timedelta(days=7), asked_signature=b"", verdict="alone", decided_by_id=actor.member_id,
        decided_at=now(), used_at=None,
    )  # fmt: skip
    made.asked_signature = actor.ring.sign(_signed(made, "asked"), purpose="approval")
    made.decided_signature = actor.ring.sign(_signed(made, "alone"), purpose="approval")
    db.session.add(made)
    return made


@pytest.mark.parametrize("who", ["timur", "aigul"])
def test_a_recovery_key_that_one_put_into_the_database_gets_no_seed(people, who):
    """Neither by a documenter's signature nor by that of one coordinator while there is a second."""
    actor = getattr(people, who)
    with transaction():
        key = OrganisationKey(public=FileIdentity.generate().public, shares=3, threshold=2, made_by_id=actor.member_id,
                              made_at=now(), active_at=now())  # fmt: skip
        db.session.add(key)
        db.session.flush()
        approval_by(key, actor, facts=key_facts(key), subject=f"organisation_keys:{key.id}")
    assert keys.present_key() is None
    sign_in("aigul")
    assert db.session.get(OrganisationWrap, people.aigul.member_id) is None


def test_a_key_that_was_put_into_use_alone_waits_for_the_first_second_coordinator(app):
    with app.app_context():
        with transaction():
            founded = network.found(
                network="N", organisation="O", email="aigul@example.org", name="Aigul", passphrase=PASSPHRASE, language="en",
                timezone="UTC", at=now(),
            )  # fmt: skip
        aigul = founded.actor
        with transaction():
            keys.offer_organisation_key(FileIdentity.generate().public, shares=3, threshold=2, by=aigul, at=now())
        assert keys.present_key() is not None
        with transaction():
            house = db.session.scalars(select(Organisation)).one()
            _made, link = network.invite(email="marat@example.org", name="Marat", role=Role.COORDINATOR, organisation=house,
                                         language="en", by=aigul, at=now())  # fmt: skip
        with transaction():
            token = link.rsplit("/", 1)[1]
            member, pair, _code = network.accept(
                network.open_invitation(token, at=now()), passphrase=PASSPHRASE, at=now()
            )
        assert keys.present_key() is not None, "who is not confirmed cannot approve"
        with transaction():
            member = db.session.get_one(Member, member.id)
            network.confirm_key(member, words=fingerprint(pair.public), by=aigul, at=now())
        assert keys.present_key() is None
        waiting = db.session.scalars(select(Approval).where(Approval.verdict.is_(None))).one()
        with transaction():
            words = fingerprint_of(db.session.scalars(select(OrganisationKey.public)).one())
            network.approve(db.session.get_one(Approval, waiting.id), words=words, by=actor_of(member, pair), at=now())
        assert keys.present_key() is not None


def test_an_approval_that_was_used_is_used_up_whatever_the_row_says(people):
    facts, subject = b"what is approved", f"members:{people.dana.member_id}"
    with transaction():
        asked = keys.ask_approval(USE_KEY, subject, facts=facts, by=people.aigul, at=now())
        keys.decide(asked, approve=True, by=people.marat, at=now())
        keys.use_approval(USE_KEY, subject, facts=facts, by=people.aigul, at=now())
    with transaction():
        db.session.execute(update(Approval).where(Approval.kind == USE_KEY).values(used_at=None))
    with pytest.raises(RuleBroken, match="second coordinator has not approved"), transaction():
        keys.use_approval(USE_KEY, subject, facts=facts, by=people.aigul, at=now())
    with transaction():
        asked = keys.ask_approval(USE_KEY, subject, facts=b"other facts", by=people.aigul, at=now())
        keys.decide(asked, approve=True, by=people.marat, at=now())
        db.session.execute(
            update(Approval).where(Approval.verdict == "approved").values(expires_at=now() + timedelta(days=70))
        )
    with pytest.raises(RuleBroken, match="second coordinator has not approved"), transaction():
        keys.use_approval(USE_KEY, subject, facts=b"other facts", by=people.aigul, at=now())


@pytest.fixture
def case(people):
    return open_case(people.aigul)


def slip_in(*rows):
    with transaction():
        db.session.add_all(rows)


@pytest.mark.parametrize("at_sign_in", [True, False])
def test_counsel_that_somebody_wrote_into_the_database_get_no_key(people, case, at_sign_in):
    yerlan = people.yerlan.member_id
    slip_in(Counsel(case_id=case.id, safe_id=case.safe_id, member_id=yerlan, role="co_counsel", since=now().date(),
                    by_id=people.aigul.member_id, at=now()))  # fmt: skip
    if at_sign_in:
        wait_for(case.safe_id, yerlan)
        sign_in("aigul")
    else:
        assign(case, people.leila, people.aigul)
        assert people.leila.member_id in holders(case.safe_id)
    assert yerlan not in holders(case.safe_id)
    told = db.session.scalars(select(Event.public).where(Event.verb == "keys.doubt")).all()
    assert told == [{"members": [yerlan]}]
    assert any("the ledger does not tell why Yerlan" in fault for fault in queries.faults())


def test_a_row_of_the_ledger_that_its_actor_could_not_sign_tells_nothing(people, case, unasked):
    """Leila signs herself that she was made counsel: the row is good, but such an act takes a coordinator."""
    leila = people.leila
    made = Counsel(case_id=case.id, safe_id=case.safe_id, member_id=leila.member_id, role="co_counsel", since=now().date(),
                   by_id=leila.member_id, at=now())  # fmt: skip
    with transaction():
        db.session.add(made)
        db.session.flush()
        as_coordinator = replace(leila, role=Role.COORDINATOR)
        public = {"member": leila.member_id}
        ledger.record("cases.assign_counsel", by=as_coordinator, at=now(), about=made, public=public)
    wait_for(case.safe_id, leila.member_id)
    sign_in("aigul")
    assert leila.member_id not in holders(case.safe_id)


def test_an_incident_that_somebody_moved_into_her_case_or_name_gives_no_key(people, safe, case):
    assign(case, people.leila, people.aigul)
    incident = db.session.scalars(select(Incident).where(Incident.safe_id == safe), execution_options=WHY).one()
    slip_in(IncidentLink(case_id=case.id, incident_id=incident.id, by_id=people.aigul.member_id, at=now()))
    wait_for(safe, people.leila.member_id)
    sign_in("aigul")
    assert people.leila.member_id not in holders(safe)
    with transaction():
        db.session.execute(
            update(Incident).where(Incident.id == incident.id).values(by_id=people.timur.member_id),
            execution_options=WHY,
        )
    wait_for(safe, people.timur.member_id)
    sign_in("aigul")
    assert people.timur.member_id not in holders(safe)


def test_a_withdrawal_that_was_undone_by_putting_old_rows_back_is_found_each_day(people, case):
    counsel = assign(case, people.leila, people.aigul)
    tables = (Safe, SafeEpoch, Grant)
    kept = [
        (t, {c.name: getattr(row, c.name) for c in t.__table__.columns})
        for t in tables
        for row in db.session.scalars(select(t))
    ]
    end(counsel, people.aigul)
    check_daily()
    assert failures() == []
    with transaction():
        db.session.execute(delete(Grant))
        db.session.execute(delete(SafeEpoch).where(SafeEpoch.safe_id == case.safe_id, SafeEpoch.epoch > 1))
        db.session.execute(update(Safe).where(Safe.id == case.safe_id).values(epoch=1))
        db.session.add_all(Grant(**values) for table, values in kept if table is Grant)
    assert any("but there was an epoch 2: rows were put back" in fault for fault in queries.faults())
    check_daily()
    assert failures() == ["keys.check"]
    assert alarm(at=now()).verb == "keys.check"


def test_an_old_passphrase_that_was_put_back_opens_nothing(people):
    dana = people.dana.member_id
    columns = ("salt", "kdf", "verifier", "seed_wrapped", "epoch")
    kept = {name: getattr(db.session.get_one(Identity, dana), name) for name in columns}
    with transaction():
        keys.change_passphrase(
            db.session.get_one(Identity, dana), keys=people.dana.ring.keys, passphrase="nine slow foxes under rain",
            known=(), by=people.dana, at=now(),
        )  # fmt: skip
    with transaction():
        db.session.execute(update(Identity).where(Identity.member_id == dana).values(**kept))
    with pytest.raises(RuleBroken, match="do not belong together"):
        sign_in("dana")


def failures():
    return list(db.session.scalars(select(Event.verb).where(Event.result == "failed")))


def test_the_title_of_an_incident_is_what_it_was(people, safe):
    """The control of this page: untouched, everything opens for who is entitled."""
    row = db.session.scalars(select(Incident).where(Incident.safe_id == safe), execution_options=WHY).one()
    assert people.fresh(people.dana).ring.text(row, "title") == "Detention"
    assert db.session.get_one(Safe, safe).epoch == 1

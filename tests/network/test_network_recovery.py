"""Lost passphrases: a new key, or the old one by the organisation's offline recovery key; and what takes two."""

import re
import shutil
import subprocess
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from caseflow.access.actor import Role
from caseflow.incidents import operations as incidents
from caseflow.incidents.models import Incident
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction, unscoped
from caseflow.kernel.errors import NotPermitted, RuleBroken
from caseflow.kernel.mail import Letter
from caseflow.keys import operations as keys
from caseflow.keys import queries as key_queries
from caseflow.keys.models import Approval, Grant, Identity, OrganisationKey, OrganisationWrap, Reopening
from caseflow.ledger.models import Event
from caseflow.network import operations
from caseflow.network.models import Member, Organisation
from caseflow.network.queries import actor_of
from caseflow.vault.organisation import from_shares
from caseflow.vault.shares import Share
from tests.cast import PASSPHRASE, cast, signed_in_client
from tests.pages import send

WHY = unscoped("the test looks at everything")
ANOTHER = "eight loud rivers under the snow"


@pytest.fixture
def people(app):
    with app.app_context():
        found = cast(app)
        db.session.remove()
    return found


@pytest.fixture
def aigul(app, people):
    return signed_in_client(app, people.aigul)


@pytest.fixture
def marat(app, people):
    return signed_in_client(app, people.marat)


@pytest.fixture
def run(app):
    runner = app.test_cli_runner()
    return lambda *command, typed=PASSPHRASE + "\n": runner.invoke(args=list(command), input=typed)


@pytest.fixture
def incident(app, people):
    with app.app_context(), transaction():
        made = incidents.log(
            title="Detention", narrative="At night.", region="KZ-75", began_on=now().date(), began_precision="day",
            language="en", by=people.dana, at=now(),
        )  # fmt: skip
        return made.id


def verbs(app, *wanted):
    with app.app_context():
        rows = select(Event.verb, Event.result).where(Event.verb.in_(wanted)).order_by(Event.seq)
        return [tuple(row) for row in db.session.execute(rows)]


def title(app, pair, member_id, incident_id):
    with app.app_context():
        actor = actor_of(db.session.get_one(Member, member_id), pair)
        return actor.ring.text(db.session.get_one(Incident, incident_id, execution_options=WHY), "title")


def open_approval(app):
    with app.app_context():
        return db.session.scalars(select(Approval.id).where(Approval.verdict.is_(None))).one()


def link_for(app, email):
    with app.app_context():
        letters = list(db.session.scalars(select(Letter.body).where(Letter.to == email)))
    return re.search(r"(/reopen/\S+)", next(body for body in letters if "/reopen/" in body))[1]


def test_who_lost_everything_gets_a_new_key_and_reads_again_once_it_is_confirmed(app, people, aigul, incident):
    dana_before = signed_in_client(app, people.dana)
    assert (
        send(aigul, f"/members/{people.dana.member_id}/new-key", f"/members/{people.dana.member_id}").status_code == 303
    )
    assert dana_before.get("/account").status_code == 200, "nothing is taken before she opens the link"
    link = link_for(app, "dana@example.org")
    visitor = app.test_client()
    assert "The two passphrases differ." in send(visitor, link, passphrase=ANOTHER, again=PASSPHRASE).text
    page = send(visitor, link, passphrase=ANOTHER, again=ANOTHER)
    words = re.search(r"data-words>([^<]+)<", page.text)[1]
    assert re.search(r"data-recovery-code>([^<]+)<", page.text)
    assert dana_before.get("/account").location.startswith("/sign-in"), "her old sessions are over"
    assert visitor.get(link).status_code == 404
    with app.app_context():
        assert db.session.scalar(select(Grant.id).where(Grant.member_id == people.dana.member_id)) is None
        assert list(key_queries.faults()) == []
        assert key_queries.waiting().safes == 1
    fresh = app.test_client()
    assert send(fresh, "/sign-in", email="dana@example.org", passphrase=PASSPHRASE).status_code == 422
    assert send(fresh, "/sign-in", email="dana@example.org", passphrase=ANOTHER).status_code == 303
    assert fresh.get(f"/incidents/{incident}").status_code == 404
    assert send(aigul, f"/members/{people.dana.member_id}/key", words=words).status_code == 303
    assert "Detention" in fresh.get(f"/incidents/{incident}").text
    with app.app_context():
        assert key_queries.waiting().safes == 0
        assert list(key_queries.faults()) == []
        safe = db.session.get_one(Incident, incident, execution_options=WHY).safe_id
        epochs = set(db.session.scalars(select(Grant.epoch).where(Grant.safe_id == safe)))
        assert epochs == {2}, "the safe was renewed, for somebody might have the old key"


def test_a_safe_that_only_she_holds_is_not_lost_by_a_new_key_or_by_leaving(app, people, incident):
    with app.app_context():
        with transaction():
            coordinators = (people.aigul.member_id, people.marat.member_id)
            db.session.execute(update(Grant).where(Grant.member_id == coordinators[0]).values(reason="gone"))
            for grant in db.session.scalars(select(Grant).where(Grant.member_id.in_(coordinators))):
                db.session.delete(grant)
        with pytest.raises(RuleBroken, match="Nobody else holds"), transaction():
            dana = db.session.get_one(Member, people.dana.member_id)
            operations.start_new_identity(dana, by=people.aigul, at=now())
        with pytest.raises(RuleBroken, match="Nobody else holds"), transaction():
            dana = db.session.get_one(Member, people.dana.member_id)
            taken = {"incidents": people.timur.member_id}
            operations.end_membership(dana, hand_over=taken, by=people.aigul, at=now())


def test_a_coordinator_is_made_by_two(app, people, aigul, marat):
    with app.app_context():
        house = db.session.scalars(select(Organisation.id)).first()
    given = {
        "name": "Xenia Kim",
        "email": "xenia@example.org",
        "role": "coordinator",
        "organisation": house,
        "language": "en",
    }
    assert send(aigul, "/members/invite", **given).status_code == 303
    with app.app_context():
        assert db.session.scalar(select(Letter.id).where(Letter.to == "xenia@example.org")) is None, "no letter yet"
    approval = open_approval(app)
    assert "make Xenia Kim, xenia@example.org, Bureau of the tests a coordinator" in aigul.get("/members").text
    assert "Another coordinator decides what you ask for." in aigul.get("/members").text
    assert send(aigul, f"/approvals/{approval}/approve", "/members").status_code == 403
    assert "1 request waits for your approval" in marat.get("/").text
    assert send(marat, f"/approvals/{approval}/approve", "/members").status_code == 303
    with app.app_context():
        assert db.session.scalar(select(Letter.id).where(Letter.to == "xenia@example.org")) is not None
    again = send(marat, f"/approvals/{approval}/decline", "/members")
    assert again.status_code == 403
    assert verbs(app, "keys.ask_approval", "keys.decide", "keys.use_approval")[-3:] == [
        ("keys.ask_approval", "done"), ("keys.decide", "done"), ("keys.use_approval", "done"),
    ]  # fmt: skip


def test_a_declined_coordinator_gets_no_letter(app, people, aigul, marat):
    with app.app_context(), transaction():
        house = db.session.scalars(select(Organisation)).first()
        given = {"name": "Xenia Kim", "email": "xenia@example.org", "role": Role.COORDINATOR, "organisation": house}
        invitation, link = operations.invite(**given, language="en", by=people.aigul, at=now())
        assert link == ""
    assert send(marat, f"/approvals/{open_approval(app)}/decline", "/members").status_code == 303
    with app.app_context():
        assert db.session.scalar(select(Letter.id).where(Letter.to == "xenia@example.org")) is None
        with pytest.raises(RuleBroken, match="has not approved"), transaction():
            found = db.session.merge(invitation)
            operations.send_invitation(found, by=people.aigul, at=now())


def test_an_approval_holds_for_exactly_what_was_approved_and_carries_two_signatures(app, people):
    with app.app_context():
        with transaction():
            asked = keys.ask_approval("coordinator", "invitations:x", facts=b"one", by=people.aigul, at=now())
        with transaction():
            keys.decide(db.session.merge(asked), approve=True, by=people.marat, at=now())
        with pytest.raises(RuleBroken, match="has not approved"), transaction():
            keys.use_approval("coordinator", "invitations:x", facts=b"two", by=people.aigul, at=now())
        approval = db.session.get_one(Approval, asked.id)
        assert keys.is_genuine(approval)
        for name, value in (("asked_by_id", people.marat.member_id), ("decided_by_id", people.aigul.member_id),
                            ("asked_signature", bytes(64)), ("decided_signature", bytes(64)), ("bound", bytes(32)),
                            ("verdict", "alone"), ("subject", "invitations:y")):  # fmt: skip
            kept = getattr(approval, name)
            setattr(approval, name, value)
            assert not keys.is_genuine(approval), name
            setattr(approval, name, kept)
        assert keys.is_genuine(approval)
        db.session.rollback()
        with pytest.raises(NotPermitted), transaction():
            keys.ask_approval("coordinator", "invitations:z", facts=b"", by=people.dana, at=now())


def test_of_two_who_decide_at_the_same_moment_one_is_first(app, people):
    with app.app_context(), transaction():
        asked = keys.ask_approval(
            "use_key", f"members:{people.dana.member_id}", facts=b"x", by=people.aigul, at=now()
        ).id
    barrier, outcomes = threading.Barrier(6), []

    def decide(approve):
        with app.app_context():
            by = people.fresh(people.marat)
            barrier.wait()
            try:
                with transaction():
                    keys.decide(db.session.get_one(Approval, asked), approve=approve, by=by, at=now())
                outcomes.append("approved" if approve else "declined")
            except NotPermitted:
                outcomes.append("too late")
            db.session.remove()

    threads = [threading.Thread(target=decide, args=(number % 2 == 0,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes)[1:] == ["too late"] * 5
    with app.app_context():
        assert db.session.get_one(Approval, asked).verdict in outcomes
    assert verbs(app, "keys.decide") == [("keys.decide", "done")]


def test_of_two_coordinators_one_gives_the_other_a_new_key_only_after_three_days_of_silence(app, people):
    """Nobody is left to approve it. She is told by letter, and by signing in she stops it."""

    def ask(ahead):
        with app.app_context(), transaction():
            found = db.session.get_one(Member, people.marat.member_id)
            return operations.start_new_identity(found, by=people.aigul, at=now() + ahead) is not None

    assert not ask(timedelta(0))
    with app.app_context():
        told = db.session.scalars(select(Letter.subject).where(Letter.to == "marat@example.org")).all()
        assert "Somebody asked for a new way into your account" in told
    assert not ask(timedelta(days=1)), "asked once more too early, it goes on waiting"
    assert ask(timedelta(days=3, hours=1))
    assert verbs(app, "keys.use_approval")[-1] == ("keys.use_approval", "done")


def test_a_coordinator_who_signs_in_stops_the_new_key_that_the_other_asked_for(app, people):
    for ahead, comes in ((timedelta(0), True), (timedelta(days=3, hours=1), False)):
        with app.app_context(), transaction():
            found = db.session.get_one(Member, people.marat.member_id)
            assert operations.start_new_identity(found, by=people.aigul, at=now() + ahead) is None
        if comes:
            send(app.test_client(), "/sign-in", email="marat@example.org", passphrase=PASSPHRASE)
    with app.app_context(), transaction(), pytest.raises(NotPermitted, match="Another coordinator lets you"):
        operations.start_new_identity(db.session.get_one(Member, people.aigul.member_id), by=people.aigul, at=now())


def approve_key(app, coordinator, told):
    words = re.search(r"eight words: ([a-z-]+)", told)[1]
    answer = send(
        coordinator, f"/approvals/{open_approval(app)}/approve", "/members", words=words.replace("-", " ").upper()
    )
    assert answer.status_code == 303


@pytest.fixture
def recovery_key(app, run, people, marat, tmp_path):
    made = run("keys", "recovery", "make", "--as", "aigul@example.org", "--out", str(tmp_path / "shares"),
               "--passphrase-file", "-")  # fmt: skip
    assert made.exit_code == 0, made.output
    assert "comes into use when another coordinator" in made.output
    assert run("keys", "recovery", "status").exit_code == 1
    page = marat.get("/members").text
    words = re.search(r"eight words: ([a-z-]+)", made.output)[1]
    assert words not in page, "they stand on the papers only, so that nobody approves without looking"
    refused = send(marat, f"/approvals/{open_approval(app)}/approve", "/members", words="some other words")
    assert "not the eight words of this recovery key" in marat.get(refused.location).text
    approve_key(app, marat, made.output)
    return [tmp_path / "shares" / f"share-{number}-of-3.txt" for number in (1, 2, 3)]


def test_a_recovery_key_is_in_use_once_two_have_approved_and_wraps_every_seed_at_the_next_sign_in(
    app, run, people, recovery_key
):
    status = run("keys", "recovery", "status")
    assert status.exit_code == 0
    assert "2 of 3 shares" in status.output
    assert "It opens the keys of 1 of 6 members." in status.output, "of Marat, who approved it with his keys open"
    assert "Not of Dana Ospanova" in status.output
    assert send(app.test_client(), "/sign-in", email="dana@example.org", passphrase=PASSPHRASE).status_code == 303
    assert "It opens the keys of 2 of 6 members." in run("keys", "recovery", "status").output
    with app.app_context():
        database = db.engine.url.database
    secrets = [path.read_text().splitlines()[-1].replace(" ", "") for path in recovery_key]
    stored = Path(database).read_bytes()
    assert not any(secret.encode() in stored for secret in secrets)
    assert all(path.stat().st_mode & 0o077 == 0 for path in recovery_key)


def test_two_shares_give_a_member_her_old_keys_back_under_a_passphrase_of_her_own(
    app, run, people, aigul, marat, recovery_key, incident
):
    send(app.test_client(), "/sign-in", email="dana@example.org", passphrase=PASSPHRASE)
    use = [
        "keys",
        "recovery",
        "use",
        "--as",
        "aigul@example.org",
        "--member",
        "dana@example.org",
        "--passphrase-file",
        "-",
    ]
    shares = ["--share", str(recovery_key[0]), "--share", str(recovery_key[2])]
    early = run(*use, *shares)
    assert early.exit_code == 1
    assert "A second coordinator has not approved this" in early.output
    page = f"/members/{people.dana.member_id}"
    assert send(aigul, f"{page}/recovery", page).status_code == 303
    assert send(marat, f"/approvals/{open_approval(app)}/approve", "/members").status_code == 303
    few = run(*use, *shares[:2])
    assert "2 different shares are needed; these are 1" in few.output
    done = run(*use, *shares)
    assert done.exit_code == 0, done.output
    assert run(*use, *shares).exit_code == 1, "an approval is used once"
    link = re.search(r"(/reopen/\S+)", done.output)[1]
    with app.app_context():
        before = db.session.get_one(Identity, people.dana.member_id).public
    visitor = app.test_client()
    answer = send(visitor, link, passphrase=ANOTHER, again=ANOTHER)
    assert "data-recovery-code" in answer.text
    assert "data-words" not in answer.text, "the key is the same and needs no new confirmation"
    with app.app_context():
        assert db.session.get_one(Identity, people.dana.member_id).public == before
    fresh = app.test_client()
    assert send(fresh, "/sign-in", email="dana@example.org", passphrase=ANOTHER).status_code == 303
    assert "Detention" in fresh.get(f"/incidents/{incident}").text
    refused = [("network.recover", "refused")]
    done = [("network.recover", "done"), ("network.reopen", "done")]
    assert sorted(verbs(app, "network.recover", "network.reopen")) == sorted([*refused * 2, *done]), (
        "also at a terminal"
    )


def test_when_no_coordinator_can_sign_in_the_shares_alone_give_one_of_them_her_keys_back(
    app, run, people, marat, recovery_key, incident, monkeypatch
):
    for name in ("aigul", "dana"):
        send(app.test_client(), "/sign-in", email=f"{name}@example.org", passphrase=PASSPHRASE)
    shares = ["--share", str(recovery_key[0]), "--share", str(recovery_key[2])]
    regain = ["keys", "recovery", "regain", "--member"]
    assert "within the last three days" in run(*regain, "marat@example.org", *shares).output
    later = now() + timedelta(days=3, minutes=1)
    monkeypatch.setattr("caseflow.network.cli.recovery.now", lambda: later)
    assert "only the account of a coordinator" in run(*regain, "dana@example.org", *shares).output
    assert "2 different shares are needed" in run(*regain, "marat@example.org", *shares[:2]).output
    done = run(*regain, "Marat@example.org", *shares)
    assert done.exit_code == 0, done.output
    with app.app_context():
        told = db.session.scalars(select(Letter).where(Letter.subject.contains("without a second coordinator"))).all()
        assert {letter.to for letter in told} == {"aigul@example.org", "marat@example.org"}
        assert all("Marat" in letter.body for letter in told)
    link = re.search(r"(/reopen/\S+)", done.output)[1]
    visitor = app.test_client()
    assert "data-recovery-code" in send(visitor, link, passphrase=ANOTHER, again=ANOTHER).text
    fresh = app.test_client()
    assert send(fresh, "/sign-in", email="marat@example.org", passphrase=ANOTHER).status_code == 303
    assert "Detention" in fresh.get(f"/incidents/{incident}").text
    assert verbs(app, "network.regain") == [*[("network.regain", "refused")] * 2, ("network.regain", "done")]


def test_a_key_that_somebody_put_into_the_database_gets_no_seed(app, run, people):
    with app.app_context(), transaction():
        db.session.add(OrganisationKey(public=bytes(31) + b"\x09", shares=3, threshold=2, made_by_id=people.aigul.member_id,
                                       made_at=now(), active_at=now()))  # fmt: skip
    assert send(app.test_client(), "/sign-in", email="dana@example.org", passphrase=PASSPHRASE).status_code == 303
    with app.app_context():
        assert db.session.scalar(select(OrganisationWrap.member_id)) is None
    assert run("keys", "recovery", "status").exit_code == 1


def test_a_new_recovery_key_takes_the_place_of_the_one_before(app, run, people, marat, recovery_key, tmp_path):
    second = run("keys", "recovery", "make", "--as", "aigul@example.org", "--shares", "5", "--threshold", "3",
                 "--out", str(tmp_path / "more"), "--passphrase-file", "-")  # fmt: skip
    assert second.exit_code == 0, second.output
    assert "2 of 3 shares" in run("keys", "recovery", "status").output, "until it is approved the old one counts"
    approve_key(app, marat, second.output)
    status = run("keys", "recovery", "status").output
    assert "3 of 5 shares" in status
    assert "It opens the keys of 1 of 6 members." in status, (
        "what was wrapped to the one before is gone, but for who approved"
    )


def test_a_recovery_key_made_on_another_machine_is_offered_by_its_public_half(app, run, people, marat, tmp_path):
    shares = str(tmp_path / "shares")
    made = run("keys", "recovery", "new", "--shares", "5", "--threshold", "3", "--out", shares)
    assert made.exit_code == 0, made.output
    recipient = re.search(r"offer (age1\w+)", made.output)[1]
    offer = ["keys", "recovery", "offer", recipient, "--shares", "5", "--threshold", "3", "--as", "aigul@example.org"]
    assert run(*offer[:3], "age1nonsense", *offer[4:], "--passphrase-file", "-").exit_code == 1
    offered = run(*offer, "--passphrase-file", "-")
    assert offered.exit_code == 0, offered.output
    paper = (tmp_path / "shares" / "share-1-of-5.txt").read_text()
    approve_key(app, marat, "eight words: " + re.search(r"# Eight words: ([a-z-]+)", paper)[1])
    assert "3 of 5 shares" in run("keys", "recovery", "status").output


def test_a_recovery_key_is_retired_by_one_coordinator_and_every_way_back_by_it_is_gone(app, run, people, recovery_key):
    send(app.test_client(), "/sign-in", email="dana@example.org", passphrase=PASSPHRASE)
    told = run("keys", "recovery", "retire", "--as", "aigul@example.org", "--passphrase-file", "-")
    assert told.exit_code == 0, told.output
    assert run("keys", "recovery", "status").exit_code == 1
    with app.app_context():
        assert db.session.scalars(select(OrganisationWrap)).all() == []
    assert verbs(app, "keys.retire_organisation_key") == [("keys.retire_organisation_key", "done")]


def test_a_wrap_to_a_key_that_was_retired_is_not_opened_though_somebody_put_it_back(
    app, run, people, marat, recovery_key, tmp_path
):
    send(app.test_client(), "/sign-in", email="dana@example.org", passphrase=PASSPHRASE)
    dana = people.dana.member_id
    with app.app_context():
        kept = db.session.get_one(OrganisationWrap, dana)
        row = {column.name: getattr(kept, column.name) for column in OrganisationWrap.__table__.columns}
    second = run(
        "keys",
        "recovery",
        "make",
        "--as",
        "aigul@example.org",
        "--out",
        str(tmp_path / "more"),
        "--passphrase-file",
        "-",
    )
    approve_key(app, marat, second.output)
    old = from_shares([Share.parse(path.read_text().splitlines()[-1]) for path in recovery_key[:2]])
    with app.app_context(), transaction():
        db.session.merge(OrganisationWrap(**row))
    with app.app_context(), pytest.raises(RuleBroken, match="opens nothing of hers"):
        keys.keys_by_organisation(dana, old)


def test_a_link_to_recovered_keys_ends_when_the_member_signs_in_and_she_is_told_of_it(
    app, run, people, aigul, marat, recovery_key
):
    send(app.test_client(), "/sign-in", email="dana@example.org", passphrase=PASSPHRASE)
    page = f"/members/{people.dana.member_id}"
    send(aigul, f"{page}/recovery", page)
    send(marat, f"/approvals/{open_approval(app)}/approve", "/members")
    shares = ["--share", str(recovery_key[0]), "--share", str(recovery_key[2])]
    use = [
        "keys",
        "recovery",
        "use",
        "--as",
        "aigul@example.org",
        "--member",
        "dana@example.org",
        "--passphrase-file",
        "-",
    ]
    done = run(*use, *shares)
    assert "good for one day" in done.output
    link = re.search(r"(/reopen/\S+)", done.output)[1]
    assert app.test_client().get(link).status_code == 200
    send(app.test_client(), "/sign-in", email="dana@example.org", passphrase=PASSPHRASE)
    assert app.test_client().get(link).status_code in (404, 410)
    with app.app_context():
        letters = db.session.scalars(select(Letter).where(Letter.to == "dana@example.org")).all()
        assert any("recovery key was used to open your account" in letter.body for letter in letters)
        assert not any(link in letter.body for letter in letters)
        assert db.session.scalars(select(Reopening.seed_sealed)).all() == [None]


def test_the_shares_do_not_land_in_the_installation_or_over_others(app, run, people, recovery_key):
    inside = str(app.extensions["caseflow_settings"].instance / "shares")
    make = ["keys", "recovery", "make", "--as", "aigul@example.org", "--passphrase-file", "-", "--out"]
    assert "do not belong into the folder" in run(*make, inside).output
    assert "exists already. Nothing was made." in run(*make, str(recovery_key[0].parent)).output
    assert "cannot be larger" in run(*make[:-1], "--threshold", "4").output


def test_what_was_sealed_to_the_recovery_key_opens_with_the_shares_and_with_the_age_command(
    app, run, people, recovery_key, tmp_path
):
    recipient = re.search(r"(age1\w+)", recovery_key[0].read_text())[1]
    plain, sealed, opened = tmp_path / "plain", tmp_path / "sealed.age", tmp_path / "opened"
    plain.write_bytes(b"what the witness said" * 10_000)
    age = shutil.which("age")
    if age:
        subprocess.run([age, "-r", recipient, "-o", sealed, plain], check=True)
    else:
        from caseflow.vault.identity import Recipient
        from caseflow.vault.stream import seal

        with plain.open("rb") as source, sealed.open("wb") as target:
            seal(source, target, [Recipient.parse(recipient)])
    shares = ["--share", str(recovery_key[1]), "--share", str(recovery_key[2])]
    done = run("keys", "recovery", "open", str(sealed), "--out", str(opened), *shares)
    assert done.exit_code == 0, done.output
    assert opened.read_bytes() == plain.read_bytes()
    assert opened.stat().st_mode & 0o077 == 0
    typed = "".join(path.read_text().splitlines()[-1] + "\n" for path in recovery_key[:2])
    joined = tmp_path / "key"
    assert run("keys", "recovery", "join", "--out", str(joined), typed=typed).exit_code == 0
    assert joined.stat().st_mode & 0o077 == 0
    if age:
        again = subprocess.run([age, "-d", "-i", joined, sealed], check=True, capture_output=True).stdout
        assert again == plain.read_bytes()
    else:
        assert "AGE-SECRET-KEY-1" in joined.read_text()


def test_waiting_keys_are_settled_from_a_terminal(app, run, people, incident, monkeypatch):
    monkeypatch.setattr("caseflow.network.operations.members.keys.settle_some", lambda **_given: 0)
    with app.app_context(), transaction():
        taken = {"incidents": people.timur.member_id}
        operations.end_membership(
            db.session.get_one(Member, people.dana.member_id), hand_over=taken, by=people.aigul, at=now()
        )
    monkeypatch.undo()
    check = run("keys", "check")
    assert check.exit_code == 0
    assert "Waiting to be renewed: 1 safes and 0 files since" in check.output
    settled = run("keys", "settle", "--as", "aigul@example.org", "--passphrase-file", "-")
    assert settled.exit_code == 0, settled.output
    assert "Nothing waits" in settled.output
    assert "Waiting" not in run("keys", "check").output
    assert title(app, people.timur.ring.keys, people.timur.member_id, incident) == "Detention"


def test_whoever_signs_in_takes_up_what_an_interrupted_session_left(app, people, incident, monkeypatch):
    monkeypatch.setattr("caseflow.network.operations.members.keys.settle_some", lambda **_given: 0)
    with app.app_context(), transaction():
        taken = {"incidents": people.timur.member_id}
        operations.end_membership(
            db.session.get_one(Member, people.dana.member_id), hand_over=taken, by=people.aigul, at=now()
        )
    monkeypatch.undo()
    with app.app_context():
        assert key_queries.waiting().safes == 1
    assert send(app.test_client(), "/sign-in", email="marat@example.org", passphrase=PASSPHRASE).status_code == 303
    with app.app_context():
        assert key_queries.waiting().safes == 0


def test_the_page_of_waiting_keys_does_them_and_says_so(app, people, aigul, incident, monkeypatch):
    monkeypatch.setattr("caseflow.network.operations.members.keys.settle_some", lambda **_given: 0)
    page = f"/members/{people.dana.member_id}/end"
    assert send(aigul, page, incidents=people.timur.member_id).location == "/members/keys"
    monkeypatch.undo()
    assert "Renew them now" in aigul.get("/members/keys").text
    done = send(aigul, "/members/keys")
    assert "All keys that you hold are renewed." in done.text


def test_a_members_page_shows_her_keys_and_what_they_open(app, people, aigul, incident):
    page = aigul.get(f"/members/{people.dana.member_id}").text
    assert "Aigul Sarsen" in page, "who confirmed it"
    assert "answers for the incident: 1 safe" in page
    safes = aigul.get(f"/members/{people.dana.member_id}/safes").text
    assert f"/incidents/{incident}" in safes
    assert "IN-" in safes
    dana = signed_in_client(app, people.dana)
    assert "answers for the incident: 1 safe" in dana.get("/account").text
    assert f"/incidents/{incident}" in dana.get(f"/members/{people.dana.member_id}/safes").text
    assert dana.get(f"/members/{people.timur.member_id}/safes").status_code == 403

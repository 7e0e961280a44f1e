"""Founding and inviting from a terminal."""

import re

import pytest
from sqlalchemy import select

from caseflow.kernel.db import db
from caseflow.keys.jobs import check_daily
from caseflow.ledger import operations as ledger
from caseflow.ledger.jobs import checkpoint_hourly, verify_daily
from caseflow.ledger.models import Event
from caseflow.network import rights
from caseflow.network.models import Member
from tests.cast import PASSPHRASE

FOUND = ["network", "found", "--name", "Сеть", "--organisation", "Bureau", "--person", "Aigul Sarsen", "--email",
         "aigul@example.org", "--language", "ru"]  # fmt: skip


@pytest.fixture
def run(app):
    runner = app.test_cli_runner()

    def run(*command, typed=""):
        return runner.invoke(args=list(command), input=typed)

    return run


@pytest.fixture
def founded(run):
    done = run(*FOUND, "--passphrase-file", "-", typed=PASSPHRASE + "\n")
    assert done.exit_code == 0, done.output
    return done.output


def test_founding_prints_the_recovery_code_and_the_words_once(app, founded):
    assert re.search(r"([0-9A-Z]{4}-){8}[0-9A-Z]{4}", founded)
    assert re.search(r"([a-z]{5}-){7}[a-z]{5}", founded)
    assert PASSPHRASE not in founded
    with app.app_context():
        member = db.session.scalars(select(Member)).one()
        assert (member.email, member.language, str(member.role)) == ("aigul@example.org", "ru", "coordinator")


def test_the_ledger_begins_with_the_network(app, run, caplog):
    """A server may run for days before anybody founds the network on it: its rows could be bound to none."""
    with app.app_context():
        for work in (check_daily, checkpoint_hourly, verify_daily):
            work()
        ledger.refused("entrance.sign_in", by=None, about="members:", why="wrong address or passphrase")
        assert "wrong address or passphrase" in caplog.text
        assert db.session.scalar(select(Event.seq)) is None
    assert "flask network found" in run("precedents", "load").output
    assert run(*FOUND, "--passphrase-file", "-", typed=PASSPHRASE + "\n").exit_code == 0
    for command in ("verify", "checkpoint", "verify"):
        done = run("ledger", command)
        assert done.exit_code == 0, done.output
    with app.app_context():
        check_daily()
        assert "failed" not in db.session.scalars(select(Event.result)).all()


def test_the_passphrase_is_asked_twice_and_not_shown(run):
    done = run(*FOUND, typed=f"{PASSPHRASE}\n{PASSPHRASE}\n")
    assert done.exit_code == 0, done.output
    assert done.output.count("passphrase") >= 1
    assert PASSPHRASE not in done.output


def test_a_weak_passphrase_founds_nothing(app, run):
    done = run(*FOUND, "--passphrase-file", "-", typed="short\n")
    assert done.exit_code == 1
    assert len(done.output.strip().splitlines()) == 1
    with app.app_context():
        assert db.session.scalar(select(Member.id)) is None


def test_a_second_network_is_refused_in_one_sentence(run, founded):
    done = run(*FOUND, "--passphrase-file", "-", typed=PASSPHRASE + "\n")
    assert done.exit_code == 1
    assert done.output == "Error: This installation has its network already: Сеть. Invite people instead.\n"


def test_a_coordinator_invites_with_her_passphrase(app, run, founded):
    invite = ["network", "invite", "--as", "aigul@example.org", "--person", "Leila Akhmet", "--email",
              "leila@example.org", "--role", "lawyer", "--passphrase-file", "-"]  # fmt: skip
    done = run(*invite, typed=PASSPHRASE + "\n")
    assert done.exit_code == 0, done.output
    path = re.search(r"http://127\.0\.0\.1:8000(/join/\S+)", done.output)[1]
    assert app.test_client().get(path).status_code == 200
    wrong = run(*invite, typed="another passphrase altogether\n")
    assert wrong.exit_code == 1
    assert "do not belong together" in wrong.output
    with app.app_context():
        last = db.session.scalars(select(Event).order_by(Event.seq.desc())).first()
        assert (last.verb, last.result) == ("network.command", "refused")


def test_the_table_of_rights_is_printed_for_the_readme(run):
    done = run("network", "rights", "--markdown")
    assert done.exit_code == 0
    assert done.output == rights.markdown()

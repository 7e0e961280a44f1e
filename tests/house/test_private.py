"""What the installation writes is read by nobody else on the machine."""

import os
import stat

import pytest
from flask_migrate import upgrade

from caseflow.app import create_app
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction
from caseflow.kernel.settings import Settings
from caseflow.ledger import operations as ledger
from tests.cast import cast
from tests.fixtures.guards import ROOT


@pytest.fixture
def folder(tmp_path):
    """The place of an installation, where new files are open to everybody as on most machines."""
    before = os.umask(0o022)
    yield tmp_path / "place"
    os.umask(before)


def _open_to_others(folder):
    return {
        str(path.relative_to(folder)): oct(stat.S_IMODE(path.stat().st_mode))
        for path in (folder, *folder.rglob("*"))
        if path.stat().st_mode & 0o077
    }


def test_nobody_else_on_the_machine_reads_what_is_written(folder):
    app = create_app(Settings.for_tests(folder))
    with app.app_context():
        upgrade(directory=str(ROOT / "migrations"))
        people = cast(app)
        with transaction():
            ledger.record("tests.act", by=people.dana, at=now(), about="t:1")
        assert {path.name for path in folder.iterdir()} > {"caseflow.db", "caseflow.db-wal", "pepper", "anchor"}
        assert _open_to_others(folder) == {}
        db.session.remove()
        db.engine.dispose()


def test_a_folder_that_stood_open_is_closed_at_the_next_start(folder):
    folder.mkdir()
    assert _open_to_others(folder)
    create_app(Settings.for_tests(folder))
    assert _open_to_others(folder) == {}

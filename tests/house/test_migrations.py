"""The migrations make the tables of the models, can be undone, and leave nothing behind."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from caseflow.kernel.db import db
from caseflow.ledger.models import KEPT
from tests.fixtures.guards import ROOT

FOLDER = str(ROOT / "migrations")


@pytest.fixture
def empty(make_app, empty_database_url):
    app = make_app(empty_database_url)
    with app.app_context():
        yield app
        db.session.remove()


def _tables():
    return set(inspect(db.engine).get_table_names())


def test_up_down_and_up_again(empty):
    upgrade(directory=FOLDER)
    made = _tables()
    assert set(db.metadata.tables) <= made
    downgrade(directory=FOLDER, revision="base")
    assert _tables() == {"alembic_version"}
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM alembic_version")).scalar() == 0
        if connection.dialect.name == "postgresql":
            left = "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
            assert connection.execute(text(left)).all() == []
    upgrade(directory=FOLDER)
    assert _tables() == made


def test_the_migrations_make_what_the_models_say(empty):
    upgrade(directory=FOLDER)
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        differences = compare_metadata(context, db.metadata)
    assert differences == []


def test_the_ledger_is_append_only_after_the_migrations(empty):
    upgrade(directory=FOLDER)
    tables = [model.__tablename__ for model in KEPT]
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            asked = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
            wanted = {f"{table}_{what}" for table in tables for what in ("no_change", "no_truncate")}
        else:
            asked = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            wanted = {f"{table}_{what}" for table in tables for what in ("no_update", "no_delete", "no_replace")}
        assert wanted <= set(connection.execute(text(asked)).scalars())

"""The triggers stop every statement that would change a row, and a check sees what they do, not what they are called."""

import pytest
from sqlalchemy import func, inspect, select, text
from sqlalchemy.exc import DBAPIError

from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction
from caseflow.ledger import operations as ledger
from caseflow.ledger import proofs, triggers, verification
from caseflow.ledger.models import KEPT, Checkpoint, Event, TreeNode, append_only
from tests.cast import cast

NOTHING = "BEGIN SELECT 1; END"


@pytest.fixture
def people(app):
    with app.app_context():
        yield cast(app)
        db.session.remove()


@pytest.fixture
def on_each(app_on_each):
    with app_on_each.app_context():
        yield cast(app_on_each)
        db.session.remove()


def _rows():
    with transaction():
        for number in range(300):
            ledger.record("tests.act", by=None, at=now(), about=f"t:{number}")
    with transaction():
        proofs.make_checkpoint(now())


def _postgres():
    return db.engine.dialect.name == "postgresql"


def _said():
    return [fault.what for fault in verification.verify(afresh=True).faults]


@pytest.mark.parametrize("model", [Event, TreeNode, Checkpoint])
@pytest.mark.parametrize("words", ["INSERT OR REPLACE", "REPLACE", "INSERT OR IGNORE", "INSERT"])
def test_no_row_is_replaced_by_inserting_another_over_it(people, model, words):
    _rows()
    table, count = model.__tablename__, select(func.count()).select_from(model)
    before = db.session.execute(select(model.__table__)).all(), db.session.scalar(count)
    assert before[1]
    names = ", ".join(column.name for column in inspect(model).columns)

    with pytest.raises(DBAPIError, match="the ledger is append-only"), transaction():
        db.session.execute(text(f"{words} INTO {table} ({names}) SELECT {names} FROM {table} LIMIT 1"))

    assert (db.session.execute(select(model.__table__)).all(), db.session.scalar(count)) == before


def test_no_row_is_replaced_by_one_with_another_key_in_its_place(people):
    """A table with a key of two columns has a hidden number for each row, and REPLACE goes by that, too."""
    _rows()
    place = db.session.execute(text("SELECT rowid FROM tree_nodes LIMIT 1")).scalar_one()

    with pytest.raises(DBAPIError, match="the ledger is append-only"), transaction():
        db.session.execute(
            text("REPLACE INTO tree_nodes (rowid, level, number, hash) VALUES (:place, 99, 99, x'00')"),
            {"place": place},
        )

    assert db.session.scalar(select(func.count()).select_from(TreeNode).where(TreeNode.level == 99)) == 0


def test_inserting_with_an_update_on_conflict_is_refused_on_either_database(on_each):
    _rows()
    statement = (
        "INSERT INTO events ({0}) SELECT {0} FROM events WHERE seq = 1 ON CONFLICT (seq) DO UPDATE SET subject = 'x'"
    )
    names = ", ".join(column.name for column in inspect(Event).columns)

    with pytest.raises(DBAPIError, match="the ledger is append-only"), transaction():
        db.session.execute(text(statement.format(names).replace("WHERE seq = 1 ON", "WHERE seq = 1 AND true ON")))


@pytest.mark.parametrize("what", ["no_update", "no_delete", "no_replace"])
@pytest.mark.parametrize("model", KEPT)
def test_a_trigger_of_the_right_name_that_does_nothing_is_found(people, model, what):
    assert _said() == []
    name = f"{model.__tablename__}_{what}"
    key = append_only()[model.__tablename__]
    written = triggers.for_sqlite(model.__tablename__, key)[name]
    with transaction():
        db.session.execute(text(f"DROP TRIGGER {name}"))
        db.session.execute(text(written.partition("\n")[0] + "\n" + NOTHING))

    assert _said() == [f"the trigger {name}, which keeps rows from being changed, does something else"]


def test_a_trigger_that_is_put_on_another_table_is_found(people):
    with transaction():
        db.session.execute(text("DROP TRIGGER events_no_update"))
        written = triggers.for_sqlite("counters", ("name",))["counters_no_update"]
        db.session.execute(text(written.replace("counters_no_update", "events_no_update")))

    assert _said() == ["the trigger events_no_update, which keeps rows from being changed, does something else"]


GONE = "DROP TRIGGER events_no_change ON events"
AGAIN = "CREATE TRIGGER events_no_change BEFORE {} ON events FOR EACH ROW {}EXECUTE FUNCTION events_append_only()"
HOLLOW = {  # statements, and which triggers are hollow after them
    "its function does nothing": (
        [
            "CREATE OR REPLACE FUNCTION events_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$"
        ],
        {"events_no_change", "events_no_truncate"},
    ),
    "it is never asked": ([GONE, AGAIN.format("UPDATE OR DELETE", "WHEN (false) ")], {"events_no_change"}),
    "it minds one column": ([GONE, AGAIN.format("DELETE OR UPDATE OF role", "")], {"events_no_change"}),
    "it minds nothing but deleting": ([GONE, AGAIN.format("DELETE", "")], {"events_no_change"}),
}


@pytest.mark.parametrize("how", HOLLOW)
def test_a_hollow_trigger_is_found_on_postgresql(on_each, how):
    if not _postgres():
        pytest.skip("SQLite keeps the statement itself, which is compared")
    assert _said() == []
    statements, names = HOLLOW[how]
    with transaction():
        for statement in statements:
            db.session.execute(text(statement))

    assert set(_said()) == {
        f"the trigger {name}, which keeps rows from being changed, does something else" for name in names
    }

"""The triggers that keep the ledger append-only: as they are written, and whether the database still has them so.

They stop what is done by mistake or by an injected statement, not whoever may change the schema; so a check of the
ledger compares not their names but what they do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import text

from caseflow.kernel.db import db, is_postgres

SAYS = "RAISE(ABORT, 'the ledger is append-only')"
BODY = "BEGIN RAISE EXCEPTION 'the ledger is append-only'; END"
NUMBERED = "events"  # its rows take the next number, so that none is slipped in before another or far behind it
NEXT = f"""BEGIN IF NEW.seq IS DISTINCT FROM (SELECT coalesce(max(seq), 0) + 1 FROM {NUMBERED}) \
THEN RAISE EXCEPTION 'the ledger is append-only'; END IF; RETURN NEW; END"""  # noqa: S608 -- our own table
# PostgreSQL's bits of pg_trigger.tgtype: for each row 1, before 2, insert 4, delete 8, update 16, truncate 32.
_TYPES = {"no_change": 1 + 2 + 8 + 16, "no_truncate": 2 + 32}
_NO_GAP = 1 + 2 + 4
_IN_POSTGRESQL = """SELECT t.tgname, t.tgtype, t.tgqual IS NULL AND t.tgattr = '' AND l.lanname = 'plpgsql', p.prosrc
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
JOIN pg_language l ON l.oid = p.prolang
WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND c.relnamespace = current_schema()::regnamespace
AND starts_with(t.tgname, c.relname || '_')"""


def for_sqlite(table: str, key: tuple[str, ...]) -> dict[str, str]:
    """Return name -> statement of the triggers that let nobody change, remove or replace a row of `table`.

    SQLite runs no trigger for the row that an INSERT OR REPLACE removes, so the INSERT itself is refused where there is
    a row of this `key`, or in this place of the table.
    """
    same = " AND ".join(f"{column} = NEW.{column}" for column in key)
    taken = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE rowid = NEW.rowid OR ({same}))"  # noqa: S608 -- names of our own tables
    when = {"update": "BEFORE UPDATE", "delete": "BEFORE DELETE", "replace": "BEFORE INSERT"}
    made = {
        f"{table}_no_{what}": f"CREATE TRIGGER {table}_no_{what} {moment} ON {table}"
        f"{' ' + taken if what == 'replace' else ''}\nBEGIN SELECT {SAYS}; END"
        for what, moment in when.items()
    }
    if table == NUMBERED:
        made[f"{table}_no_gap"] = f"""CREATE TRIGGER {table}_no_gap BEFORE INSERT ON {table} \
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM {table})
BEGIN SELECT {SAYS}; END"""  # noqa: S608
    return made


def for_postgresql(table: str) -> dict[str, str]:
    """Return the same for PostgreSQL, with the function that they call; it empties no table either."""
    made = {
        f"{table}_append_only": f"""CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ {BODY} $$""",
        f"{table}_no_change": f"""CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION {table}_append_only()""",
        f"{table}_no_truncate": f"""CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only()""",
    }
    if table == NUMBERED:
        made[f"{table}_next"] = f"CREATE FUNCTION {table}_next() RETURNS trigger LANGUAGE plpgsql AS\n$$ {NEXT} $$"
        made[f"{table}_no_gap"] = f"""CREATE TRIGGER {table}_no_gap BEFORE INSERT ON {table}
FOR EACH ROW EXECUTE FUNCTION {table}_next()"""
    return made


def faults(tables: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """Yield in words each trigger of `tables` (name -> its key) that is missing or does something else."""
    for name, right in (_in_postgresql(tables) if is_postgres() else _in_sqlite(tables)).items():
        if right is None:
            yield f"the trigger {name}, which keeps rows from being changed, is missing"
        elif not right:
            yield f"the trigger {name}, which keeps rows from being changed, does something else"


def _in_sqlite(tables: Mapping[str, tuple[str, ...]]) -> dict[str, bool | None]:
    """Return name -> whether it is as written; None for none."""
    asked = text("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
    there = {row.name: " ".join(row.sql.split()) for row in db.session.execute(asked)}
    wanted = {name: said for table, key in tables.items() for name, said in for_sqlite(table, key).items()}
    return {name: there[name] == " ".join(said.split()) if name in there else None for name, said in wanted.items()}


def _in_postgresql(tables: Mapping[str, tuple[str, ...]]) -> dict[str, bool | None]:
    there = {
        name: (kind, plain, source.strip()) for name, kind, plain, source in db.session.execute(text(_IN_POSTGRESQL))
    }
    wanted = {f"{table}_{what}": (kind, True, BODY) for table in tables for what, kind in _TYPES.items()}
    wanted |= {f"{NUMBERED}_no_gap": (_NO_GAP, True, NEXT)} if NUMBERED in tables else {}
    return {name: there[name] == said if name in there else None for name, said in wanted.items()}

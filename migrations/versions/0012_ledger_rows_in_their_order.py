"""A row of the ledger takes the next number: none is slipped in before the first one."""

from alembic import op

revision = "0012"
down_revision = "0010"
branch_labels = None
depends_on = None

SQLITE = """CREATE TRIGGER events_no_gap BEFORE INSERT ON events \
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM events)
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"""
FUNCTION = """CREATE FUNCTION events_next() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN IF NEW.seq IS DISTINCT FROM (SELECT coalesce(max(seq), 0) + 1 FROM events) \
THEN RAISE EXCEPTION 'the ledger is append-only'; END IF; RETURN NEW; END $$"""
POSTGRESQL = """CREATE TRIGGER events_no_gap BEFORE INSERT ON events
FOR EACH ROW EXECUTE FUNCTION events_next()"""


def upgrade() -> None:
    """Go forward."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(SQLITE)
    else:
        op.execute(FUNCTION)
        op.execute(POSTGRESQL)


def downgrade() -> None:
    """Go back."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER events_no_gap")
    else:
        op.execute("DROP TRIGGER events_no_gap ON events")
        op.execute("DROP FUNCTION events_next")

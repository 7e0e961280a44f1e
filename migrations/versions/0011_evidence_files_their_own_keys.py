"""A file's row keeps what its own key says; on SQLite no row of the ledger is replaced by inserting another."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0008"
branch_labels = None
depends_on = None

KEYS = {
    "events": ("seq",),
    "tree_nodes": ("level", "number"),
    "checkpoints": ("size",),
    "time_stamps": ("size",),
}


def trigger(table: str, key: tuple[str, ...]) -> str:
    """Return the trigger that lets nobody insert over a row that is there."""
    same = " AND ".join(f"{column} = NEW.{column}" for column in key)
    return f"""CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} \
WHEN EXISTS (SELECT 1 FROM {table} WHERE rowid = NEW.rowid OR ({same}))
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"""  # noqa: S608 -- names of our own tables


def upgrade() -> None:
    """Go forward. Rows from before get the check of their key when a member first looks at the file."""
    op.add_column("evidence_files", sa.Column("key_check_sealed", sa.LargeBinary(), nullable=True))
    if op.get_bind().dialect.name == "sqlite":
        for table, key in KEYS.items():
            op.execute(trigger(table, key))


def downgrade() -> None:
    """Go back."""
    if op.get_bind().dialect.name == "sqlite":
        for table in KEYS:
            op.execute(f"DROP TRIGGER {table}_no_replace")
    op.drop_column("evidence_files", "key_check_sealed")

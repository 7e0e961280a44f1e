"""A key is confirmed in a role; what ended for good is found quickly."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ENDS = sa.text("verb IN ('network.end_membership', 'keys.replace_identity')")


def upgrade() -> None:
    """Go forward. Words without a role stay, and count again once `flask keys trust` has renewed them."""
    for table in ("key_confirmations", "retired_identities"):
        op.add_column(table, sa.Column("role", sa.String(length=16), nullable=True))
    op.create_index("ix_events_ends", "events", ["subject"], sqlite_where=ENDS, postgresql_where=ENDS)


def downgrade() -> None:
    """Go back."""
    op.drop_index("ix_events_ends", table_name="events")
    for table in ("key_confirmations", "retired_identities"):
        with op.batch_alter_table(table) as batch:
            batch.drop_column("role")

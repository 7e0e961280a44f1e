"""A key is confirmed in a role; the acts that say whose key counts are found quickly."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KEY_ACTS = sa.text("verb IN ('incidents.hand_over', 'keys.confirm', 'keys.replace_identity', 'network.end_membership')")


def upgrade() -> None:
    """Go forward. Words without a role stay, and count again once `flask keys trust` has renewed them."""
    for table in ("key_confirmations", "retired_identities"):
        op.add_column(table, sa.Column("role", sa.String(length=16), nullable=True))
    op.create_index("ix_events_key_acts", "events", ["seq"], sqlite_where=KEY_ACTS, postgresql_where=KEY_ACTS)


def downgrade() -> None:
    """Go back."""
    op.drop_index("ix_events_key_acts", table_name="events")
    for table in ("key_confirmations", "retired_identities"):
        with op.batch_alter_table(table) as batch:
            batch.drop_column("role")

"""Rows of the ledger have versions: the second one names the hash of its sealed details."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward. No row is written: those from before are of the first version."""
    op.add_column("events", sa.Column("version", sa.SmallInteger(), server_default="1", nullable=False))


def downgrade() -> None:
    """Go back. Not by copying the table, which would leave its triggers behind."""
    op.drop_column("events", "version")

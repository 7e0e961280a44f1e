"""A list of incidents goes along those of one state, the last changed first."""

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_index("ix_incidents_by_state", "incidents", ["state", "changed_at", "id", "safe_id"])
    op.drop_index("ix_incidents_state", "incidents")


def downgrade() -> None:
    """Go back."""
    op.create_index("ix_incidents_state", "incidents", ["state"])
    op.drop_index("ix_incidents_by_state", "incidents")

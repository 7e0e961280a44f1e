"""Lists of incidents and the search among them read an index, not the sealed texts beside what they ask for."""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    columns = ["safe_id", "state", "changed_at", "region", "began_on", "organisation_id", "id"]
    op.create_index("ix_incidents_listed", "incidents", columns)


def downgrade() -> None:
    """Go back."""
    op.drop_index("ix_incidents_listed", "incidents")

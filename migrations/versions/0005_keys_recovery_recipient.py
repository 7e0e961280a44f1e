"""keys recovery recipient."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table("identities") as identities:
        identities.add_column(sa.Column("recovery_recipient", sa.String(64), nullable=True))


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("identities") as identities:
        identities.drop_column("recovery_recipient")

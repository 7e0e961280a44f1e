"""A member signs herself to which recipient of her recovery code exports are sealed."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward. Codes from before are left out of exports until they are renewed."""
    op.add_column("identities", sa.Column("recipient_signature", sa.LargeBinary(length=64), nullable=True))


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("identities") as batch:
        batch.drop_column("recipient_signature")

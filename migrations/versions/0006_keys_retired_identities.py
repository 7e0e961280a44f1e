"""keys retired identities."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "retired_identities",
        sa.Column("member_id", sa.String(length=16), nullable=False),
        sa.Column("public", sa.LargeBinary(length=64), nullable=False),
        sa.Column("confirmed_by_id", sa.String(length=16), nullable=True),
        sa.Column("confirmation", sa.LargeBinary(length=64), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"], ["members.id"], name=op.f("fk_retired_identities_confirmed_by_id")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_retired_identities_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retired_identities")),
    )
    with op.batch_alter_table("retired_identities", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_retired_identities_member_id"), ["member_id"], unique=False)


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("retired_identities", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_retired_identities_member_id"))

    op.drop_table("retired_identities")

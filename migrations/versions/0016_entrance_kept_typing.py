"""What is typed into a form is kept before it is sent, sealed to its member."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "kept_typing",
        sa.Column("key", sa.String(16), nullable=False),
        sa.Column("member_id", sa.String(16), nullable=False),
        sa.Column("page", sa.String(200), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_kept_typing_member_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_kept_typing")),
    )
    op.create_index(op.f("ix_kept_typing_member_id"), "kept_typing", ["member_id"])


def downgrade() -> None:
    """Go back. What was typed and never sent goes; what was saved stays."""
    op.drop_table("kept_typing")

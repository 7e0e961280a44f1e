"""A bundle for a court is made after the answer; its row tells how far it is."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward. No bundle is being made yet."""
    op.create_table(
        "case_bundles",
        sa.Column("case_id", sa.String(16), nullable=False),
        sa.Column("chosen", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.String(16), nullable=True),
        sa.Column("by_id", sa.String(16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("safe_id", sa.String(16), nullable=False),
        sa.Column("id", sa.String(16), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_case_bundles_by_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_bundles_case_id")),
        sa.ForeignKeyConstraint(["item_id"], ["evidence_items.id"], name=op.f("fk_case_bundles_item_id")),
        sa.ForeignKeyConstraint(["safe_id"], ["safes.id"], name=op.f("fk_case_bundles_safe_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_bundles")),
    )
    for column in ("case_id", "safe_id"):
        op.create_index(op.f(f"ix_case_bundles_{column}"), "case_bundles", [column])


def downgrade() -> None:
    """Go back. What was made stays as exhibits."""
    op.drop_table("case_bundles")

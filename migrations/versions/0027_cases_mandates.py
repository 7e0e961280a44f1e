"""What lets counsel act for the client is recorded, with its paper and its last day."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward. Nobody has a mandate recorded yet."""
    op.create_table(
        "case_mandates",
        sa.Column("case_id", sa.String(16), nullable=False),
        sa.Column("counsel_id", sa.String(16), nullable=False),
        sa.Column("item_id", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("scope_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("by_id", sa.String(16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("safe_id", sa.String(16), nullable=False),
        sa.Column("id", sa.String(16), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_case_mandates_by_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_mandates_case_id")),
        sa.ForeignKeyConstraint(["counsel_id"], ["case_counsel.id"], name=op.f("fk_case_mandates_counsel_id")),
        sa.ForeignKeyConstraint(["item_id"], ["evidence_items.id"], name=op.f("fk_case_mandates_item_id")),
        sa.ForeignKeyConstraint(["safe_id"], ["safes.id"], name=op.f("fk_case_mandates_safe_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_mandates")),
    )
    for column in ("case_id", "counsel_id", "safe_id"):
        op.create_index(op.f(f"ix_case_mandates_{column}"), "case_mandates", [column])


def downgrade() -> None:
    """Go back. The papers stay as exhibits."""
    op.drop_table("case_mandates")

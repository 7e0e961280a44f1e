"""Files come in by parts: what is sealed of them so far."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "evidence_uploads",
        sa.Column("item_id", sa.String(16), nullable=False),
        sa.Column("parent_id", sa.String(16), nullable=True),
        sa.Column("file_id", sa.String(16), nullable=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("rest_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("payload", sa.String(80), nullable=False),
        sa.Column("header", sa.LargeBinary(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.String(16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("safe_id", sa.String(16), nullable=False),
        sa.Column("id", sa.String(16), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["evidence_items.id"], name=op.f("fk_evidence_uploads_item_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["evidence_files.id"], name=op.f("fk_evidence_uploads_parent_id")),
        sa.ForeignKeyConstraint(["file_id"], ["evidence_files.id"], name=op.f("fk_evidence_uploads_file_id")),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_evidence_uploads_by_id")),
        sa.ForeignKeyConstraint(["safe_id"], ["safes.id"], name=op.f("fk_evidence_uploads_safe_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_uploads")),
        sa.UniqueConstraint("payload", name=op.f("uq_evidence_uploads_payload")),
    )
    for column in ("item_id", "by_id", "safe_id"):
        op.create_index(op.f(f"ix_evidence_uploads_{column}"), "evidence_uploads", [column])


def downgrade() -> None:
    """Go back. What came in by parts and is not whole is sent again."""
    op.drop_table("evidence_uploads")

"""What looking into a file found, sealed to its safe."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward. Files from before are looked into when a member next opens their item."""
    op.create_table(
        "evidence_findings",
        sa.Column("file_id", sa.String(16), nullable=False),
        sa.Column("part", sa.String(16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("by_id", sa.String(16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("safe_id", sa.String(16), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_evidence_findings_by_id")),
        sa.ForeignKeyConstraint(["file_id"], ["evidence_files.id"], name=op.f("fk_evidence_findings_file_id")),
        sa.ForeignKeyConstraint(["safe_id"], ["safes.id"], name=op.f("fk_evidence_findings_safe_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_findings")),
        sa.UniqueConstraint("file_id", "part", "number", name=op.f("uq_evidence_findings_file_id_part_number")),
    )
    op.create_index(op.f("ix_evidence_findings_safe_id"), "evidence_findings", ["safe_id"])


def downgrade() -> None:
    """Go back. Nothing is lost: the files themselves are looked into again."""
    op.drop_table("evidence_findings")

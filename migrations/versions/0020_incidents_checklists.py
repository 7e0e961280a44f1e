"""Checklists about an act: what standards ask of an arrest, ill-treatment or a death."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "incident_checklists",
        sa.Column("incident_id", sa.String(16), nullable=False),
        sa.Column("act_id", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("answers_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("by_id", sa.String(16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("safe_id", sa.String(16), nullable=False),
        sa.ForeignKeyConstraint(["act_id"], ["incident_acts.id"], name=op.f("fk_incident_checklists_act_id")),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_incident_checklists_by_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_incident_checklists_incident_id")),
        sa.ForeignKeyConstraint(["safe_id"], ["safes.id"], name=op.f("fk_incident_checklists_safe_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_checklists")),
        sa.UniqueConstraint("act_id", "kind", name=op.f("uq_incident_checklists_act_id_kind")),
    )
    op.create_index(op.f("ix_incident_checklists_incident_id"), "incident_checklists", ["incident_id"])
    op.create_index(op.f("ix_incident_checklists_safe_id"), "incident_checklists", ["safe_id"])


def downgrade() -> None:
    """Go back. The answers go; the ledger keeps them sealed."""
    op.drop_table("incident_checklists")

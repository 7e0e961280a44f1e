"""Referrals to another organisation: which incident came of which, and what became of the offer."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "incident_referrals",
        sa.Column("incident_id", sa.String(16), nullable=False),
        sa.Column("received_id", sa.String(16), nullable=False),
        sa.Column("to_organisation_id", sa.String(16), nullable=False),
        sa.Column("to_id", sa.String(16), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("by_id", sa.String(16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.String(16), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("safe_id", sa.String(16), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_incident_referrals_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["members.id"], name=op.f("fk_incident_referrals_decided_by_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_incident_referrals_incident_id")),
        sa.ForeignKeyConstraint(["received_id"], ["incidents.id"], name=op.f("fk_incident_referrals_received_id")),
        sa.ForeignKeyConstraint(["safe_id"], ["safes.id"], name=op.f("fk_incident_referrals_safe_id")),
        sa.ForeignKeyConstraint(["to_id"], ["members.id"], name=op.f("fk_incident_referrals_to_id")),
        sa.ForeignKeyConstraint(
            ["to_organisation_id"], ["organisations.id"], name=op.f("fk_incident_referrals_to_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_referrals")),
        sa.UniqueConstraint("received_id", name=op.f("uq_incident_referrals_received_id")),
    )
    op.create_index(op.f("ix_incident_referrals_incident_id"), "incident_referrals", ["incident_id"])
    op.create_index(op.f("ix_incident_referrals_safe_id"), "incident_referrals", ["safe_id"])


def downgrade() -> None:
    """Go back. The incidents on both sides stay, and the ledger tells which came of which."""
    op.drop_table("incident_referrals")

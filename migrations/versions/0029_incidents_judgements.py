"""Judgements that two incidents, or two people in them, are the same, or are not."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

TABLE = "incident_judgements"


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        TABLE,
        sa.Column("from_id", sa.String(16), nullable=False),
        sa.Column("to_id", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("from_person_id", sa.String(16), nullable=True),
        sa.Column("to_person_id", sa.String(16), nullable=True),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("by_id", sa.String(16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("safe_id", sa.String(16), nullable=False),
        sa.ForeignKeyConstraint(["from_id"], ["incidents.id"], name=op.f("fk_incident_judgements_from_id")),
        sa.ForeignKeyConstraint(["to_id"], ["incidents.id"], name=op.f("fk_incident_judgements_to_id")),
        sa.ForeignKeyConstraint(
            ["from_person_id"], ["incident_people.id"], name=op.f("fk_incident_judgements_from_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["to_person_id"], ["incident_people.id"], name=op.f("fk_incident_judgements_to_person_id")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_incident_judgements_by_id")),
        sa.ForeignKeyConstraint(["safe_id"], ["safes.id"], name=op.f("fk_incident_judgements_safe_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_judgements")),
    )
    for column in ("from_id", "to_id", "safe_id"):
        op.create_index(op.f(f"ix_incident_judgements_{column}"), TABLE, [column])


def downgrade() -> None:
    """Go back. What was judged goes; the ledger keeps it sealed."""
    op.drop_table(TABLE)

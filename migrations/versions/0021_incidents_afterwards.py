"""What follows from an incident: risks, what was done about it, links to other incidents."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "incident_risks",
        sa.Column("incident_id", sa.String(16), nullable=False),
        sa.Column("person_id", sa.String(16), nullable=True),
        sa.Column("about", sa.String(16), nullable=False),
        sa.Column("level", sa.String(8), nullable=False),
        sa.Column("threat_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("measures_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("later_id", sa.String(16), nullable=True),
        sa.Column("by_id", sa.String(16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("safe_id", sa.String(16), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_incident_risks_incident_id")),
        sa.ForeignKeyConstraint(["person_id"], ["incident_people.id"], name=op.f("fk_incident_risks_person_id")),
        sa.ForeignKeyConstraint(["later_id"], ["incident_risks.id"], name=op.f("fk_incident_risks_later_id")),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_incident_risks_by_id")),
        sa.ForeignKeyConstraint(["safe_id"], ["safes.id"], name=op.f("fk_incident_risks_safe_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_risks")),
    )
    op.create_index(op.f("ix_incident_risks_incident_id"), "incident_risks", ["incident_id"])
    op.create_index(op.f("ix_incident_risks_safe_id"), "incident_risks", ["safe_id"])
    op.create_table(
        "incident_interventions",
        sa.Column("incident_id", sa.String(16), nullable=False),
        sa.Column("person_id", sa.String(16), nullable=True),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("on", sa.Date(), nullable=True),
        sa.Column("on_precision", sa.String(8), nullable=False),
        sa.Column("result", sa.String(24), nullable=True),
        sa.Column("party_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("addressee_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("details_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("response_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("by_id", sa.String(16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("safe_id", sa.String(16), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_incident_interventions_incident_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["incident_people.id"], name=op.f("fk_incident_interventions_person_id")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_incident_interventions_by_id")),
        sa.ForeignKeyConstraint(["safe_id"], ["safes.id"], name=op.f("fk_incident_interventions_safe_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_interventions")),
    )
    op.create_index(op.f("ix_incident_interventions_incident_id"), "incident_interventions", ["incident_id"])
    op.create_index(op.f("ix_incident_interventions_safe_id"), "incident_interventions", ["safe_id"])
    op.create_table(
        "incident_relations",
        sa.Column("from_id", sa.String(16), nullable=False),
        sa.Column("to_id", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("by_id", sa.String(16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("safe_id", sa.String(16), nullable=False),
        sa.ForeignKeyConstraint(["from_id"], ["incidents.id"], name=op.f("fk_incident_relations_from_id")),
        sa.ForeignKeyConstraint(["to_id"], ["incidents.id"], name=op.f("fk_incident_relations_to_id")),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_incident_relations_by_id")),
        sa.ForeignKeyConstraint(["safe_id"], ["safes.id"], name=op.f("fk_incident_relations_safe_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_relations")),
        sa.UniqueConstraint("from_id", "to_id", "kind", name=op.f("uq_incident_relations_from_id_to_id_kind")),
    )
    op.create_index(op.f("ix_incident_relations_from_id"), "incident_relations", ["from_id"])
    op.create_index(op.f("ix_incident_relations_to_id"), "incident_relations", ["to_id"])
    op.create_index(op.f("ix_incident_relations_safe_id"), "incident_relations", ["safe_id"])


def downgrade() -> None:
    """Go back. What was entered goes; the ledger keeps it sealed."""
    op.drop_table("incident_relations")
    op.drop_table("incident_interventions")
    op.drop_table("incident_risks")

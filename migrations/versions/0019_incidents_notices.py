"""What members are told about incidents, and how each wants her letters."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward. Who has chosen nothing gets each letter at once, as before."""
    op.create_table(
        "letter_choices",
        sa.Column("member_id", sa.String(16), nullable=False),
        sa.Column("how", sa.String(8), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_letter_choices_member_id")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_letter_choices")),
    )
    op.create_table(
        "incident_notices",
        sa.Column("member_id", sa.String(16), nullable=False),
        sa.Column("incident_id", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(16), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_incident_notices_incident_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_incident_notices_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_notices")),
    )
    op.create_index("ix_incident_notices_member_id_at", "incident_notices", ["member_id", "at"])


def downgrade() -> None:
    """Go back. Letters go out at once again; what they told stands on the pages."""
    op.drop_table("incident_notices")
    op.drop_table("letter_choices")

"""Terms of the network's own beside the shipped ones."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "incident_terms",
        sa.Column("listed", sa.String(24), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("en", sa.String(200), nullable=False),
        sa.Column("ru", sa.String(200), nullable=False),
        sa.Column("kk", sa.String(200), nullable=False),
        sa.Column("parent", sa.String(40), nullable=True),
        sa.Column("articles", sa.JSON(), nullable=False),
        sa.Column("esf_code", sa.String(24), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_terms")),
        sa.UniqueConstraint("listed", "code", name=op.f("uq_incident_terms_listed_code")),
    )


def downgrade() -> None:
    """Go back. Codes of the network's own lose their words; the incidents keep the codes."""
    op.drop_table("incident_terms")

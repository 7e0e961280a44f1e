"""Desks ask which closed cases were kept long enough."""

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_index(op.f("ix_case_closures_keep_until"), "case_closures", ["keep_until"])


def downgrade() -> None:
    """Go back."""
    op.drop_index(op.f("ix_case_closures_keep_until"), table_name="case_closures")

"""Quick wraps are made anew: one from before grants were compared with the ledger might hold keys that somebody planted."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward. Whoever opens her grant next time gets a new one."""
    op.execute("UPDATE grants SET quick = NULL")


def downgrade() -> None:
    """Go back: there is nothing to put back."""

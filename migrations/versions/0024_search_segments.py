"""A member's search keeps an index of what she may read and the searches she asks again, sealed with her own keys."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward. The index is made when its member searches."""
    op.create_table(
        "search_segments",
        sa.Column("member_id", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(16), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_search_segments_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_segments")),
    )
    op.create_index("ix_search_segments_member_id_kind", "search_segments", ["member_id", "kind"])
    op.create_table(
        "saved_searches",
        sa.Column("member_id", sa.String(16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(16), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_saved_searches_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_searches")),
    )
    op.create_index(op.f("ix_saved_searches_member_id"), "saved_searches", ["member_id"])


def downgrade() -> None:
    """Go back. Kept searches go; what they searched stays."""
    op.drop_table("saved_searches")
    op.drop_table("search_segments")

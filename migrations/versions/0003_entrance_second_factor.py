"""entrance: the second factor."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "challenges",
        sa.Column("sid_hash", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=8), nullable=False),
        sa.Column("value", sa.LargeBinary(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sid_hash", "purpose", name=op.f("pk_challenges")),
    )
    op.create_table(
        "backup_codes",
        sa.Column("member_id", sa.String(length=16), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_backup_codes_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backup_codes")),
        sa.UniqueConstraint("member_id", "code_hash", name=op.f("uq_backup_codes_member_id_code_hash")),
    )
    op.create_table(
        "half_sessions",
        sa.Column("sid_hash", sa.String(length=64), nullable=False),
        sa.Column("member_id", sa.String(length=16), nullable=False),
        sa.Column("seed_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agent", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_half_sessions_member_id")),
        sa.PrimaryKeyConstraint("sid_hash", name=op.f("pk_half_sessions")),
    )
    with op.batch_alter_table("half_sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_half_sessions_member_id"), ["member_id"], unique=False)

    op.create_table(
        "second_factors",
        sa.Column("member_id", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("counter", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_second_factors_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_factors")),
    )
    with op.batch_alter_table("second_factors", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_second_factors_member_id"), ["member_id"], unique=False)

    with op.batch_alter_table("member_sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("second_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("member_sessions", schema=None) as batch_op:
        batch_op.drop_column("second_at")

    with op.batch_alter_table("second_factors", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_second_factors_member_id"))

    op.drop_table("second_factors")
    with op.batch_alter_table("half_sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_half_sessions_member_id"))

    op.drop_table("half_sessions")
    op.drop_table("backup_codes")
    op.drop_table("challenges")

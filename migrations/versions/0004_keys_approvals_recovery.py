"""keys approvals recovery."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "approvals",
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("bound", sa.LargeBinary(length=32), nullable=False),
        sa.Column("asked_by_id", sa.String(length=16), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_signature", sa.LargeBinary(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=True),
        sa.Column("decided_by_id", sa.String(length=16), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_signature", sa.LargeBinary(length=64), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["asked_by_id"], ["members.id"], name=op.f("fk_approvals_asked_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["members.id"], name=op.f("fk_approvals_decided_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approvals")),
    )
    with op.batch_alter_table("approvals", schema=None) as batch_op:
        batch_op.create_index("ix_approvals_subject", ["subject"], unique=False)

    op.create_table(
        "organisation_keys",
        sa.Column("public", sa.LargeBinary(length=32), nullable=False),
        sa.Column("shares", sa.Integer(), nullable=False),
        sa.Column("threshold", sa.Integer(), nullable=False),
        sa.Column("made_by_id", sa.String(length=16), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("active_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["made_by_id"], ["members.id"], name=op.f("fk_organisation_keys_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_keys")),
    )
    op.create_table(
        "reopenings",
        sa.Column("member_id", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("seed_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("by_id", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_reopenings_by_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_reopenings_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reopenings")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_reopenings_token_hash")),
    )
    with op.batch_alter_table("reopenings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reopenings_member_id"), ["member_id"], unique=False)

    op.create_table(
        "unsettled",
        sa.Column("safe_id", sa.String(length=16), nullable=False),
        sa.Column("member_id", sa.String(length=16), nullable=False),
        sa.Column("lost", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_unsettled_member_id")),
        sa.ForeignKeyConstraint(["safe_id"], ["safes.id"], name=op.f("fk_unsettled_safe_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unsettled")),
        sa.UniqueConstraint("safe_id", "member_id", name=op.f("uq_unsettled_safe_id_member_id")),
    )
    op.create_table(
        "incident_hand_overs",
        sa.Column("incident_id", sa.String(length=16), nullable=False),
        sa.Column("from_id", sa.String(length=16), nullable=False),
        sa.Column("to_id", sa.String(length=16), nullable=False),
        sa.Column("by_id", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("safe_id", sa.String(length=16), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_incident_hand_overs_by_id")),
        sa.ForeignKeyConstraint(["from_id"], ["members.id"], name=op.f("fk_incident_hand_overs_from_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_incident_hand_overs_incident_id")),
        sa.ForeignKeyConstraint(["safe_id"], ["safes.id"], name=op.f("fk_incident_hand_overs_safe_id")),
        sa.ForeignKeyConstraint(["to_id"], ["members.id"], name=op.f("fk_incident_hand_overs_to_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_hand_overs")),
    )
    with op.batch_alter_table("incident_hand_overs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_incident_hand_overs_incident_id"), ["incident_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_incident_hand_overs_safe_id"), ["safe_id"], unique=False)

    op.create_table(
        "organisation_wraps",
        sa.Column("member_id", sa.String(length=16), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("public", sa.LargeBinary(length=64), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["organisation_keys.id"], name=op.f("fk_organisation_wraps_key_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_organisation_wraps_member_id")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_organisation_wraps")),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("organisation_wraps")
    with op.batch_alter_table("incident_hand_overs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_incident_hand_overs_safe_id"))
        batch_op.drop_index(batch_op.f("ix_incident_hand_overs_incident_id"))

    op.drop_table("incident_hand_overs")
    op.drop_table("unsettled")
    with op.batch_alter_table("reopenings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reopenings_member_id"))

    op.drop_table("reopenings")
    op.drop_table("organisation_keys")
    with op.batch_alter_table("approvals", schema=None) as batch_op:
        batch_op.drop_index("ix_approvals_subject")

    op.drop_table("approvals")

"""Lists of incidents are brought in by runs that become visible as a whole; what they were called there is kept."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "incident_imports",
        sa.Column("member_id", sa.String(16), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("source_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("told_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("written", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(16), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_incident_imports_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_imports")),
    )
    op.create_index(op.f("ix_incident_imports_member_id"), "incident_imports", ["member_id"])
    op.create_table(
        "incident_import_parts",
        sa.Column("run_id", sa.String(16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("written", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["incident_imports.id"], name=op.f("fk_incident_import_parts_run_id")),
        sa.PrimaryKeyConstraint("run_id", "number", name=op.f("pk_incident_import_parts")),
    )
    op.create_table(
        "incident_import_keys",
        sa.Column("incident_id", sa.String(16), nullable=False),
        sa.Column("run_id", sa.String(16), nullable=False),
        sa.Column("mark", sa.String(64), nullable=False),
        sa.Column("key_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("safe_id", sa.String(16), nullable=False),
        sa.Column("id", sa.String(16), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_incident_import_keys_incident_id")),
        sa.ForeignKeyConstraint(["run_id"], ["incident_imports.id"], name=op.f("fk_incident_import_keys_run_id")),
        sa.ForeignKeyConstraint(["safe_id"], ["safes.id"], name=op.f("fk_incident_import_keys_safe_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_import_keys")),
        sa.UniqueConstraint("incident_id", name=op.f("uq_incident_import_keys_incident_id")),
    )
    for column in ("run_id", "mark", "safe_id"):
        op.create_index(op.f(f"ix_incident_import_keys_{column}"), "incident_import_keys", [column])


def downgrade() -> None:
    """Go back. Incidents that came in stay; what they were called in their lists goes, and with it that they are known."""
    op.drop_table("incident_import_keys")
    op.drop_table("incident_import_parts")
    op.drop_table("incident_imports")

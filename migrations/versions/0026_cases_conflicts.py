"""Each name of a case is checked for conflicts over the whole network."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Go forward. The names that are there already are checked when a coordinator opens the page of conflicts."""
    op.create_table(
        "case_conflict_checks",
        sa.Column("case_id", sa.String(16), nullable=False),
        sa.Column("subject", sa.String(40), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("done_at", _MOMENT, nullable=True),
        sa.Column("verdict", sa.String(16), nullable=True),
        sa.Column("answer_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("resolved_by_id", sa.String(16), nullable=True),
        sa.Column("resolved_at", _MOMENT, nullable=True),
        sa.Column("safe_id", sa.String(16), nullable=False),
        sa.Column("id", sa.String(16), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_conflict_checks_case_id")),
        sa.ForeignKeyConstraint(
            ["resolved_by_id"], ["members.id"], name=op.f("fk_case_conflict_checks_resolved_by_id")
        ),
        sa.ForeignKeyConstraint(["safe_id"], ["safes.id"], name=op.f("fk_case_conflict_checks_safe_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_conflict_checks")),
        sa.UniqueConstraint("case_id", "subject", name=op.f("uq_case_conflict_checks_case_id_subject")),
    )
    for column in ("case_id", "state", "safe_id"):
        op.create_index(op.f(f"ix_case_conflict_checks_{column}"), "case_conflict_checks", [column])
    op.create_table(
        "case_conflict_findings",
        sa.Column("check_id", sa.String(16), nullable=False),
        sa.Column("hits_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("safe_id", sa.String(16), nullable=False),
        sa.Column("id", sa.String(16), nullable=False),
        sa.ForeignKeyConstraint(
            ["check_id"], ["case_conflict_checks.id"], name=op.f("fk_case_conflict_findings_check_id")
        ),
        sa.ForeignKeyConstraint(["safe_id"], ["safes.id"], name=op.f("fk_case_conflict_findings_safe_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_conflict_findings")),
        sa.UniqueConstraint("check_id", name=op.f("uq_case_conflict_findings_check_id")),
    )
    op.create_index(op.f("ix_case_conflict_findings_safe_id"), "case_conflict_findings", ["safe_id"])
    op.create_table(
        "case_known_names",
        sa.Column("member_id", sa.String(16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("id", sa.String(16), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_case_known_names_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_known_names")),
    )
    op.create_index(op.f("ix_case_known_names_member_id"), "case_known_names", ["member_id"])


def downgrade() -> None:
    """Go back. What was found goes; the names stay."""
    op.drop_table("case_known_names")
    op.drop_table("case_conflict_findings")
    op.drop_table("case_conflict_checks")

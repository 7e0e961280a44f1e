"""What surrounds a case: related cases, what was asked before it was taken, letters, and how long it is kept."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def _table(name: str, *columns: sa.Column[Any], unique: tuple[str, ...] = ()) -> None:
    """Make a table of things in a safe, which somebody wrote at some time."""
    fixed = {"by_id": "members.id", "safe_id": "safes.id"}
    ids = {"from_id": "cases.id", "to_id": "cases.id", "case_id": "cases.id"}
    named = [column.name for column in columns]
    links = {column: target for column, target in {**ids, **fixed}.items() if column in (*named, *fixed)}
    op.create_table(
        name,
        *columns,
        sa.Column("by_id", sa.String(16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("safe_id", sa.String(16), nullable=False),
        sa.Column("id", sa.String(16), nullable=False),
        *(sa.ForeignKeyConstraint([c], [target], name=op.f(f"fk_{name}_{c}")) for c, target in links.items()),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        *([sa.UniqueConstraint(*unique, name=op.f(f"uq_{name}_{'_'.join(unique)}"))] if unique else []),
    )
    for column in [column for column in links if column != "by_id" and (column,) != tuple(unique)]:
        op.create_index(op.f(f"ix_{name}_{column}"), name, [column])


def upgrade() -> None:
    """Go forward. Notes that are there are internal ones; closed cases have no day until which they are kept."""
    _table(
        "case_relations",
        sa.Column("from_id", sa.String(16), nullable=False),
        sa.Column("to_id", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        unique=("from_id", "to_id", "kind"),
    )
    _table(
        "case_selections",
        sa.Column("case_id", sa.String(16), nullable=False),
        sa.Column("answers_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("decision", sa.String(12), nullable=False),
        unique=("case_id",),
    )
    _table(
        "case_potentials",
        sa.Column("case_id", sa.String(16), nullable=False),
        sa.Column("values_sealed", sa.LargeBinary(), nullable=False),
        unique=("case_id", "by_id"),
    )
    _table(
        "case_letters",
        sa.Column("case_id", sa.String(16), nullable=False),
        sa.Column("direction", sa.String(4), nullable=False),
        sa.Column("medium", sa.String(12), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("party_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("subject_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=True),
    )
    with op.batch_alter_table("case_notes") as notes:
        notes.add_column(sa.Column("kind", sa.String(12), server_default="internal", nullable=False))
    with op.batch_alter_table("case_tasks") as tasks:
        tasks.add_column(sa.Column("done_by_id", sa.String(16), nullable=True))
        tasks.create_foreign_key(op.f("fk_case_tasks_done_by_id"), "members", ["done_by_id"], ["id"])
    with op.batch_alter_table("case_closures") as closures:
        closures.add_column(sa.Column("keep_until", sa.Date(), nullable=True))
        closures.add_column(sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Go back. Cases, notes and tasks stay."""
    with op.batch_alter_table("case_closures") as closures:
        closures.drop_column("archived_at")
        closures.drop_column("keep_until")
    with op.batch_alter_table("case_tasks") as tasks:
        tasks.drop_constraint(op.f("fk_case_tasks_done_by_id"), type_="foreignkey")
        tasks.drop_column("done_by_id")
    with op.batch_alter_table("case_notes") as notes:
        notes.drop_column("kind")
    for name in ("case_letters", "case_potentials", "case_selections", "case_relations"):
        op.drop_table(name)

"""Which answer belongs to which question, since several may wait at once."""

import sqlalchemy as sa
from alembic import op

from caseflow.kernel.ids import new_id

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward. Until now one question waited at a time: an answer belongs to the last question before it."""
    replies = op.create_table(
        "incident_replies",
        sa.Column("incident_id", sa.String(16), nullable=False),
        sa.Column("question_id", sa.String(16), nullable=False),
        sa.Column("answer_id", sa.String(16), nullable=False),
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("safe_id", sa.String(16), nullable=False),
        sa.ForeignKeyConstraint(["answer_id"], ["incident_messages.id"], name=op.f("fk_incident_replies_answer_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_incident_replies_incident_id")),
        sa.ForeignKeyConstraint(
            ["question_id"], ["incident_messages.id"], name=op.f("fk_incident_replies_question_id")
        ),
        sa.ForeignKeyConstraint(["safe_id"], ["safes.id"], name=op.f("fk_incident_replies_safe_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_replies")),
        sa.UniqueConstraint("question_id", name=op.f("uq_incident_replies_question_id")),
    )
    op.create_index(op.f("ix_incident_replies_incident_id"), "incident_replies", ["incident_id"])
    op.create_index(op.f("ix_incident_replies_safe_id"), "incident_replies", ["safe_id"])
    messages = sa.table(
        "incident_messages", *(sa.column(name) for name in ("id", "safe_id", "incident_id", "kind", "at"))
    )
    waiting: dict[str, str] = {}
    rows = []
    for message in op.get_bind().execute(sa.select(messages).order_by(messages.c.at, messages.c.kind.desc())):
        if message.kind == "question":
            waiting[message.incident_id] = message.id
        elif message.kind == "answer" and message.incident_id in waiting:
            question = waiting.pop(message.incident_id)
            row = {"id": new_id(), "safe_id": message.safe_id, "incident_id": message.incident_id}
            rows.append({**row, "question_id": question, "answer_id": message.id})
    if rows:
        op.bulk_insert(replies, rows)


def downgrade() -> None:
    """Go back. Questions and answers stay, in the order in which they were said."""
    op.drop_table("incident_replies")

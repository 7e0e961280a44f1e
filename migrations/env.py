"""How migrations run: on the application's own engine, one transaction each, triggers included."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Enum
from flask import current_app

from caseflow.kernel.db import UtcDateTime, Sealed, db

config = context.config


def _plain_types(kind: str, thing: object, autogen_context: object) -> str | bool:
    """Write our decorated types as what they are in the database, so that old migrations need no present code."""
    if kind == "type" and isinstance(thing, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(thing, Sealed):
        return "sa.LargeBinary()"
    if kind == "type" and isinstance(thing, Enum):
        return f"sa.String(length={thing.length})"
    return False


def run() -> None:
    """Run the migrations that are asked for."""
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_item=_plain_types,
            render_as_batch=connection.dialect.name == "sqlite",
            compare_type=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()

"""Running numbers for references that people read aloud."""

from __future__ import annotations

from sqlalchemy import String, update
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.kernel.db import Base, db


class Counter(Base):
    """The last number given under a name."""

    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[int]


def next_number(name: str) -> int:
    """Return the next number under `name`, from 1; a transaction that is undone gives its number back."""
    return next_numbers(name, 1)[0]


def next_numbers(name: str, count: int) -> range:
    """Return the next `count` numbers under `name`, in one step."""
    # The update locks the row on PostgreSQL, so that two acts at once cannot read the same number.
    more = update(Counter).where(Counter.name == name).values(value=Counter.value + count).returning(Counter.value)
    last = db.session.scalar(more, execution_options={"synchronize_session": False})
    if last is None:
        last = count
        db.session.add(Counter(name=name, value=last))
        db.session.flush()
    return range(last - count + 1, last + 1)

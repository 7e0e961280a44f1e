"""What is stored of a list on its way in, and of where an incident came from."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from caseflow.incidents.models import Incident
from caseflow.kernel.db import Base, Id, Sealed
from caseflow.keys.models import InSafe


class ImportRun(Id, Base):
    """One list on its way in. What it says lies here sealed to its member alone, and only until the run has ended.

    `state`: read, checked, running, done, undone. `rows` are those to be written, `written` those that are. While it
    runs its incidents are in the state "importing", which nobody sees; "undone" are the empty ones of a run taken back.
    """

    __tablename__ = "incident_imports"

    member_id: Mapped[str] = mapped_column(ForeignKey("members.id"), index=True)
    state: Mapped[str] = mapped_column(String(12))
    source_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    told_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    rows: Mapped[int]
    written: Mapped[int]
    begun_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class ImportPart(Base):
    """A hundred rows of a list that is on its way in, with what was found about them, sealed to its member."""

    __tablename__ = "incident_import_parts"

    run_id: Mapped[str] = mapped_column(ForeignKey("incident_imports.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    written: Mapped[bool]


class ImportedKey(InSafe, Base):
    """What an imported incident was called in its list; `mark` is the keyed hash by which it is known again."""

    __tablename__ = "incident_import_keys"

    incident_id: Mapped[str] = mapped_column(ForeignKey("incidents.id"), unique=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("incident_imports.id"), index=True)
    mark: Mapped[str] = mapped_column(String(64), index=True)
    key_sealed: Mapped[bytes] = mapped_column(Sealed)

    incident: Mapped[Incident] = relationship()

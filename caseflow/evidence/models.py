"""Items and their files. The payload lies in the store as an age payload; its header is here."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from caseflow.kernel.db import Base, Sealed
from caseflow.keys.models import InSafe


class Item(InSafe, Base):
    """One piece of evidence in one safe, with the number it is cited by."""

    __tablename__ = "evidence_items"
    __table_args__ = (UniqueConstraint("safe_id", "exhibit"),)

    exhibit: Mapped[int]
    title_sealed: Mapped[bytes] = mapped_column(Sealed)
    details_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    obtained_how_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    obtained_from_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    obtained_on_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    obtained_where_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    copy_or_original: Mapped[str] = mapped_column(String(12))
    tool_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    source_url_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    by_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    files: Mapped[list[File]] = relationship(back_populates="item", order_by="File.at")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 -- SQLAlchemy's own protocol


class File(InSafe, Base):
    """One sealed file: it never changes; a redacted or translated version is another file with this one as parent.

    `key_check` says which file key is the row's own; rows from before there was one get it at their first look.
    """

    __tablename__ = "evidence_files"

    item_id: Mapped[str] = mapped_column(ForeignKey("evidence_items.id"), index=True)
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("evidence_files.id"))
    kind: Mapped[str] = mapped_column(String(16))
    name_sealed: Mapped[bytes] = mapped_column(Sealed)
    media_type_sealed: Mapped[bytes] = mapped_column(Sealed)
    sha256_sealed: Mapped[bytes] = mapped_column(Sealed)
    key_check_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    size: Mapped[int] = mapped_column(BigInteger)
    payload_size: Mapped[int] = mapped_column(BigInteger)
    payload_sha256: Mapped[str] = mapped_column(String(64))
    payload: Mapped[str] = mapped_column(String(80), unique=True)
    header: Mapped[bytes]
    epoch: Mapped[int]
    by_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]
    checked_at: Mapped[datetime | None]
    intact: Mapped[bool | None]

    item: Mapped[Item] = relationship(back_populates="files")


class Upload(InSafe, Base):
    """A file that comes in by parts: `received` bytes of `size` are sealed, on the disk but for `rest`.

    What is less than a chunk waits in `rest`. A file that is whole is named in `file_id` until the row is forgotten, so
    that a browser whose line broke at the last answer learns that it is done.
    """

    __tablename__ = "evidence_uploads"

    item_id: Mapped[str] = mapped_column(ForeignKey("evidence_items.id"), index=True)
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("evidence_files.id"))
    file_id: Mapped[str | None] = mapped_column(ForeignKey("evidence_files.id"))
    kind: Mapped[str] = mapped_column(String(16))
    name_sealed: Mapped[bytes] = mapped_column(Sealed)
    rest_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    size: Mapped[int] = mapped_column(BigInteger)
    received: Mapped[int] = mapped_column(BigInteger)
    payload: Mapped[str] = mapped_column(String(80), unique=True)
    header: Mapped[bytes]
    epoch: Mapped[int]
    by_id: Mapped[str] = mapped_column(ForeignKey("members.id"), index=True)
    at: Mapped[datetime]
    expires_at: Mapped[datetime]


class Finding(InSafe, Base):
    """What looking into a file found: one summary, its text, and pictures by number; each names its file when sealed."""

    __tablename__ = "evidence_findings"
    __table_args__ = (UniqueConstraint("file_id", "part", "number"),)

    file_id: Mapped[str] = mapped_column(ForeignKey("evidence_files.id"))
    part: Mapped[str] = mapped_column(String(16))
    number: Mapped[int]
    content_sealed: Mapped[bytes] = mapped_column(Sealed)
    by_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]

"""What a member's own search remembers: pieces of her index, and searches she keeps; both sealed with her own keys."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.kernel.db import Base, Id


class SearchSegment(Id, Base):
    """The words of up to a thousand things of one kind that a member may read."""

    __tablename__ = "search_segments"
    __table_args__ = (Index("ix_search_segments_member_id_kind", "member_id", "kind"),)

    member_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    kind: Mapped[str] = mapped_column(String(12))
    sealed: Mapped[bytes]
    at: Mapped[datetime]


class SavedSearch(Id, Base):
    """What a member searches for again and again."""

    __tablename__ = "saved_searches"

    member_id: Mapped[str] = mapped_column(ForeignKey("members.id"), index=True)
    sealed: Mapped[bytes]
    at: Mapped[datetime]

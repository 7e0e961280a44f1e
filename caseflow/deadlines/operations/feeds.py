"""The private address of one's dates for a calendar program: made, replaced, ended. Only its hash is kept."""

from __future__ import annotations

import secrets
from datetime import datetime

from caseflow.access import deadlines as policy
from caseflow.access.actor import Actor, demand
from caseflow.deadlines.models import CalendarFeed
from caseflow.deadlines.queries import hash_of
from caseflow.kernel.db import db
from caseflow.ledger import operations as ledger


def make_feed(*, by: Actor, at: datetime) -> str:
    """Make the secret part of one's calendar address and return it, this once; an older address stops at once."""
    demand(policy.may_have_feed(by))
    secret = secrets.token_urlsafe(32)
    feed = db.session.get(CalendarFeed, by.member_id)
    if feed is None:
        feed = CalendarFeed(member_id=by.member_id)
        db.session.add(feed)
    feed.secret_hash, feed.made_at = hash_of(secret), at
    ledger.record("deadlines.make_feed", by=by, at=at, about=f"members:{by.member_id}")
    return secret


def end_feed(*, by: Actor, at: datetime) -> None:
    """End one's calendar address; without one nothing happens."""
    demand(policy.may_have_feed(by))
    feed = db.session.get(CalendarFeed, by.member_id)
    if feed is not None:
        db.session.delete(feed)
        ledger.record("deadlines.end_feed", by=by, at=at, about=f"members:{by.member_id}")

"""Acts on deadlines: an event proposes them, counsel decides on them, reminders go out in time."""

from caseflow.deadlines.operations import proposing  # noqa: F401 -- it listens to what courts do
from caseflow.deadlines.operations.deciding import change, confirm, decline, meet
from caseflow.deadlines.operations.feeds import end_feed, make_feed
from caseflow.deadlines.operations.reminding import remind

__all__ = ["change", "confirm", "decline", "end_feed", "make_feed", "meet", "remind"]

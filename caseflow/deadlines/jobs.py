"""Work on deadlines that waits for nobody: the reminders of each day."""

from __future__ import annotations

from datetime import timedelta

from caseflow.deadlines import operations
from caseflow.deadlines.next_dates import keep_all_next_dates
from caseflow.kernel.clock import now, today
from caseflow.kernel.db import transaction
from caseflow.kernel.jobs import job
from caseflow.kernel.settings import current


@job("deadlines.remind_daily", every=timedelta(days=1))
def remind_daily() -> None:
    """Write the reminders of today, and let what has passed be nobody's next date."""
    here = today(current().timezone)
    with transaction():
        operations.remind(on=here, at=now())
        keep_all_next_dates(today=here)

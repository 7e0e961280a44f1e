"""The network and the cases of tests/cases, and a criminal proceeding at first instance."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from caseflow.cases.models import Case
from caseflow.kernel.clock import now
from caseflow.kernel.db import transaction
from caseflow.proceedings import operations
from caseflow.proceedings.models import Proceeding
from tests.cases.conftest import log, matter, member, people, visit
from tests.cast import Cast

__all__ = ["log", "matter", "member", "people", "trial", "visit"]


@pytest.fixture
def trial(people: Cast) -> Callable[[Case], Proceeding]:
    """Return `trial(case)`: a criminal proceeding of Leila's, at first instance since 2 February 2026."""

    def make(case: Case, *, stage: str = "first_instance") -> Proceeding:
        with transaction():
            return operations.open_proceeding(
                case, procedure="kz_criminal", stage=stage, began_on=date(2026, 2, 2), by=people.leila, at=now()
            )

    return make

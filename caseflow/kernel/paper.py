"""Papers as PDF: a Typst source of ours, and values that it reads as JSON, so that what somebody typed is never markup."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any


def drawn(package: str, name: str, data: Mapping[str, Any], *, at: datetime) -> bytes:
    """Return the PDF of `data` by the source `name` in `package`. The same values at the same moment give the same bytes."""
    import typst

    return bytes(
        typst.compile(
            _source(package, name),
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            timestamp=int(at.timestamp()),
        )
    )


@cache
def _source(package: str, name: str) -> bytes:
    return files(package).joinpath(name).read_bytes()

"""Measures everything that has a limit and says what holds: `make bench`, or `ONLY=upload make bench` for one of them.

Every row is a ratio within one run on this machine, so that a slow machine is as fair as a quick one. A machine that
does something else meanwhile is not: the last line tells how busy it was. Written to instance/bench.json as well;
`--markdown` prints the table of the README from there. A limit that is exceeded is said in words and is no error: on a
busy machine it would be one of the machine.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import bundle, deadlines, imports, incident_lists, keys, ledger, lists, search, seek, signin, upload, vault

KEPT = Path(__file__).resolve().parents[1] / "instance" / "bench.json"
Row = dict[str, Any]


def _lists() -> list[Row]:
    measured = lists.run()
    return [
        {
            "name": "list of 50 of 2,000 held cases among 10,000, against a bare page",
            "ours": measured.list_ms,
            "reference": measured.hello_ms,
            "ratio": measured.ratio,
            "limit": lists.LIMIT,
            "unit": "ms",
        },
        {
            "name": "queries for 50 rows, against 1 row",
            "ours": float(measured.queries_of_50),
            "reference": float(measured.queries_of_1),
            "ratio": measured.queries_of_50 / measured.queries_of_1,
            "limit": 1.0,
            "unit": "",
        },
    ]


BENCHES: dict[str, Callable[[], list[Row]]] = {
    "upload": upload.run,
    "vault": vault.run,
    "seek": seek.run,
    "lists": _lists,
    "incident_lists": incident_lists.run,
    "signin": signin.run,
    "ledger": ledger.run,
    "keys": keys.run,
    "imports": imports.run,
    "search": search.run,
    "bundle": bundle.run,
    "deadlines": deadlines.run,
}


def main(names: list[str]) -> int:
    """Run the benches called `names` (none: all of them), print and keep the rows; return 2 for a name nobody knows."""
    if names == ["--markdown"]:
        print(markdown(json.loads(KEPT.read_text(encoding="utf-8"))))
        return 0
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        print(f"There is no bench called {', '.join(unknown)}. There are: {', '.join(BENCHES)}.")
        return 2
    rows: list[Row] = []
    for name in names or BENCHES:
        print(f"measuring {name} …", flush=True)
        rows += BENCHES[name]()
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    print(f"\n{table(rows)}\n\n{cores} cores; load over the last minute, this run included: {load:.1f}")
    over = [row["name"] for row in rows if not holds(row)]
    print(f"OVER ITS LIMIT: {'; '.join(over)}" if over else "Everything keeps its limit.")
    KEPT.parent.mkdir(exist_ok=True)
    facts = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cores": cores,
        "load": round(load, 2),
        "rows": rows,
    }
    KEPT.write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    return 0


def holds(row: Row) -> bool:
    """Tell whether a row keeps its limit; one without a limit is told for information."""
    return row["limit"] is None or bool(row["ratio"] <= row["limit"])


def table(rows: list[Row]) -> str:
    """Return the rows as aligned text: what, ours, reference, ratio, limit, whether it holds."""
    cells = [("", "ours", "reference", "ratio", "at most", "")]
    for row in rows:
        alone = row["reference"] is None  # a size has no reference: it stands against its limit itself
        verdict = "" if row["limit"] is None else "holds" if holds(row) else "TOO MUCH"
        cells.append(
            (
                row["name"],
                _number(row["ours"], row["unit"]),
                _number(row["reference"], row["unit"]),
                "" if alone else f"{row['ratio']:.2f}",
                _number(row["limit"], row["unit"] if alone else ""),
                verdict,
            )
        )
    widths = [max(len(line[column]) for line in cells) for column in range(len(cells[0]))]
    return "\n".join("  ".join(_aligned(line, widths)).rstrip() for line in cells)


def markdown(facts: Row) -> str:
    """Return the kept rows as the README shows them, with a sentence on the machine."""
    lines = ["| What | caseflow | Reference | Ratio | At most |", "| --- | ---: | ---: | ---: | ---: |"]
    for row in facts["rows"]:
        alone = row["reference"] is None
        ratio = "" if alone else f"{row['ratio']:.2f}"
        if not holds(row):
            ratio = f"**{ratio or _number(row['ours'], row['unit'])}, over**"
        limit = _number(row["limit"], row["unit"] if alone else "") or "told only"
        cells = (row["name"], _number(row["ours"], row["unit"]), _number(row["reference"], row["unit"]), ratio, limit)
        lines.append(f"| {' | '.join(cells)} |")
    machine = (
        f"Medians, {facts['at'][:10]}, Python {facts['python']}, {facts['machine']} with {facts['cores']} cores that were "
        f"shared with other work (load {facts['load']:.1f} at the end). caseflow and its reference take turns in one run."
    )
    return "\n".join([*lines, "", machine])


def _aligned(line: tuple[str, ...], widths: list[int]) -> list[str]:
    first, *numbers, last = line
    return [first.ljust(widths[0]), *map(str.rjust, numbers, widths[1:-1]), last]


def _number(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    text = f"{value:.0f}" if value == int(value) else f"{value:.2f}"
    return f"{text} {unit}".rstrip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or os.environ.get("ONLY", "").split()))

"""Measures a bundle of 300 pages for a court: opened, counted, indexed, joined, numbered, sealed, as its page does it.

`python -m bench.bundle`. Ten exhibits of typeset pages and pictures; the database is SQLite and waits for the disk.
"""

from __future__ import annotations

import io
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.imports import member_of

PAGES, EXHIBITS, LIMIT = 300, 10, 30.0
Row = dict[str, Any]


def run(*, pages: int = PAGES) -> list[Row]:
    """Return the seconds of the whole, as a row of the table."""
    with tempfile.TemporaryDirectory(prefix="caseflow-bench-") as name:
        seconds, made = _bind(Path(name) / "instance", pages)
    row = {"name": f"a bundle of {made} pages for a court, made after the answer", "ours": seconds}
    return [{**row, "reference": None, "ratio": seconds, "limit": LIMIT, "unit": "s"}]


def _bind(instance: Path, pages: int) -> tuple[float, int]:
    with member_of(instance, "coordinator") as by:
        from caseflow.access import cases as policy
        from caseflow.cases import operations
        from caseflow.cases.bundle import making
        from caseflow.cases.models import Bundle, Case
        from caseflow.evidence import operations as evidence
        from caseflow.evidence.intake import receive
        from caseflow.kernel.clock import now
        from caseflow.kernel.db import find, transaction

        with transaction():
            case = operations.open_case(title="A case of the bench", by=by, at=now())
        papers = [_paper(pages // EXHIBITS - 1, number) for number in range(EXHIBITS)] + [_picture()]
        chosen = []
        for number, paper in enumerate(papers):
            received = receive(io.BytesIO(paper), name=f"{number}.pdf", safe_id=case.safe_id, by=by)
            with transaction():
                case = find(Case, case.id, policy.visible_to(by))
                item = evidence.add_item(case, title=f"Материал {number}", by=by, at=now())
                evidence.add_file(item, received, by=by, at=now())
                chosen.append(item.id)
        with transaction():
            case = find(Case, case.id, policy.visible_to(by))
            begun = operations.begin_bundle(case, chosen=chosen, language="ru", by=by, at=now())
        started = time.perf_counter()
        making.make(begun.id, case.id, by=by)
        seconds = time.perf_counter() - started
        case = find(Case, case.id, policy.visible_to(by))
        (bundle,) = case.bundles
        assert isinstance(bundle, Bundle)
        if bundle.state != "done":
            raise RuntimeError("the bundle broke off")
        return seconds, _pages(bundle, by)


def _pages(bundle: Any, by: Any) -> int:
    import pikepdf

    from caseflow.access import evidence as policy
    from caseflow.access.safes import visible
    from caseflow.evidence import operations as evidence
    from caseflow.evidence.models import File, Item
    from caseflow.kernel.clock import now
    from caseflow.kernel.db import find, transaction

    with transaction():
        item = find(Item, bundle.item_id, visible(Item, by))
        source = evidence.hand_out(find(File, item.files[0].id, policy.visible_files(by)), how="view", by=by, at=now())
    with source, pikepdf.open(io.BytesIO(source.read(-1))) as made:
        return len(made.pages)


def _paper(pages: int, number: int) -> bytes:
    import typst

    text = "Его доставили туда вечером, и до утра никто не знал, где он. " * 30
    source = f"#for n in range({pages}) [ = Лист #n тома {number} \n {text} #pagebreak(weak: true) ]"
    return bytes(typst.compile(source.encode(), ignore_system_fonts=True, format="pdf"))


def _picture() -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.effect_noise((2400, 1800), 80).convert("RGB").save(out, "JPEG", quality=90)
    return out.getvalue()


if __name__ == "__main__":
    print(run())

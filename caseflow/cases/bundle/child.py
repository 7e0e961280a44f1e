"""The other side: papers of strangers are counted and joined here, in a process of its own that ends with it.

Started as `python -I child.py <what it may>`. It answers on its output: page counts as JSON, or the joined PDF as it is.
For each paper that is done one byte goes to the handle `progress`.
"""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).resolve().parents[2]
A4 = (595.28, 841.89)
MOST_PIXELS = 40_000_000
MARGIN = 36


def main() -> None:
    """Raise the walls, then count or join."""
    asked = json.loads(sys.argv[1])
    sys.path.insert(0, str(PACKAGE.parent))
    from caseflow.evidence.examiner import walls

    walls.raise_walls(seconds=asked["seconds"], readable=[str(PACKAGE)])
    out = sys.stdout.buffer
    if asked["do"] == "count":
        out.write(json.dumps({"pages": [_count(paper, asked["progress"]) for paper in asked["papers"]]}).encode())
    else:
        out.write(_joined(asked))
    out.flush()


def _count(paper: dict[str, Any], progress: int) -> int | None:
    try:
        with _opened(paper) as found:
            return len(found.pages)
    except Exception:  # noqa: BLE001 -- whatever a stranger's paper breaks: it is no paper that can be bound
        return None
    finally:
        os.write(progress, b".")


def _opened(paper: dict[str, Any]) -> Any:
    """Return a paper as a PDF: it is one, or it is a picture, which becomes one page."""
    import pikepdf

    os.lseek(paper["handle"], 0, os.SEEK_SET)
    content = os.fdopen(os.dup(paper["handle"]), "rb")
    if paper["media_type"] == "application/pdf":
        return pikepdf.open(content)
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    with Image.open(content) as opened:
        picture = ImageOps.exif_transpose(opened).convert("RGB")
    picture.thumbnail((2000, 2000))
    sheet = io.BytesIO()
    picture.save(sheet, "JPEG", quality=85)
    return _sheet(sheet.getvalue(), picture.size)


def _sheet(jpeg: bytes, size: tuple[int, int]) -> Any:
    """Return a PDF of one A4 page with a picture in its middle."""
    import pikepdf

    scale = min((A4[0] - 2 * MARGIN) / size[0], (A4[1] - 2 * MARGIN) / size[1])
    width, height = size[0] * scale, size[1] * scale
    made = pikepdf.new()
    image = pikepdf.Stream(
        made, jpeg, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=size[0], Height=size[1],
        ColorSpace=pikepdf.Name.DeviceRGB, BitsPerComponent=8, Filter=pikepdf.Name.DCTDecode,
    )  # fmt: skip
    left, bottom = (A4[0] - width) / 2, (A4[1] - height) / 2
    drawn = f"q {width:.2f} 0 0 {height:.2f} {left:.2f} {bottom:.2f} cm /P Do Q".encode()
    page = pikepdf.Dictionary(
        Type=pikepdf.Name.Page, MediaBox=[0, 0, *A4], Contents=made.make_stream(drawn),
        Resources=pikepdf.Dictionary(XObject=pikepdf.Dictionary(P=made.make_indirect(image))),
    )  # fmt: skip
    made.pages.append(pikepdf.Page(page))
    return made


def _joined(asked: dict[str, Any]) -> bytes:
    import pikepdf
    from pikepdf import OutlineItem

    def ours(name: str) -> Any:
        os.lseek(asked[name], 0, os.SEEK_SET)
        return pikepdf.open(os.fdopen(os.dup(asked[name]), "rb"))

    bound, kept = pikepdf.new(), []
    front, slips, stamps, back = (ours(name) for name in ("front", "slips", "stamps", "back"))
    bound.pages.extend(front.pages)
    marks = []
    for slip, exhibit in zip(slips.pages, asked["exhibits"], strict=True):
        marks.append((exhibit["title"], len(bound.pages)))
        bound.pages.append(slip)
        for paper in exhibit["papers"]:
            source = _opened(paper)
            kept.append(source)
            source.flatten_annotations("all")
            if len(source.pages) != paper["pages"]:
                raise SystemExit(3)
            for page in source.pages:
                for key in ("/AA", "/Annots"):
                    if key in page:
                        del page[key]
            bound.pages.extend(source.pages)
            os.write(asked["progress"], b".")
    marks.append((asked["custody"], len(bound.pages)))
    bound.pages.extend(back.pages)
    for page, stamp in zip(bound.pages, stamps.pages, strict=True):
        page.add_overlay(stamp, None)
    with bound.open_outline() as outline:
        outline.root.extend(OutlineItem(title, number) for title, number in marks)
    written = io.BytesIO()
    bound.save(written, deterministic_id=True)
    return written.getvalue()


if __name__ == "__main__":
    main()

"""Takes the pictures of the guides anew: the demo network in each language, small and in few colours, into `docs/pictures/`.

`make pictures`, after a change to a page that a guide shows.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from bench.shots import CHROMIUM, LANGUAGES, ROOT, chromium, demo_server, sign_in

OUT = ROOT / "docs" / "pictures"
COLOURS, DESK, PHONE = 48, (1100, 760), (360, 700)
# picture -> size of the window, path, and patterns of the links to follow from there, one after the other
PICTURES: dict[str, tuple[tuple[int, int], str, tuple[str, ...]]] = {
    "desk": (DESK, "/", ()),
    "quick": (PHONE, "/incidents/quick", ()),
    "form": (PHONE, "/incidents/new", ()),
    "incident": (DESK, "/incidents/", (r"/incidents/[0-9a-z]{16}$",)),
    "evidence": (PHONE, "/incidents/", (r"/incidents/[0-9a-z]{16}$", r"/evidence$", r"/evidence/new/")),
}


def main() -> None:
    """Take all pictures and say how large they are together."""
    OUT.mkdir(parents=True, exist_ok=True)
    with demo_server() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM)
        sizes = [_kept(path, picture) for path, picture in _taken(browser, url)]
        browser.close()
    print(f"{len(sizes)} pictures are in {OUT.relative_to(ROOT)}/, {sum(sizes) // 1024} KiB together")


def _taken(browser: Browser, url: str) -> Iterator[tuple[Path, bytes]]:
    context = browser.new_context()
    page = context.new_page()
    sign_in(page, url, "dana")
    for language in LANGUAGES:
        cookies = [{"name": "language", "value": language}, {"name": "theme", "value": "light"}]
        context.add_cookies([{**cookie, "url": url} for cookie in cookies])  # type: ignore[typeddict-item]
        for name, ((width, height), path, patterns) in PICTURES.items():
            page.set_viewport_size({"width": width, "height": height})
            page.goto(url + _found(page, url, path, patterns))
            yield OUT / f"{name}-{language}.png", page.screenshot()
    context.close()


def _found(page: Page, url: str, path: str, patterns: tuple[str, ...]) -> str:
    for pattern in patterns:
        page.goto(url + path)
        links = page.eval_on_selector_all("main a[href]", "found => found.map(a => a.getAttribute('href'))")
        path = next(link for link in links if re.search(pattern, link))
    return path


def _kept(path: Path, picture: bytes) -> int:
    with Image.open(io.BytesIO(picture)) as shot:
        shot.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(path, "PNG", optimize=True)
    return path.stat().st_size


if __name__ == "__main__":
    main()

"""The people of the story, each at a browser of her own; and files of several kinds, made on the spot."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from caseflow.demo import files as made_files
from tests.fixtures.browsers import NewPage
from tests.fixtures.servers import LiveServer
from tests.journeys.steps import Person

PHRASE = "seven quiet rivers under snow, says {}"


class People(NamedTuple):
    """Aigul coordinates; Dana and Timur document; Leila and Yerlan are lawyers."""

    aigul: Person
    dana: Person
    timur: Person
    leila: Person
    yerlan: Person


NAMES = {
    "aigul": "Aigul Sarsen",
    "dana": "Dana Ospanova",
    "timur": "Timur Beketov",
    "leila": "Leila Akhmet",
    "yerlan": "Yerlan Nurpeis",
}


@pytest.fixture
def meet(live_server: LiveServer, new_page: NewPage) -> Iterator[Callable[..., People]]:
    """Yield `meet(**context options)`: the people before the network exists. No page of theirs may answer 500."""
    met: list[Person] = []

    def people(**options: object) -> People:
        for key, name in NAMES.items():
            page = new_page(viewport={"width": 1280, "height": 900}, **options)
            met.append(Person(page, live_server.url, name, f"{key}@example.org", PHRASE.format(name)))
        return People(*met)

    yield people
    assert [fault for person in met for fault in person.faults] == []


@pytest.fixture
def exhibits(tmp_path: Path) -> list[Path]:
    """Return a photograph, a PDF and a sound recording."""
    folder = tmp_path / "from the telephone"
    folder.mkdir()
    paths = []
    for seed, kind in enumerate(("photo", "pdf", "audio"), start=1):
        name, content = made_files.make(kind, f"A {kind}", seed)
        paths.append(folder / name)
        paths[-1].write_bytes(content)
    return paths


@pytest.fixture
def film(tmp_path: Path) -> Callable[[int], Path]:
    """Return `film(mebibytes)`: a file that begins as an MP4 video and goes on with noise."""

    def make(mebibytes: int) -> Path:
        path = tmp_path / "yard.mp4"
        with path.open("wb") as out:
            out.write(b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41")
            for _piece in range(mebibytes):
                out.write(os.urandom(1024 * 1024))
        return path

    return make

"""What is taken gives exactly what docs/threat-model.md says: every set of five things, tried against a real installation."""

from __future__ import annotations

import io
import itertools
import re
import shutil
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest

from caseflow.app import create_app
from caseflow.cases import operations as cases
from caseflow.entrance import sessions
from caseflow.evidence import intake
from caseflow.evidence import operations as evidence
from caseflow.incidents import operations as incidents
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction
from caseflow.kernel.settings import Settings
from caseflow.keys import operations as keys
from caseflow.keys.models import Identity, Safe
from caseflow.network.models import Member
from tests.cast import PASSPHRASE, Cast, cast
from tests.house.seizing import Loot, Thief

DOCS = Path(__file__).parents[2] / "docs"
THINGS = ("database", "store", "pepper", "cookie", "passphrase")
RECORDING = b"what the witness said, word for word " * 4000
DICTIONARY = ["password password password", PASSPHRASE, "qwertyuiop qwertyuiop"]
HERS = "a passphrase of Dana alone and of nobody else"


def promised() -> list[tuple[frozenset[str], str]]:
    """Return the rows of the table in docs/threat-model.md: (things taken together, what that adds)."""
    page = (DOCS / "threat-model.md").read_text(encoding="utf-8")
    table = re.search(r"\| taken together \|.*?\n\| --- \| --- \|\n(.*?)\n\n", page, re.DOTALL)
    assert table
    rows = [[re.findall(r"`(\w+)`", cell) for cell in line.split("|")[1:3]] for line in table[1].splitlines()]
    assert all(len(gives) == 1 for _taken, gives in rows)
    return [(frozenset(taken), gives[0]) for taken, gives in rows]


def expected(taken: frozenset[str]) -> set[str]:
    return {gives for needed, gives in promised() if needed <= taken}


@dataclass
class Seized:
    """An installation that lies open to a thief, and what Dana knows of it."""

    loot: Loot
    hers: dict[tuple[str, str, str], str]
    file_id: str
    reference: str


@pytest.fixture(scope="module")
def seized(sqlite_template, tmp_path_factory) -> Seized:
    folder = tmp_path_factory.mktemp("seized")
    path = folder / "caseflow.db"
    shutil.copyfile(sqlite_template, path)
    (folder / "instance").mkdir()
    app = create_app(Settings.for_tests(folder / "instance", f"sqlite:///{path}"))
    with app.app_context():
        people = cast(app)
        found = _happenings(app, people, path, folder / "instance")
        db.session.remove()
        db.engine.dispose()
    return found


def _happenings(app, people: Cast, path: Path, instance: Path) -> Seized:
    at = now()

    def log(by, title):
        with transaction():
            return incidents.log(
                title=title, narrative=f"{title}: at night.", region="KZ-75", began_on=date(2026, 3, 6),
                began_precision="day", language="en", by=by, at=at,
            )  # fmt: skip

    hers, his = log(people.dana, "Побои в участке"), log(people.timur, "An incident of Timur's")
    kept = {}
    for incident, by in ((hers, people.dana), (his, people.timur)):
        with transaction():
            item = evidence.add_item(incident, title="A recording", by=people.fresh(by), at=at)
        received = intake.receive(
            io.BytesIO(RECORDING), name="голос.bin", safe_id=incident.safe_id, by=people.fresh(by)
        )
        with transaction():
            kept[incident.id] = (item.id, evidence.add_file(item, received, by=people.fresh(by), at=at).id)
    # Counsel came and went: the safe is at its second epoch, texts are of the first, the file was headed anew.
    with transaction():
        hers.state = "verified"
        case = cases.open_case(title="Against the officers", incidents=[hers], by=people.aigul, at=at)
        leila = db.session.get_one(Member, people.leila.member_id)
        counsel = cases.assign_counsel(case, member=leila, role="lead", by=people.aigul, at=at)
    assert people.fresh(people.leila).ring.text(hers, "title") == "Побои в участке"
    with transaction():
        cases.end_counsel(counsel, by=people.fresh(people.aigul), at=at)
    assert db.session.get_one(Safe, hers.safe_id).epoch == 2
    dana = people.fresh(people.dana)
    dana.ring.text(hers, "title")
    with transaction():
        dana.ring.remember()
    cookies = {}
    with app.test_request_context():
        for name in ("dana", "leila"):
            actor = getattr(people, name)
            with transaction():
                member = db.session.get_one(Member, actor.member_id)
                cookies[name] = sessions.begin(member, actor.ring.keys, agent="a test", at=at)
    _her_own_passphrase(people)
    item_id, file_id = kept[hers.id]
    known = {
        ("incidents", "title", hers.id): "Побои в участке",
        ("incidents", "narrative", hers.id): "Побои в участке: at night.",
        ("evidence_items", "title", item_id): "A recording",
        ("evidence_files", "name", file_id): "голос.bin",
    }
    loot = Loot(path, instance / "store", (instance / "pepper").read_bytes(), cookies["dana"], HERS)
    return Seized(loot, known, file_id, hers.reference)


def _her_own_passphrase(people: Cast) -> None:
    """Everybody else's is the same in the tests; a thief who has Dana's must not have theirs."""
    with transaction():
        identity = db.session.get_one(Identity, people.dana.member_id)
        keys.change_passphrase(
            identity, keys=people.dana.ring.keys, passphrase=HERS, known=(), by=people.fresh(people.dana), at=now()
        )


def without(loot: Loot, taken: frozenset[str]) -> Loot:
    return replace(loot, **dict.fromkeys(set(THINGS) - taken))


SETS = [frozenset(some) for length in range(6) for some in itertools.combinations(THINGS, length)]


def test_the_table_speaks_of_the_five_things_and_every_thing_counts() -> None:
    rows = promised()
    assert frozenset().union(*(taken for taken, _gives in rows)) == set(THINGS)
    assert {gives for _taken, gives in rows} == {"metadata", "guessing", "texts", "files"}
    assert len(rows) == len(set(rows))
    # No row says what a smaller one says already.
    assert not [(one, other) for one in rows for other in rows if one[1] == other[1] and one[0] < other[0]]


@pytest.mark.parametrize("taken", SETS, ids=lambda taken: "+".join(sorted(taken)) or "nothing")
def test_what_is_taken_gives_what_the_table_says(seized: Seized, taken: frozenset[str]) -> None:
    opened = Thief(without(seized.loot, taken), DICTIONARY).work()
    gives = set()
    if seized.reference in opened.metadata:
        gives.add("metadata")
    if opened.guessed is not None:
        assert opened.guessed == PASSPHRASE
        gives.add("guessing")
    if opened.texts:
        assert seized.hers.items() <= opened.texts.items()
        assert {row for table, _column, row in opened.texts if table == "incidents"} == {
            row for table, _column, row in seized.hers if table == "incidents"
        }
        assert not [text for text in opened.texts.values() if "Timur" in text or "officers" in text]
        gives.add("texts")
    if opened.files:
        assert opened.files == {seized.file_id: RECORDING}
        gives.add("files")
    assert gives == expected(taken)


def test_the_decryptor_knows_nothing_of_the_program() -> None:
    source = Path(__file__).with_name("seizing.py").read_text(encoding="utf-8")
    assert not re.findall(r"^\s*(?:from|import) caseflow", source, re.MULTILINE)

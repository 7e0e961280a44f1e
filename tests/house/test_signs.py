"""On the door of every room stands what it is, what it refuses and where to start."""

import ast
import re

import pytest

from tests.house.reading import PACKAGE, modules, name_of, rooms, tree

SENTENCE = re.compile(r"[^.!?]*\w[^.!?]*(?:[.!?](?!\s|$)[^.!?]*)*[.!?](?=\s|$)")


def sentences(text: str) -> int:
    """Count the sentences of `text`; the point inside `settings.py` ends none."""
    return len(SENTENCE.findall(text))


@pytest.mark.parametrize("room", [path.name for path in rooms()])
def test_a_sign_of_three_sentences_hangs_on_every_door(room):
    door = PACKAGE / room / "__init__.py"
    assert door.exists(), f"caseflow/{room} has no door"
    sign = ast.get_docstring(tree(door)) or ""
    assert sentences(sign) >= 3, f"caseflow/{room}/__init__.py says too little: {sign!r}"


def test_every_module_says_what_it_is():
    silent = [name_of(path) for path in modules() if not ast.get_docstring(tree(path))]
    assert not silent, f"modules without a word: {silent}"


def test_every_folder_of_modules_is_a_package():
    bare = sorted({str(path.parent) for path in modules() if not (path.parent / "__init__.py").exists()})
    assert not bare, f"folders without __init__.py: {bare}"


@pytest.mark.parametrize(
    ("text", "number"),
    [("One. Two!\nThree?", 3), ("Start with `settings.py` and go on.", 1), ("No end", 0), ("", 0)],
)
def test_sentences_are_counted_by_their_ends(text, number):
    assert sentences(text) == number

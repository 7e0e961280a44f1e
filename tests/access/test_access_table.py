"""Rights: the table is computed, complete, and says what the network means."""

import importlib
import inspect
import pkgutil
import re

import pytest

import caseflow.access
from caseflow.access import table
from caseflow.access.actor import Actor, Role, unready
from caseflow.network import rights
from tests.house.reading import ROOT


def _predicates():
    for module in pkgutil.iter_modules(caseflow.access.__path__):
        loaded = importlib.import_module(f"caseflow.access.{module.name}")
        for name, function in vars(loaded).items():
            if name.startswith("may_") and function.__module__ == loaded.__name__:
                yield f"{module.name}.{name}", function


def _answers():
    return {row.words: {str(role): cell.answer for role, cell in row.cells.items()} for row in rights.rows()}


def test_every_predicate_stands_in_the_table():
    known = {predicate for act in table.ACTS for predicate in act.predicates}
    assert not [name for name, function in _predicates() if function not in known]


def test_every_predicate_asks_first_for_a_confirmed_key_or_answers_no():
    """A member who is not confirmed may do nothing at all, whatever her role."""
    for role in Role:
        for act in table.ACTS:
            if not act.predicates or act.predicates[0].__name__ == "visible_to":
                continue
            for own in (True, False):
                assert act.ask(Actor(table.ME, "", role, confirmed=False), own) is not None, act.words


def test_predicates_only_read_and_answer_in_words():
    for name, function in _predicates():
        assert str(inspect.signature(function).return_annotation) == "Objection", name
        assert function.__doc__.startswith("Return why"), name


@pytest.mark.parametrize(
    ("words", "documenter", "lawyer", "coordinator"),
    [
        ("Log an incident", "yes", "no", "yes"),
        ("See an incident and its evidence", "own", "own", "yes"),
        ("Change its text", "own", "no", "own"),
        ("Verify it", "no", "no", "others"),
        ("See a case and its evidence", "no", "own", "yes"),
        ("Open a case", "no", "no", "yes"),
        ("Assign counsel, link an incident", "no", "no", "yes"),
        ("Close it", "no", "no", "yes"),
        ("See published precedents", "yes", "yes", "yes"),
        ("Read the ledger of the network", "no", "no", "yes"),
        ("Confirm a member's key", "no", "no", "yes"),
        ("Publish it, once two people have scored", "no", "no", "yes"),
    ],
)
def test_the_table_says_what_the_network_means(words, documenter, lawyer, coordinator):
    assert _answers()[words] == {"documenter": documenter, "lawyer": lawyer, "coordinator": coordinator}


def test_what_a_role_may_not_do_has_a_reason():
    for row in rights.rows():
        for role, cell in row.cells.items():
            assert (cell.answer == table.YES) == (cell.why is None), f"{row.words}: {role}"


def test_the_readme_shows_the_table_as_it_is_computed():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    begin, end = rights.MARKS
    shown = re.search(f"{re.escape(begin)}\n(.*?){re.escape(end)}", readme, re.DOTALL)
    assert shown, f"the table stands between {begin} and {end}"
    assert shown[1].strip() == rights.markdown().strip(), "run: flask --app wsgi network rights --markdown"


def test_a_role_is_never_a_bare_word():
    with pytest.raises(TypeError, match="not a Role"):
        Actor("m", "M", "coordinator")  # type: ignore[arg-type]


def test_who_is_not_confirmed_is_told_what_to_do():
    assert "eight words" in unready(Actor("m", "M", Role.LAWYER, confirmed=False))
    assert unready(Actor("m", "M", Role.LAWYER)) is None

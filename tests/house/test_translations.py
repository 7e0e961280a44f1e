"""Every text a person reads exists in Russian and Kazakh, with the same places to fill in."""

import re
from functools import cache

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from tests.house.reading import PACKAGE, ROOT

LANGUAGES = ("ru", "kk")
TRANSLATIONS = PACKAGE / "translations"
KEYWORDS = {**DEFAULT_KEYWORDS, "N_": None, "_l": None, "lazy_gettext": None, "lazy_ngettext": (1, 2)}
PLACES = re.compile(r"%\((\w+)\)[sdif]|\{(\w*)\}|(?<!%)%([sd])")
TAGS = re.compile(r"</?[a-z]+")


@cache
def source() -> Catalog:
    """Return every text of the code and the templates."""
    with (TRANSLATIONS / "babel.cfg").open(encoding="utf-8") as mapping:
        methods, options = parse_mapping_cfg(mapping)
    # Only where texts stand: walking the whole tree would read the .venv too.
    catalog = Catalog()
    for folder in ("caseflow", "templates"):
        prefixed = [(p.removeprefix(f"{folder}/"), m) for p, m in methods if p.startswith(f"{folder}/")]
        found = extract_from_dir(
            ROOT / folder,
            method_map=prefixed,
            options_map={p.removeprefix(f"{folder}/"): o for p, o in options.items()},
            keywords=KEYWORDS,
        )
        for name, line, message, _comments, context in found:
            catalog.add(message, locations=[(f"{folder}/{name}", line)], context=context)
    return catalog


@cache
def translated(language: str) -> Catalog:
    """Return the catalogue of `language`; raise `FileNotFoundError` when there is none."""
    with (TRANSLATIONS / language / "LC_MESSAGES" / "messages.po").open("rb") as po:
        return read_po(po, locale=language)


def places(text: str) -> list[str]:
    """Return the names of the places in `text` that are filled in, in the order of the alphabet."""
    return sorted("".join(found) for found in PLACES.findall(text.replace("%%", "")))


def fault(text: str | tuple[str, ...], answer: str | tuple[str, ...], forms: int) -> str | None:
    """Return what is wrong with the translation `answer` of `text` in a language of so many plural forms, or None."""
    given = answer if isinstance(answer, tuple) else (answer,)
    if not all(given):
        return "missing"
    if isinstance(text, tuple) and len(given) != forms:
        return f"{len(given)} plural forms instead of {forms}"
    wanted = text[-1] if isinstance(text, tuple) else text
    for part in given:
        if places(part) != places(wanted):
            return f"fills in {places(part)}, not {places(wanted)}: {part!r}"
        if sorted(TAGS.findall(part)) != sorted(TAGS.findall(wanted)):
            return f"other markup: {part!r}"
    return None


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(language):
    catalog = translated(language)
    faults = []
    for message in source():
        if not message.id:
            continue
        found = catalog.get(message.id, context=message.context)
        if found is None:
            wrong = "missing"
        else:
            wrong = "fuzzy" if found.fuzzy else fault(message.id, found.string, catalog.num_plurals)
        if wrong:
            name, line = message.locations[0]
            faults.append(f"{name}:{line} {message.id!r}: {wrong}")
    assert not faults, f"{len(faults)} texts; `make translations`, then fill in {language}:\n" + "\n".join(faults[:40])


def test_there_are_texts_to_translate():
    assert len(source()) > 50


@pytest.mark.parametrize(
    ("text", "answer", "wrong"),
    [
        ("Case %(title)s", "Дело %(title)s", None),
        ("Case %(title)s", "Дело %(name)s", "fills in"),
        ("Case", "", "missing"),
        ("100%% of %(n)d", "%(n)d из 100%%", None),
        (("%(n)d case", "%(n)d cases"), ("%(n)d дело", "%(n)d дела", "%(n)d дел"), None),
        (("%(n)d case", "%(n)d cases"), ("%(n)d дело", "%(n)d дела", ""), "missing"),
        (("%(n)d case", "%(n)d cases"), ("%(n)d дело", "%(n)d дела"), "2 plural forms"),
        (("%(n)d case", "%(n)d cases"), ("одно дело", "%(n)d дела", "%(n)d дел"), "fills in"),
        ("See <b>%(x)s</b>", "См. %(x)s", "other markup"),
    ],
)
def test_a_wrong_translation_is_recognised(text, answer, wrong):
    found = fault(text, answer, 3)
    assert found is None if wrong is None else found is not None and found.startswith(wrong)

"""Regions and articles: every row in three languages, every citation as lawyers write it."""

import re

import pytest

from caseflow.network import rules

LANGUAGES = ("en", "ru", "kk")


def test_the_twenty_regions_are_there_once_each_with_a_name_in_every_language():
    codes = [region.code for region in rules.regions()]
    assert len(codes) == len(set(codes)) == 20
    assert all(re.fullmatch(r"KZ-\d\d", code) for code in codes)
    for locale in LANGUAGES:
        names = {rules.region_name(code, locale) for code in codes}
        assert len(names) == 20
        assert all(name and not name.startswith("KZ-") for name in names)


@pytest.mark.parametrize(
    ("code", "locale", "name"),
    [
        ("KZ-10", "kk", "Абай облысы"),
        ("KZ-19", "en", "Almaty region"),
        ("KZ-75", "en", "Almaty"),
        ("KZ-62", "ru", "область Ұлытау"),
        ("KZ-27", "kk_KZ", "Батыс Қазақстан облысы"),
        ("KZ-71", "de", "Astana"),
        ("KZ-99", "ru", "KZ-99"),
    ],
)
def test_a_region_is_named_in_the_readers_language_and_an_unknown_code_by_itself(code, locale, name):
    assert rules.region_name(code, locale) == name


def test_every_article_has_a_code_of_its_own_and_a_title_in_every_language():
    codes = [article.code for article in rules.articles()]
    assert len(codes) == len(set(codes))
    for article in rules.articles():
        assert article.title.en, article.code
        assert re.search("[а-яё]", article.title.ru, re.IGNORECASE), article.code
        assert re.search("[а-яәғқңөұүһі]", article.title.kk, re.IGNORECASE), article.code
        assert article.source, article.code


@pytest.mark.parametrize("locale", LANGUAGES)
def test_no_two_articles_have_one_label(locale):
    labels = [article.label(locale) for article in rules.articles()]
    assert len(labels) == len(set(labels))


@pytest.mark.parametrize(
    ("instrument", "numbers"),
    [
        (
            "ICCPR",
            [str(n) for n in range(1, 28)]
            + ["2(3)", "9(1)", "9(5)", "14(3)(a)", "14(3)(g)", "14(7)", "18(3)", "19(2)"],
        ),
        ("ICCPR-OP1", ["1", "2", "5", "5(2)(b)"]),
        ("CAT", [str(n) for n in range(1, 17)] + ["22"]),
        ("CEDAW", [str(n) for n in range(1, 17)] + ["2(e)", "5(a)"]),
        ("ICERD", [str(n) for n in range(1, 8)]),
        ("CRPD", [str(n) for n in range(3, 34)]),
        ("CRC", [str(n) for n in range(1, 42)]),
        ("ICESCR", ["2", "3", *(str(n) for n in range(6, 16))]),
        ("ECHR", ["6", "13", "46", "P1-1", "P4-4", "P12-1", "P13-1"]),
        ("SOFT", ["mandela", "bangkok", "beijing", "havana", "tokyo", "lawyers", "detention", "defenders", "kyiv"]),
    ],
)
def test_every_article_of_an_instrument_can_be_relied_on(instrument, numbers):
    assert [number for number in numbers if rules.article(f"{instrument}:{number}") is None] == []


@pytest.mark.parametrize(
    ("code", "locale", "label"),
    [
        ("ICCPR:14(3)(c)", "en", "ICCPR art. 14(3)(c): no undue delay"),
        ("ICCPR:14(3)(c)", "ru", "МПГПП ст. 14(3)(c): суд без неоправданной задержки"),
        ("ICCPR:14(3)(c)", "kk", "АСҚХП 14(3)(c)-бап: сот талқылауын негізсіз созбау"),
        ("CAT:12", "kk", "Азаптауға қарсы конвенция, 12-бап: жедел әрі бейтарап тергеп-тексеру"),
        ("ECHR:P1-1", "en", "ECHR Protocol No. 1 art. 1: property"),
        ("ECHR:P13-1", "ru", "ЕКПЧ, Протокол № 13, ст. 1: отмена смертной казни при любых обстоятельствах"),
        ("ECHR:P4-2", "kk", "Адам құқықтарының еуропалық конвенциясы, № 4 хаттама, 2-бап: жүріп-тұру бостандығы"),
        ("SOFT:mandela", "en", "Nelson Mandela Rules (prisoners)"),
        ("KZ-CC:146", "en", "KZ-CC 146"),
    ],
)
def test_an_article_is_cited_as_the_reader_would_write_it(code, locale, label):
    assert rules.article_label(code, locale) == label


@pytest.mark.parametrize(
    ("code", "locale", "short"),
    [
        ("ICCPR:9(1)", "en", "ICCPR 9(1)"),
        ("CAT:3", "ru", "КПП 3"),
        ("CAT:3", "kk", "CAT 3"),
        ("ICCPR:14(3)", "kk", "АСҚХП 14(3)"),
        ("X:1", "en", "X 1"),
    ],
)
def test_a_list_cites_an_article_by_instrument_and_number(code, locale, short):
    assert rules.article_short(code, locale) == short

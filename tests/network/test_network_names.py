"""Spellings of one name fold to one word; different names do not."""

import time

import pytest

from caseflow.network.names import fold

SAME = [
    "Қуандық Куандык Kuandyk Qýandyq Quandyq КУАНДЫҚ",
    "Жамбыл Zhambyl Jambyl",
    "Джамбул Dzhambul Djambul",
    "Шәріпов Шарипов Sharipov Şaripov",
    "Ғалымжан Галымжан Galymzhan Ğalymjan Ghalymzhan",
    "Өмірзақ Омирзак Omirzak Ömirzaq",
    "Құсайынұлы Кусайынулы Kusaiynuly",
    "Айгүл Айгуль Aigul Aigül Aygul",
    "Әлия Алия Aliya Aliia Älia",
    "Жаңаөзен Жанаозен Zhanaozen Janaozen",
    "Семёнов Семенов Semyonov Semenov",
    "Артём Артем Artyom Artem",
    "Дмитрий Dmitry Dmitrii Dmitriy",
    "Дмитриев Dmitriev Dmitriyev",
    "Алексеев Alekseyev Alekseev Alexeyev",
    "Ерлан Yerlan Erlan",
    "Наталья Natalya Natalia Наталия",
    "Анна Anna Ана",
    "Виктор Victor Viktor",
    "Чингиз Chingiz Çingiz Čingiz",
    "Щукин Shchukin",
    "Даурен Dauren Däuren Dawren Дәурен",
    "Нұр-Сұлтан Нурсултан Nur-Sultan Nursultan",
    "Ma'mura Maʼmura Ma’mura Мамура",
    "Объедков Обедков Обьедков",
]


@pytest.mark.parametrize("spellings", SAME, ids=lambda row: row.split()[0])
def test_all_spellings_of_a_name_fold_to_one_word(spellings):
    assert len({fold(name) for name in spellings.split()}) == 1


def test_the_names_of_the_table_stay_apart_from_each_other():
    folded = [fold(row.split()[0]) for row in SAME]
    assert len(set(folded)) == len(SAME)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Асел", "Асет"), ("Марат", "Мурат"), ("Жанар", "Шынар"), ("Ким", "Кем"), ("Даурен", "Дархан"), ("Сара", "Зара")],
)
def test_different_names_do_not_fold_to_one_word(one, other):
    assert fold(one) != fold(other)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("IN-2026-0007", "in20260007"),
        ("№ 1100", "1100"),
        ("  Асет,\n\t(17 лет).", "aset 17 let"),
        ("433/2010", "433 2010"),
        ("«!?» — …", ""),
        ("", ""),
        ("ё\u0301", "e"),
        ("и\u0306", "i"),
        ("محمد", "محمد"),
    ],
)
def test_digits_and_letters_stay_and_everything_else_only_divides_words(text, folded):
    assert fold(text) == folded


def test_a_name_is_found_in_a_narrative_in_another_script():
    assert fold("Kuandyk") in fold("Сотта Нұрлан Қуандықтың өзі сөйледі.")


def test_a_narrative_of_twenty_thousand_letters_is_folded_in_an_instant():
    text = "Торговца задержали у рынка около 19:00. Әділдік үшін. " * 400
    began = time.perf_counter()
    fold(text)
    assert time.perf_counter() - began < 0.05

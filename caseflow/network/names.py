"""One spelling for what people write in several: Қуандық, Куандык and Kuandyk become the same word.

The result is for comparing, never for showing. It is coarse on purpose: whoever looks for a person must find her under
the spelling of a passport, of a court and of a neighbour. Sources of the letters: the Kazakh Cyrillic alphabet of 1940,
the Latin ones of 2018 (Qýandyq) and 2021 (Quandyq), the passport romanisation, Russian, Kyrgyz, Uzbek and Ukrainian.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

# Latin pairs that stand for one Cyrillic letter, before single letters are read; the order matters (shch before sh).
_PAIRS = (
    ("shch", "ş"), ("sch", "ş"), ("sh", "ş"), ("tch", "ç"), ("ch", "ç"), ("dzh", "j"), ("zh", "j"), ("dj", "j"),
    ("дж", "j"), ("kh", "h"), ("gh", "g"), ("yo", "e"), ("ye", "e"),
)  # fmt: skip

_LETTERS = {
    "а": "a", "ә": "a", "б": "b", "в": "v", "г": "g", "ғ": "g", "ґ": "g", "д": "d", "е": "e", "ё": "e", "є": "e", "э": "e",
    "ж": "j", "ҷ": "j", "җ": "j", "з": "z", "и": "i", "й": "i", "і": "i", "ї": "i", "ӣ": "i", "ы": "i", "к": "k", "қ": "k",
    "л": "l", "м": "m", "н": "n", "ң": "n", "о": "o", "ө": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ұ": "u",
    "ү": "u", "ў": "u", "ӯ": "u", "ф": "f", "х": "h", "һ": "h", "ҳ": "h", "ц": "ts", "ч": "ç", "ш": "ş", "щ": "ş", "ъ": "",
    "ь": "", "ю": "iu", "я": "ia",
    "c": "k", "q": "k", "w": "u", "x": "ks", "y": "i", "ı": "i",
    "ý": "u",  # у of the 2018 alphabet
    "ş": "ş", "š": "ş", "ç": "ç", "č": "ç", "ž": "j", "ŋ": "n", "ø": "o", "đ": "d", "ł": "l", "æ": "a", "œ": "o", "þ": "t",
    "ð": "d",
}  # fmt: skip

# Marks inside a name that not everybody writes: hyphens, apostrophes, the signs that stand for ь and ъ.
_DROPPED = "-\u00ad\u2010\u2011'`´\u2018\u2019\u02b9\u02bb\u02bc\u02bd\u02be\u02bf"

_DOUBLES = tuple((letter * 2, letter) for letter in "abdefghijklmnoprstuvzşç")


def _table() -> dict[int, str]:
    # Every letter likely to be met has an entry, itself if need be: a miss costs `translate` ten times a hit.
    table: dict[int, str] = {}
    for code in (*range(0x250), *range(0x400, 0x530), *range(0x1E00, 0x1F00), *range(0x2010, 0x2060), 0x2116):
        letter = chr(code)
        if letter in _LETTERS:
            table[code] = _LETTERS[letter]
        elif letter.isalnum():
            base = unicodedata.normalize("NFD", letter)[0]
            table[code] = _LETTERS.get(base, base)
        else:
            table[code] = " "
    table |= dict.fromkeys(map(ord, _DROPPED), "")
    table |= dict.fromkeys(range(0x300, 0x370), "")
    return table


_TABLE = _table()


def fold(name: str) -> str:
    """Return `name` in the one spelling that all its spellings share: lower-case words of letters and digits.

    Takes a word or a whole narrative; '' when it holds no letter and no digit. Two texts are compared by equality, a
    part of a text by `in`.
    """
    text = unicodedata.normalize("NFC", name).casefold()
    for pair, letter in _PAIRS:
        text = text.replace(pair, letter)
    text = text.translate(_TABLE)
    for double, letter in _DOUBLES:
        text = text.replace(double, letter)
    # Дмитриев, Dmitriyev and Dmitriev: a glide that some write and some do not.
    text = text.replace("ii", "i").replace("ie", "e").replace("ee", "e")
    return " ".join(text.split())


# Маратович is Маратұлы and Maratuly, Маратовна is Маратқызы: as `fold` spells their ends.
_OF_SONS = ("oviç", "eviç", "uli", "ogli")
_OF_DAUGHTERS = ("ovna", "evna", "kizi")
_SHORTEST_STEM = 3


def spellings(word: str) -> tuple[str, ...]:
    """Return a folded word in each of its spellings: a patronymic in the Russian and the Kazakh forms."""
    for ends in (_OF_SONS, _OF_DAUGHTERS):
        for end in ends:
            stem = word.removesuffix(end)
            if stem != word and len(stem) >= _SHORTEST_STEM:
                return tuple(stem + each for each in ends)
    return (word,)


def name_words(name: str) -> tuple[str, ...]:
    """Return the folded words of a name, each once, a patronymic in the first of its spellings; for `alike`."""
    return tuple(dict.fromkeys(spellings(word)[0] for word in fold(name).split()))


def alike(one: Sequence[str], other: Sequence[str]) -> bool:
    """Tell whether two names (as `name_words` gives them) can be those of one person or body.

    The words of the shorter must each stand in the longer, in any order, where a single letter is an initial, and at
    least two of them, one of them whole; a name of one word is like nothing but itself.
    """
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) < 2:  # a surname alone would be like half of the network
        return bool(shorter) and set(shorter) == set(longer)
    left, whole = sorted(longer, key=len, reverse=True), False
    for word in sorted(shorter, key=len, reverse=True):
        found = next((each for each in left if each == word), None)
        whole = whole or (found is not None and len(word) > 1)
        found = found or next((each for each in left if 1 in (len(each), len(word)) and each[0] == word[0]), None)
        if found is None:
            return False
        left.remove(found)
    return whole

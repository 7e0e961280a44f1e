"""Words that are written in one place and translated where they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_ours: set[str] = set()


def N_(text: str) -> str:  # noqa: N802 -- the customary name, which the extraction of messages looks for
    """Mark `text` for translation and return it as it is."""
    _ours.add(text)
    return text


def is_ours(text: str) -> bool:
    """Tell whether `text` is a sentence of the program, as it stands there: nothing was filled in, nobody typed it."""
    return text in _ours


@dataclass(frozen=True, slots=True)
class InLanguages:
    """One text in the three languages: the label of a table that carries its own translations."""

    en: str
    ru: str
    kk: str

    @classmethod
    def from_record(cls, texts: Mapping[str, str]) -> InLanguages:
        """Return the text of an object with the keys en, ru, kk; KeyError when one is missing."""
        return cls(en=texts["en"], ru=texts["ru"], kk=texts["kk"])

    of = from_record

    def in_language(self, code: str) -> str:
        """Return the text for a language code such as `ru`, `kk` or `kk_KZ`; English for any other and for a gap."""
        language = code.replace("-", "_").partition("_")[0]
        return {"ru": self.ru, "kk": self.kk}.get(language, self.en) or self.en

    to = in_language

    def record(self) -> dict[str, str]:
        """Return the text as an object with the keys en, ru, kk: the other way of `from_record`."""
        return {"en": self.en, "ru": self.ru, "kk": self.kk}

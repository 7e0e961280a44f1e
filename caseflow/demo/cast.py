"""The invented people of the demo network, and the passphrases that are printed for them."""

from __future__ import annotations

from dataclasses import dataclass

from caseflow.access.actor import Role
from caseflow.kernel.words import N_


@dataclass(frozen=True)
class Person:
    """One account: `key` names it in the stories, `note` says what to try as her."""

    key: str
    name: str
    role: Role
    organisation: str
    language: str
    passphrase: str
    note: str

    @property
    def email(self) -> str:
        """Return the address she signs in with."""
        return f"{self.key}@demo.example"


NETWORK = "Дала – сеть правовой защиты"
ORGANISATIONS = (
    ("Бюро правовой защиты «Дала»", "KZ-71"),
    ("«Әділ жол» құқықтық орталығы", "KZ-61"),
    ("Центр помощи «Мангистау»", "KZ-47"),
)

PEOPLE = (
    Person("aigul", "Айгуль Сарсенова", Role.COORDINATOR, ORGANISATIONS[0][0], "ru", "tihaya reka pod snegom 41", N_("reviews incidents, opens cases, sees the whole network")),
    Person("marat", "Марат Ержанов", Role.COORDINATOR, ORGANISATIONS[0][0], "ru", "sinij kamen u dorogi 17", N_("the second coordinator, who also scores")),
    Person("dana", "Дана Оспан", Role.DOCUMENTER, ORGANISATIONS[1][0], "kk", "ken dala jeti juldyz 52", N_("logs incidents and sees only her own")),
    Person("leila", "Лейла Ахметова", Role.LAWYER, ORGANISATIONS[0][0], "ru", "stepnoj veter i chaj 38", N_("counsel with dates that must not be missed")),
    Person("timur", "Тимур Бекетов", Role.DOCUMENTER, ORGANISATIONS[2][0], "ru", "more shumit za oknom 64", N_("a second documenter")),
    Person("yerlan", "Ерлан Нурпеис", Role.LAWYER, ORGANISATIONS[2][0], "en", "seven quiet lamps at dusk 29", N_("a second lawyer")),
)  # fmt: skip

SHOWN = PEOPLE[:4]

"""What a decision can order, how far it was carried out, and the grade of a case as a whole.

Individual measures put one person's matter right, general ones the law and practice for everyone. Grades A to E are
those of the Human Rights Committee's follow-up procedure; the states are our own and finer on what has not begun.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType

from caseflow.kernel.words import InLanguages

_INDIVIDUAL = MappingProxyType(
    {
        "release": InLanguages("Release", "Освобождение", "Босату"),
        "retrial": InLanguages(
            "Retrial or review", "Новое рассмотрение или пересмотр дела", "Істі жаңадан қарау немесе қайта қарау"
        ),
        "annulment": InLanguages(
            "Conviction or act set aside", "Отмена приговора или акта", "Үкімнің немесе актінің күшін жою"
        ),
        "investigation": InLanguages(
            "Investigation and prosecution",
            "Расследование и привлечение к ответственности",
            "Тергеп-тексеру және жауаптылыққа тарту",
        ),
        "compensation": InLanguages("Compensation", "Компенсация (возмещение вреда)", "Өтемақы (зиянды өтеу)"),
        "rehabilitation": InLanguages(
            "Medical or psychological rehabilitation",
            "Медицинская или психологическая реабилитация",
            "Медициналық немесе психологиялық оңалту",
        ),
        "apology": InLanguages(
            "Apology or acknowledgement",
            "Извинение или признание нарушения",
            "Кешірім сұрау немесе бұзушылықты мойындау",
        ),
        "protection": InLanguages(
            "Protection from reprisals or removal",
            "Защита от преследования или высылки",
            "Қудалаудан немесе шығарып жіберуден қорғау",
        ),
    }
)

_GENERAL = MappingProxyType(
    {
        "law": InLanguages("Change of law", "Изменение законодательства", "Заңнаманы өзгерту"),
        "practice": InLanguages("Change of practice", "Изменение практики", "Тәжірибені өзгерту"),
        "training": InLanguages("Training of officials", "Обучение должностных лиц", "Лауазымды адамдарды оқыту"),
        "publication": InLanguages(
            "Publication and translation of the decision",
            "Публикация и перевод решения",
            "Шешімді жариялау және аудару",
        ),
    }
)

_STATES = MappingProxyType(
    {
        "not_started": InLanguages("Not started", "Не начато", "Басталған жоқ"),
        "promised": InLanguages("Promised", "Обещано", "Уәде етілді"),
        "partial": InLanguages("Carried out in part", "Исполнено частично", "Ішінара орындалды"),
        "full": InLanguages("Carried out in full", "Исполнено полностью", "Толық орындалды"),
        "contrary": InLanguages("Contrary action", "Предпринято обратное", "Керісінше әрекет жасалды"),
        "moot": InLanguages("No longer possible or needed", "Утратило смысл", "Мәнін жоғалтты"),
    }
)

_GRADES = MappingProxyType(
    {
        "A": InLanguages("largely satisfactory", "в основном удовлетворительно", "негізінен қанағаттанарлық"),
        "B": InLanguages("partly satisfactory", "частично удовлетворительно", "ішінара қанағаттанарлық"),
        "C": InLanguages("not satisfactory", "неудовлетворительно", "қанағаттанарлықсыз"),
        "D": InLanguages("no cooperation: no reply", "нет сотрудничества: нет ответа", "ынтымақтастық жоқ: жауап жоқ"),
        "E": InLanguages(
            "contrary to the Views", "действия противоречат соображениям", "әрекеттер пікірлерге қайшы келеді"
        ),
    }
)

_TONES = {"promised": "info", "partial": "warn", "full": "ok", "contrary": "danger"}

# From the best to the worst; moot measures say nothing of a case.
_ORDER = ("full", "partial", "promised", "not_started", "contrary")


@dataclass(frozen=True, slots=True)
class CaseGrade:
    """How far a case was carried out: the worst state of its individual measures, and of its general ones."""

    individual: str | None
    general: str | None


def measure_kinds() -> dict[str, InLanguages]:
    """Return the kinds of measures, individual ones first."""
    return {**_INDIVIDUAL, **_GENERAL}


def is_general(kind: str) -> bool:
    """Tell whether a kind of measure is for everyone, not for one person."""
    return kind in _GENERAL


def measure_states() -> dict[str, InLanguages]:
    """Return how far a measure can have been carried out."""
    return dict(_STATES)


def grades() -> dict[str, InLanguages]:
    """Return the grades A to E of the Human Rights Committee's follow-up procedure."""
    return dict(_GRADES)


def state_tone(state: str) -> str:
    """Return the tone in which a state of a measure is shown."""
    return _TONES.get(state, "neutral")


def case_grade(measures: Iterable[tuple[str, str]]) -> CaseGrade:
    """Return the grade of a case from pairs of kind and state of its measures; None where no measure speaks.

    One measure carried out does not outweigh another that was not: the worst of each sort stands.
    """
    told = [(kind, state) for kind, state in measures if state in _ORDER]
    return CaseGrade(
        individual=_worst(state for kind, state in told if not is_general(kind)),
        general=_worst(state for kind, state in told if is_general(kind)),
    )


def _worst(states: Iterable[str]) -> str | None:
    return max(states, key=_ORDER.index, default=None)

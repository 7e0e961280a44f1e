"""The eight invented cases: who carries them, and how far they have come. `ago` counts days before today."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Heard:
    """A hearing; a negative `ago` is still to come."""

    ago: int
    judge: str = ""
    result: str = ""
    hour: int = 11


@dataclass(frozen=True)
class Filed:
    """A paper that went out."""

    ago: int
    kind: str
    title: str


@dataclass(frozen=True)
class Decided:
    """A decision at the present stage."""

    ago: int
    outcome: str
    holding: str = ""
    violated: tuple[str, ...] = ()


@dataclass(frozen=True)
class Moved:
    """The next stage begins."""

    ago: int
    stage: str
    court: str | None = None


Step = Heard | Filed | Decided | Moved


@dataclass(frozen=True)
class Matter:
    """One case and its way."""

    incident: str
    title: str
    objective: str
    issue: str
    articles: tuple[str, ...]
    opponent: str
    counsel: str | None
    opened: int
    note: str
    procedure: str | None = None
    stage: str | None = None
    court: str | None = None
    number: str | None = None
    steps: tuple[Step, ...] = ()
    task: str | None = None
    confirmed: bool = True
    measure: tuple[str, str, str, str | None, str] | None = None
    proposed: tuple[str, str, str, str] | None = None
    scores: tuple[tuple[int, ...], ...] = ()
    score_note: str = ""
    published: bool = False
    closed: str | None = None


MATTERS: tuple[Matter, ...] = (
    Matter(
        incident="market",
        title="Пытки при допросе: кто обязан доказать обратное",
        objective="Добиться, чтобы суды переносили бремя доказывания на государство, когда ушибы получены под стражей.",
        issue="Обязан ли суд исключить признание, если государство не объяснило происхождение ушибов?",
        articles=("ICCPR:7", "CAT:12", "CAT:15"),
        opponent="Департамент полиции",
        counsel="leila",
        opened=190,
        note="Клиент согласен продолжать; сестра просит не звонить на рабочий номер.",
        procedure="kz_criminal",
        stage="first_instance",
        court="kz-type-district",
        number="2-114/2026",
        steps=(
            Filed(170, "motion", "Ходатайство об исключении признания"),
            Heard(150, "судья районного суда", "Допрошен врач; отложено"),
            Decided(6, "conviction", "Суд не исключил признание и не дал оценки справке.", ()),
            Heard(-12, "судья районного суда", "", 15),
        ),
        task="Получить копию протокола заседания",
        confirmed=False,
    ),
    Matter(
        incident="square",
        title="Одиночный пикет и «несанкционированное собрание»",
        objective="Отделить одиночный пикет от собрания в практике судов.",
        issue="Является ли один человек с плакатом мирным собранием, требующим разрешения?",
        articles=("ICCPR:19", "ICCPR:21", "ICCPR:9(1)"),
        opponent="Управление полиции",
        counsel="leila",
        opened=310,
        note="Внутренние средства исчерпаны, готовится сообщение в Комитет.",
        procedure="kz_admin_offence",
        stage="first_instance",
        court="kz-type-offences",
        number="7599-26-00",
        steps=(
            Decided(300, "penalty_imposed", "Пятнадцать суток ареста."),
            Moved(296, "appeal", "kz-regional-75"),
            Decided(280, "penalty_kept", "Постановление оставлено без изменения."),
        ),
        measure=(
            "release",
            "Прекращение дела и погашение штрафа",
            "promised",
            None,
            "Прокурор обещал внести ходатайство.",
        ),
    ),
    Matter(
        incident="journalist",
        title="Статья о закупках: право на защиту и свобода слова",
        objective="Закрепить, что отказ вызвать свидетелей защиты по делам о клевете нарушает статью 14.",
        issue="Может ли суд отказать во всех свидетелях защиты, если от них зависит достоверность статьи?",
        articles=("ICCPR:14(3)(e)", "ICCPR:19(2)"),
        opponent="Прокуратура области",
        counsel="yerlan",
        opened=400,
        note="Издание готово публично рассказать о деле.",
        procedure="kz_criminal",
        stage="first_instance",
        court="kz-type-district",
        number="1-87/2025",
        steps=(
            Heard(380, "судья районного суда", "Отказано в вызове трёх свидетелей"),
            Decided(370, "conviction", "Ограничение свободы на один год."),
            Moved(360, "appeal", "kz-regional-61"),
            Heard(330, "коллегия областного суда", "Заслушаны стороны"),
            Decided(
                320,
                "annulled_terminated",
                "Приговор отменён: без свидетелей защиты достоверность статьи не проверена.",
                ("ICCPR:14(3)(e)",),
            ),
        ),
        measure=(
            "compensation",
            "Возмещение морального вреда реабилитированной",
            "partial",
            "B",
            "Суд присудил половину требуемой суммы.",
        ),
        proposed=(
            "Отказ во всех свидетелях защиты по делу о ложной информации",
            "Может ли суд отказать во всех свидетелях защиты, если от них зависит достоверность публикации?",
            "Апелляционная инстанция отменила приговор: отказ выслушать хотя бы одного свидетеля защиты лишил обвиняемого возможности проверить достоверность публикации и нарушил пункт 3(e) статьи 14 МПГПП.",
            "Первое решение по области, которое прямо ссылается на Пакт по делам о публикациях.",
        ),
        scores=((2, 4, 2, 3, 1, 1, 3, 2, 1), (2, 3, 2, 3, 1, 2, 3, 2, 1)),
        score_note="Областной суд, первая прямая ссылка на Пакт; ссылок в поздних актах пока мало.",
        published=True,
    ),
    Matter(
        incident="prison",
        title="Лечение в колонии: обязанность государства действовать",
        objective="Добиться проверяемого порядка выдачи лекарств.",
        issue="Нарушает ли задержка жизненно важного лечения статью 10?",
        articles=("ICCPR:10(1)", "ICCPR:7"),
        opponent="Учреждение уголовно-исполнительной системы",
        counsel="leila",
        opened=130,
        note="Нужна независимая оценка врача.",
        procedure="kz_administrative",
        stage="first_instance",
        court="kz-type-administrative",
        number="5194-26",
        steps=(Filed(110, "claim", "Иск о признании бездействия незаконным"), Heard(-3, "судья СМАС", "", 10)),
        task="Согласовать врача-эксперта",
    ),
    Matter(
        incident="church",
        title="Prayer at home is not a public event",
        objective="Have the courts separate private prayer from an event that needs a registered place.",
        issue="Does a prayer meeting of nine people in a flat need a registered place?",
        articles=("ICCPR:18(1)", "ICCPR:17"),
        opponent="Regional administration",
        counsel="yerlan",
        opened=240,
        note="Exhaustion: appeal dismissed; the prosecutor's protest was refused in writing.",
        procedure="un_hrc",
        stage="submitted",
        court="un-hrc",
        steps=(
            Filed(60, "complaint", "Communication under the First Optional Protocol"),
            Moved(40, "registered", "un-hrc"),
        ),
    ),
    Matter(
        incident="union",
        title="Кәсіподақты тіркеуден бас тарту: себептің өзгеруі",
        objective="Тіркеуден бас тартудың себебін әр жолы өзгертуді заңсыз деп тану.",
        issue="Тіркеуші орган бас тартудың жаңа себебін әр жолы айта ала ма?",
        articles=("ICCPR:22",),
        opponent="Әділет департаменті",
        counsel="leila",
        opened=160,
        note="Құрылтайшылар жиналысы шешім қабылдады.",
        procedure="kz_administrative",
        stage="first_instance",
        court="kz-type-administrative",
        number="5194-25-114",
        steps=(Decided(20, "act_annulled", "Үшінші бас тарту күші жойылды.", ("ICCPR:22",)),),
        measure=("practice", "Бас тартудың барлық себебін бірден атау", "not_started", None, "Жауап әлі келген жоқ."),
        proposed=(
            "Тіркеуден бас тартудың өзгермелі себептері",
            "Тіркеуші орган бас тартудың жаңа себебін әр жолы айта ала ма?",
            "Сот үшінші бас тартудың күшін жойды: барлық себеп алғашқы жауапта аталуы тиіс еді.",
            "Осыған ұқсас он шақты кәсіподаққа қатысты.",
        ),
        scores=((2, 3, 3, 2, 0, 1, 3, 2, 1), ()),
        score_note="Бірінші саты, бірақ сұрақ жаңа және көпке қатысты.",
    ),
    Matter(
        incident="lawyer",
        title="Доступ адвоката в первые часы",
        objective="Сделать недопустимыми показания, полученные до встречи с адвокатом.",
        issue="Допустимо ли признание, полученное, пока адвоката не пускали?",
        articles=("ICCPR:14(3)(b)", "ICCPR:14(3)(g)"),
        opponent="Следственный отдел",
        counsel=None,
        opened=8,
        note="",
    ),
    Matter(
        incident="school",
        title="Школа без пандуса – отказ в образовании",
        objective="Признать отказ в разумном приспособлении дискриминацией.",
        issue="Является ли отсутствие пандуса основанием для отказа в приёме?",
        articles=("CRPD:24", "CRPD:5"),
        opponent="Управление образования",
        counsel="yerlan",
        opened=350,
        note="Ребёнок принят, пандус построен, ассистент назначен.",
        procedure="kz_civil",
        stage="first_instance",
        court="kz-type-district",
        number="2-3391/2025",
        steps=(Decided(240, "granted", "Отказ признан незаконным; школа обязана обеспечить доступ.", ("CRPD:24",)),),
        measure=(
            "practice",
            "Построить пандус и назначить ассистента",
            "full",
            "A",
            "Пандус принят, ассистент работает с сентября.",
        ),
        closed="won",
    ),
)

"""Check an export of caseflow: a folder that was unpacked, or the ZIP file itself.

    python3 -I verify.py [FOLDER or ZIP] [--lang en|ru|kk] [--key VERIFIER-KEY]

Needs Python 3.8 or newer and nothing else; it opens no connection and writes nothing. The answer is 0 when everything
holds, 1 when anything does not, 2 when there is no export to check, 3 when nothing is wrong but something is not proven.

What it proves: the files are those of the manifest and no others; the manifest was signed by the member who made the
export; every line of the custody stands in the ledger whose root the checkpoint signs; members signed what they did,
with the key that was theirs then; every file is the one whose sum the ledger has kept since it was received, and lies
under its own name; every text of an item is the one that was entered. The key of the checkpoint comes with the export:
compare it with the one the network publishes, or give that one with --key.
"""

import sys

if __name__ == "__main__" and not (sys.flags.isolated or getattr(sys.flags, "safe_path", False)):
    # Python looks for what is imported beside this program first: there somebody else's argparse.py could lie, or a
    # __future__.py, which is why annotations stand in quotes here.
    sys.path[:] = [place for place in sys.path[1:] if place not in ("", ".", sys.path[0])]

import argparse
import base64
import hashlib
import io
import json
import os
import re
import stat
import struct
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple, Tuple

FORMATS = {"caseflow-export/1", "caseflow-export/2"}
MOST_TEXT = 256 * 1024 * 1024
PIECE = 1024 * 1024
SIGNATURE = "signature.json"
TAG_MANIFEST = "tagmanifest-sha256.txt"
MANIFEST = "manifest-sha256.txt"
FREE = {SIGNATURE, TAG_MANIFEST}  # at the top, and listed nowhere: one signs the other
NEEDED = {"bagit.txt", "bag-info.txt", MANIFEST}
TAGS = NEEDED | {"verify.py", "recover.py", "README.txt", "key.age"}
LEDGER = ["data/ledger/" + name for name in ("events.jsonl", "members.json", "checkpoint.txt", "verifier-key.txt")]
PAPERS = ["data/export.json", "data/report.pdf", *LEDGER]
UNSIGNED = {"entrance.sign_out"}  # what a member may do without her keys at hand
KEYED = {"keys.make_identity", "keys.replace_identity", "keys.confirm"}
ENDED = {"network.end_membership"}
OF_SAFE = {"keys.make_safe", "keys.grant", "keys.withdraw", "evidence.export_key", "evidence.export"}
ENTRIES = {"evidence.add_item": "evidence_items:", "evidence.add_file": "evidence_files:"}
OBTAINED = ("obtained_how", "obtained_from", "obtained_on", "obtained_where", "tool", "source_url")
TEXTS = sorted(("title", "copy_or_original", "details", *OBTAINED))
LONGEST = 120  # bytes of a file's name in an export; longer ones are cut
# A header of age with X25519 stanzas; what they hold shows only to whoever opens them.
HEADER = re.compile(
    rb"age-encryption\.org/v1\n(?:-> X25519 [A-Za-z0-9+/]{43}\n[A-Za-z0-9+/]{43}\n){1,64}--- [A-Za-z0-9+/]{43}\n"
)
ROW = "v instance seq at actor role verb result subject safe public commitment previous"
ROWS = {1: set(ROW.split()), 2: {*ROW.split(), "opening"}}  # the second names the hash of its sealed details

WORDS = {
    "bag": ("Export", "Экспорт", "Экспорт"),
    "declared": ("BagIt declaration", "Объявление BagIt", "BagIt мәлімдемесі"),
    "listed": ("files as listed", "файлы по описи", "тізімдегі файлдар"),
    "unlisted": ("a file that no list names", "файл, которого нет в описи", "тізімде жоқ файл"),
    "odd_name": ("a name that leads out of the export", "имя, ведущее за пределы экспорта", "экспорттан шығып кететін атау"),
    "twice": ("it is named twice", "названо дважды", "екі рет аталған"),
    "no_place": ("nothing in the ledger stands for this file", "за этим файлом в журнале ничего нет", "бұл файлға журналда ештеңе сәйкес емес"),
    "wrong_place": ("it does not lie under its own name", "лежит не под своим именем", "өз атауымен жатқан жоқ"),
    "link": ("a link, an empty folder or a device; only files belong here", "ссылка, пустая папка или устройство; здесь место только файлам", "сілтеме, бос бума немесе құрылғы; мұнда тек файлдар болуы тиіс"),
    "alike": ("another name differs only in letter case", "другое имя отличается лишь регистром букв", "басқа атау тек әріп регистрімен ерекшеленеді"),
    "zip_changed": (
        "this ZIP file was not written by caseflow: other programs may unpack something else; unpack it and check the folder",
        "этот файл ZIP записан не программой caseflow: другие программы могут распаковать иное; распакуйте и проверьте папку",
        "бұл ZIP файлын caseflow жазбаған: басқа бағдарламалар өзгесін шығаруы мүмкін; ашып, буманы тексеріңіз",
    ),
    "missing": ("a listed file is missing", "файла из описи нет", "тізімдегі файл жоқ"),
    "differs": ("a file is not what the list says", "файл не совпадает с описью", "файл тізімге сәйкес келмейді"),
    "oxum": ("number and size of files", "число и объём файлов", "файлдар саны мен көлемі"),
    "signed_by": ("signed by whoever made the export", "подписано тем, кто сделал экспорт", "экспортты жасаған адам қол қойған"),
    "wrong_signature": ("the signature does not fit", "подпись не подходит", "қолтаңба сәйкес емес"),
    "checkpoint": ("checkpoint of the ledger", "контрольная точка журнала", "журналдың бақылау нүктесі"),
    "other_key": ("not signed with the key you gave", "подписано не тем ключом, который вы указали", "сіз көрсеткен кілтпен қол қойылмаған"),
    "events": ("custody events in the ledger", "события хранения в журнале", "журналдағы сақтау оқиғалары"),
    "event": ("event", "событие", "оқиға"),
    "not_included": ("it is not in the ledger that was signed", "его нет в подписанном журнале", "ол қол қойылған журналда жоқ"),
    "chain_broken": ("it does not follow the row before it", "не следует за предыдущей записью", "алдыңғы жазбаға жалғаспайды"),
    "not_opened": ("the details are not what was recorded", "подробности не те, что были записаны", "мәліметтер жазылғанға сәйкес емес"),
    "out_of_order": ("the rows are not in order", "записи идут не по порядку", "жазбалар ретімен емес"),
    "unknown_actor": ("the key of who acted is not in the export", "в экспорте нет ключа действовавшего", "әрекет еткен адамның кілті экспортта жоқ"),
    "key_unproven": ("the ledger does not know this member's key", "журнал не знает этого ключа", "журнал бұл мүшенің кілтін білмейді"),
    "key_unconfirmed": ("no words of coordinators lead from a first key to this one", "слова координаторов не ведут от первого ключа к этому", "үйлестірушілердің сөздері бірінші кілттен бұған жеткізбейді"),
    "own_word": ("a first key, on which the others rest: compare these words by voice", "первый ключ, на нём стоят остальные: сверьте эти слова голосом", "бірінші кілт, қалғандары соған сүйенеді: бұл сөздерді дауыспен салыстырыңыз"),
    "words_differ": ("its words are not those of the key", "слова не от этого ключа", "сөздері бұл кілттікі емес"),
    "members": ("keys of members", "ключи участников", "мүшелердің кілттері"),
    "items": ("Items", "Доказательства", "Дәлелдемелер"),
    "good": ("GOOD", "ВЕРНО", "ДҰРЫС"),
    "bad": ("BAD", "НАРУШЕНО", "БҰЗЫЛҒАН"),
    "left_out": ("LEFT OUT", "НЕ ВКЛЮЧЕНО", "ҚОСЫЛМАҒАН"),
    "lost": ("DAMAGED", "ПОВРЕЖДЕНО", "ЗАҚЫМДАЛҒАН"),
    "said": ("SAID", "СО СЛОВ", "СӨЗБЕН"),
    "unproven": ("NOT PROVEN", "НЕ ДОКАЗАНО", "ДӘЛЕЛДЕНБЕГЕН"),
    "as_received": ("it is what was received", "это то, что было получено", "бұл алынған файлдың өзі"),
    "as_sealed": ("it is what was sealed when it was received; that it opens, only opening it shows", "это то, что было зашифровано при получении; что оно открывается, покажет лишь открытие", "бұл алынған кезде шифрланған файл; ашылатынын тек ашып көру көрсетеді"),
    "as_listed": ("it is as listed; its ledger entry stays closed to protect a person", "совпадает с описью; запись журнала закрыта ради защиты человека", "тізімге сәйкес; адамды қорғау үшін журнал жазбасы жабық"),
    "consent": ("somebody has not consented", "нет чьего-то согласия", "біреудің келісімі жоқ"),
    "not_chosen": ("versions were not asked for", "версии не запрашивались", "нұсқалар сұралмаған"),
    "was_damaged": ("it was missing or changed in the store before this export", "файл пропал или изменился в хранилище до этого экспорта", "файл осы экспортқа дейін қоймада жоғалған не өзгерген"),
    "no_entry": ("no entry of the ledger stands for it", "за ним нет записи журнала", "оған сәйкес журнал жазбасы жоқ"),
    "not_the_sum": ("it is not what the ledger recorded", "это не то, что записано в журнале", "бұл журналда жазылған емес"),
    "row_differs": ("the ledger says something else about it", "журнал говорит о нём другое", "журнал ол туралы басқаша айтады"),
    "texts_differ": ("what is said of it is not what was entered", "сказано не то, что было внесено", "айтылғаны енгізілгенге сәйкес емес"),
    "not_told": ("the ledger knows it, and no item tells it", "журнал о нём знает, но среди доказательств его нет", "журнал оны біледі, бірақ дәлелдемелерде жоқ"),
    "not_exported": ("the ledger does not say that it went out in this export", "журнал не говорит, что оно вышло в этом экспорте", "журнал оның осы экспортпен шыққанын айтпайды"),
    "custody_differs": (
        "rows of its custody, or files of it, were left out or added",
        "записи о его хранении или его файлы пропущены или добавлены",
        "оның сақталуы туралы жазбалар не файлдары қалдырылған немесе қосылған",
    ),
    "custody_said": (
        "that no row of its custody and no file of it is left out, only who made the export says",
        "что ни одна запись о хранении и ни один файл не пропущены — лишь слова того, кто сделал экспорт",
        "сақталуы туралы бірде-бір жазба не файл қалдырылмағанын тек экспорт жасаған адам айтады",
    ),
    "closed_text": ("it was entered otherwise and stays closed to protect a person; this stands in its place", "внесено иначе и закрыто ради защиты человека; это стоит на его месте", "басқаша енгізілген және адамды қорғау үшін жабық; орнына осы тұр"),
    "closed_name": ("its name and kind stay closed in the ledger to protect a person", "имя и вид файла закрыты в журнале ради защиты человека", "адамды қорғау үшін файлдың атауы мен түрі журналда жабық"),
    "closed": ("kept closed to protect a person", "закрыто ради защиты человека", "адамды қорғау үшін жабық"),
    "old_row": (
        "entered before the ledger kept this: original or copy, how, where and from whom it was obtained, which files are its own",
        "внесено до того, как журнал стал это хранить: оригинал или копия, как, где и от кого получено, какие файлы сюда относятся",
        "журнал мұны сақтай бастағанға дейін енгізілген: түпнұсқа не көшірме, қалай, қайда және кімнен алынғаны, қай файлдары өзінікі екені",
    ),
    "unreadable": ("cannot be read", "не читается", "оқылмайды"),
    "key_is": ("Key of the ledger", "Ключ журнала", "Журнал кілті"),
    "compare": (
        "This key came with the export. Compare it with the one the network publishes, or give that one with --key.",
        "Этот ключ пришёл вместе с экспортом. Сверьте его с опубликованным сетью или укажите тот через --key.",
        "Бұл кілт экспортпен бірге келді. Оны желі жариялаған кілтпен салыстырыңыз немесе соны --key арқылы беріңіз.",
    ),
    "only_said": (
        "Only the word of who made the export: the report, README.txt, names of people, members and the network, and what is marked SAID.",
        "Лишь слова того, кто сделал экспорт: отчёт, README.txt, имена людей, участников и сети и отмеченное СО СЛОВ.",
        "Тек экспорт жасаған адамның сөзі: есеп, README.txt, адамдардың, мүшелердің, желінің аттары және СӨЗБЕН деп белгіленгендер.",
    ),
    "all_good": ("VERDICT: GOOD. Everything holds.", "ВЫВОД: ВЕРНО. Всё сходится.", "ҚОРЫТЫНДЫ: ДҰРЫС. Бәрі сәйкес."),
    "not_good": (
        "VERDICT: BAD. Do not rely on this export.",
        "ВЫВОД: НАРУШЕНО. На этот экспорт полагаться нельзя.",
        "ҚОРЫТЫНДЫ: БҰЗЫЛҒАН. Бұл экспортқа сенуге болмайды.",
    ),
    "not_proven": (
        "VERDICT: NOT PROVEN. Nothing is wrong, but what is marked NOT PROVEN is only the word of who made the export.",
        "ВЫВОД: НЕ ДОКАЗАНО. Нарушений нет, но отмеченное НЕ ДОКАЗАНО — лишь слова того, кто сделал экспорт.",
        "ҚОРЫТЫНДЫ: ДӘЛЕЛДЕНБЕГЕН. Бұзылған ештеңе жоқ, бірақ ДӘЛЕЛДЕНБЕГЕН деп белгіленгені — тек экспорт жасаған адамның сөзі.",
    ),
    "not_whole": (
        "VERDICT: NOT WHOLE. The export is what was exported, but evidence was damaged before.",
        "ВЫВОД: НЕПОЛНО. Экспорт подлинный, но часть доказательств была повреждена раньше.",
        "ҚОРЫТЫНДЫ: ТОЛЫҚ ЕМЕС. Экспорт түпнұсқа, бірақ дәлелдеменің бір бөлігі бұрын зақымдалған.",
    ),
    "nothing": ("There is no export here.", "Здесь нет экспорта.", "Мұнда экспорт жоқ."),
}  # fmt: skip
LANGUAGES = ("en", "ru", "kk")


class Bad(Exception):
    """Something does not hold; `word` is a key of WORDS."""

    def __init__(self, word: str, about: str = "") -> None:
        super().__init__(word, about)
        self.word = word
        self.about = about


class Finding(NamedTuple):
    """What was found out: good, bad, left_out, lost, said or unproven; the part it concerns; why."""

    verdict: str
    part: str
    subject: str
    why: str = ""


# ---------------------------------------------------------------------------------------------------------- Ed25519
# RFC 8032, section 5.1: verification only, with points as (X, Y, Z, T), x = X/Z, y = Y/Z, x*y = T/Z.

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)
Point = Tuple[int, int, int, int]


def _add(a: Point, b: Point) -> Point:
    first = (a[1] - a[0]) * (b[1] - b[0]) % P
    second = (a[1] + a[0]) * (b[1] + b[0]) % P
    third = 2 * a[3] * b[3] * D % P
    fourth = 2 * a[2] * b[2] % P
    e, f, g, h = second - first, fourth - third, fourth + third, second + first
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def _times(number: int, point: Point) -> Point:
    total: Point = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = _add(total, point)
        point = _add(point, point)
        number >>= 1
    return total


def _point(data: bytes) -> Point:
    number = int.from_bytes(data, "little")
    y, sign = number & (1 << 255) - 1, number >> 255
    if len(data) != 32 or y >= P:
        raise ValueError("not a point")
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        raise ValueError("not a point")
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


_BASE_Y = 4 * pow(5, P - 2, P) % P
BASE = _point(_BASE_Y.to_bytes(32, "little"))


def ed25519_holds(public: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether `signature` (64 bytes) is that of the key `public` (32 bytes) over `message`."""
    if len(public) != 32 or len(signature) != 64:
        return False
    try:
        key, nonce = _point(public), _point(signature[:32])
    except ValueError:
        return False
    scalar = int.from_bytes(signature[32:], "little")
    if scalar >= ORDER or _times(8, key)[0] % P == 0:  # under a key of small order any message has signatures
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    left, right = _times(scalar, BASE), _add(nonce, _times(challenge, key))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


# ------------------------------------------------------------------------------------------- the forms of the ledger


def fields(*values: Any) -> bytes:
    """Return text and bytes as one unambiguous string: kind, length in four bytes, content (docs/formats.md)."""
    out = b""
    for value in values:
        kind, content = (b"s", value.encode()) if isinstance(value, str) else (b"b", value)
        out += kind + len(content).to_bytes(4, "big") + content
    return out


def signed_for(purpose: str, message: bytes) -> bytes:
    """Return what a member's signature for `purpose` really covers."""
    return fields("caseflow/v1/signature", purpose, message)


def fingerprint(public: bytes) -> str:
    """Return a member's public keys (64 bytes) as eight words."""
    digest = hashlib.sha256(fields("caseflow/v1/fingerprint", public)).digest()
    return "-".join(_word(digest[i] << 8 | digest[i + 1]) for i in range(0, 16, 2))


def _word(number: int) -> str:
    consonants, vowels = "bdfghjklmnprstvz", "aiou"
    return (
        consonants[number >> 12]
        + vowels[number >> 10 & 3]
        + consonants[number >> 6 & 15]
        + vowels[number >> 4 & 3]
        + consonants[number & 15]
    )


def text_sum(name: str, salt: bytes, text: str) -> bytes:
    """Return the sum by which a row keeps one text of an item, so that it can be shown or stay closed by itself."""
    return hashlib.sha256(fields("caseflow/v1/item-text", name, salt, text)).digest()


def texts_sum(sums: "list[bytes]") -> str:
    """Return what the row of an item keeps of all its texts (hex), whose sums are given by their sorted names."""
    return hashlib.sha256(fields("caseflow/v1/item-texts", *sums)).hexdigest()


def leaf_of(row: bytes) -> bytes:
    """Return the leaf hash of RFC 6962."""
    return hashlib.sha256(b"\x00" + row).digest()


def root_of(leaf: bytes, index: int, size: int, proof: "list[bytes]") -> "bytes | None":
    """Return the root to which an inclusion proof leads (RFC 9162, 2.1.3.2), None for a proof of a wrong length."""
    if not 0 <= index < size or any(len(step) != 32 for step in proof):
        return None
    number, last, node = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return None
        if number & 1 or number == last:
            node = hashlib.sha256(b"\x01" + step + node).digest()
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            node = hashlib.sha256(b"\x01" + node + step).digest()
        number, last = number >> 1, last >> 1
    return None if last else node


def _unbase64(text: str) -> bytes:
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise Bad("checkpoint")
    return data


def read_key(text: str) -> "tuple[str, bytes]":
    """Return (name, Ed25519 key) of a verifier key (C2SP signed-note: name+id+base64)."""
    parts = text.strip().split("+", 2)
    if len(parts) != 3:
        raise Bad("checkpoint")
    name, identifier, data = parts[0], bytes.fromhex(parts[1]), _unbase64(parts[2])
    if len(data) != 33 or data[:1] != b"\x01" or _key_id(name, data[1:]) != identifier:
        raise Bad("checkpoint")
    return name, data[1:]


def _key_id(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n\x01" + public).digest()[:4]


def read_checkpoint(note: bytes, key: str) -> "tuple[int, bytes]":
    """Return (size, root) of a checkpoint (C2SP tlog-checkpoint) that `key` has signed; raise `Bad` otherwise."""
    name, public = read_key(key)
    text = note.decode()
    body, gap, signatures = text.rpartition("\n\n")
    body += "\n"
    lines = body.split("\n")
    if not gap or len(lines) < 4 or lines[-1] or lines[0] != name or not signatures.endswith("\n"):
        raise Bad("checkpoint")
    if not re.fullmatch("0|[1-9][0-9]{0,18}", lines[1]):
        raise Bad("checkpoint")
    size, root = int(lines[1]), _unbase64(lines[2])
    if len(root) != 32:
        raise Bad("checkpoint")
    found = False
    for line in signatures[:-1].split("\n"):
        marked, space, encoded = line.rpartition(" ")
        if not marked.startswith("\u2014 ") or not space:
            raise Bad("checkpoint")
        data = _unbase64(encoded)
        if marked[2:] == name and data[:4] == _key_id(name, public):
            if not ed25519_holds(public, body.encode(), data[4:]):
                raise Bad("wrong_signature")
            found = True
    if not found:
        raise Bad("other_key")
    return size, root


# ------------------------------------------------------------------------------------------------- folder or ZIP file


class Folder:
    """The files of an export below one folder."""

    def __init__(self, path: str) -> None:
        self._path = os.path.realpath(path)
        self.files: "list[str]" = []
        self.odd: "list[tuple[str, str]]" = []
        self._walk("")

    def _walk(self, below: str) -> None:
        inside = sorted(os.listdir(os.path.join(self._path, below)))
        if below and not inside:
            self.odd.append((below, "link"))
        for name in (below + each for each in inside):
            path = os.path.join(self._path, *name.split("/"))
            mode = os.lstat(path).st_mode
            if stat.S_ISREG(mode):
                self.files.append(name)
            elif stat.S_ISDIR(mode) and os.path.realpath(path) == path:  # else a junction: a link that is no link
                self._walk(name + "/")
            else:
                self.odd.append((name, "link"))

    def open(self, name: str) -> BinaryIO:
        """Open one of them."""
        return open(os.path.join(self._path, *name.split("/")), "rb")


class Packed:
    """The files of an export in its ZIP file, below the one folder in it."""

    def __init__(self, path: str) -> None:
        self._zip = zipfile.ZipFile(path)
        entries = self._zip.infolist()
        tops = {one.filename.partition("/")[0] for one in entries}
        if len(tops) != 1:
            raise Bad("unreadable", os.path.basename(path))
        self._top = tops.pop() + "/"
        self.files = sorted(one.filename[len(self._top) :] for one in entries)
        with open(path, "rb") as file:
            self.odd = [] if _as_written(file, entries) else [("", "zip_changed")]

    def open(self, name: str) -> BinaryIO:
        """Open one of them."""
        return self._zip.open(self._top + name)  # type: ignore[return-value]


def _as_written(file: BinaryIO, entries: "list[zipfile.ZipInfo]") -> bool:
    """Tell whether a ZIP file holds these entries and not a byte besides: else programs differ on what is in it.

    Stored one after another, the same in the local headers as in the directory (PKWARE APPNOTE 6.3.10, 4.3 to 4.5).
    """
    narrow, few, place, directory = 0xFFFFFFFF, 0xFFFF, 0, b""
    for one in entries:
        file.seek(place)
        head = file.read(30)
        name, size, stamp = one.filename.encode(), one.file_size, head[10:14]
        wide = [size, size] if size >= narrow else []
        short = narrow if wide else size
        version = struct.pack("<H", 45 if wide else 20) + b"\x00\x08\x00\x00" + stamp
        numbers = version + struct.pack("<LLLH", one.CRC, short, short, len(name))
        more = _zip64(wide)
        if head + file.read(len(name) + len(more)) != (
            b"PK\x03\x04" + numbers + struct.pack("<H", len(more)) + name + more
        ):
            return False
        far = _zip64(wide + ([place] if place >= narrow else []))
        last = 45 if far else 20
        directory += b"PK\x01\x02" + struct.pack("<HH", 3 << 8 | last, last) + numbers[2:]
        directory += struct.pack("<HHHHLL", len(far), 0, 0, 0, 0o100644 << 16, min(place, narrow)) + name + far
        place += len(head) + len(name) + len(more) + size
    count, length, ends = len(entries), len(directory), b""
    if count >= few or length >= narrow or place >= narrow:
        ends = struct.pack("<4sQHHLLQQQQ", b"PK\x06\x06", 44, 3 << 8 | 45, 45, 0, 0, count, count, length, place)
        ends += struct.pack("<4sLQL", b"PK\x06\x07", 0, place + length, 1)
    count = min(count, few)
    ends += struct.pack("<4sHHHHLLH", b"PK\x05\x06", 0, 0, count, count, min(length, narrow), min(place, narrow), 0)
    file.seek(place)
    return file.read(length + len(ends) + 1) == directory + ends


def _zip64(values: "list[int]") -> bytes:
    return struct.pack("<HH%dQ" % len(values), 1, 8 * len(values), *values) if values else b""


Store = Any


def _text(store: Store, name: str) -> bytes:
    with store.open(name) as file:
        data: bytes = file.read(MOST_TEXT + 1)
    if len(data) > MOST_TEXT:
        raise Bad("unreadable", name)
    return data


def _only_once(pairs: "list[tuple[str, Any]]") -> "dict[str, Any]":
    if len({key for key, _value in pairs}) != len(pairs):
        raise Bad("unreadable")
    return dict(pairs)


def _json(data: bytes) -> Any:
    return json.loads(data.decode(), object_pairs_hook=_only_once)


def _pieces(file: BinaryIO) -> "Iterator[bytes]":
    while True:
        piece = file.read(PIECE)
        if not piece:
            return
        yield piece


# ---------------------------------------------------------------------------------------------------------- checking


def check(path: str, key: "str | None" = None) -> "tuple[list[Finding], str]":
    """Return everything that was found out about the export at `path`, and the text of the ledger's key."""
    found: "list[Finding]" = []
    own_key = ""
    try:
        store: Store = Packed(path) if os.path.isfile(path) else Folder(path)
        payload = _whole(store, found)
        own_key = _text(store, "data/ledger/verifier-key.txt").decode("ascii").strip()
        _proven(store, payload, key.strip() if key else own_key, found)
    except Bad as bad:
        found.append(Finding("bad", bad.about or "bag", "", bad.word))
    except Exception as fault:  # noqa: BLE001 -- whatever somebody put there, the answer is a verdict
        found.append(Finding("bad", "bag", type(fault).__name__, "unreadable"))
    return found, own_key


def _whole(store: Store, found: "list[Finding]") -> "dict[str, str]":
    """Check the bag: declaration, both manifests, nothing besides, payload size (RFC 8493). Return what it carries."""
    declared = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    found.append(Finding("good" if _text(store, "bagit.txt") == declared else "bad", "declared", "bagit.txt"))
    tags, payload = _manifest(_text(store, TAG_MANIFEST)), _manifest(_text(store, MANIFEST))
    wrong: "list[tuple[str, str]]" = list(store.odd)
    there, known, free = set(store.files), set(), set(tags) & TAGS | FREE
    for name in store.files:
        plain = unicodedata.normalize("NFC", name).casefold()
        if plain in known:  # on other systems one of the two would take the other's place
            wrong.append((name, "alike"))
        known.add(plain)
        if name not in (payload if name.startswith("data/") else free):
            wrong.append((name, "unlisted"))
    wrong += [(name, "unlisted") for name in NEEDED - set(tags)]
    size = 0
    for name, expected in sorted({**tags, **payload}.items()):
        if (name in payload) != name.startswith("data/"):
            raise Bad("odd_name", "bag")
        if name not in there:
            wrong.append((name, "missing"))
            continue
        digest, length = _digest(store, name)
        size += length if name in payload else 0
        if digest != expected:
            wrong.append((name, "differs"))
    found += [Finding("bad", "bag", name, why) for name, why in wrong]
    if not wrong:
        found.append(Finding("good", "listed", str(len(tags) + len(payload))))
    oxum = "Payload-Oxum: %d.%d\n" % (size, len(payload))
    stated = [
        line for line in _text(store, "bag-info.txt").decode().splitlines(True) if line.startswith("Payload-Oxum")
    ]
    found.append(Finding("good" if stated == [oxum] else "bad", "oxum", "%d.%d" % (size, len(payload))))
    return payload


def _manifest(data: bytes) -> "dict[str, str]":
    listed: "dict[str, str]" = {}
    text = data.decode()
    if not text.endswith("\n"):
        raise Bad("unreadable", "bag")
    for line in text[:-1].split("\n"):
        parts = re.fullmatch(r"([0-9a-f]{64})  (\S[^\r\n]*)", line)
        if parts is None:
            raise Bad("unreadable", "bag")
        name = parts[2].replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")
        if name in listed or "\\" in name or name.startswith("/") or ":" in name or not _stays_inside(name):
            raise Bad("odd_name", "bag")
        listed[name] = parts[1]
    return listed


def _stays_inside(name: str) -> bool:
    return all(part not in ("", ".", "..") for part in name.split("/"))


def _digest(store: Store, name: str) -> "tuple[str, int]":
    digest, length = hashlib.sha256(), 0
    try:
        with store.open(name) as file:
            for piece in _pieces(file):
                digest.update(piece)
                length += len(piece)
    except (OSError, zipfile.BadZipFile, EOFError):
        return "", length
    return digest.hexdigest(), length


def _hex(text: str) -> bytes:
    if not re.fullmatch("([0-9a-f]{2})*", text):
        raise Bad("unreadable")
    return bytes.fromhex(text)


# ------------------------------------------------------------------------------------------------ the ledger's rows


class Entry(NamedTuple):
    """A line of the custody: row, leaf, signature, details where they are opened, and what does not hold, if anything."""

    row: "dict[str, Any]"
    leaf: bytes
    signature: "bytes | None"
    details: "dict[str, Any] | None"
    why: str


Name = Tuple[str, bytes]  # a member's id and one of her keys


class Member(NamedTuple):
    """A member: her name as it is told, her keys (64 bytes each), the eldest first, and which rows name which of them.

    Nothing (no bytes) is in force from the row on which her membership ended.
    """

    name: str
    keys: "list[bytes]"
    since: "list[tuple[int, bytes]]"

    def key_at(self, seq: int) -> bytes:
        """Return the key that was in force when row `seq` was written: the one that the last row before it names."""
        return [self.keys[0], *(key for number, key in self.since if number <= seq)][-1]


def _proven(store: Store, payload: "dict[str, str]", key: str, found: "list[Finding]") -> None:
    export = _json(_text(store, "data/export.json"))
    if export["format"] not in FORMATS:
        raise Bad("unreadable", "bag")
    size, root = read_checkpoint(_text(store, "data/ledger/checkpoint.txt"), key)
    found.append(Finding("good", "checkpoint", str(size)))
    entries = _entries(_text(store, "data/ledger/events.jsonl").decode(), export["instance"], size, root)
    told = _json(_text(store, "data/ledger/members.json"))
    members = _members(told["members"], entries, found)
    entries = [one if one.why else one._replace(why=_unsigned(one, members)) for one in entries]
    for one in entries:
        if one.why:
            found.append(Finding("bad", "event", str(one.row["seq"]), one.why))
    good = [one for one in entries if not one.why]
    found.append(Finding("good", "events", str(len(good))))
    _signed(store, export, members, size, found)
    _confirmed(members, told.get("first"), good, export["by"], size, found)
    Items(store, payload, export, members, entries, found).check()


def _entries(text: str, instance: str, size: int, root: bytes) -> "list[Entry]":
    """Return the lines of the custody; each is checked for its proof, the chain to a neighbour, and its details."""
    entries: "list[Entry]" = []
    before, followed = 0, b""
    if not text.endswith("\n"):
        raise Bad("unreadable", "events")
    for line in text[:-1].split("\n"):
        given = _json(line.encode())
        if set(given) != {"row", "signature", "proof", "opening"}:
            raise Bad("unreadable", "events")
        row, leaf = _json(given["row"].encode()), leaf_of(given["row"].encode())
        if set(row) != ROWS.get(row["v"]) or type(row["seq"]) is not int:
            raise Bad("unreadable", "events")
        if row["seq"] <= before:
            raise Bad("out_of_order", "events")
        previous, why, details = _hex(row["previous"]), "", None
        if (
            row["instance"] != instance
            or root_of(leaf, row["seq"] - 1, size, [_hex(s) for s in given["proof"]]) != root
        ):
            why = "not_included"
        elif before and row["seq"] == before + 1 and previous != followed:
            why = "chain_broken"
        elif given["opening"] is not None:
            details = _opened(row, given["opening"])
            why = "" if details is not None else "not_opened"
        before, followed = row["seq"], hashlib.sha256(previous + leaf).digest()
        entries.append(Entry(row, leaf, None if given["signature"] is None else _hex(given["signature"]), details, why))
    return entries


def _opened(row: "dict[str, Any]", opening: Any) -> "dict[str, Any] | None":
    if set(opening) != {"salt", "details"}:
        return None
    noted = opening["details"].encode()
    salt = _hex(opening["salt"])
    if len(salt) != 16:  # salt and details are joined without a mark between them
        return None
    committed = hashlib.sha256(b"caseflow/v1/commitment" + salt + noted).hexdigest()
    return dict(_json(noted)) if committed == row["commitment"] else None


def _members(told: "list[dict[str, Any]]", entries: "list[Entry]", found: "list[Finding]") -> "dict[str, Member]":
    """Return the members with the rows that name their keys; the ledger must know each key."""
    members: "dict[str, Member]" = {}
    for one in told:
        given = one.get("keys", [one])  # before the second form there was one key
        keys = [_hex(each["public"]) for each in given]
        if one["id"] in members or not keys or any(len(key) != 64 for key in keys):
            raise Bad("unreadable", "members")
        rows = [each.row for each in entries if not each.why and _about(each.row, one["id"], KEYED)]
        since = [(row["seq"], _named(row["public"], keys)) for row in rows]
        ends = [each.row["seq"] for each in entries if not each.why and _about(each.row, one["id"], ENDED)]
        members[one["id"]] = Member(one["name"], keys, sorted([*since, *((seq, b"") for seq in ends)]))
        for key, each in zip(keys, given):
            numbers = [number for number, named in since if named == key]
            numbers += [row["seq"] for row in rows if row["public"].get("before") == key.hex()]
            why = "" if numbers and sorted(each.get("rows", numbers)) == sorted(numbers) else "key_unproven"
            why = why if each["words"] == fingerprint(key) else "words_differ"
            found.append(Finding("bad" if why else "good", "members", fingerprint(key), why))
    return members


def _about(row: "dict[str, Any]", member: str, verbs: "set[str]") -> bool:
    return row["verb"] in verbs and row["result"] == "done" and row["subject"] == "members:" + member


def _named(public: "dict[str, Any]", keys: "list[bytes]") -> bytes:
    """Return which of the keys a row names, by itself or by its eight words; nothing where it is none of them."""
    for key in keys:
        if public.get("key") == key.hex() or ("key" not in public and public["fingerprint"] == fingerprint(key)):
            return key
    return b""


def _unsigned(entry: Entry, members: "dict[str, Member]") -> str:
    """Return why an entry is not signed as it should be: by who acted, with the key that was hers then."""
    row = entry.row
    if entry.signature is None:
        needs = row["actor"] is not None and row["result"] == "done" and row["verb"] not in UNSIGNED
        return "wrong_signature" if needs else ""
    if row["actor"] not in members:
        return "unknown_actor"
    her, message = members[row["actor"]], signed_for("ledger", entry.leaf)
    # A refusal may meet her also where she still acts with a key that was replaced meanwhile.
    keys = [her.key_at(row["seq"])] if row["result"] == "done" else her.keys
    return "" if any(ed25519_holds(key[32:], message, entry.signature) for key in keys) else "wrong_signature"


def _signed(
    store: Store, export: "dict[str, Any]", members: "dict[str, Member]", size: int, found: "list[Finding]"
) -> None:
    given = _json(_text(store, SIGNATURE))
    if set(given) != {"v", "member", "signature"} or given["v"] != 1 or given["member"] != export["by"]:
        raise Bad("wrong_signature", "signed_by")
    message = signed_for("export", hashlib.sha256(_text(store, TAG_MANIFEST)).digest())
    key = members[given["member"]].key_at(size) if given["member"] in members else b""
    holds = ed25519_holds(key[32:], message, _hex(given["signature"]))
    found.append(Finding("good" if holds else "bad", "signed_by", given["member"], "" if holds else "wrong_signature"))


def _confirmed(
    members: "dict[str, Member]",
    first: "dict[str, str] | None",
    good: "list[Entry]",
    exporter: str,
    size: int,
    found: "list[Finding]",
) -> None:
    """Check that coordinators' words lead from a first key to the key of everybody who did something.

    Rows that merely name a key are signed by nobody. The first key is the one the export names, or one that only its
    own member confirmed; whoever knows the network compares its words.
    """
    done = [one.row for one in good if one.signature and one.row["result"] == "done"]
    used = {(row["actor"], members[row["actor"]].key_at(row["seq"])) for row in done}
    used.add((exporter, members[exporter].key_at(size)))
    words: "list[tuple[Name, Name, str | None]]" = []  # who confirmed, whose key, in which role
    for row in done:
        member = row["subject"].partition(":")[2]
        if member in members and row["verb"] == "keys.confirm":
            whose = (member, _named(row["public"], members[member].keys))
            words.append(((row["actor"], members[row["actor"]].key_at(row["seq"])), whose, row["public"].get("role")))
    firsts = {name for name in used if {giver for giver, whose, _role in words if whose == name} == {name}}
    if first is not None:
        firsts |= {name for name in used if (name[0], fingerprint(name[1])) == (first["member"], first["words"])}
    leading = _leading(firsts, words)
    confirmed = firsts | {whose for giver, whose, _role in words if giver in leading}
    for name in sorted(used):
        if name not in confirmed:
            found.append(Finding("unproven", "members", fingerprint(name[1]), "key_unconfirmed"))
        elif name in firsts:
            found.append(Finding("good", "members", fingerprint(name[1]), "own_word"))


def _leading(firsts: "set[Name]", words: "list[tuple[Name, Name, str | None]]") -> "set[Name]":
    """Return the keys of coordinators to which words lead. The oldest words name no role, then nobody's is known."""
    with_role = {whose for _giver, whose, role in words if role is not None}
    leading = set(firsts)
    before: "set[Name]" = set()
    while leading != before:
        before = set(leading)
        leading |= {
            whose
            for giver, whose, role in words
            if giver in before and (role == "coordinator" or (role is None and whose not in with_role))
        }
    return leading


# ---------------------------------------------------------------------------------------------------- items and files


class Items:
    """The items of an export and their files, compared with what the ledger says of each."""

    def __init__(
        self,
        store: Store,
        payload: "dict[str, str]",
        export: "dict[str, Any]",
        members: "dict[str, Member]",
        entries: "list[Entry]",
        found: "list[Finding]",
    ) -> None:
        self.store, self.payload, self.export, self.members, self.found = store, payload, export, members, found
        self.rows: "dict[str, list[Entry]]" = {}
        self.custody: "dict[str, list[Entry]]" = {}
        for one in entries:
            if not one.row["subject"].startswith("safes:") or one.row["verb"] in OF_SAFE:
                self.custody.setdefault(one.row["subject"], []).append(one)
            if not one.why and one.row["result"] == "done" and one.signature:
                self.rows.setdefault(one.row["subject"], []).append(one)
        self.told: "set[str]" = set()
        self.places: "list[str]" = [*PAPERS, *export["items"]]

    def tell(self, verdict: str, subject: str, why: str) -> None:
        """Note what was found out about an item or file."""
        self.found.append(Finding(verdict, "items", subject, why))

    def check(self) -> None:
        """Check every item; nothing may be told twice, lie there without a row, or have a row and not be told."""
        for name in self.export["items"]:
            item = _json(_text(self.store, name))
            if name != "data/items/%s-%03d.json" % (item["matter"], item["exhibit"]):
                self.tell("bad", name, "wrong_place")
            self.item(item)
        for subject, entries in sorted(self.rows.items()):
            verbs = {one.row["verb"] for one in entries}
            if subject not in self.told and any(v in verbs and subject.startswith(t) for v, t in ENTRIES.items()):
                self.tell("bad", subject, "not_told")
        places = Counter(self.places)
        for name in sorted({*self.payload, *places}):
            why = ("no_place", "", "twice")[min(places[name], 2)] if name in self.payload else "missing"
            if why:
                self.found.append(Finding("bad", "bag", name, why))

    def entry(self, verb: str, told: "dict[str, Any]") -> "Entry | None":
        """Return the one row with which an item or file was entered."""
        subject = ENTRIES[verb] + told["id"]
        entries = [one for one in self.rows.get(subject, []) if one.row["verb"] == verb]
        if subject in self.told or len(entries) != 1:
            return None
        self.told.add(subject)
        return entries[0]

    def same(self, entry: Entry, by: Any, at: Any, safe: Any, public: "dict[str, Any]") -> bool:
        """Tell whether a row says what is told: who, when, in which safe, and what of `public` it keeps."""
        row = entry.row
        said = (self.members[row["actor"]].name, row["at"], row["safe"])
        return said == (by, at, safe) and all(row["public"].get(k, v) == v for k, v in public.items())

    def item(self, item: "dict[str, Any]") -> None:
        """Check an item with its texts and files."""
        name = _label(item)
        entry = self.entry("evidence.add_item", item)
        if entry is None:
            self.tell("bad", name, "no_entry")
            return
        public = {"exhibit": item["exhibit"], "matter": item["matter"]}
        places = [(one["reference"], one["safe"]) for one in self.export["matters"]]
        same = self.same(entry, item["entered_by"], item["entered_at"], item["safe"], public)
        if not same or (item["matter"], item["safe"]) not in places:
            self.tell("bad", name, "row_differs")
        sent = sum(1 for file in item["files"] if file["state"] == self.export["form"])
        if not self.went_out(item, sent):
            self.tell("bad", name, "not_exported")
        self.texts(name, item, entry)
        for file in item["files"]:
            verdict, why = self.file(item, file)
            self.tell(verdict, "%s: %s" % (name, file["name"] or file["id"]), why)

    def went_out(self, item: "dict[str, Any]", sent: int) -> bool:
        """Tell whether the exporter has signed in the ledger that the item goes out so, with that many files."""
        export = self.export
        expected = {"export": export["id"], "purpose": export["purpose"], "files": sent}
        expected["sealed"] = export["form"] == "sealed"
        rows = [
            one.row for one in self.rows["evidence_items:" + item["id"]] if one.row["verb"] == "evidence.export_item"
        ]
        mine = [row for row in rows if {**row["public"], **expected} == row["public"]]
        if [(row["actor"], row["at"]) for row in mine] != [(export["by"], export["at"])]:
            return False
        public = mine[0]["public"]
        if "custody" not in public:
            self.tell("unproven", _label(item), "custody_said")
        elif (public["of"], public["custody"]) != (len(item["files"]), self.custody_sum(item, mine[0]["seq"])):
            self.tell("bad", _label(item), "custody_differs")
        return True

    def custody_sum(self, item: "dict[str, Any]", seq: int) -> str:
        """Return the sum over what is told of an item, its files and its safe before row `seq`."""
        names = ["evidence_items:" + item["id"], "safes:" + item["safe"]]
        names += ["evidence_files:" + file["id"] for file in item["files"]]
        rows = [one for name in names for one in self.custody.get(name, []) if one.row["seq"] < seq]
        told = sorted(one.row["seq"].to_bytes(8, "big") + one.leaf for one in rows)
        return hashlib.sha256(fields("caseflow/v1/custody", *told)).hexdigest()

    def texts(self, name: str, item: "dict[str, Any]", entry: Entry) -> None:
        """Check the texts of an item: each is shown with its salt, or stays closed behind its sum."""
        kept = entry.row["public"].get("texts")
        if kept is None:
            if entry.details is None and item["title"] is not None:
                self.tell("unproven", name + ": title", "closed_text")
            elif entry.details is not None and entry.details["title"] != item["title"]:
                self.tell("bad", name, "texts_differ")
            self.tell("said", name, "old_row")
            return
        proofs, sums = item["texts"], []
        for text in TEXTS:
            if "salt" in proofs[text]:
                sums.append(text_sum(text, _hex(proofs[text]["salt"]), item[text] or ""))
                continue
            sums.append(_hex(proofs[text]["sum"]))
            shown = item[text] is not None
            self.tell("unproven" if shown else "left_out", name + ": " + text, "closed_text" if shown else "closed")
        if texts_sum(sums) != kept:
            self.tell("bad", name, "texts_differ")

    def file(self, item: "dict[str, Any]", file: "dict[str, Any]") -> "tuple[str, str]":
        """Return the verdict on a file, and why."""
        entry = self.entry("evidence.add_file", file)
        if entry is None:
            return "bad", "no_entry"
        public, details, path = entry.row["public"], entry.details, file["path"]
        summed = details is not None or _sum_holds(public, file)
        why = self.against(entry, item, file) or ("" if summed or "sum" not in public else "not_the_sum")
        if why:
            return "bad", why
        if file["state"] in ("consent", "not_chosen") and path is None:
            shown = file["name"] is not None and details is None
            return ("unproven", "closed_text") if shown or not summed else ("left_out", file["state"])
        if path not in self.payload or not _in_place(path, item, file):
            return "bad", "wrong_place"
        self.places.append(path)
        if file["state"] == "damaged":
            return "lost", "was_damaged"
        if not self.holds(file, public["payload_sha256"]):
            return "bad", "not_the_sum"
        if details is None:
            self.tell("unproven", "%s: %s" % (_label(item), file["name"]), "closed_name")
        if file["state"] == "sealed":
            return "good", "as_sealed"
        return ("good", "as_received") if summed else ("unproven", "as_listed")

    def against(self, entry: Entry, item: "dict[str, Any]", file: "dict[str, Any]") -> str:
        """Return what of a file is told otherwise than its row tells it, if anything."""
        told = {"kind": file["kind"], "parent": file["parent"], "item": item["id"]}
        if not self.same(entry, file["received_by"], file["received_at"], item["safe"], told):
            return "row_differs"
        kept = {name: entry.row["public"][name] for name in ("payload_sha256", "size")}
        kept.update({name: entry.details[name] for name in ("sha256", "name", "media_type")} if entry.details else {})
        return "" if all(file[name] == value for name, value in kept.items()) else "not_the_sum"

    def holds(self, file: "dict[str, Any]", payload_sha256: str) -> bool:
        """Tell whether the bytes of a file are those that it is said to have."""
        if file["state"] == "sealed":
            return _payload_digest(self.store, file["path"]) == payload_sha256
        return file["state"] == "readable" and _digest(self.store, file["path"]) == (file["sha256"], file["size"])


def _label(item: "dict[str, Any]") -> str:
    return "%s / %s" % (item["matter"], item["exhibit"])


def _sum_holds(public: "dict[str, Any]", file: "dict[str, Any]") -> bool:
    """Tell whether the sum is the recorded one where the other details of the entry stay closed."""
    salt, sha256 = _hex(file["sum_salt"] or ""), _hex(file["sha256"])
    made = b"caseflow/v1/sum" + salt + sha256
    return len(salt) == 16 and len(sha256) == 32 and bool(hashlib.sha256(made).hexdigest() == public.get("sum"))


def _in_place(path: str, item: "dict[str, Any]", file: "dict[str, Any]") -> bool:
    """Tell whether a file lies in the folder of its item and under its own name."""
    folder, _slash, last = path.rpartition("/")
    branch = "originals" if file["kind"] == "original" else "versions"
    ending = {"sealed": ".age", "damaged": ".DAMAGED.txt"}.get(file["state"], "")
    there = folder == "data/%s/%s/%03d" % (branch, item["matter"], item["exhibit"]) and last.endswith(ending)
    return there and _stands_for(last[: len(last) - len(ending)], file["name"])


def _stands_for(given: str, name: str) -> bool:
    """Tell whether a file may be called `given` in an export for its own `name`.

    What not every system can write became _, two of one name got numbers, and what is too long was cut.
    """
    plain = unicodedata.normalize("NFC", name).strip(" .") or "file"
    forms = {given, re.sub(r"-[0-9]+((\.[^.]*)?)$", r"\1", given)}
    # A name that is a device on some system got _ in front, and was cut only then.
    return _written_as(forms, plain) or (given.startswith("_") and _written_as(forms, "_" + plain))


def _written_as(forms: "set[str]", plain: str) -> bool:
    if len(plain.encode()) <= LONGEST:
        return any(len(one) == len(plain) and _alike(one, plain) for one in forms)
    parts = [one.rpartition(".") for one in forms] + [(one, "", "") for one in forms]
    return any(
        stem and _alike(stem, plain) and _alike((dot + last)[::-1], plain[::-1])
        for stem, dot, last in parts
        if len(stem + dot + last) <= len(plain)
    )


def _alike(given: str, plain: str) -> bool:
    return all(a in (b, "_") for a, b in zip(given, plain))


def _payload_digest(store: Store, name: str) -> str:
    """Return the sum of a sealed file without its header, which was written for whoever may open this export."""
    digest = hashlib.sha256()
    with store.open(name) as file:
        begins = file.read(64 * 1024)
        header = HEADER.match(begins)
        if header is None:
            return ""
        digest.update(begins[header.end() :])
        for piece in _pieces(file):
            digest.update(piece)
    return digest.hexdigest()


# ----------------------------------------------------------------------------------------------------------- telling


def main(arguments: "list[str] | None" = None) -> int:
    """Check what the command line names, print the findings, return the exit code."""
    parser = argparse.ArgumentParser(description="Check an export of caseflow.")
    parser.add_argument("export", nargs="?", default=os.path.dirname(os.path.abspath(__file__)))
    parser.add_argument("--lang", choices=LANGUAGES, default="en")
    parser.add_argument("--key", help="the verifier key that the network publishes")
    asked = parser.parse_args(arguments)
    language = LANGUAGES.index(asked.lang)
    if isinstance(sys.stdout, io.TextIOWrapper) and hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")

    def say(word: str) -> str:
        return WORDS[word][language] if word in WORDS else word

    there = os.path.isfile(asked.export) or os.path.isfile(os.path.join(asked.export, "bagit.txt"))
    if not there:
        print(say("nothing"))
        return 2
    found, own_key = check(asked.export, asked.key)
    for one in sorted(found, key=lambda one: one.part == "items"):
        subject = "".join(c if c.isprintable() else "?" for c in one.subject)
        line = "%-12s %s  %s" % (say(one.verdict), say(one.part), subject)
        print(line + ("  (%s)" % say(one.why) if one.why else ""))
    print()
    print(say("only_said"))
    if not asked.key and own_key:
        print("%s: %s" % (say("key_is"), "".join(c if c.isprintable() else "?" for c in own_key)))
        print(say("compare"))
    verdicts = {one.verdict for one in found}
    overall = "not_proven" if "unproven" in verdicts else "all_good"
    overall = "not_good" if "bad" in verdicts else "not_whole" if "lost" in verdicts else overall
    print(say(overall))
    return {"all_good": 0, "not_proven": 3}.get(overall, 1)


if __name__ == "__main__":
    sys.exit(main())

"""Check an export of caseflow: a folder that was unpacked, or the ZIP file itself.

    python3 -I verify.py [FOLDER or ZIP] [--lang en|ru|kk] [--key VERIFIER-KEY]

Needs Python 3.8 or newer and nothing else; it opens no connection and writes nothing. The answer is 0 when everything
holds, 1 when anything does not, 2 when there is no export to check.

What it proves: the files are those of the manifest; the manifest was signed by the member who made the export; every
line of the custody stands in the ledger whose root the checkpoint signs; members signed what they did; every file is
the one whose sum the ledger has kept since it was received. The key of the checkpoint comes with the export: compare
it with the one the network publishes, or give that one with --key.
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
import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple, Tuple

FORMAT = "caseflow-export/1"
MOST_TEXT = 256 * 1024 * 1024
PIECE = 1024 * 1024
SIGNATURE = "signature.json"
TAG_MANIFEST = "tagmanifest-sha256.txt"
MANIFEST = "manifest-sha256.txt"
FREE = {SIGNATURE, TAG_MANIFEST}  # at the top, and listed nowhere: one signs the other
UNSIGNED = {"entrance.sign_out"}  # what a member may do without her keys at hand
KEYED = {"keys.make_identity", "keys.confirm"}
ROW = "v instance seq at actor role verb result subject safe public commitment previous"
ROWS = {1: set(ROW.split()), 2: {*ROW.split(), "opening"}}  # the second names the hash of its sealed details

WORDS = {
    "bag": ("Export", "Экспорт", "Экспорт"),
    "declared": ("BagIt declaration", "Объявление BagIt", "BagIt мәлімдемесі"),
    "listed": ("files as listed", "файлы по описи", "тізімдегі файлдар"),
    "unlisted": ("a file that no list names", "файл, которого нет в описи", "тізімде жоқ файл"),
    "odd_name": ("a name that leads out of the export", "имя, ведущее за пределы экспорта", "экспорттан шығып кететін атау"),
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
    "members": ("keys of members", "ключи участников", "мүшелердің кілттері"),
    "items": ("Items", "Доказательства", "Дәлелдемелер"),
    "good": ("GOOD", "ВЕРНО", "ДҰРЫС"),
    "bad": ("BAD", "НАРУШЕНО", "БҰЗЫЛҒАН"),
    "left_out": ("LEFT OUT", "НЕ ВКЛЮЧЕНО", "ҚОСЫЛМАҒАН"),
    "lost": ("DAMAGED", "ПОВРЕЖДЕНО", "ЗАҚЫМДАЛҒАН"),
    "unproven": ("NOT PROVEN", "НЕ ДОКАЗАНО", "ДӘЛЕЛДЕНБЕГЕН"),
    "as_received": ("it is what was received", "это то, что было получено", "бұл алынған файлдың өзі"),
    "as_sealed": ("it is what was sealed when it was received", "это то, что было зашифровано при получении", "бұл алынған кезде шифрланған файл"),
    "as_listed": ("it is as listed; its ledger entry stays closed to protect a person", "совпадает с описью; запись журнала закрыта ради защиты человека", "тізімге сәйкес; адамды қорғау үшін журнал жазбасы жабық"),
    "consent": ("somebody has not consented", "нет чьего-то согласия", "біреудің келісімі жоқ"),
    "not_chosen": ("versions were not asked for", "версии не запрашивались", "нұсқалар сұралмаған"),
    "was_damaged": ("it was missing or changed in the store before this export", "файл пропал или изменился в хранилище до этого экспорта", "файл осы экспортқа дейін қоймада жоғалған не өзгерген"),
    "no_entry": ("no entry of the ledger stands for it", "за ним нет записи журнала", "оған сәйкес журнал жазбасы жоқ"),
    "not_the_sum": ("it is not what the ledger recorded", "это не то, что записано в журнале", "бұл журналда жазылған емес"),
    "title_differs": ("its title is not the one that was recorded", "название не то, что было записано", "атауы жазылғанға сәйкес емес"),
    "unreadable": ("cannot be read", "не читается", "оқылмайды"),
    "key_is": ("Key of the ledger", "Ключ журнала", "Журнал кілті"),
    "compare": (
        "This key came with the export. Compare it with the one the network publishes, or give that one with --key.",
        "Этот ключ пришёл вместе с экспортом. Сверьте его с опубликованным сетью или укажите тот через --key.",
        "Бұл кілт экспортпен бірге келді. Оны желі жариялаған кілтпен салыстырыңыз немесе соны --key арқылы беріңіз.",
    ),
    "all_good": ("VERDICT: GOOD. Everything holds.", "ВЫВОД: ВЕРНО. Всё сходится.", "ҚОРЫТЫНДЫ: ДҰРЫС. Бәрі сәйкес."),
    "not_good": (
        "VERDICT: BAD. Do not rely on this export.",
        "ВЫВОД: НАРУШЕНО. На этот экспорт полагаться нельзя.",
        "ҚОРЫТЫНДЫ: БҰЗЫЛҒАН. Бұл экспортқа сенуге болмайды.",
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
    """What was found out: good, bad, left_out, lost or unproven; the part it concerns; why."""

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
    if scalar >= ORDER:
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
        self._path = os.path.abspath(path)

    def names(self) -> "list[str]":
        """Return every file, with slashes."""
        found = []
        for folder, _folders, files in os.walk(self._path):
            for name in files:
                found.append(os.path.relpath(os.path.join(folder, name), self._path).replace(os.sep, "/"))  # noqa: PERF401
        return sorted(found)

    def open(self, name: str) -> BinaryIO:
        """Open one of them."""
        return open(os.path.join(self._path, *name.split("/")), "rb")


class Packed:
    """The files of an export in its ZIP file, below the one folder in it."""

    def __init__(self, path: str) -> None:
        self._zip = zipfile.ZipFile(path)
        names = [name for name in self._zip.namelist() if not name.endswith("/")]
        tops = {name.partition("/")[0] for name in names}
        if len(tops) != 1 or len(set(names)) != len(names):
            raise Bad("unreadable", os.path.basename(path))
        self._top = tops.pop() + "/"

    def names(self) -> "list[str]":
        """Return every file, with slashes."""
        return sorted(name[len(self._top) :] for name in self._zip.namelist() if not name.endswith("/"))

    def open(self, name: str) -> BinaryIO:
        """Open one of them."""
        return self._zip.open(self._top + name)  # type: ignore[return-value]


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
        _whole(store, found)
        own_key = _ascii(_text(store, "data/ledger/verifier-key.txt")).strip()
        _proven(store, key.strip() if key else own_key, found)
    except Bad as bad:
        found.append(Finding("bad", bad.about or "bag", "", bad.word))
    except Exception as fault:  # noqa: BLE001 -- whatever somebody put there, the answer is a verdict
        found.append(Finding("bad", "bag", type(fault).__name__, "unreadable"))
    return found, own_key


def _ascii(data: bytes) -> str:
    return data.decode("ascii")


def _whole(store: Store, found: "list[Finding]") -> None:
    """Check the bag: declaration, both manifests, nothing besides, payload size (RFC 8493)."""
    names = store.names()
    declared = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    found.append(Finding("good" if _text(store, "bagit.txt") == declared else "bad", "declared", "bagit.txt"))
    tags, payload = _manifest(_text(store, TAG_MANIFEST)), _manifest(_text(store, MANIFEST))
    broken = False
    for name in names:
        listed = payload if name.startswith("data/") else tags
        if name not in listed and name not in FREE:
            found.append(Finding("bad", "bag", name, "unlisted"))
            broken = True
    size = 0
    for name, expected in sorted({**tags, **payload}.items()):
        if (name in payload) != name.startswith("data/"):
            raise Bad("odd_name", "bag")
        if name not in names:
            found.append(Finding("bad", "bag", name, "missing"))
            broken = True
            continue
        digest, length = _digest(store, name)
        size += length if name in payload else 0
        if digest != expected:
            found.append(Finding("bad", "bag", name, "differs"))
            broken = True
    for needed in ("bagit.txt", "bag-info.txt", MANIFEST):
        if needed not in tags:
            found.append(Finding("bad", "bag", needed, "unlisted"))
            broken = True
    if not broken:
        found.append(Finding("good", "listed", str(len(tags) + len(payload))))
    oxum = "Payload-Oxum: %d.%d\n" % (size, len(payload))
    stated = [
        line for line in _text(store, "bag-info.txt").decode().splitlines(True) if line.startswith("Payload-Oxum")
    ]
    found.append(Finding("good" if stated == [oxum] else "bad", "oxum", "%d.%d" % (size, len(payload))))


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


class Ledger(NamedTuple):
    """What the checked rows say: subject -> the rows about it, with their details where they are opened."""

    rows: "dict[str, list[tuple[dict[str, Any], dict[str, Any] | None]]]"


def _proven(store: Store, key: str, found: "list[Finding]") -> None:
    export = _json(_text(store, "data/export.json"))
    if export["format"] != FORMAT:
        raise Bad("unreadable", "bag")
    members = {
        one["id"]: bytes.fromhex(one["public"]) for one in _json(_text(store, "data/ledger/members.json"))["members"]
    }
    if any(len(public) != 64 for public in members.values()):
        raise Bad("unreadable", "members")
    _signed(store, export, members, found)
    size, root = read_checkpoint(_text(store, "data/ledger/checkpoint.txt"), key)
    found.append(Finding("good", "checkpoint", str(size)))
    ledger = _events(store, export["instance"], members, size, root, found)
    _keys(members, ledger, found)
    for name in export["items"]:
        _item(store, _json(_text(store, name)), ledger, found)


def _signed(store: Store, export: "dict[str, Any]", members: "dict[str, bytes]", found: "list[Finding]") -> None:
    given = _json(_text(store, SIGNATURE))
    if set(given) != {"v", "member", "signature"} or given["v"] != 1 or given["member"] != export["by"]:
        raise Bad("wrong_signature", "signed_by")
    message = signed_for("export", hashlib.sha256(_text(store, TAG_MANIFEST)).digest())
    public = members.get(given["member"], b"")
    holds = ed25519_holds(public[32:], message, _hex(given["signature"]))
    found.append(Finding("good" if holds else "bad", "signed_by", given["member"], "" if holds else "wrong_signature"))


def _hex(text: str) -> bytes:
    if not re.fullmatch("([0-9a-f]{2})*", text):
        raise Bad("unreadable")
    return bytes.fromhex(text)


def _events(
    store: Store, instance: str, members: "dict[str, bytes]", size: int, root: bytes, found: "list[Finding]"
) -> "Ledger":
    """Check every row: proof, chain to a neighbour, signature, details."""
    ledger = Ledger({})
    good, before, followed = 0, 0, b""
    text = _text(store, "data/ledger/events.jsonl").decode()
    if not text.endswith("\n"):
        raise Bad("unreadable", "events")
    for line in text[:-1].split("\n"):
        given = _json(line.encode())
        if set(given) != {"row", "signature", "proof", "opening"}:
            raise Bad("unreadable", "events")
        raw: bytes = given["row"].encode()
        row, leaf = _json(raw), leaf_of(raw)
        if set(row) != ROWS.get(row["v"]):
            raise Bad("unreadable", "events")
        seq = row["seq"]
        why = _fault(row, given, leaf, instance, members, (size, root))
        if not isinstance(seq, int) or isinstance(seq, bool) or seq <= before:
            raise Bad("out_of_order", "events")
        previous = _hex(row["previous"])
        if not why and seq == before + 1 and before and previous != followed:
            why = "chain_broken"
        before, followed = seq, hashlib.sha256(previous + leaf).digest()
        details = None
        if not why and given["opening"] is not None:
            details = _opened(row, given["opening"])
            why = "" if details is not None else "not_opened"
        if why:
            found.append(Finding("bad", "event", str(seq), why))
            continue
        good += 1
        ledger.rows.setdefault(row["subject"], []).append((row, details))
    found.append(Finding("good", "events", str(good)))
    return ledger


def _fault(
    row: "dict[str, Any]",
    given: "dict[str, Any]",
    leaf: bytes,
    instance: str,
    members: "dict[str, bytes]",
    tree: "tuple[int, bytes]",
) -> str:
    size, root = tree
    if row["instance"] != instance or root_of(leaf, row["seq"] - 1, size, [_hex(s) for s in given["proof"]]) != root:
        return "not_included"
    if given["signature"] is None:
        needs = row["actor"] is not None and row["result"] == "done" and row["verb"] not in UNSIGNED
        return "wrong_signature" if needs else ""
    if row["actor"] not in members:
        return "unknown_actor"
    holds = ed25519_holds(members[row["actor"]][32:], signed_for("ledger", leaf), _hex(given["signature"]))
    return "" if holds else "wrong_signature"


def _opened(row: "dict[str, Any]", opening: Any) -> "dict[str, Any] | None":
    if set(opening) != {"salt", "details"}:
        return None
    noted = opening["details"].encode()
    committed = hashlib.sha256(b"caseflow/v1/commitment" + _hex(opening["salt"]) + noted).hexdigest()
    return dict(_json(noted)) if committed == row["commitment"] else None


def _keys(members: "dict[str, bytes]", ledger: "Ledger", found: "list[Finding]") -> None:
    """Check that the ledger knows each member's key: the tree holds the eight words of it."""
    for member, public in sorted(members.items()):
        words = fingerprint(public)
        rows = ledger.rows.get("members:" + member, [])
        known = any(row["verb"] in KEYED and row["public"].get("fingerprint") == words for row, _details in rows)
        found.append(Finding("good" if known else "bad", "members", words, "" if known else "key_unproven"))


def _item(store: Store, item: "dict[str, Any]", ledger: "Ledger", found: "list[Finding]") -> None:
    name = "%s / %s" % (item["matter"], item["exhibit"])
    entered = [e for e in ledger.rows.get("evidence_items:" + item["id"], []) if e[0]["verb"] == "evidence.add_item"]
    if len(entered) != 1 or entered[0][0]["public"].get("exhibit") != item["exhibit"]:
        found.append(Finding("bad", "items", name, "no_entry"))
    elif entered[0][1] is not None and entered[0][1].get("title") != item["title"]:
        found.append(Finding("bad", "items", name, "title_differs"))
    for file in item["files"]:
        verdict, why = _file(store, item, file, ledger)
        found.append(Finding(verdict, "items", "%s: %s" % (name, file["name"]), why))


def _file(store: Store, item: "dict[str, Any]", file: "dict[str, Any]", ledger: "Ledger") -> "tuple[str, str]":
    rows = [e for e in ledger.rows.get("evidence_files:" + file["id"], []) if e[0]["verb"] == "evidence.add_file"]
    if len(rows) != 1 or rows[0][0]["safe"] != item["safe"]:
        return "bad", "no_entry"
    row, details = rows[0]
    if row["public"]["payload_sha256"] != file["payload_sha256"] or row["public"]["size"] != file["size"]:
        return "bad", "not_the_sum"
    if details is not None and (details["sha256"] != file["sha256"] or details["name"] != file["name"]):
        return "bad", "not_the_sum"
    if file["state"] == "damaged":
        return "lost", "was_damaged"
    if file["state"] in ("consent", "not_chosen"):
        return ("left_out", file["state"]) if file["path"] is None else ("bad", "not_the_sum")
    if file["state"] == "sealed":
        same = _payload_digest(store, file["path"]) == row["public"]["payload_sha256"]
        return ("good", "as_sealed") if same else ("bad", "not_the_sum")
    if file["state"] != "readable":
        return "bad", "unreadable"
    digest, length = _digest(store, file["path"])
    if digest != file["sha256"] or length != file["size"]:
        return "bad", "not_the_sum"
    if details is None and not _sum_holds(row, file):
        return "unproven", "as_listed"
    return "good", "as_received"


def _sum_holds(row: "dict[str, Any]", file: "dict[str, Any]") -> bool:
    """Tell whether the sum is the recorded one where the other details of the entry stay closed."""
    if not file.get("sum_salt") or "sum" not in row["public"]:
        return False
    made = b"caseflow/v1/sum" + _hex(file["sum_salt"]) + _hex(file["sha256"])
    return bool(hashlib.sha256(made).hexdigest() == row["public"]["sum"])


def _payload_digest(store: Store, name: str) -> str:
    """Return the sum of a sealed file without its header, which was written for whoever may open this export."""
    digest = hashlib.sha256()
    with store.open(name) as file:
        begins = file.read(64 * 1024)
        mark = begins.find(b"\n---")
        end = begins.find(b"\n", mark + 1)
        if not begins.startswith(b"age-encryption.org/v1\n") or mark < 0 or end < 0:
            return ""
        digest.update(begins[end + 1 :])
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
    if not asked.key and own_key:
        print("%s: %s" % (say("key_is"), "".join(c if c.isprintable() else "?" for c in own_key)))
        print(say("compare"))
    verdicts = {one.verdict for one in found}
    overall = "not_good" if "bad" in verdicts else "not_whole" if "lost" in verdicts else "all_good"
    print(say(overall))
    return 0 if overall == "all_good" else 1


if __name__ == "__main__":
    sys.exit(main())

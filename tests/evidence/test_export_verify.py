"""verify.py says good of what is whole and bad of everything else, and never falls over."""

import base64
import hashlib
import json
import random
import shutil
import zipfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from caseflow.evidence.export import verify
from tests.evidence.bags import PHRASE, ask, copy, events, list_anew, run, unpacked, value, verdicts
from tests.evidence.sending import JPEG

# RFC 8032, section 7.1: public key, message, signature of TEST 1, 2, 3 and SHA(abc).
VECTORS = [
    ("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
    ("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
    ("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"),
    ("ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
     "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"),
]  # fmt: skip


@pytest.mark.parametrize(("public", "message", "signature"), VECTORS)
def test_the_vectors_of_rfc_8032_hold_and_no_neighbour_of_them_does(public, message, signature):
    key, said, signed = bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature)
    assert verify.ed25519_holds(key, said, signed)
    for place in range(0, 512, 37):
        broken = bytearray(signed)
        broken[place // 8] ^= 1 << place % 8
        assert not verify.ed25519_holds(key, said, bytes(broken))
    assert not verify.ed25519_holds(key, said + b"x", signed)


def test_a_signature_has_one_form_only_and_odd_keys_are_refused():
    key, signed = bytes.fromhex(VECTORS[1][0]), bytes.fromhex(VECTORS[1][2])
    again = signed[:32] + (int.from_bytes(signed[32:], "little") + verify.ORDER).to_bytes(32, "little")
    assert not verify.ed25519_holds(key, b"\x72", again)
    for odd in (b"", b"\xff" * 32, (verify.P + 1).to_bytes(32, "little"), (2).to_bytes(32, "little")):
        assert not verify.ed25519_holds(odd, b"\x72", signed)


def test_it_agrees_with_the_library_on_random_signatures():
    for number in range(12):
        private, message = Ed25519PrivateKey.generate(), bytes(number)
        assert verify.ed25519_holds(private.public_key().public_bytes_raw(), message, private.sign(message))


_made = []


@pytest.fixture
def whole(request, tmp_path_factory):
    """Return a good bag, made once: tests break copies of it."""
    if not _made:
        people, item = request.getfixturevalue("people"), request.getfixturevalue("item")
        stored, sender = request.getfixturevalue("stored"), request.getfixturevalue("sender")
        stored(JPEG, "photo.jpg")
        stored(b"some words", "words.txt")
        answer = ask(sender(people.dana), f"/evidence/{item.id}/export")
        _made.append(unpacked(answer, tmp_path_factory.mktemp("whole")))
    return _made[0]


def test_a_good_bag_is_good_as_a_folder_and_as_the_zip_file(people, sender, item, stored, tmp_path):
    stored(JPEG, "photo.jpg")
    answer = ask(sender(people.dana), f"/evidence/{item.id}/export")
    packed = tmp_path / "bag.zip"
    packed.write_bytes(answer.data)
    assert verdicts(unpacked(answer, tmp_path / "out")) == {"good"}
    assert verdicts(packed) == {"good"}


def test_the_key_that_the_network_publishes_can_be_demanded(whole):
    own = (whole / "data/ledger/verifier-key.txt").read_text().strip()
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    name = own.split("+")[0]
    identifier = hashlib.sha256(name.encode() + b"\n\x01" + other).digest()[:4].hex()
    encoded = base64.b64encode(b"\x01" + other).decode()
    wrong = f"{name}+{identifier}+{encoded}"
    assert run(whole / "verify.py", "--key", own).returncode == 0
    told = run(whole / "verify.py", "--key", wrong)
    assert told.returncode == 1
    assert "not signed with the key you gave" in told.stdout


def _flipped(data, place):
    return data[:place] + bytes([data[place] ^ 1 << random.randrange(8)]) + data[place + 1 :]


CLASSES = {
    "payload": "data/originals/IN-2026-0001/001/photo.jpg",
    "item": "data/items/IN-2026-0001-001.json",
    "rows, proofs, openings and signatures": "data/ledger/events.jsonl",
    "checkpoint": "data/ledger/checkpoint.txt",
    "key of the ledger": "data/ledger/verifier-key.txt",
    "keys of members": "data/ledger/members.json",
    "export": "data/export.json",
    "report": "data/report.pdf",
    "manifest": "manifest-sha256.txt",
    "manifest of tags": "tagmanifest-sha256.txt",
    "signature": "signature.json",
    "declaration": "bagit.txt",
    "about the bag": "bag-info.txt",
}


def _break(whole, folder, name, places, *, listed_anew):
    """Flip a bit at each place of one file; return the places at which nobody noticed."""
    broken = copy(whole, folder)
    data = (whole / name).read_bytes()
    unseen = []
    for place in places(len(data)):
        (broken / name).write_bytes(_flipped(data, place))
        if listed_anew:
            for manifest in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
                (broken / manifest).write_bytes((whole / manifest).read_bytes())
            list_anew(broken)
        if "bad" not in verdicts(broken):
            unseen.append(place)
    return unseen


@pytest.mark.parametrize("listed_anew", [False, True], ids=["as it is", "with manifests written anew"])
@pytest.mark.parametrize("name", CLASSES.values(), ids=CLASSES)
def test_a_flipped_bit_is_bad(whole, tmp_path, name, listed_anew):
    if listed_anew and not name.startswith("data/"):
        pytest.skip("the manifests themselves")
    assert (
        _break(whole, tmp_path, name, lambda size: random.sample(range(size), min(size, 4)), listed_anew=listed_anew)
        == []
    )


@pytest.mark.prove
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", CLASSES.values(), ids=CLASSES)
def test_thousands_of_flipped_bits_are_bad(whole, tmp_path, name):
    def places(size):
        return range(size) if size <= 700 else random.sample(range(size), 700)

    assert _break(whole, tmp_path, name, places, listed_anew=False) == []


def _forge(whole, folder, change):
    """Return a copy in which `change` edits the lines of the custody, its export signed by nobody."""
    broken = copy(whole, folder)
    lines = events(broken)
    change(lines)
    text = "".join(json.dumps(one, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n" for one in lines)
    (broken / "data/ledger/events.jsonl").write_text(text)
    list_anew(broken)
    return broken


def _ledger_says(path):
    return {
        (one.verdict, one.why)
        for one in verify.check(str(path))[0]
        if one.part in ("event", "events", "items", "members")
    }


def _row(change):
    def edit(lines):
        row = json.loads(lines[-1]["row"])
        change(row)
        lines[-1]["row"] = json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    return edit


def _proof(lines):
    lines[-1]["proof"][0] = "00" * 32


def _signature(lines):
    signed = next(line for line in lines if line["signature"])
    signed["signature"] = "00" + signed["signature"][2:]


def _unsigned(lines):
    next(line for line in lines if line["signature"])["signature"] = None


def _opening(lines):
    opened = next(line for line in lines if line["opening"])
    opened["opening"]["details"] = opened["opening"]["details"].replace("o", "0")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (_row(lambda row: row.update(verb="evidence.view")), "not_included"),
        (_row(lambda row: row.update(actor=None)), "not_included"),
        (_row(lambda row: row.update(at="2020-01-01T00:00:00+00:00")), "not_included"),
        (_proof, "not_included"),
        (lambda lines: lines[-1]["proof"].append("00" * 32), "not_included"),
        (lambda lines: lines[-1]["proof"].pop(), "not_included"),
        (_signature, "wrong_signature"),
        (_unsigned, "wrong_signature"),
        (_opening, "not_opened"),
    ],
    ids=["verb", "actor", "time", "proof", "longer proof", "shorter proof", "signature", "no signature", "opening"],
)
def test_a_forged_row_is_found_by_the_ledger_itself_not_only_by_the_manifest(whole, tmp_path, change, why):
    assert ("bad", why) in _ledger_says(_forge(whole, tmp_path, change))


@pytest.mark.parametrize("what", ["dropped", "twice", "turned round"])
def test_rows_cannot_be_taken_out_doubled_or_turned_round(whole, tmp_path, what):
    def change(lines):
        if what == "dropped":
            del lines[-1]
        elif what == "twice":
            lines.append(lines[-1])
        else:
            lines.reverse()

    assert "bad" in verdicts(_forge(whole, tmp_path, change))


def test_another_file_in_place_of_an_original_is_found_by_the_ledger(whole, tmp_path):
    broken = copy(whole, tmp_path)
    name = "data/originals/IN-2026-0001/001/words.txt"
    (broken / name).write_bytes(b"other word")
    item = value(broken, CLASSES["item"])
    for file in item["files"]:
        if file["name"] == "words.txt":
            file["sha256"] = hashlib.sha256(b"other word").hexdigest()
    (broken / CLASSES["item"]).write_text(json.dumps(item))
    list_anew(broken)
    assert ("bad", "not_the_sum") in _ledger_says(broken)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda bag: (bag / "data/originals/IN-2026-0001/001/photo.jpg").unlink(),
        lambda bag: (bag / "data/more.txt").write_text("not listed"),
        lambda bag: (bag / "more.txt").write_text("not listed"),
        lambda bag: (bag / "manifest-sha256.txt").unlink(),
        lambda bag: (bag / "manifest-sha256.txt").write_text("0" * 64 + "  ../../etc/passwd\n"),
        lambda bag: (bag / "data/ledger/events.jsonl").write_text(""),
        lambda bag: (bag / "data/ledger/events.jsonl").write_text("[" * 100_000 + "\n"),
        lambda bag: (bag / "data/export.json").write_text("null"),
        lambda bag: (bag / "data/export.json").write_bytes(b"\xff\xfe"),
        lambda bag: (bag / "signature.json").write_text('{"v": 1, "v": 1}'),
        lambda bag: shutil.rmtree(bag / "data/ledger"),
        lambda bag: (bag / "data/ledger/members.json").write_text('{"members": [{"id": 1, "public": "zz"}]}'),
    ],
)
def test_what_is_missing_odd_or_hostile_is_bad_and_not_a_fault(whole, tmp_path, spoil):
    broken = copy(whole, tmp_path)
    spoil(broken)
    told = run(whole / "verify.py", str(broken))
    assert told.returncode == 1, told.stdout
    assert "Traceback" not in told.stderr
    assert "VERDICT: BAD" in told.stdout


def test_where_there_is_no_export_it_says_so(whole, tmp_path):
    assert run(whole / "verify.py", str(tmp_path)).returncode == 2


def test_a_sealed_bag_is_proven_without_any_key(people, sender, item, stored, tmp_path):
    stored(JPEG, "photo.jpg")
    answer = ask(sender(people.dana), f"/evidence/{item.id}/export", packing="sealed", passphrase=PHRASE)
    bag = unpacked(answer, tmp_path / "out")
    assert verdicts(bag) == {"good"}
    assert run(bag / "verify.py").returncode == 0
    sealed = bag / "data/originals/IN-2026-0001/001/photo.jpg.age"
    sealed.write_bytes(_flipped(sealed.read_bytes(), 600))
    list_anew(bag)
    assert ("bad", "not_the_sum") in _ledger_says(bag)


def test_it_needs_nothing_newer_than_python_3_8(whole):
    import ast

    for name in ("verify.py", "recover.py"):
        source = (whole / "verify.py").parent / name
        text = source.read_text() if source.exists() else _shipped(name)
        tree = ast.parse(text, feature_version=(3, 8))
        imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        assert "caseflow" not in " ".join(imported)
        assert not any(isinstance(node, ast.ImportFrom) and node.module == "__future__" for node in ast.walk(tree))
        assert not any(hasattr(ast, "Match") and isinstance(node, ast.Match) for node in ast.walk(tree))


def _shipped(name):
    from importlib.resources import files

    return files("caseflow.evidence.export").joinpath(name).read_text()


def test_a_zip_with_two_tops_is_no_export(tmp_path):
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as packed:
        packed.writestr("a/bagit.txt", "x")
        packed.writestr("b/bagit.txt", "x")
    assert verdicts(tmp_path / "two.zip") == {"bad"}


BEFORE = Path(__file__).parent / "exports"


@pytest.mark.parametrize(
    ("name", "found", "code"),
    [
        ("1-readable", {"good", "said", "unproven"}, 3),
        ("1-sealed", {"good", "said", "left_out", "unproven"}, 3),
        ("1-masked", {"good", "said", "left_out", "unproven"}, 3),
    ],
)
def test_an_honest_export_of_the_first_form_is_not_bad_today(whole, tmp_path, name, found, code):
    """Rows of both forms, from before the ledger kept the texts of items and members.json more keys than one.

    That nothing was left out of the custody could not be proven then.
    """
    packed = BEFORE / f"{name}.zip"
    assert verdicts(packed) == found
    with zipfile.ZipFile(packed) as old:
        old.extractall(tmp_path / "old")
    (bag,) = (tmp_path / "old").iterdir()
    assert run(whole / "verify.py", str(bag)).returncode == code


def test_every_word_is_said_in_three_languages_and_used():
    source = _shipped("verify.py").partition("LANGUAGES =")[2]
    for word, told in verify.WORDS.items():
        assert len(told) == len(verify.LANGUAGES)
        assert len(set(told)) == len(told) or word == "bag"
        assert f'"{word}"' in source, word

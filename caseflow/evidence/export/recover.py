"""Turn a recovery code on paper into the key that opens a sealed export with the `age` command.

    python3 -I recover.py > key.txt
    age -d -i key.txt photo.jpg.age > photo.jpg

Asks for the code, so that it stays out of the history of the terminal; it may also come on the standard input. Needs
Python 3.8 or newer and nothing else. Delete key.txt afterwards: whoever has it opens what was sealed to this code.
"""

import sys

if __name__ == "__main__" and not (sys.flags.isolated or getattr(sys.flags, "safe_path", False)):
    # Python looks for what is imported beside this program first: there somebody else's argparse.py could lie, or a
    # __future__.py, which is why annotations stand in quotes here.
    sys.path[:] = [place for place in sys.path[1:] if place not in ("", ".", sys.path[0])]

import getpass
import hashlib
import hmac
import unicodedata
from collections.abc import Iterable

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
READ_AS = {"O": "0", "I": "1", "L": "1"}
READ_AS.update(zip("АВЕЗКМНОРСТУХІЅЈҮ", "ABE3KMH0PCTYX1SJY"))
BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
WRONG = {
    "length": "A recovery code has 36 letters and digits. / В коде восстановления 36 букв и цифр. / Қалпына келтіру кодында 36 әріп пен сан бар.",
    "typing": "The code has a typing error. / В коде опечатка. / Кодта қате терілген таңба бар.",
}  # fmt: skip


def fields(*values: bytes) -> bytes:
    """Return values (text first, then bytes) as one unambiguous string (docs/formats.md)."""
    kinds = (b"s", *(b"b" for _value in values[1:]))
    return b"".join(kind + len(value).to_bytes(4, "big") + value for kind, value in zip(kinds, values))


def read_code(text: str) -> bytes:
    """Return the 20 bytes of a code as people type it; raise ValueError with a sentence."""
    symbols = []
    for character in unicodedata.normalize("NFKC", text).upper():
        if character.isspace() or unicodedata.category(character) == "Pd" or character in "_.\u2212":
            continue
        value = ALPHABET.find(READ_AS.get(character, character))
        if value < 0:
            raise ValueError(WRONG["typing"])
        symbols.append(value)
    if len(symbols) != 36:
        raise ValueError(WRONG["length"])
    number = 0
    for value in symbols:
        number = number << 5 | value
    secret = (number >> 20).to_bytes(20, "big")
    check = hashlib.sha256(fields(b"caseflow/v1/recovery-check", secret)).digest()
    if number & (1 << 20) - 1 != int.from_bytes(check[:3], "big") >> 4:
        raise ValueError(WRONG["typing"])
    return secret


def derive(secret: bytes) -> bytes:
    """Return the age key (32 bytes) of a code: HKDF-SHA256 (RFC 5869) with a label of its own."""
    drawn = hmac.new(bytes(32), secret, hashlib.sha256).digest()
    return hmac.new(drawn, fields(b"caseflow/v1/recovery-file") + b"\x01", hashlib.sha256).digest()


def bech32(prefix: str, data: bytes) -> str:
    """Return `data` as age writes its keys (BIP 173)."""
    values: "list[int]" = []
    held = bits = 0
    for byte in data:
        held, bits = held << 8 | byte, bits + 8
        while bits >= 5:
            bits -= 5
            values.append(held >> bits & 31)
    if bits:
        values.append(held << 5 - bits & 31)
    expanded = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    check = _polymod([*expanded, *values, 0, 0, 0, 0, 0, 0]) ^ 1
    return prefix + "1" + "".join(BECH32[v] for v in values + [check >> 5 * (5 - i) & 31 for i in range(6)])


def _polymod(values: "Iterable[int]") -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, term in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            if top >> bit & 1:
                check ^= term
    return check


def main() -> int:
    """Ask for the code, print the key."""
    ask = "Recovery code / Код восстановления / Қалпына келтіру коды: "
    try:
        typed = getpass.getpass(ask) if sys.stdin.isatty() else sys.stdin.buffer.read(1024).decode()
        print(bech32("age-secret-key-", derive(read_code(typed))).upper())
    except ValueError as wrong:
        print(wrong, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The canonical form's atoms: how one literal or name is written, whatever way the source spells it.

The canonical form of a piece of code is a sequence of atoms and nodes, joined by single spaces (docs/formats.md, "Canonical form and shallow digests"):

    f(x, 0x10, "it's")      (call f x #10 '4:it's)

A node is ``(tag … )``. An atom is a name or dotted chain of names, an operator, or one of the literals that this module writes;
each kind begins in a way that no other does, and strings carry their length, so that no two sequences join to the same text.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from hitsave.digest import Digest, digest_bytes

SHELL: Final = "hitsave 2026 v1 shell"
BODY: Final = "hitsave 2026 v1 body"
REST: Final = "hitsave 2026 v1 rest of a body"
PIECE: Final = "hitsave 2026 v1 piece of a body"
DECORATOR: Final = "hitsave 2026 v1 decorator"
DOCUMENTED: Final = "hitsave 2026 v1 documented"
GUARD: Final = "hitsave 2026 v1 guard"

_SIMPLE_ESCAPES: Final = {"\\": "\\", "'": "'", '"': '"', "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\n": ""}
_ESCAPE: Final = re.compile(r"\\(?:([\\'\"abfnrtv\n])|([0-7]{1,3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|N\{([^}]+)\})")
_BYTES_ESCAPE: Final = re.compile(r"\\(?:([\\'\"abfnrtv\n])|([0-7]{1,3})|x([0-9a-fA-F]{2}))")


def digest_of(context: str, atoms: list[str]) -> Digest:
    """The digest of a canonical form under `context`."""
    return digest_bytes(context, " ".join(atoms).encode("utf-8", "surrogatepass"))


NOTHING: Final = digest_of(BODY, [])
"""The body of what has none: a value, a class, an effect."""


def identifier(name: str) -> str:
    """`name` as Python itself normalises it (NFKC), so that ``ﬁ`` and ``fi`` are one name."""
    return name if name.isascii() else unicodedata.normalize("NFKC", name)


def split_literal(text: str) -> tuple[str, str]:
    """The prefix in lower case, and what stands between the quotes, of a string literal as written.

    >>> split_literal('Rb"x"')
    ('rb', 'x')
    """
    start = 0
    while text[start] not in "'\"":
        start += 1
    width = 3 if text.startswith(text[start] * 3, start) and len(text) >= start + 6 else 1
    return text[:start].lower(), text[start + width : -width]


def unescape(text: str, *, in_bytes: bool = False) -> str:
    r"""What `text`, the inside of a literal that is not raw, stands for; of a bytes literal, as Latin-1 text.

    An escape that Python does not know stays as it is (``\d``), as it does in Python; without Python's warning.
    """
    if "\\" not in text:
        return text
    return _BYTES_ESCAPE.sub(_bytes_character, text) if in_bytes else _ESCAPE.sub(_character, text)


def string_atom(value: str) -> str:
    """``'``, the number of characters, ``:`` and the characters."""
    return f"'{len(value)}:{value}"


def bytes_atom(value: str) -> str:
    """As `string_atom`, with ``"``; bytes are taken as Latin-1 characters."""
    return f'"{len(value)}:{value}'


def integer_atom(text: str) -> str:
    """``#`` and the value in hexadecimal: ``1_000`` and ``0x3e8`` are ``#3e8``."""
    try:
        return f"#{int(text, 0):x}"
    except ValueError:  # more decimal digits than this Python is set to convert
        return f"#d{text.replace('_', '')}"


def float_atom(text: str) -> str:
    """``#f`` and the value as `float.hex` writes it: ``1e3`` is ``#f0x1.f400000000000p+9``."""
    return f"#f{float(text.replace('_', '')).hex()}"


def imaginary_atom(text: str) -> str:
    """``#j`` and the imaginary part as `float.hex` writes it."""
    return f"#j{float(text[:-1].replace('_', '')).hex()}"


def _character(match: re.Match[str]) -> str:
    simple, octal, x, u, wide, name = match.groups()
    if simple is not None:
        return _SIMPLE_ESCAPES[simple]
    if octal is not None:
        return chr(int(octal, 8))
    if name is not None:
        try:
            return unicodedata.lookup(name)
        except KeyError:
            return match.group()
    code = int(x or u or wide, 16)
    return chr(code) if code <= 0x10FFFF else match.group()


def _bytes_character(match: re.Match[str]) -> str:
    simple, octal, x = match.groups()
    if simple is not None:
        return _SIMPLE_ESCAPES[simple]
    return chr(int(octal, 8) & 0xFF if octal is not None else int(x, 16))

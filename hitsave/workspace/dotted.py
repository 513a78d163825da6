"""How a path is written as a dotted name, part by part, so that it can be read back."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from hitsave.workspace.module_search import EXTENSION_SUFFIXES


def stem(file: str) -> str | None:
    """The name that `file` could be imported under, None if it could not."""
    for suffix in (".py", *EXTENSION_SUFFIXES, ".pyc"):
        if file.endswith(suffix):
            name = file.removesuffix(suffix)
            return None if "." in name or not name else name
    return None


def escaped(part: str) -> str:
    """One part of a path as one part of a dotted name.

    In normal form C, because file systems differ in how they write accents; what dots, colons and "%" would make ambiguous,
    control characters and bytes that are not UTF-8 are written as %XX.

    >>> escaped("my-script"), escaped("v1.2")
    ('my-script', 'v1%2E2')
    """
    if part.isascii() and part.isidentifier():
        return part
    if not part.isascii():
        import unicodedata

        part = unicodedata.normalize("NFC", part)
    return "".join(c if c not in ".:%" and " " <= c != "\x7f" and not "\ud800" <= c <= "\udfff" else _percent(c) for c in part)


def _percent(character: str) -> str:
    errors = "surrogateescape" if "\udc80" <= character <= "\udcff" else "surrogatepass"
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", errors))


def under(base: str, parts: Sequence[str]) -> str | None:
    """The path under `base` whose parts were escaped as `parts`; None if they are no such parts, or would lead elsewhere."""
    plain: list[str] = []
    for part in parts:
        if part.isidentifier():
            plain.append(part)
            continue
        try:
            text = b"".join(_unescaped(part)).decode("utf-8", "surrogateescape")
        except ValueError:
            return None
        if text in {"", ".", ".."} or os.sep in text or "\0" in text or (os.altsep and os.altsep in text):
            return None
        plain.append(text)
    return os.path.join(base, *plain)


def _unescaped(part: str) -> Iterator[bytes]:
    first, *rest = part.split("%")
    yield first.encode("utf-8", "surrogatepass")
    for piece in rest:
        yield bytes.fromhex(piece[:2])
        yield piece[2:].encode("utf-8", "surrogatepass")

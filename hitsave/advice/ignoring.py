"""Comments that leave findings out: ``# hitsave: ignore[HS003]``, and where to write one."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterable, Sequence
from typing import Final

from hitsave.structs import NamedTuple

_IGNORE: Final = re.compile(r"#.*?\bhitsave:\s*ignore(?:\s*\[([^\]]*)\])?")
_MARK: Final = "hitsave:"


def ignored_on(lines: Sequence[str], numbers: Iterable[int]) -> frozenset[str] | None:
    """The rules that comments on these lines, counted from 1, say to ignore; None: all.

    >>> sorted(ignored_on(["x = f()  # hitsave: ignore[hs001, HS003]"], [1]))
    ['HS001', 'HS003']
    """
    found: set[str] = set()
    for number in numbers:
        text = lines[number - 1] if 0 < number <= len(lines) else ""
        if _MARK in text and (match := _IGNORE.search(text)) is not None:
            if match[1] is None:
                return None
            found.update(code.strip().upper() for code in match[1].split(","))
    return frozenset(found)


class Insertion(NamedTuple):
    """Text to put into a line, counted from 1, at a column, counted from 0 in code points."""

    line: int
    column: int
    text: str


def comment_to_ignore(text: str, numbers: Iterable[int], code: str) -> Insertion | None:
    r"""How to have a rule ignored on one of these lines of a file: the first that a comment can end.

    A comment that ignores other rules gets one more. None where no line can take a comment: within a string, or before a backslash.

    >>> comment_to_ignore("x = f()\n", [1], "HS001")
    Insertion(line=1, column=7, text='  # hitsave: ignore[HS001]')
    >>> comment_to_ignore("x = f()  # hitsave: ignore[HS003]\n", [1], "HS001")
    Insertion(line=1, column=32, text=', HS001')
    """
    lines = text.split("\n")
    closed = _without_a_place(text)
    for number in numbers:
        if not 0 < number <= len(lines) or number in closed:
            continue
        line = lines[number - 1].rstrip()
        match = _IGNORE.search(line)
        if match is not None and match[1] is not None:
            return Insertion(number, match.end(1), f", {code}" if match[1].strip() else code)
        if match is None:
            return Insertion(number, len(line), f"  # hitsave: ignore[{code}]")
    return None


def _without_a_place(text: str) -> set[int]:
    """The lines that a string goes on behind, or that end in a backslash."""
    closed = {number for number, line in enumerate(text.split("\n"), 1) if line.endswith("\\")}
    try:
        starts: list[int] = []
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            kind = tokenize.tok_name[token.type]
            if kind in {"FSTRING_START", "TSTRING_START"}:
                starts.append(token.start[0])
            elif kind in {"FSTRING_END", "TSTRING_END"} and starts:
                closed.update(range(starts.pop(), token.end[0]))
            elif kind == "STRING":
                closed.update(range(token.start[0], token.end[0]))
    except (tokenize.TokenError, SyntaxError):
        pass  # what was read so far will do; the text is being typed
    return closed

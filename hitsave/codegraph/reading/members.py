"""Parsing a large class member by member, so that an edit of one member costs the parsing of that one.

Only what edits text again and again gains by it, and asks for it with `keep_members`; it costs memory, since trees are large.

**Invariant:** `parse` gives a tree whose facts are those of the tree that libcst gives for the whole text. A member begins at a line that has the
indentation of the class's body and begins with ``def``, ``async def``, ``class`` or its first ``@``. Where each piece between two such lines can be
parsed by itself, none of the cuts was inside of a string or of parentheses: the piece before it would not have come to its end.
"""

from __future__ import annotations

import io
import re
from typing import Final

from hitsave.codegraph.frontend import cst

_SHORTEST: Final = 8_000
"""Characters of a text; what is shorter is parsed in a few milliseconds."""
_BODY: Final = re.compile(r"^([ \t]+)(?:def|async[ \t]+def|@)", re.MULTILINE)
_DEFINITION: Final = re.compile(r"(?:async[ \t]+)?(?:def|class)\b")

_kept: dict[str, tuple[cst.BaseStatement, ...]] = {}
_most = 0


def keep_members(most: int) -> None:
    """From now on keep the trees of members of large classes, texts of `most` characters together; 0: parse all of it each time."""
    global _most  # noqa: PLW0603 - one setting of the process, like the cache that it bounds
    _most = most
    _kept.clear()


def parse(text: str) -> cst.Module:
    """The tree of `text`. Raises what libcst raises."""
    if _most and len(text) >= _SHORTEST:
        pieces = _cut(text)
        if pieces is not None and (module := _joined(*pieces)) is not None:
            return module
    return cst.parse_module(text)


def _cut(text: str) -> tuple[str, str, list[str]] | None:
    """The class's head, the indentation of its body, and its members, each with the lines above it that belong to no other; None where the text is no such class."""
    found = _BODY.search(text)
    if found is None or not text.endswith("\n"):
        return None
    indentation = found[1]
    starts: list[int] = []
    decorated = False
    free = False  # whether a member may begin here: not in a line that goes on, nor below a comment that may belong to what is above
    gap: int | None = None  # where the empty lines and comments above began that can only belong to what follows
    position = 0
    for line in io.StringIO(text, newline="\n"):
        stripped = line.strip()
        code = line[len(indentation) :] if line.startswith(indentation) else ""
        if not stripped or code.startswith("#"):
            gap = position if gap is None else gap
        elif stripped.startswith("#"):
            gap, free = None, False
        else:
            begins = code.startswith("@") or _DEFINITION.match(code) is not None
            if begins and not decorated and free:
                starts.append(position if gap is None else gap)
            decorated = code.startswith("@") or (decorated and not begins)
            gap, free = None, not line.endswith("\\\n")
        position += len(line)
    if len(starts) < 2 or gap is not None:
        return None
    return text[: starts[0]], indentation, [text[a:b] for a, b in zip(starts, [*starts[1:], len(text)], strict=True)]


def _joined(head: str, indentation: str, members: list[str]) -> cst.Module | None:
    try:
        module = cst.parse_module(f"{head}{indentation}pass\n")
        if len(module.body) != 1 or not isinstance(module.body[0], cst.ClassDef) or module.footer:
            return None
        found = module.body[0]
        body = found.body
        if not isinstance(body, cst.IndentedBlock) or body.footer:
            return None
        statements = [*body.body[:-1]]
        for member in members:
            nodes = _kept.pop(member, None) or _parsed(member)
            if nodes is None:
                return None
            _kept[member] = nodes
            statements.extend(nodes)
    except cst.ParserSyntaxError:
        return None
    room = _most
    for member in reversed([*_kept]):  # the latest stay
        room -= len(member)
        if room < 0:
            del _kept[member]
    return module.with_changes(body=[found.with_changes(body=body.with_changes(body=statements))])


def _parsed(member: str) -> tuple[cst.BaseStatement, ...] | None:
    module = cst.parse_module(f"class _:\n{member}")
    found = module.body[0]
    if len(module.body) != 1 or module.footer or not isinstance(found, cst.ClassDef):
        return None
    body = found.body
    return tuple(body.body) if isinstance(body, cst.IndentedBlock) and not body.footer else None

"""How deep a text is nested, asked before a parser is.

libcst's parser is recursive, in compiled code: brackets nested some hundreds deep overflow the stack, which ends the process, where Python's own parser
gives a SyntaxError. And operators in a chain cost it time that grows with the square of their number: 5,000 terms of a sum take 14 s.
So a text is looked at first, at a hundredth of what parsing costs.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from typing import Final

MOST_BRACKETS: Final = 100
"""Python's own limit is 200; each level of libcst takes up to 8 KB of the stack, of which a thread may have only one or two MB."""

MOST_DEPTH: Final = 1500
"""Of expressions in expressions, a chain of operators included; at this depth libcst takes about a second."""

LONG_LINE: Final = 8000
"""Characters in a logical line above which it may hold a chain that is too long, and is looked at with more care."""

TOO_DEEP: Final = "nested too deeply to analyse"

_MARKS: Final = re.compile(r"[][(){}\n]")


def problem(text: str) -> str | None:
    """Why `text` should not be given to libcst, or None."""
    if len(text) < LONG_LINE and text.count("(") + text.count("[") + text.count("{") <= MOST_BRACKETS:
        return None
    brackets, longest = _measure(text)
    if brackets <= MOST_BRACKETS and longest <= LONG_LINE:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError) as wrong:
        return f"line {getattr(wrong, 'lineno', None) or 1}: {getattr(wrong, 'msg', wrong)}"
    except (RecursionError, MemoryError):
        return TOO_DEEP
    return TOO_DEEP if _depth(tree) > MOST_DEPTH else None


def _measure(text: str) -> tuple[int, int]:
    """The deepest nesting of brackets and the length of the longest logical line; brackets in strings are taken for real, so both may be too much."""
    depth = deepest = longest = begins = 0
    for match in _MARKS.finditer(text):
        mark = match.group()
        if mark == "\n":
            if depth == 0:
                longest = max(longest, match.start() - begins)
                begins = match.end()
        elif mark in "([{":
            depth += 1
            deepest = max(deepest, depth)
        elif depth:
            depth -= 1
    return deepest, max(longest, len(text) - begins)


def _depth(tree: ast.AST) -> int:
    """The depth of the deepest expression in `tree`; statements don't count, for Python limits their nesting to 100 itself."""
    deepest = 0
    pending: list[tuple[ast.AST, int]] = [(tree, 0)]
    while pending:
        node, depth = pending.pop()
        deepest = max(deepest, depth)
        for child in _children(node):
            pending.append((child, depth + 1 if isinstance(child, ast.expr) else depth))
    return deepest


def _children(node: ast.AST) -> Iterator[ast.AST]:
    return ast.iter_child_nodes(node)

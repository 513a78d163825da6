"""How deep a text is nested, asked before a parser is.

libcst's parser is recursive, in compiled code: brackets nested some hundreds deep overflow the stack, which ends the process, where Python's own parser
gives a SyntaxError. And operators in a chain cost it time that grows with the square of their number: 5,000 terms of a sum take 14 s.
So a text is looked at first, at a hundredth of what parsing costs.
"""

from __future__ import annotations

import ast
import re
import warnings
from typing import Final

MOST_BRACKETS: Final = 100
"""Python's own limit is 200. Each level takes libcst up to 8 KB of the stack, of which a thread may have as little as one MB."""

MOST_DEPTH: Final = 1500
"""Of expressions in expressions, a chain of operators included; at this depth libcst takes about a second."""

SHORT: Final = 4000
"""Characters of a text that can't hold a chain long enough to matter."""

TOO_DEEP: Final = "nested too deeply to analyse"

_MARKS: Final = re.compile(r"[][(){},\n]|[-+*/%@&|^<>.=~]+|\b(?:and|or|not|if|lambda|await)\b")

_QUOTED: Final = re.compile(r"\"\"\"(?:[^\\]|\\.)*?\"\"\"|'''(?:[^\\]|\\.)*?'''|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|#[^\n]*", re.DOTALL)


def problem(text: str) -> str | None:
    """Why `text` should not be given to libcst, or None."""
    if len(text) < SHORT and text.count("(") + text.count("[") + text.count("{") <= MOST_BRACKETS:
        return None
    brackets, chain = _measure(text)
    if brackets > MOST_BRACKETS or chain > MOST_DEPTH:
        brackets, chain = _measure(_QUOTED.sub("", text))
    if brackets > MOST_BRACKETS:
        return TOO_DEEP
    if chain <= MOST_DEPTH:
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
    """The deepest nesting of brackets, and the most operators in a row without a comma between. Strings and comments are not told apart from code, so both may be too much."""
    deepest = longest = 0
    chains = [0]  # at each depth of brackets, the operators since the last comma
    for mark in _MARKS.findall(text):
        if mark in "([{":
            chains.append(0)
            deepest = max(deepest, len(chains) - 1)
        elif mark in ")]}":
            if len(chains) > 1:
                chains.pop()
        elif mark == "," or (mark == "\n" and len(chains) == 1):
            chains[-1] = 0
        elif mark != "\n":
            chains[-1] += 1
            longest = max(longest, chains[-1])
    return deepest, longest


def _depth(tree: ast.AST) -> int:
    """The depth of the deepest node in `tree`."""
    deepest = 0
    pending: list[tuple[ast.AST, int]] = [(tree, 0)]
    while pending:
        node, depth = pending.pop()
        deepest = max(deepest, depth)
        pending += [(child, depth + 1) for child in ast.iter_child_nodes(node)]
    return deepest

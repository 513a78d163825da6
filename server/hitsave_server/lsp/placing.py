"""Which functions and prices stand in an open file, on which of its lines as they are now."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from hitsave_server.lsp.documents import OpenFile, real
from hitsave_server.lsp.picture import FunctionPicture, Picture, Price

_LONGEST_COMPARED: Final = 4_000_000


class Placed(NamedTuple):
    """What stands in one file: each with its line now, from 1. `broken`: the file is not Python at the moment, and this is of its last text that was."""

    functions: tuple[tuple[FunctionPicture, int], ...]
    prices: tuple[tuple[Price, int], ...]
    broken: bool


def placed(file: OpenFile, pictures: Sequence[Picture]) -> Placed:
    """What the pictures show in an open file. What stood on lines that were changed since they were made is left out; so is what a project shows of a file that lies in another one inside it, which knows it by its right name."""
    functions: dict[str, tuple[FunctionPicture, int]] = {}
    prices: dict[str, tuple[Price, int]] = {}
    broken = False
    path = real(file.path)
    lines: set[int] = set()
    for picture in sorted(pictures, key=lambda p: -len(p.root) if path.startswith(real(p.root).rstrip(os.sep) + os.sep) else 0):
        broken = broken or path in picture.broken
        own: set[int] = set()
        line_now = _moved(picture.texts.get(path), file)
        for function in picture.functions:
            if real(function.path) == path and (line := line_now(function.line)) is not None and line not in lines:
                functions.setdefault(function.symbol, (function, line))
                own.add(line)
        lines |= own
        for price in picture.prices:
            if real(price.path) == path and (line := line_now(price.line)) is not None:
                prices.setdefault(price.subject, (price, line))
    return Placed(tuple(functions.values()), tuple(prices.values()), broken)


def _moved(text: str | None, file: OpenFile) -> Callable[[int], int | None]:
    """From a line of the analysed text to the same line now."""
    now = file.source.text
    if text is None or text == now:
        return lambda line: line
    before, after = text.split("\n"), now.split("\n")
    shorter = min(len(before), len(after))
    first = next((n for n in range(shorter) if before[n] != after[n]), shorter)
    last = next((n for n in range(shorter - first) if before[-1 - n] != after[-1 - n]), shorter - first)
    between = _matches(before[first : len(before) - last], after[first : len(after) - last])

    def line_now(line: int) -> int | None:
        if line <= first:
            return line
        if line > len(before) - last:
            return line + len(after) - len(before)
        found = between.get(line - 1 - first)
        return None if found is None else found + first + 1

    return line_now


def _matches(before: Sequence[str], after: Sequence[str]) -> dict[int, int]:
    """Which lines of one text are which of another, both counted from 0; none where the texts are too long to be compared while someone types."""
    if len(before) * len(after) > _LONGEST_COMPARED:
        return {}
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    return {a + n: b + n for a, b, size in matcher.get_matching_blocks() for n in range(size)}

"""The index of a file after an edit, from the index before it: only the statements that the edit touched are parsed.

Lines that are equal at the beginning and at the end of both texts bound what was touched. The statements that lie wholly in them stay as they are;
what is between is parsed by itself. That gives the same as parsing the file, because a statement that begins in the first column, after another one that is complete,
means the same wherever it stands, and because whatever would join the two sides (an open bracket, a string, a backslash, a decorator, ``else:``)
is no complete text by itself, so that the parse fails and there is no short way.
"""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Callable, Sequence
from typing import Final

from hitsave.codegraph.index import Binding, Lines, ModuleIndex
from hitsave.codegraph.indexing import Collector, merge_shared_lines
from hitsave.codegraph.library import SourceModule

_LINE: Final = re.compile(r"/(\d+)")
_EXPORTS: Final = "__all__"


def reindex(lines_before: Sequence[str], before: ModuleIndex, text: str) -> ModuleIndex | None:
    r"""The index of a file that has `text` now and had `lines_before` with the index `before`; None where all of it has to be parsed.

    >>> from hitsave.codegraph.indexing import index_module
    >>> before = index_module("a = 1\nb = 2\nc = 3\n")
    >>> reindex(["a = 1\n", "b = 2\n", "c = 3\n"], before, "a = 1\n\nb, d = 2\nc = 3\n") == index_module("a = 1\n\nb, d = 2\nc = 3\n")
    True
    """
    if before.error is not None:
        return None
    lines = io.StringIO(text, newline="").readlines()
    same_before, same_after = _equal_ends(lines_before, lines)
    later = len(lines_before) - same_after
    kept = _count(before.statements, lambda s: s.last <= same_before)
    resumed = len(before.statements) - _count(before.statements[::-1], lambda s: s.first > later)
    first = before.statements[kept - 1].last if kept else 0
    moved = len(lines) - len(lines_before)
    last = before.statements[resumed].first - 1 if resumed < len(before.statements) else len(lines_before)
    touched = "".join(lines[first : last + moved])
    if _EXPORTS in touched or _EXPORTS in "".join(lines_before[first:last]):
        return None
    try:
        tree = ast.parse("\n" * first + touched)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    collector = Collector()
    statements = list(merge_shared_lines(tree.body))
    for position, (_, nodes) in enumerate(statements, kept):
        collector.position = position
        for node in nodes:
            collector.statement(node, "")
    after = kept + len(statements) - resumed
    return ModuleIndex(
        statements=(
            *before.statements[:kept],
            *(where for where, _ in statements),
            *(Lines(s.first + moved, s.last + moved) if moved else s for s in before.statements[resumed:]),
        ),
        bindings=(
            *(b for b in before.bindings if b.statement < kept),
            *collector.bindings,
            *(_moved(b, moved, after) for b in before.bindings if b.statement >= resumed),
        ),
        exports=before.exports,
        exports_computed=before.exports_computed,
        effects=(
            *(e for e in before.effects if e < kept),
            *sorted(collector.effects),
            *(e + after for e in before.effects if e >= resumed),
        ),
    )


def touched_names(before: SourceModule, after: SourceModule) -> frozenset[str] | None:
    """What an edit of a module may have changed, where it left every name standing for what it stood for: the names that the statements bind in which the texts differ.

    None where the edit did more: another number of statements, another binding, something under a condition, or an ``__all__``.
    Of a statement that may change objects that others made, all words count, since any of them may name one.
    """
    old, new = before.index, after.index
    if (
        old.error
        or new.error
        or len(old.statements) != len(new.statements)
        or (old.exports, old.exports_computed) != (new.exports, new.exports_computed)
    ):
        return None
    same_before, same_after = _equal_ends(before.lines, after.lines)
    first = min(_count(i.statements, lambda s: s.last <= same_before) for i in (old, new))
    lengths = len(before.lines), len(after.lines)
    last = max(
        next((n + 1 for n in range(len(i.statements) - 1, -1, -1) if i.statements[n].first <= length - same_after), 0)
        for i, length in zip((old, new), lengths, strict=True)
    )
    touched = range(first, last)
    bound = [[(b.name, b.kind, b.statement, b.origin, b.alias, b.condition) for b in i.bindings if b.statement in touched] for i in (old, new)]
    effects = [[e for e in i.effects if e in touched] for i in (old, new)]
    if (
        bound[0] != bound[1]
        or effects[0] != effects[1]
        or any(condition or kind in {"star", "import", "delete"} for _, kind, _, _, _, condition in bound[0])
    ):
        return None
    names = {name for name, *_ in bound[0]} | {""}
    for module in (before, after):
        names.update(word for position, words in module.effect_words if position in touched for word in words)
    return frozenset(names)


def _equal_ends(before: Sequence[str], after: Sequence[str]) -> tuple[int, int]:
    """How many lines are equal at the beginning, and of the rest at the end."""
    shorter = min(len(before), len(after))
    first = next((n for n, (b, a) in enumerate(zip(before, after, strict=False)) if b != a), shorter)
    rest = shorter - first
    last = next((n for n in range(rest) if before[-1 - n] != after[-1 - n]), rest)
    return first, last


def _count(statements: Sequence[Lines], kept: Callable[[Lines], bool]) -> int:
    """How many of the first statements are kept."""
    return next((n for n, s in enumerate(statements) if not kept(s)), len(statements))


def _moved(binding: Binding, lines: int, statements: int) -> Binding:
    if not lines and not statements:
        return binding
    condition = _LINE.sub(lambda m: f"/{int(m[1]) + lines}", binding.condition) if binding.condition else ""
    return binding._replace(line=binding.line + lines, statement=binding.statement + statements, condition=condition)

"""An index after an edit is the index of the edited text, and only what was touched is parsed."""

from __future__ import annotations

import ast
import io
import random
from pathlib import Path

import pytest

from hitsave.codegraph import index as indexing
from hitsave.codegraph.indexing import index_module
from hitsave.codegraph.reindex import reindex

TEXTS = [Path(indexing.__file__).read_text(encoding="utf-8"), Path(__file__).read_text(encoding="utf-8")]
PIECES = [
    "\n",
    "x = 1\n",
    "    y\n",
    "@d\n",
    "else:\n",
    "'''\n",
    "(\n",
    ")\n",
    "x = \\\n",
    "# c\n",
    "def f():\n",
    "    return 3\n",
    "if a:\n",
    "a; b\n",
    "\x0c\n",
    "async ",
    "__all__ = ['a']\n",
    "from os import *\n",
]


def lines_of(text: str) -> list[str]:
    return io.StringIO(text, newline="").readlines()


@pytest.mark.parametrize("seed", range(8))
def test_a_short_way_leads_where_the_long_way_does(seed):
    """Whatever is inserted, removed or replaced: where there is a short way at all, it gives the same index."""
    chance = random.Random(seed)
    taken = 0
    for text in TEXTS:
        lines, before = lines_of(text), index_module(text)
        for _ in range(60):
            first = chance.randrange(len(lines))
            last = min(len(lines), first + chance.choice([0, 0, 1, 1, 2, 5]))
            middle = chance.choices(PIECES, k=chance.randrange(3))
            edited = "".join([*lines[:first], *middle, *lines[last:]])
            short = reindex(lines, before, edited)
            if short is not None:
                taken += 1
                assert short == index_module(edited), (first, last, middle)
    assert taken > 20


def test_only_the_touched_statement_is_parsed(monkeypatch):
    """A keystroke in one function of a long file costs the parse of that function."""
    text = "".join(f"def f{n}():\n    return {n}\n\n\n" for n in range(500))
    before = index_module(text)
    parsed: list[str] = []
    parse = ast.parse
    monkeypatch.setattr(ast, "parse", lambda source: parsed.append(source.strip()) or parse(source))
    edited = text.replace("return 250\n", "return 2500\n")
    assert reindex(lines_of(text), before, edited) is not None
    assert parsed == ["def f250():\n    return 2500"]


def test_what_follows_keeps_its_conditions_by_line():
    """A binding in a branch knows the line of its condition, which moves with it."""
    text = "a = 1\nif a:\n    b = 2\n"
    edited = "a = 1\n\n\nc = 3\nif a:\n    b = 2\n"
    assert reindex(lines_of(text), index_module(text), edited) == index_module(edited)


@pytest.mark.parametrize("edited", ["a = (\nb = 2\n", "a = 1\n    b = 2\n", "a = 1\n@\nb = 2\n", "__all__ = []\na = 1\nb = 2\n"])
def test_what_joins_its_surroundings_has_no_short_way(edited):
    """An open bracket, a wrong indent, half a decorator: the whole file has to be parsed. So it has for ``__all__``, which is made of several statements."""
    text = "a = 1\nb = 2\n"
    assert reindex(lines_of(text), index_module(text), edited) is None

"""The same value has the same digest in every process: whatever its hash seed, its Python, its history."""

from __future__ import annotations

import json

VALUES = """
import collections, dataclasses, enum, json, sys
from hitsave.values.code_names import PlainNames
from hitsave.values.digester import Digester

@dataclasses.dataclass
class Point:
    x: object
    y: object = 1

class Color(enum.Enum):
    RED = "r"

class Node:
    pass

root = Node(); root.children = {Node() for _ in range(5)}
for number, child in enumerate(sorted(root.children, key=id)):
    child.name = "child%d" % number; child.parent = root; child.others = frozenset(root.children)

Point.__module__ = Node.__module__ = Color.__module__ = "app"
values = [
    {"a", "b", "c", 1, 2.5, (1, "x"), None}, frozenset("abcdef"), {frozenset({1, "a"}), frozenset({2, "b"})}, set(range(100)), {"%d" % n for n in range(100)}, {1.5, 2.5, "x"},
    Point({"a", "b"}, {1: {"c", "d"}}), [Color.RED, {Color.RED: 1}], {Color.RED, "r"}, collections.Counter("hello"), root, [root, *sorted(root.children, key=lambda c: c.name)],
    {len, print, str.lower}, {"f": [set, dict]}, {(): {()}}, {int, str, "x"},
]
print(json.dumps([Digester(PlainNames()).digest(v, "x").hex() for v in values]))
"""


def test_the_hash_seed_does_not_count(run_python):
    """Sets are iterated in another order under each seed."""
    printed = {run_python(VALUES, PYTHONHASHSEED=seed).stdout for seed in ("0", "1", "2", "3", "4", "random")}
    assert len(printed) == 1
    assert len(set(json.loads(printed.pop()))) == 16


def test_the_version_of_python_does_not_count(run_python, pythons):
    """Every Python at hand gives the same digests."""
    printed = {python.version: run_python(VALUES, python=python.path).stdout for python in pythons}
    assert len(set(printed.values())) == 1, printed


def test_digesting_imports_no_library(run_python):
    """Values of a library bring it themselves."""
    code = "import sys; from hitsave.values import digester, stored; print([n for n in ('numpy', 'pandas', 'torch', 'polars', 'scipy', 'asyncio', 'logging', 'pathlib', 'decimal') if n in sys.modules])"
    assert run_python(code).stdout.strip() == "[]"

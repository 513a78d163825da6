"""Add digests to tests/compat/value_digests_v1.json: ``python tests/compat/make_value_digests_v1.py``.

Value digests v1 are frozen: a digest that is in the file is never changed, by this or by hand. New examples are added to it with the digest "".
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hitsave.values.code_names import PlainNames
from hitsave.values.digester import Digester

FILE = Path(__file__).with_name("value_digests_v1.json")

PRELUDE = """
import array, collections, datetime, decimal, enum, fractions, functools, io, logging, math, operator, pathlib, random, re, struct, threading, types, typing, uuid, zoneinfo
from dataclasses import dataclass

__name__ = "app"

@dataclass
class Point:
    x: object
    y: object = 0

@dataclass(slots=True)
class Slotted:
    x: object
    y: object = 0

class Color(enum.Enum):
    RED = 1
    GREEN = "g"

class Access(enum.Flag):
    READ = 1
    WRITE = 2

class Pair(typing.NamedTuple):
    x: int
    y: int

class Int(int): pass
class Text(str): pass
class Row(list): pass
class Table(dict): pass
class Bag(set): pass
class Error(Exception): pass

class Both:
    __slots__ = ("a", "__dict__")

class Circle:
    def __init__(self, radius): self.radius = radius
    @functools.cached_property
    def area(self): return self.radius ** 2

class Node:
    def __init__(self, name=None):
        self.name = name

def make(n, word="w", *, flag=True):
    def inner(x=word, *, y=flag): return n, x, y
    return inner

def repeat(value, times, wrap):
    for _ in range(times): value = wrap(value)
    return value
"""


def value_of(code: str) -> Any:
    """The value that an example makes: its expression, or what it calls `value`."""
    space: dict[str, Any] = {}
    # Without the future import of this file, which would make texts of annotations.
    exec(compile(PRELUDE, "prelude", "exec", dont_inherit=True), space)
    if "\n" in code or code.startswith("value ="):
        exec(compile(code, "example", "exec", dont_inherit=True), space)
        return space["value"]
    return eval(code, space)


def digest_of(code: str) -> str:
    """The digest of the value that an example makes."""
    return Digester(PlainNames()).digest(value_of(code), "value").hex()


if __name__ == "__main__":
    examples = json.loads(FILE.read_text(encoding="utf-8"))
    for example in examples:
        example["digest"] = example["digest"] or digest_of(example["code"])
    FILE.write_text("[\n" + ",\n".join(json.dumps(example) for example in examples) + "\n]\n", encoding="utf-8")

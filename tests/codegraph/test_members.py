"""A large class is parsed member by member where it is edited again and again, and its facts are what they are of the whole."""

from __future__ import annotations

import argparse
import ast
import decimal
import inspect
import tarfile
import typing
from pathlib import Path

import pytest

import hitsave
from hitsave.codegraph.facts import to_plain
from hitsave.codegraph.frontend import analyse_statement
from hitsave.codegraph.reading import members

ODD = {
    "text that looks like members": 'class A:\n    x = """\n    def f(self):\n        pass\n    """\n\n    def g(self): return """\n    @h\n    def i(self): pass\n"""\n\n    def j(self): pass\n',
    "lines that go on": "class A:\n    def f(self): pass\n    x = a \\\n    @b\n    def g(self): pass\n    def h(self): pass\n",
    "decorators of several lines": "class A:\n    @a(\n        1,\n    )\n    @b\n\n    # why\n    def f(self): pass\n    @c\n    class B:\n        def g(self): pass\n    async def h(self): pass\n",
    "comments here and there": "class A:\n    # hitsave: one\n    def f(self):\n        pass\n        # hitsave: two\n    # hitsave: three\n\n    def g(self): pass\n  # hitsave: four\n    def h(self): pass  # hitsave: five\n\n\n    def i(self): pass\n",
    "tabs, and another width inside": "class A:\n\tdef f(self):\n\t  return 1\n\tx = 1; y = 2\n\tdef g(self):\n\t\t\treturn x\n",
    "what stands between": "class A(B, metaclass=C):\n    'Doc.'\n    x: int = 1\n    def f(self): return x\n    f.y = 2\n    if x:\n        def g(self): pass\n    else:\n        def g(self): pass\n    def h(self): return __class__\n    h = property(h)\n",
    "below other lines": "# first\n\n@d\nclass A:\n    def f(self): pass\n    def g(self): pass\n",
    "one that is broken": "class A:\n    def f(self): return (\n    def g(self): pass\n    def h(self): pass\n",
    "a comment at its end": "class A:\n    def f(self): pass\n    def g(self): pass\n    # end\n",
    "no line break at its end": "class A:\n    def f(self): pass\n    def g(self): pass",
    "no class": "def f():\n    def g(): pass\n    def h(): pass\n",
}


@pytest.fixture
def keeping(monkeypatch):
    """Members are kept, of short classes as well."""
    monkeypatch.setattr(members, "_SHORTEST", 0)
    members.keep_members(1_000_000)
    yield
    members.keep_members(0)


def whole(text: str):
    members.keep_members(0)
    found = to_plain(analyse_statement(text))
    members.keep_members(1_000_000)
    return found


@pytest.mark.parametrize("name", ODD)
def test_facts_are_those_of_the_whole(name, keeping):
    """However the class is written; the first time and again."""
    expected = whole(ODD[name])
    assert [to_plain(analyse_statement(ODD[name])) for _ in range(2)] == [expected] * 2


def test_classes_of_real_code_have_the_facts_of_the_whole(keeping):
    """Those of a few large modules, and of HitSave's own."""
    files = [inspect.getsourcefile(module) for module in (argparse, decimal, tarfile, typing)]
    for path in [*files, *Path(hitsave.__file__).parent.rglob("*.py")]:
        text = Path(path).read_text(encoding="utf-8")
        for node in ast.parse(text).body:
            if isinstance(node, ast.ClassDef) and node.end_lineno - node.lineno > 60:
                statement = "".join(text.splitlines(keepends=True)[node.lineno - 1 : node.end_lineno])
                assert to_plain(analyse_statement(statement)) == whole(statement), (path, node.name)


def test_an_edit_of_one_member_parses_that_one_only(keeping, monkeypatch):
    """The others' trees are kept, up to a bound."""
    methods = [f"    def f{n}(self):\n        return {n}\n\n" for n in range(20)]
    analyse_statement("class A:\n" + "".join(methods).rstrip("\n") + "\n")
    parsed = []
    monkeypatch.setattr(members, "_parsed", lambda member, real=members._parsed: parsed.append(member) or real(member))
    methods[7] = methods[7].replace("7\n", "7 + 1\n")
    edited = "class A:\n" + "".join(methods).rstrip("\n") + "\n"
    facts = to_plain(analyse_statement(edited))
    assert [member.strip() for member in parsed] == ["def f7(self):\n        return 7 + 1"]
    assert facts == whole(edited)
    members.keep_members(200)
    analyse_statement(edited)
    assert sum(map(len, members._kept)) <= 200

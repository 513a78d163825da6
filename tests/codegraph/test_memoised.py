"""Memoised functions are found in text, however the decorator got its name."""

from __future__ import annotations

import pytest

from hitsave.codegraph.definitions import Definitions
from hitsave.codegraph.memoised import may_have_memoised, memoised_functions
from hitsave.codegraph.resolve import Resolver
from tests.codegraph.texts import Texts


def found(module: str, **texts: str) -> list[tuple[str, str, int]]:
    """(kind, symbol, line) of each memoised function of `module`."""
    library = Texts(**{name.replace("__", "."): text for name, text in texts.items()})
    functions = memoised_functions(library.locate(module), Resolver(library), Definitions(library))
    return [(f.kind, str(f.symbol), f.line) for f in functions]


@pytest.mark.parametrize(
    ("header", "decorator"),
    [
        ("from hitsave import memo", "@memo"),
        ("from hitsave import memo", "@memo(version='2')"),
        ("from hitsave import memo", "@memo(\n    ignore=('log',),\n)"),
        ("from hitsave import memo as m", "@m"),
        ("import hitsave", "@hitsave.memo"),
        ("import hitsave as hs", "@hs.memo(version='2')"),
        ("from hitsave import *", "@memo"),
        ("import hitsave.runtime.memo", "@hitsave.runtime.memo.memo"),
        ("from hitsave.runtime.memo import memo", "@memo"),
        ("import hitsave\nm = hitsave.memo", "@m"),
        ("from hitsave import memo\nm = memo(version='2')", "@m"),
        ("from hitsave import memo\nm: object = memo(version='2')", "@m"),
        ("try:\n    from hitsave import memo\nexcept ImportError:\n    memo = lambda f: f", "@memo"),
        ("import functools\nfrom hitsave import memo", "@functools.wraps\n@memo"),
        ("import functools\nfrom hitsave import memo", "@memo\n@functools.wraps"),
    ],
)
def test_a_decorator_counts_by_what_it_stands_for(header, decorator):
    """However HitSave's name came into the module, the function below it is memoised."""
    text = f"{header}\n\n{decorator}\ndef f(x):\n    return x\n"
    line = text[: text.index("def f")].count("\n") + 1
    assert found("app", app=text) == [("memo", "app:f", line)]


@pytest.mark.parametrize(
    "text",
    [
        "@memo\ndef f(): ...\n",
        "from functools import cache as memo\n@memo\ndef f(): ...\n",
        "from hitsave import memo\ndef memo(f): return f\n@memo\ndef f(): ...\n",
        "from hitsave import disabled\n@disabled()\ndef f(): ...\n",
        "from hitsave import memo\ndef f(): ...\n",
        "from hitsave import memo\nTEXT = '''\n@memo\ndef f(): ...\n'''\n",
        "memo = other = memo\n@memo\ndef f(): ...\n",
        "this is not Python @memo",
    ],
)
def test_what_only_looks_like_memoised_is_not(text):
    """Another `memo`, a decorator that nobody defined, text in a string: none of these is HitSave's."""
    assert found("app", app=text) == []


def test_a_name_is_followed_through_modules_that_pass_it_on():
    """A project that imports `memo` from a module of its own is like any other."""
    shim = {"pkg.": "from .shim import cached\n", "pkg__shim": "from hitsave import experiment as cached\n"}
    assert found("app", app="import pkg\n@pkg.cached\ndef f(): ...\n", **shim) == [("experiment", "app:f", 3)]
    assert found("pkg.steps", pkg__steps="from . import cached as c\n@c(version='1')\ndef f(): ...\n", **shim) == [("experiment", "pkg.steps:f", 3)]


def test_methods_and_local_functions_are_found():
    """The symbol is the qualified name, as its results are stored under."""
    text = """\
from hitsave import memo, experiment

class Model:
    @staticmethod
    @memo
    def load(path): ...

    @experiment
    def fit(self): ...

def make():
    from hitsave import memo as local

    @local
    def step(x): ...

    return step

if True:
    @memo
    async def late(): ...
"""
    assert found("app", app=text) == [
        ("memo", "app:Model.load", 6),
        ("experiment", "app:Model.fit", 9),
        ("memo", "app:make.<locals>.step", 15),
        ("memo", "app:late", 21),
    ]


def test_only_statements_with_such_a_decorator_are_analysed():
    """Reading a module for its memoised functions costs next to nothing where it has none."""
    text = "from hitsave import memo\n\n@property\ndef plain(): ...\n\ndef other(): ...\n\n@memo\ndef f(): ...\n"
    library = Texts(app=text)
    memoised_functions(library.locate("app"), Resolver(library), Definitions(library))
    assert {analysed.partition("\n")[0] for analysed in library.analysed} == {"@memo"}


def test_a_cycle_of_assignments_ends():
    """Names that lead to each other lead nowhere."""
    assert found("a", a="import b\nm = b.m(1)\n@m\ndef f(): ...\n", b="import a\nm = a.m(2)\n") == []


def test_files_that_can_lead_nowhere_are_left_out():
    """Of a large project only files with a decorator, and a way to HitSave, are looked into."""
    texts = {
        "shim": "from hitsave import memo",
        "second": "from shim import memo",
        "uses": "from second import memo\n@memo\ndef f(): ...",
        "direct": "import hitsave\n@hitsave.memo\ndef f(): ...",
        "unrelated": "import functools\n@functools.cache\ndef f(): ...",
        "undecorated": "from second import memo",
    }
    assert may_have_memoised(texts) == {"uses", "direct"}


def test_a_relative_import_is_a_way_to_hitsave():
    """``from . import memo`` names no module, so the whole package is looked into."""
    texts = {
        "pkg": "from hitsave import memo",
        "pkg.steps": "from . import memo\n@memo\ndef f(): ...",
        "other.steps": "from . import memo\n@memo\ndef f(): ...",
    }
    assert may_have_memoised(texts, frozenset({"pkg"})) == {"pkg.steps"}

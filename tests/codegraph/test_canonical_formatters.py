"""Formatters change no digest."""

from __future__ import annotations

import ast
import random
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from hitsave.codegraph.frontend import analyse_statement
from hitsave.codegraph.index import statement_text
from hitsave.codegraph.indexing import index_module

SHORT = ["copy", "dataclasses", "fnmatch", "heapq", "shlex", "types"]


def _format(command, text):
    done = subprocess.run(command, input=text, capture_output=True, text=True, encoding="utf-8", check=False)
    return done.stdout if done.returncode == 0 else None


def _program(name):
    beside = Path(sys.executable).with_name(name)
    return str(beside) if beside.is_file() else shutil.which(name)


_IN_LIBRARY = {"site-packages", "test", "tests", "idlelib", "lib2to3", "pydoc_data", "encodings"}
FORMATTERS = {
    "ast.unparse": lambda text: ast.unparse(ast.parse(text)),
    "ruff format": lambda text: _format([_program("ruff"), "format", "--isolated", "--line-length", "60", "-"], text),
    "black": lambda text: _format([_program("black"), "-q", "--line-length", "130", "--skip-magic-trailing-comma", "-"], text),
    "black --preview": lambda text: _format([_program("black"), "-q", "--preview", "--line-length", "70", "-"], text),
}


@pytest.mark.parametrize("formatter", ["ast.unparse", "ruff format"])
@pytest.mark.parametrize("module", SHORT)
def test_formatting_changes_no_digest(module, formatter):
    """A short version of the test below: two formatters of opposite taste on a few modules."""
    _compare(Path(sysconfig.get_path("stdlib"), f"{module}.py"), formatter)


@pytest.mark.slow
@pytest.mark.parametrize("formatter", ["ruff format", "black", "black --preview"])
def test_no_formatter_changes_a_digest_of_the_standard_library(formatter):
    """Every symbol of 200 modules, spread over the library."""
    if _program(formatter.split()[0]) is None:
        pytest.skip(f"{formatter} is not installed")
    library = Path(sysconfig.get_path("stdlib"))
    modules = [p for p in sorted(library.rglob("*.py")) if 500 < p.stat().st_size < 80_000 and _IN_LIBRARY.isdisjoint(p.relative_to(library).parts)]
    compared = [_compare(path, formatter) for path in random.Random(1).sample(modules, 210)]
    assert len([symbols for symbols in compared if symbols]) >= 200
    assert sum(compared) > 4000


def _compare(path, formatter):
    if formatter != "ast.unparse" and _program(formatter.split()[0]) is None:
        pytest.skip(f"{formatter} is not installed")
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return 0
    formatted = FORMATTERS[formatter](text)
    if formatted is None:
        return 0
    before, after = _digests(text), _digests(formatted)
    assert before == after, path.name
    return len(before)


def _digests(text):
    index = index_module(text)
    lines = [line + "\n" for line in text.split("\n")]
    found = []
    for where in index.statements:
        facts = analyse_statement(statement_text(lines, where))
        assert facts.error is None
        found += [
            (d.name, d.kind, d.shell.digest, d.body.digest, [x.digest for x in d.decorators], d.guard, d.literal, d.members)
            for d in facts.definitions
        ]
    return found

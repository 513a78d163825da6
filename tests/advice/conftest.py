"""Small projects whose functions are asked about."""

from __future__ import annotations

import sys
from pathlib import Path
from textwrap import dedent

import pytest

from hitsave.advice.adviser import Adviser
from hitsave.advice.finding import Finding
from hitsave.codegraph.definitions import Definitions
from hitsave.codegraph.library import SourceModule
from hitsave.codegraph.memoised import memoised_functions
from hitsave.codegraph.resolve import Resolver
from hitsave.codegraph.symbols import Symbol
from hitsave.workspace.library import WorkspaceLibrary
from hitsave.workspace.project import Project
from hitsave.workspace.settings import Settings

BEGINNING = """\
import os, random, sys, time
from pathlib import Path
import numpy as np
from hitsave import memo
"""


@pytest.fixture
def advise(tmp_path: Path):
    """A function that writes files into a project and gives the findings of all memoised functions in ``app.py``, or of those that are named."""

    def ask(app: str, *names: str, beginning: str = BEGINNING, **others: str) -> list[Finding]:
        for name, text in {**others, "app": beginning + dedent(app)}.items():
            (tmp_path / f"{name}.py").write_text(dedent(text), encoding="utf-8")
        library = WorkspaceLibrary(Project(tmp_path, Settings()), [str(tmp_path), *sys.path])
        module = library.locate("app")
        assert isinstance(module, SourceModule)
        assert module.index.error is None, module.index.error
        resolver = Resolver(library)
        symbols = [Symbol("app", n) for n in names] or [f.symbol for f in memoised_functions(module, resolver, Definitions(library))]
        assert symbols
        adviser = Adviser(library, resolver)
        return [finding for symbol in symbols for finding in adviser.advise(symbol)]

    return ask


@pytest.fixture
def codes(advise):
    """A function that gives the codes of the findings, notes in lower case."""

    def ask(app: str, *names: str, **others: str) -> list[str]:
        return [f.code if f.level == "warning" else f.code.lower() for f in advise(app, *names, **others)]

    return ask

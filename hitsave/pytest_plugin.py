"""The pytest plugin: tests get a throw-away store (`hitsave.storage.throwaway`), unless asked otherwise.

    pytest --hitsave-store=real           the store that the program itself uses
    pytest --hitsave-store=.cache/tests   a folder that stays, so that slow fixtures are computed once

or ``hitsave_store = …`` in pytest's settings, or ``HITSAVE_TEST_STORE`` in the environment; the first of these that says something counts.

It loads nothing of HitSave but this, until a test uses it, and makes no folder before.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from hitsave.storage.throwaway import ASKED, REAL, STORE, THROWAWAY, settle

if TYPE_CHECKING:
    import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """How a store is asked for."""
    what = "where memoised functions keep results during tests: 'throwaway' (a temporary folder), 'real' (the program's own store), or a folder"
    parser.getgroup("hitsave").addoption("--hitsave-store", metavar="WHERE", help=what)
    parser.addini("hitsave_store", what, default="")


def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Settle the store before any code of the tests is loaded."""
    before = {name: os.environ.get(name) for name in (STORE, ASKED)}
    option = early_config.known_args_namespace.hitsave_store
    asked = option or before[ASKED] or str(early_config.getini("hitsave_store")) or THROWAWAY

    def restore() -> None:
        for name, value in before.items():
            if value is not None:
                os.environ[name] = value
            else:
                os.environ.pop(name, None)

    if asked == REAL:
        os.environ[ASKED] = REAL
    else:
        settle(asked)
    early_config.add_cleanup(restore)

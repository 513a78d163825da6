"""What importing the store costs."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("module", ["store", "entry", "folder", "locks"])
def test_importing_the_store_loads_nothing_slow(run_python, module):
    """No database until a store is opened, and none of the library's slow modules at all."""
    ran = run_python(f"import sys; before = set(sys.modules); import hitsave.storage.{module}; print(*(set(sys.modules) - before))")
    loaded = set(ran.stdout.split())
    assert f"hitsave.storage.{module}" in loaded, ran.stderr
    slow = {
        "asyncio",
        "inspect",
        "dataclasses",
        "importlib.metadata",
        "httpx",
        "tempfile",
        "shutil",
        "random",
        "pathlib",
        "sqlite3",
        "logging",
        "ctypes",
        "json",
        "ast",
    }
    assert not loaded & slow


def test_a_hit_loads_the_database_and_little_else(run_python, store, remember, folder):
    """Opening a store, finding an entry and reading a large value."""
    entry = remember(0, b"x" * 50_000)
    code = f"""
import sys
from hitsave.digest import Digest
from hitsave.storage.store import Store
store = Store.open({str(folder)!r})
(entry,) = store.find(Digest.from_hex({str(entry.key)!r}))
assert store.open_value(entry) == b"x" * 50_000
print(*sys.modules)
"""
    ran = run_python(code)
    assert ran.status == 0, ran.stderr
    assert not set(ran.stdout.split()) & {
        "asyncio",
        "inspect",
        "dataclasses",
        "importlib.metadata",
        "tempfile",
        "shutil",
        "random",
        "logging",
        "ctypes",
        "json",
    }

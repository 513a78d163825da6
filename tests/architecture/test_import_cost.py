"""Importing HitSave is nearly free, and starts nothing."""

from __future__ import annotations

import json

import pytest

import hitsave

# Compares what is loaded before and after, in a process where `site` has loaded nothing of its own.
PROBE = """
import _thread, json, sys
sys.path[:0] = json.loads(sys.argv[2])
seen = []
def hook(event, arguments):
    if event == "open":
        seen.append([event, str(arguments[0])])
def noticed(start):  # no audit event tells of a thread on Python 3.11
    def start_and_tell(function, *arguments, **options):
        seen.append(["thread", repr(function)])
        return start(function, *arguments, **options)
    return start_and_tell
for name in ("start_new_thread", "start_joinable_thread"):
    if hasattr(_thread, name):
        setattr(_thread, name, noticed(getattr(_thread, name)))
before = set(sys.modules)
sys.addaudithook(hook)
exec(sys.argv[1])
seen_then = list(seen)
print(json.dumps({"modules": sorted(set(sys.modules) - before), "events": seen_then}))
"""

HEAVY = ["asyncio", "cryptography", "httpx", "importlib.metadata", "libcst", "numpy", "pandas", "rich", "typer", "zstandard"]


@pytest.fixture
def loaded_by(run_python):
    """A function that runs a statement in a bare interpreter and tells which modules it loaded and which files and threads it opened and started."""

    def probe(statement: str) -> dict[str, list]:
        import sys

        ran = run_python(PROBE, statement, json.dumps([path for path in sys.path if path]), PYTHONNOUSERSITE="1")
        assert not ran.status, ran.stderr
        return json.loads(ran.stdout)

    return probe


def test_importing_hitsave_loads_nothing_that_takes_time(loaded_by):
    """`import hitsave` loads neither a parser, a client, a command line nor the standard library's slow modules."""
    loaded = set(loaded_by("import hitsave")["modules"])
    assert not loaded & {*HEAVY, "inspect", "typing", "dataclasses", "sqlite3"}
    assert {name for name in loaded if name.partition(".")[0] == "hitsave"} == {"hitsave"}


def test_importing_hitsave_opens_no_file_and_starts_no_thread(loaded_by):
    """Python reads the module's own source or bytecode; nothing else happens."""
    events = loaded_by("import hitsave")["events"]
    assert [(event, target) for event, target in events if not target.endswith((".py", ".pyc"))] == []


def test_memo_is_imported_without_what_only_a_miss_needs(loaded_by):
    """A process whose calls all hit never pays for the parser, the client or the command line."""
    assert not set(HEAVY) & set(loaded_by("from hitsave import memo")["modules"])


def test_what_answers_a_hit_is_imported_without_what_evaluates(loaded_by):
    """Every start of a program waits for it, so it defines no dataclass, and what a miss needs comes with the first miss."""
    loaded = set(loaded_by("import hitsave.runtime.running")["modules"])
    assert not loaded & {*HEAVY, "ast", "dataclasses", "inspect", "json", "random", "hitsave.runtime.evaluate", "hitsave.runtime.verifying"}


def test_the_language_server_answers_first_and_loads_the_parser_later(loaded_by):
    """What is known of a project's files is in the store; libcst is for what is new."""
    assert "libcst" not in loaded_by("import hitsave_server.lsp.features")["modules"]


@pytest.mark.parametrize("module", ["hitsave.errors", "hitsave.digest", "hitsave.codegraph.facts", "hitsave_server"])
def test_a_lower_layer_is_imported_without_the_runtime(loaded_by, module):
    """`hitsave/__init__.py` is lazy, or every import of a lower layer would execute the highest."""
    assert not [name for name in loaded_by(f"import {module}")["modules"] if name.startswith(("hitsave.runtime", "hitsave.cli"))]


@pytest.mark.parametrize("name", sorted(hitsave.__all__))
def test_what_is_exported_exists(name):
    """Every public name is found where the lazy table says, and then stays in the module."""
    value = getattr(hitsave, name)
    assert vars(hitsave)[name] is value
    assert name in dir(hitsave)


def test_what_is_exported_to_type_checkers_is_what_is_exported_to_programs():
    """The imports under TYPE_CHECKING and the lazy table name the same homes."""
    from tests.architecture.source import ROOT, imports

    for_types = {found.name: found.module for found in imports(ROOT / "hitsave/__init__.py") if found.module.startswith("hitsave.")}
    assert for_types == hitsave._HOMES
    assert sorted([*for_types, "__version__"]) == sorted(hitsave.__all__)


def test_a_name_that_does_not_exist_is_an_attribute_error():
    """A mistyped name fails as it does in any module."""
    with pytest.raises(AttributeError, match="memoize"):
        hitsave.memoize  # noqa: B018 - the access is the test


def test_a_file_or_a_thread_would_be_noticed(loaded_by):
    """The two tests above can fail."""
    seen = loaded_by("import os, threading; open(os.devnull).close(); threading.Thread(target=int).start()")["events"]
    assert {event for event, target in seen if not target.endswith((".py", ".pyc"))} >= {"open"}
    assert "thread" in {event for event, _ in seen}

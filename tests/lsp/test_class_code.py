"""The code of the protocol's classes is compiled once, not in every start of the server."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SHOWN = """
import builtins, sys
compiled, real = [], compile
builtins.compile = lambda text, name, *more, **named: (compiled.append(name), real(text, name, *more, **named))[1]
from hitsave_server.lsp.class_code import kept_for
import attr
del compiled[:]  # the classes of attrs itself
with kept_for("lsprotocol.types"):
    import lsprotocol.types as protocol
place = protocol.Position(line=1, character=2)
print(place == protocol.Position(1, 2), place < protocol.Position(1, 3), place, sum("attrs generated" in str(name) for name in compiled))
"""


def shown(folder: Path, **environment: str) -> str:
    """What a fresh process prints that keeps its bytecode in `folder`."""
    variables = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        [sys.executable, "-c", SHOWN],
        env={**variables, "PYTHONPYCACHEPREFIX": str(folder), **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@pytest.fixture
def first(tmp_path):
    """What the first process says, which had all to compile."""
    said = shown(tmp_path)
    assert int(said.rpartition(" ")[2]) > 500
    return said.rpartition(" ")[0]


def kept_in(folder: Path) -> Path:
    """The file that the code is kept in."""
    (found,) = folder.rglob("*.attrs")
    return found


def test_the_second_process_compiles_none_of_it(tmp_path, first):
    """And its classes are the same."""
    assert shown(tmp_path) == f"{first} 0"


@pytest.mark.parametrize("damage", [lambda content: content[:-9], lambda content: content[:500] + b"\0" + content[501:], lambda content: b"", lambda content: os.urandom(99)])  # fmt: skip
def test_what_was_damaged_is_compiled_again(tmp_path, first, damage):
    """And mended by that."""
    kept = kept_in(tmp_path)
    content = kept.read_bytes()
    kept.write_bytes(damage(content))
    assert shown(tmp_path).rpartition(" ")[0] == first
    assert shown(tmp_path) == f"{first} 0"


def test_where_no_bytecode_is_written_nothing_is_kept(tmp_path):
    """As everywhere in Python."""
    shown(tmp_path, PYTHONDONTWRITEBYTECODE="1")
    assert not list(tmp_path.rglob("*.attrs"))

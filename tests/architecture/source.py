"""The project's own files, read as text and as syntax trees."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("hitsave", "server/hitsave_server")
SOURCE_FOLDERS = (*PACKAGES, "tests", "demo", "benchmarks", "extension/src", "extension/webview")
NOT_OURS = {
    "tests/corpus/run.py",  # kept word for word
}


class Import(NamedTuple):
    """One imported name: ``from a.b import c`` is ``Import("a.b", "c", line)``, ``import a.b`` is ``Import("a.b", None, line)``."""

    module: str
    name: str | None
    line: int

    @property
    def top(self) -> str:
        return self.module.partition(".")[0]


def files(*folders: str, ending: str = ".py") -> list[Path]:
    """The files under `folders` (relative to the root) whose names end with `ending`, sorted."""
    return sorted(
        path
        for folder in folders
        for path in (ROOT / folder).rglob(f"*{ending}")
        if not {"__pycache__", "node_modules", "dist"} & set(path.parts) and relative(path) not in NOT_OURS
    )


def relative(path: Path) -> str:
    """`path` as it is written in this repository: from its root, with forward slashes."""
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imports(path: Path) -> Iterator[Import]:
    """Every import statement of a file, at any depth, those for types included."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, None, node.lineno)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield Import(node.module or "", alias.name, node.lineno)


@cache
def recipes() -> dict[str, str]:
    """The recipes that ``./dev`` lists, with what it says of each."""
    listing = subprocess.run([ROOT / "dev"], capture_output=True, text=True, check=True).stdout
    return {line.split()[0]: line.split(maxsplit=1)[1] for line in listing.splitlines() if line.startswith("  ")}

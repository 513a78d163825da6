"""Edits that can't matter: comments, blank lines, docstrings, annotations, another formatting, new unrelated definitions."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final


def with_comments(source: str) -> str:
    """A comment and a blank line before every statement that begins a line."""
    lines = source.splitlines(keepends=True)
    firsts: dict[int, int] = {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.stmt):
            line = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
            if not lines[line - 1][: node.col_offset].strip() and not (line > 1 and lines[line - 2].rstrip().endswith("\\")):
                firsts[line] = node.col_offset
    return "".join(f"\n{' ' * firsts[number]}# neutral\n{line}" if number in firsts else line for number, line in enumerate(lines, 1))


def with_other_docstrings(source: str) -> str:
    """Every docstring that stands on lines of its own says something else."""
    lines = source.splitlines(keepends=True)
    for node in sorted(_documented(ast.parse(source)), key=lambda n: -n.lineno):
        end = node.end_lineno or node.lineno
        first = lines[node.lineno - 1]
        if not first[: node.col_offset].strip() and not lines[end - 1].encode()[node.end_col_offset or 0 :].strip():
            lines[node.lineno - 1 : end] = [first[: node.col_offset] + '"""Said otherwise."""\n']
    return "".join(lines)


def _documented(tree: ast.Module) -> list[ast.Expr]:
    places = [n for n in ast.walk(tree) if isinstance(n, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))]
    return [n.body[0] for n in places if ast.get_docstring(n) and isinstance(n.body[0], ast.Expr)]


def with_annotations(source: str) -> str:
    """Every bare parameter of a function, and the first plain assignment of it to a local name, is annotated."""
    changes: list[tuple[int, int]] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            changes.extend((a.end_lineno or 0, a.end_col_offset or 0) for a in arguments if a.annotation is None)
            outer = {name for n in ast.walk(node) if isinstance(n, (ast.Global, ast.Nonlocal)) for name in n.names}
            for statement in node.body:
                if isinstance(statement, ast.Assign) and len(statement.targets) == 1 and isinstance(statement.targets[0], ast.Name):
                    target = statement.targets[0]
                    if target.id not in outer:
                        changes.append((target.end_lineno or 0, target.end_col_offset or 0))
    lines = [line.encode() for line in source.splitlines(keepends=True)]
    for line, column in sorted(set(changes), reverse=True):
        lines[line - 1] = lines[line - 1][:column] + b": object" + lines[line - 1][column:]
    return b"".join(lines).decode()


def with_unrelated_definitions(source: str) -> str:
    """A new function, class and variable that nothing uses, at the end."""
    gap = "" if source.endswith("\n") else "\n"
    return f"{source}{gap}\n\ndef _unrelated_function(n):\n    return n + 1\n\n\nclass _UnrelatedClass:\n    size = 3\n\n\n_UNRELATED_VALUE = 17\n"


EDITS: Final[dict[str, Callable[[str], str]]] = {
    "comments": with_comments,
    "docstrings": with_other_docstrings,
    "annotations": with_annotations,
    "definitions": with_unrelated_definitions,
}


def formatted(folder: Path) -> None:
    """Let ruff format every module in `folder`, on short lines."""
    (folder / "ruff.toml").write_text('line-length = 72\n[format]\nquote-style = "single"\n', encoding="utf-8")
    subprocess.run([sys.executable, "-m", "ruff", "format", "--quiet", "--no-cache", "."], cwd=folder, check=False, capture_output=True)
    (folder / "ruff.toml").unlink()

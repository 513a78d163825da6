"""Where the code of an editable install is: its ``.pth`` files and import hooks, read as text."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, cast

from hitsave.workspace.metadata import direct_url, installed_files, read_text


def editable_folders(info: str) -> tuple[str, ...]:
    """The folders that the editable distribution with metadata folder `info` has its code in: its project first; () if it is not editable."""
    url = direct_url(info)
    if not is_editable(url):
        return ()
    site = os.path.dirname(info)
    folders = [_path_of_url(str(url.get("url", "")))]
    for path, _ in installed_files(info):
        file = os.path.join(site, path)
        if path.endswith(".pth"):
            folders += path_lines(file)
        elif path.startswith("__editable__") and path.endswith("_finder.py"):
            folders += hooked_modules(file).values()
    return tuple(dict.fromkeys(os.path.abspath(folder) for folder in folders if folder))


def is_editable(url: Mapping[str, Any]) -> bool:
    """Whether ``direct_url.json`` with this content is of an editable install."""
    settings = url.get("dir_info")
    return isinstance(settings, dict) and cast("dict[str, Any]", settings).get("editable") is True


def path_lines(file: str) -> list[str]:
    """The folders that a ``.pth`` file puts on the import path. Its ``import`` lines are code, and are not run."""
    lines = [line.strip() for line in read_text(file).removeprefix("\ufeff").split("\n")]
    return [os.path.join(os.path.dirname(file), line) for line in lines if line and not line.startswith(("#", "import ", "import\t"))]


def hooked_modules(finder: str) -> dict[str, str]:
    """The table in setuptools' import hook: module → its folder, or its file without ending. {} if it is not as expected."""
    import ast

    try:
        tree = ast.parse(read_text(finder))
        for statement in tree.body:
            target = statement.target if isinstance(statement, ast.AnnAssign) else statement.targets[0] if isinstance(statement, ast.Assign) else None
            if isinstance(target, ast.Name) and target.id == "MAPPING" and isinstance(statement, (ast.Assign, ast.AnnAssign)) and statement.value:
                table = ast.literal_eval(statement.value)
                return {str(name): str(path) for name, path in cast("dict[Any, Any]", table).items()} if isinstance(table, dict) else {}
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        pass
    return {}


def _path_of_url(url: str) -> str:
    """The folder that a ``file:`` URL names; "" for any other."""
    if not url.startswith("file://"):
        return ""
    first, *rest = url.removeprefix("file://").split("%")
    raw = first.encode()
    for piece in rest:
        try:
            raw += bytes.fromhex(piece[:2]) + piece[2:].encode()
        except ValueError:
            return ""
    path = os.fsdecode(raw)
    return path if path.startswith("/") else path.partition("/")[2]

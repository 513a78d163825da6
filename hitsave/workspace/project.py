"""The folder that a project is.

Project root: the nearest ``pyproject.toml`` with ``[tool.hitsave]`` or ``[project]``, else the git root, else the script's folder.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from hitsave.structs import NamedTuple
from hitsave.workspace.settings import Settings, read_settings

if TYPE_CHECKING:
    from _typeshed import StrPath


class Project(NamedTuple):
    """A project: its root folder, absolute, and its settings."""

    root: str
    settings: Settings


def find_project(start: StrPath, *, script_folder: StrPath | None, environ: Mapping[str, str] | None = None) -> Project:
    """The project that `start`, a file or folder, belongs to; `environ` are the environment variables that settings are read from, by default none.

    Raises SettingError where the settings can't be read; `find_root` never raises, so a caller can warn and go on with
    ``Project(find_root(…), Settings())``.
    """
    root = find_root(start, script_folder=script_folder)
    return Project(root, read_settings(root, environ or {}))


def find_root(start: StrPath, *, script_folder: StrPath | None) -> str:
    """The root of the project that `start`, a file or folder, belongs to. Without any marker it is `script_folder`, else the folder of `start`."""
    folder = os.path.abspath(start)
    if not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    for holds in (is_project_folder, is_git_root):
        for candidate in upwards(folder):
            if holds(candidate):
                return candidate
    return folder if script_folder is None else os.path.abspath(script_folder)


def upwards(folder: str) -> Iterator[str]:
    """`folder` and the folders that it is in, nearest first."""
    while True:
        yield folder
        parent = os.path.dirname(folder)
        if parent == folder:
            return
        folder = parent


def is_project_folder(folder: str) -> bool:
    """Whether `folder` has a ``pyproject.toml`` that describes a project, and not merely configures a tool."""
    try:
        with open(os.path.join(folder, "pyproject.toml"), "rb") as opened:
            return describes_project(opened.read())
    except OSError:
        return False


def is_git_root(folder: str) -> bool:
    """Whether `folder` has a ``.git``: a folder, or in worktrees and submodules a file."""
    return os.path.lexists(os.path.join(folder, ".git"))


def same_folder(one: str, other: str) -> bool:
    """Whether two paths lead to one folder."""
    try:
        return os.path.samefile(one, other)
    except OSError:
        return False


def describes_project(content: bytes) -> bool:
    """Whether this ``pyproject.toml`` has a table ``project`` or ``tool.hitsave``.

    Read line by line rather than by tomllib, which costs milliseconds, and so that a file with a fault elsewhere still marks the project that it is in.

    >>> describes_project(b"[project]"), describes_project(b"[tool.ruff]")
    (True, False)
    """
    before_tables = True
    for line in content.splitlines():
        text = line.strip()
        if text.startswith(b"["):
            before_tables = False
            keys = _keys(text.strip(b"[").partition(b"]")[0])
        elif before_tables:
            keys = _keys(text.partition(b"=")[0])
        else:
            continue
        if keys[0] == b"project" or keys[:2] == [b"tool", b"hitsave"]:
            return True
    return False


def _keys(dotted: bytes) -> list[bytes]:
    return [key.strip(b" \t\"'") for key in dotted.split(b".")]

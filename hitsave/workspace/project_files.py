"""The Python files and notebooks of a project, without those of projects and environments inside of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Final

from hitsave.structs import NamedTuple
from hitsave.workspace.project import find_root

MOST_FILES: Final = 20_000
MOST_FOLDERS: Final = 50_000
_ENDINGS: Final = (".py", ".ipynb")
_MARKERS: Final = frozenset({"pyproject.toml", ".git"})
_NEVER: Final = frozenset({"__pycache__", "node_modules", "site-packages", "dist-packages", "__pypackages__"})
_BUILT: Final = frozenset({"build", "dist"})


class ProjectFiles(NamedTuple):
    """The paths, sorted by folder; `complete` is False where there were too many to look at all."""

    paths: tuple[str, ...]
    complete: bool


def project_files(root: str, *, most_files: int = MOST_FILES, most_folders: int = MOST_FOLDERS) -> ProjectFiles:
    """The files under `root` that could define functions of its project."""
    paths: list[str] = []
    for number, found in enumerate(_walk(root)):
        paths.extend(found)
        if len(paths) > most_files or number > most_folders:
            return ProjectFiles(tuple(paths[:most_files]), complete=False)
    return ProjectFiles(tuple(paths), complete=True)


def _walk(root: str) -> Iterator[list[str]]:
    for folder, subfolders, names in os.walk(root):
        if folder != root and (
            "pyvenv.cfg" in names or (not _MARKERS.isdisjoint([*names, *subfolders]) and find_root(folder, script_folder=root) != root)
        ):
            subfolders.clear()
            continue
        subfolders[:] = sorted(
            name for name in subfolders if name not in _NEVER and not name.startswith(".") and not (folder == root and name in _BUILT)
        )
        yield [os.path.join(folder, name) for name in sorted(names) if name.endswith(_ENDINGS)]

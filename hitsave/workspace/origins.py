"""Whose code a file is: the project's, a distribution's, or the standard library's.

Anything in the standard library or in a site-packages folder is not the project's; all other Python source is, wherever it lies:
under the root, in an editable install, on ``PYTHONPATH``. A tracked distribution is project code, too.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from _typeshed import StrPath

Origin = Literal["project", "external", "stdlib"]

SITE_FOLDERS: Final = ("site-packages", "dist-packages", "__pypackages__")
_STDLIB: Final = os.path.dirname(os.path.abspath(os.__file__))


class Origins:
    """Tells whose code a file is.

    `project_root` matters only where the project itself lies inside a site-packages folder: then that folder's name says nothing.
    `import_roots` add the standard library of another interpreter, when a run that is not of this one left them.
    `tracked` are files and folders in a site-packages folder that count as project code.
    """

    def __init__(self, project_root: StrPath | None = None, import_roots: Iterable[StrPath] = (), tracked: Iterable[StrPath] = ()) -> None:
        self.project_root = None if project_root is None else os.path.abspath(project_root)
        self.stdlib = tuple(dict.fromkeys([_STDLIB, os.path.realpath(_STDLIB), *(str(r) for r in import_roots if _looks_like_stdlib(os.fspath(r)))]))
        self.tracked = tuple(os.path.abspath(path) for path in tracked)

    def of(self, path: StrPath) -> Origin:
        """Whose code the file or folder `path` is."""
        text = os.fspath(path)
        if text.startswith("<frozen "):
            return "stdlib"
        text = os.path.abspath(text)
        if self.site_folder(text) is not None:
            return "project" if any(lies_in(text, tracked) for tracked in self.tracked) else "external"
        folder = next((folder for folder in self.stdlib if lies_in(text, folder)), None)
        if folder is None or self._project_within(folder, text):
            return "project"
        return "stdlib"

    def site_folder(self, path: str) -> str | None:
        """The innermost site-packages folder that `path` is in, or is."""
        root = self.project_root
        if root is not None and lies_in(path, root):
            inner = site_folder_of(path[len(root) :])
            return None if inner is None else root + inner
        return site_folder_of(path)

    def _project_within(self, folder: str, path: str) -> bool:
        """Whether the project lies inside of `folder`, and `path` in the project."""
        return self.project_root is not None and lies_in(self.project_root, folder) and lies_in(path, self.project_root)


def origin_of(path: StrPath, *, project_root: StrPath | None = None, tracked: Iterable[StrPath] = ()) -> Origin:
    """Whose code the file `path` is; `tracked` are files and folders of tracked distributions.

    >>> origin_of("/home/me/project/.venv/lib/python3.12/site-packages/numpy/__init__.py")
    'external'
    """
    return Origins(project_root, tracked=tracked).of(path)


def site_folder_of(path: str) -> str | None:
    """The innermost site-packages (or dist-packages) folder that `path` is in, or is."""
    if not any(name in path for name in SITE_FOLDERS):
        return None
    parts = path.split(os.sep)
    for position in range(len(parts) - 1, 0, -1):
        if parts[position] in SITE_FOLDERS:
            return os.sep.join(parts[: position + 1])
    return None


def lies_in(path: str, folder: str) -> bool:
    """Whether `path` is `folder` or is in it; both absolute and normalised."""
    return path.startswith(folder) and (len(path) == len(folder) or path[len(folder)] == os.sep or folder.endswith(os.sep))


def _looks_like_stdlib(root: str) -> bool:
    """Whether an import root is the standard library of some Python: ``…/lib/python3.12``, or its ``lib-dynload``."""
    if os.path.basename(root) == "lib-dynload":
        return True
    parent, name = os.path.split(root)
    return name.startswith("python3.") and os.path.basename(parent) in {"lib", "lib64"}

"""The git commit that a project is at, read from git's own files; no process is started."""

from __future__ import annotations

import os
from time import monotonic
from typing import Final

_LONGEST = 1 << 20


_SECONDS: Final = 1.0
"""How long an answer holds: who makes thousands of calls a second does not commit between them."""
_known: Final[dict[str, tuple[float, str | None]]] = {}


def git_commit(root: str) -> str | None:
    """The commit that HEAD names, or named a second ago, in the repository of the project at `root`, 40 or 64 hexadecimal digits; None outside of one, or before the first commit."""
    asked, commit = _known.get(root, (-_SECONDS, None))
    now = monotonic()
    if now - asked >= _SECONDS:
        commit = _commit(root)
        _known[root] = now, commit
    return commit


def _commit(root: str) -> str | None:
    folder = _git_folder(root)
    if folder is None:
        return None
    head = _read(os.path.join(folder, "HEAD"))
    if not head.startswith("ref: "):
        return head if _is_commit(head) else None
    name = head[5:]
    shared = _read(os.path.join(folder, "commondir"))
    for place in (folder, os.path.normpath(os.path.join(folder, shared))) if shared else (folder,):
        loose = _read(os.path.join(place, *name.split("/")))
        if _is_commit(loose):
            return loose
        for line in _read(os.path.join(place, "packed-refs")).splitlines():
            commit, _, ref = line.partition(" ")
            if ref == name and _is_commit(commit):
                return commit
    return None


def _git_folder(root: str) -> str | None:
    folder = root
    while True:
        entry = os.path.join(folder, ".git")
        if os.path.isdir(entry):
            return entry
        pointer = _read(entry)
        if pointer.startswith("gitdir: "):
            return os.path.normpath(os.path.join(folder, pointer[8:]))
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent


def _is_commit(text: str) -> bool:
    return len(text) in {40, 64} and all(c in "0123456789abcdef" for c in text)


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read(_LONGEST).strip()
    except OSError:
        return ""

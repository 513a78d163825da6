"""What one evaluation read besides its inputs, and what it made.

`recorder` fills it while the evaluation runs; `recording` makes a Record's checks of it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from hitsave.digest import Digest
from hitsave.runtime.suspension import Suspension
from hitsave.structs import field, mutable
from hitsave.workspace.file_digests import FileSignature


@mutable
class Recording:
    """What one evaluation read.

    `opened`      path → signature of the file at the first open, None where there was no file.
    `listed`      folders whose names were listed, with the names at the first listing.
    `asked`       paths about which it was asked whether there is something, and what there was at last: "file", "folder", or None.
    `modules`     modules that were looked for by computed names, and not loaded.
    `folders`     folders that were read with all that is in them, and their digest; None where it is not known.
    `inputs`      files and folders that count by what they hold, as arguments of the call, so that reading them says nothing new.
    `outputs`     files that the call is to write, where something is there already; `partial` those of them that were read, or not written from their beginning.
    `written`     paths that were opened for writing, created, renamed or removed.
    `made`        those of them where there was nothing before: of a folder, all that is in it was made here too, by whomever.
    `told`        files that child processes were told of by their arguments, with the signature that each had; they may be read or written there.
    `environment` names of variables that were looked up; `whole_environment` if all were listed.
    `variables`   the environment when it began, raw.
    `words`       the command line when it began.
    `states`      what the process was set to when it began, as `hitsave.freshness.process_state` tells it.
    `folder`      the current folder when it began; `relative` if something was named relative to it.
    `suspension`  tells whether what a thread does is recorded.
    """

    opened: dict[str, FileSignature | None] = field(factory=dict)
    listed: dict[str, tuple[str, ...] | None] = field(factory=dict)
    asked: dict[str, str | None] = field(factory=dict)
    modules: set[str] = field(factory=set)
    folders: dict[str, Digest | None] = field(factory=dict)
    inputs: frozenset[str] = frozenset()
    outputs: frozenset[str] = frozenset()
    partial: set[str] = field(factory=set)
    written: set[str] = field(factory=set)
    made: set[str] = field(factory=set)
    told: dict[str, FileSignature | None] = field(factory=dict)
    environment: dict[str, str | None] = field(factory=dict)
    whole_environment: bool = False
    variables: dict[Any, Any] = field(factory=dict[Any, Any])
    words: tuple[str, ...] = ()
    states: dict[str, str] = field(factory=dict[str, str])
    folder: str = ""
    relative: bool = False
    suspension: Suspension = field(factory=Suspension)

    def join(self, other: Recording) -> None:
        """Take over what an evaluation within this one recorded."""
        for path, signature in other.opened.items():
            self.opened.setdefault(path, signature)
        for path, names in other.listed.items():
            self.listed.setdefault(path, names)
        for path, digest in other.folders.items():
            self.folders.setdefault(path, digest)
        for path, signature in other.told.items():
            self.told.setdefault(path, signature)
        self.asked |= other.asked
        self.modules |= other.modules
        self.written |= other.written
        self.made |= other.made
        for name, value in other.environment.items():
            self.environment.setdefault(name, value)
        self.whole_environment |= other.whole_environment
        self.relative |= other.relative and other.folder == self.folder

    def is_input(self, path: str) -> bool:
        """Whether what is at a path counts as part of an argument."""
        return bool(self.inputs) and (path in self.inputs or any(folder in self.inputs for folder in _folders_around(path)))

    def is_output(self, path: str) -> bool:
        """Whether the evaluation made what is at a path, or the folder that it is in: the next one finds something else there, and that changes nothing."""
        return path in self.written or (bool(self.made) and any(folder in self.made for folder in _folders_around(path)))


def _folders_around(path: str) -> Iterator[str]:
    while (folder := os.path.dirname(path)) != path:
        yield folder
        path = folder


def folder_names(path: str) -> tuple[str, ...] | None:
    """The sorted names in a folder, without Python's own cache folders; None where there is no folder."""
    try:
        return tuple(sorted(n for n in os.listdir(path) if n != "__pycache__"))
    except OSError:
        return None

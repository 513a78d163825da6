"""What surrounds the code: Python, installed distributions, files, environment variables. The same for a live process and for text alone."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Final, cast

from hitsave.codegraph.library import CompiledModule
from hitsave.digest import Digest, digest_bytes, digest_parts
from hitsave.errors import HitSaveError
from hitsave.freshness.process_state import STATES, state
from hitsave.freshness.record import EnvironmentCheck, FileCheck
from hitsave.workspace.file_digests import content_digest
from hitsave.workspace.library import WorkspaceLibrary
from hitsave.workspace.settings import Sensitivity

PRESENCE_CONTEXT: Final = "hitsave 2026 v1 presence"
LISTING_CONTEXT: Final = "hitsave 2026 v1 listing"
ENVIRONMENT_CONTEXT: Final = "hitsave 2026 v1 environment variable"
WHOLE_ENVIRONMENT: Final = "*"
CURRENT_FOLDER: Final = "."
"""Stands among the environment variables for the current folder, where a file was named relative to it, or code asked for it."""
COMMAND_LINE: Final = "words of the command line"
"""Stands among the environment variables for the words after the program's name, where code reads them."""
ARGUMENT_PATHS: Final = "paths of arguments"
"""Stands among the environment variables for where the files lie that a call is given by their paths, where that made a difference."""
NOT_PART: Final = frozenset({"HITSAVE", "HITSAVE_DIR", "_", "SHLVL", "PWD", "OLDPWD", "PYTEST_CURRENT_TEST"})


class Surroundings:
    """Answers the checks that have nothing to do with project code. `current_folder` and `command_line` give those of the program that runs; nothing does, where only text is looked at."""

    def __init__(
        self,
        library: WorkspaceLibrary,
        root: str,
        environ: Mapping[str, str] | None = None,
        *,
        current_folder: Callable[[], str] | None = None,
        command_line: Callable[[], Sequence[str]] | None = None,
    ) -> None:
        self._current_folder = current_folder
        self._command_line = command_line
        self.library = library
        self.root = root
        self.environ = os.environ if environ is None else environ
        self.python = f"{sys.version_info[0]}.{sys.version_info[1]}"
        self.optimize = sys.flags.optimize

    def external(self, distribution: str, sensitivity: str) -> str:
        """The installed version, cut to what `sensitivity` looks at; "" if it is not installed."""
        return self.library.version(distribution, cast("Sensitivity", sensitivity))

    def compiled(self, module: str) -> bytes | None:
        """The digest of a compiled extension's file."""
        located = self.library.locate(module)
        return content_digest(located.path) if isinstance(located, CompiledModule) else None

    def file(self, check: FileCheck) -> bytes | None:
        """The digest of a file's content, of a folder's listing, or of what there is at a path; None if there is none."""
        path = self.full_path(check.path)
        if check.kind == "present":
            return presence_digest(presence(path))
        if check.kind in {"folder", "input folder"}:
            from hitsave.files.inputs import folder_digest  # few Records have any

            with suppress(HitSaveError):
                return folder_digest(path, self.library.file_digests)
            return None
        return listing_digest(path) if check.kind == "listing" else self.library.file_digests.content(path)

    def environment(self, check: EnvironmentCheck) -> bytes | None:
        """The digest of a variable's value, of all variables for "*", of the current folder for ".", of the words of the command line, or of a part of what the process is set to; where nothing runs, that is taken to be as it was."""
        if check.name == WHOLE_ENVIRONMENT:
            return whole_environment_digest(self.environ)
        if check.name == CURRENT_FOLDER:
            return check.digest if self._current_folder is None else self.folder_digest(self._current_folder())
        if check.name == COMMAND_LINE:
            return check.digest if self._command_line is None else words_digest(self._command_line())
        if check.name in STATES:
            return check.digest if self._command_line is None else environment_digest(check.name, state(check.name))
        if check.name == ARGUMENT_PATHS:
            return check.digest  # who makes a call knows; else it is taken to be as it was
        value = self.environ.get(check.name)
        return None if value is None else environment_digest(check.name, value)

    def folder_digest(self, folder: str) -> Digest:
        """The digest of a current folder: inside the project, of its place there."""
        return environment_digest(CURRENT_FOLDER, "" if folder == self.root else self.stored_path(folder))

    def stored_path(self, path: str) -> str:
        """How a path is written in a Record: relative to the project's root where inside it, with forward slashes."""
        prefix = self.root + os.sep
        return path[len(prefix) :].replace(os.sep, "/") if path.startswith(prefix) else path

    def full_path(self, stored: str) -> str:
        """Where a path of a Record is now."""
        return os.path.join(self.root, stored)


def presence(path: str) -> str | None:
    """What there is at a path: "file", "folder", or None for nothing."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    return "folder" if stat.S_ISDIR(found.st_mode) else "file"


def presence_digest(kind: str | None) -> Digest | None:
    """The digest of what there is at a path, "file" or "folder"; None for nothing."""
    return None if kind is None else digest_parts(PRESENCE_CONTEXT, kind.encode())


def names_digest(names: tuple[str, ...]) -> Digest:
    """The digest of a folder's sorted names."""
    return digest_parts(LISTING_CONTEXT, *(os.fsencode(n) for n in names))


def listing_digest(path: str) -> Digest | None:
    """The digest of the names in a folder (without Python's cache folders), None if there is no folder."""
    try:
        return names_digest(tuple(sorted(n for n in os.listdir(path) if n != "__pycache__")))
    except OSError:
        return None


def environment_digest(name: str, value: str) -> Digest:
    """The digest of one variable's value."""
    return digest_parts(ENVIRONMENT_CONTEXT, name.encode("utf-8", "surrogateescape"), value.encode("utf-8", "surrogateescape"))


def words_digest(words: Sequence[str]) -> Digest:
    """The digest of the words of a command line, of which the first is the program."""
    return environment_digest(COMMAND_LINE, "\0".join(words[1:]))


def whole_environment_digest(environ: Mapping[str, str]) -> Digest:
    """The digest of all variables, but for those that every shell changes and HitSave's own."""
    rows = sorted((k, v) for k, v in environ.items() if k not in NOT_PART)
    return digest_bytes(ENVIRONMENT_CONTEXT, "\0".join(f"{k}={v}" for k, v in rows).encode("utf-8", "surrogateescape"))

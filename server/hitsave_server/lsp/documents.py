"""The editor's open files and notebooks, as texts by path; and places in paths as the editor's places."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final
from urllib.parse import unquote

from lsprotocol import types
from pygls.uris import from_fs_path, to_fs_path
from pygls.workspace import TextDocument, Workspace

from hitsave.workspace.notebooks import Cell, join_cells
from hitsave.workspace.sources import SourceText, text_digest

_ENDS: Final = "\r\n"


class PythonDocument(TextDocument):
    """An open document in which only line feeds and carriage returns end a line, as the protocol says; a form feed in the text does not."""

    @property
    def lines(self) -> Sequence[str]:
        """The lines with their ends."""
        return split_lines(self.source)


class PythonWorkspace(Workspace):
    """Open documents whose lines are counted as the protocol says."""

    def _create_text_document(
        self, doc_uri: str, source: str | None = None, version: int | None = None, language_id: str | None = None
    ) -> TextDocument:
        return PythonDocument(
            doc_uri, source=source, version=version, language_id=language_id, sync_kind=self._sync_kind, position_codec=self._position_codec
        )


def split_lines(text: str) -> list[str]:
    r"""Lines with their ends, ended by \n, \r\n or \r alone."""
    # What io calls universal newlines without translation.
    return io.StringIO(text, newline="").readlines()


@dataclass(frozen=True)
class OpenFile:
    """An open file, or notebook: `uri` as the editor writes it, and its `text`; `cells` say where each cell of a notebook stands in it, `cell_uris` which documents they are."""

    path: str
    uri: str
    text: str
    cells: tuple[Cell, ...] = ()
    cell_uris: tuple[str, ...] = ()

    @cached_property
    def lines(self) -> list[str]:
        """The lines of the text."""
        return split_lines(self.text)

    @property
    def source(self) -> SourceText:
        """As the analysis reads it."""
        text = self.text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in self.text else self.text
        return SourceText(self.path, text.removeprefix("\ufeff"), text_digest(text.removeprefix("\ufeff")), None, self.cells)

    def in_editor(self, line: int) -> tuple[str, int]:
        """(document, line from 0) of a line from 1."""
        for cell, uri in zip(self.cells, self.cell_uris, strict=True):
            if cell.first <= line < cell.first + cell.lines:
                return uri, line - cell.first
        return self.uri, max(line - 1, 0)

    def from_editor(self, uri: str, line: int) -> int | None:
        """The line from 1 of a line from 0 of the document `uri`; None if it is none of this file's."""
        if not self.cells and not self.cell_uris:
            return line + 1
        for cell, cell_uri in zip(self.cells, self.cell_uris, strict=True):
            if same_uri(cell_uri, uri):
                return cell.first + line if line < cell.lines else None
        return None

    def line(self, line: int) -> str:
        """A line from 1, without its end; "" beyond the text."""
        return self.lines[line - 1].rstrip(_ENDS) if 0 < line <= len(self.lines) else ""


class OpenFiles:
    """All open Python files and notebooks, as they were at one moment."""

    def __init__(self, files: Iterable[OpenFile] = ()) -> None:
        self.by_path = {real(file.path): file for file in files}
        self._by_uri = {_plain(uri): file for file in self.by_path.values() for uri in (file.uri, *file.cell_uris)}

    def of_uri(self, uri: str) -> OpenFile | None:
        """The file that a document is, or is a cell of."""
        return self._by_uri.get(_plain(uri))

    def of_path(self, path: str) -> OpenFile | None:
        """The open file at a path."""
        return self.by_path.get(real(path))


def open_files(workspace: Workspace) -> OpenFiles:
    """The open Python files and notebooks of the editor."""
    files: list[OpenFile] = []
    cells = {unquote(cell.document) for notebook in workspace.notebook_documents.values() for cell in notebook.cells}
    for uri, document in list(workspace.text_documents.items()):
        path = path_of(document.uri)
        if uri not in cells and path is not None and (document.language_id == "python" or path.endswith(".py")) and not path.endswith(".ipynb"):
            files.append(OpenFile(path, document.uri, document.source))
    for notebook in list(workspace.notebook_documents.values()):
        path = path_of(notebook.uri)
        if path is None:
            continue
        sources: list[tuple[int, str]] = []
        uris: list[str] = []
        for number, cell in enumerate(notebook.cells):
            document = workspace.text_documents.get(unquote(cell.document))
            if cell.kind == types.NotebookCellKind.Code and document is not None and document.language_id == "python":
                sources.append((number, document.source))
                uris.append(cell.document)
        text, places = join_cells(sources)
        files.append(OpenFile(path, notebook.uri, text, places, tuple(uris)))
    return OpenFiles(files)


def path_of(uri: str) -> str | None:
    """The file that a URI names; None if it names none on this machine's disk (an unsaved or remote document)."""
    if not uri.startswith("file:"):
        return None
    path = to_fs_path(uri)
    return os.path.abspath(path) if path else None


@lru_cache(maxsize=4096)
def uri_of(path: str) -> str:
    """The URI of a file."""
    return from_fs_path(path) or f"file://{path}"


@lru_cache(maxsize=4096)
def real(path: str) -> str:
    """`path` without symbolic links, so that the editor's spelling and the interpreter's are one."""
    return os.path.realpath(path)


def same_uri(one: str, other: str) -> bool:
    """Whether two spellings are one URI: editors escape different characters."""
    return one == other or _plain(one) == _plain(other)


def _plain(uri: str) -> str:
    return unquote(uri)

"""The server's own state: open files, pictures of the projects, settings; and what is told to the editor when they change.

Everything here runs on the event loop. What takes longer than a look-up is asked of the `Analyst`.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from lsprotocol import converters, types
from pygls.lsp.server import LanguageServer
from pygls.protocol import JsonRPCNotification, JsonRPCRequestMessage

from hitsave import __version__
from hitsave.workspace.project import find_root
from hitsave_server.lsp import contract
from hitsave_server.lsp.analysis import Analysis
from hitsave_server.lsp.analyst import Analyst
from hitsave_server.lsp.documents import OpenFile, OpenFiles, PythonWorkspace, open_files, path_of, real
from hitsave_server.lsp.picture import FunctionPicture, Picture
from hitsave_server.lsp.progress import Reporter
from hitsave_server.lsp.settings import Settings

log = logging.getLogger(__name__)

NAME: Final = "hitsave"
_PATIENCE: Final = 0.5
"""Seconds that an answer waits for text that was just typed to be analysed; then it is given from what is known."""
_PATIENCE_AT_FIRST: Final = 5.0
"""The same while projects are looked at for the first time; nothing that is known already could be shown instead."""
_PATIENCE_SET: Final = "HITSAVE_LSP_PATIENCE"
_REFRESH_EVERY: Final = 0.1
_AGAIN_EVERY: Final = 2.0
_AGAIN_TIMES: Final = 30

_T = TypeVar("_T")
_NOTEBOOKS: Final = types.NotebookDocumentSyncOptions(
    notebook_selector=[
        types.NotebookDocumentFilterWithCells(
            notebook=types.NotebookDocumentFilterNotebookType(notebook_type="jupyter-notebook"), cells=[types.NotebookCellLanguage(language="python")]
        )
    ]
)


class HitSaveServer(LanguageServer):
    """The language server. `environ` are the environment variables that settings are read from."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        super().__init__(  # pyright: ignore[reportUnknownMemberType] - pygls leaves the rest untyped
            NAME, __version__, types.TextDocumentSyncKind.Incremental, _NOTEBOOKS, converter_factory=_converter, max_workers=2
        )
        self.environ = environ
        self._patience = _number(environ.get(_PATIENCE_SET, ""))
        self.settings = Settings()
        self.pictures: dict[str, Picture] = {}
        self.files = OpenFiles()
        self.published = asyncio.Event()
        self.listeners: list[Callable[[Mapping[str, Picture], Mapping[str, Picture]], None]] = []
        self._revision = 0
        self._shown = 0
        self._sent: dict[str, str] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._refresh_due = False
        self._pointed_at = False
        self._again: asyncio.TimerHandle | None = None
        self.reporter = Reporter(self)
        self.analyst = Analyst(environ, self._publish, self._report)

    # --- the editor's files ----------------------------------------------------------------------------------------

    def begin(self, options: Any) -> None:
        """The editor said who it is and what it has open."""
        self._loop = asyncio.get_running_loop()
        self.settings = Settings.of(options)
        old = self.workspace
        self.protocol._workspace = PythonWorkspace(  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - pygls has no other way to count lines as the protocol does
            old.root_uri, types.TextDocumentSyncKind.Incremental, list(old.folders.values()), old.position_encoding
        )

    def documents_changed(self) -> None:
        """Files were opened, changed or closed: have what differs analysed."""
        self.files = open_files(self.workspace)
        changed: dict[str, Any] = {path: None for path in self._sent if path not in self.files.by_path}
        for path, file in self.files.by_path.items():
            if self._sent.get(path) != file.text:
                changed[path] = file.source
        self._sent = {path: file.text for path, file in self.files.by_path.items()}
        if changed:
            self._revision += 1
            self.analyst.buffers(changed, self._revision)

    def roots(self) -> list[str]:
        """The projects: of each folder of the workspace, and of each open file that is in none of them."""
        folders = [path for uri in self.workspace.folders if (path := path_of(uri)) is not None]
        if not folders and self.workspace.root_uri and (path := path_of(self.workspace.root_uri)):
            folders.append(path)
        found = {find_root(folder, script_folder=folder): None for folder in folders if os.path.isdir(folder)}
        for file in self.files.by_path.values():
            inside = next((f for f in folders if real(file.path).startswith(real(f).rstrip(os.sep) + os.sep)), None)
            root = find_root(file.path, script_folder=inside or os.path.dirname(file.path))
            found.setdefault(root, None)
        return list(found)

    def folders_changed(self) -> None:
        """Have the projects of these folders and files analysed, and no others."""
        self.analyst.folders(self.roots())

    async def caught_up(self) -> None:
        """Wait, not for long, until what is shown is of the text as it is now."""
        patience = self._patience if self._patience is not None else _PATIENCE if self.analyst.warm else _PATIENCE_AT_FIRST
        deadline = time.monotonic() + patience
        revision = self._revision
        while self._shown < revision and (left := deadline - time.monotonic()) > 0:
            try:
                await asyncio.wait_for(self.published.wait(), left)
            except TimeoutError:
                return

    def units(self, text: str) -> int:
        """How long `text` is in the position encoding that was agreed on."""
        return len(text) if text.isascii() else self.workspace.position_codec.client_num_units(text)

    # --- asking ----------------------------------------------------------------------------------------------------

    def file(self, uri: str) -> OpenFile | None:
        """The open file that a document is, or is a cell of."""
        return self.files.of_uri(uri)

    def find(self, symbol: str, root: str | None = None) -> tuple[Picture, FunctionPicture] | None:
        """A function, of the project at `root` or of any."""
        for picture in self.pictures.values():
            if (root is None or picture.root == root) and (found := picture.function(symbol)) is not None:
                return picture, found
        return None

    async def ask(self, root: str, question: Callable[[Analysis], _T]) -> _T | None:
        """Have something looked up on the analysis thread."""
        return await self.analyst.ask(root, question)

    # --- telling ---------------------------------------------------------------------------------------------------

    def _publish(self, pictures: Mapping[str, Picture], revision: int) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._take, dict(pictures), revision)

    def _take(self, pictures: dict[str, Picture], revision: int) -> None:
        before, self.pictures = self.pictures, pictures
        self._shown = max(self._shown, revision)
        self.published.set()
        self.published = asyncio.Event()
        for listener in self.listeners:
            try:
                listener(before, pictures)
            except Exception:
                log.exception("could not tell the editor")
        if [(p.functions, p.prices, p.broken) for p in before.values()] != [(p.functions, p.prices, p.broken) for p in pictures.values()]:
            self.refresh()

    def refresh(self) -> None:
        """Have the editor ask for hints and lenses again, soon, and not too often."""
        if not self._refresh_due and self._loop is not None:
            self._refresh_due = True
            self._loop.call_later(_REFRESH_EVERY, self._refresh)

    def pointed_at(self) -> None:
        """The mouse rests on a hint.

        VS Code, up to 1.100 at least, remembers the hints of that line, and when the mouse leaves it puts them back, also where they are others by then.
        So after a change under the mouse the editor is asked to ask again for a while.
        """
        self._pointed_at = True

    def _refresh_hints(self, again: int = 0) -> None:
        workspace = self.client_capabilities.workspace
        if workspace is not None and workspace.inlay_hint is not None and workspace.inlay_hint.refresh_support:
            self.workspace_inlay_hint_refresh(None)
            if again and self._loop is not None:
                self._again = self._loop.call_later(_AGAIN_EVERY, self._refresh_hints, again - 1)

    def _refresh(self) -> None:
        self._refresh_due = False
        workspace = self.client_capabilities.workspace
        again = _AGAIN_TIMES if self._pointed_at else 0
        self._pointed_at = False
        if again and self._again is not None:
            self._again.cancel()
        self._refresh_hints(again)
        if self.settings.code_lens and workspace is not None and workspace.code_lens is not None and workspace.code_lens.refresh_support:
            self.workspace_code_lens_refresh(None)
        self.protocol.notify(contract.DID_CHANGE_FUNCTIONS, {})

    def _report(self, message: str) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.reporter.say, message)


def _number(text: str) -> float | None:
    try:
        return max(float(text), 0.0)
    except ValueError:
        return None


def _converter() -> Any:
    """Pygls' converter, but for the parameters of our own requests: they stay dictionaries, as they came."""
    converter = converters.get_converter()
    for kind in (JsonRPCRequestMessage, JsonRPCNotification):
        converter.register_structure_hook(kind, lambda message, cls: cls(**{"params": None, **message}))
    from pygls.protocol import JsonRPCResponseMessage

    converter.register_structure_hook(JsonRPCResponseMessage, lambda message, cls: cls(**{"result": None, **message}))
    return converter

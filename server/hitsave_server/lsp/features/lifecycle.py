"""Beginning, ending, and what the editor tells of its files, folders and settings."""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Final

from lsprotocol import types

from hitsave_server.lsp.documents import path_of
from hitsave_server.lsp.server import HitSaveServer
from hitsave_server.lsp.watching import watch

log = logging.getLogger(__name__)
_WATCHED: Final = ("**/*.py", "**/*.ipynb", "**/pyproject.toml")


def register(server: HitSaveServer) -> None:
    """Answer them."""
    tasks: set[asyncio.Task[None]] = set()

    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        server.begin(params.initialization_options)

    @server.feature(types.INITIALIZED)
    async def initialized(_: types.InitializedParams) -> None:
        server.folders_changed()
        task = asyncio.ensure_future(watch(server, polls_files=not _watches(server)))
        tasks.add(task)
        if _watches(server):
            watchers = [types.FileSystemWatcher(glob_pattern=pattern) for pattern in _WATCHED]
            await server.client_register_capability_async(
                types.RegistrationParams(
                    registrations=[
                        types.Registration(
                            id="hitsave-files",
                            method=types.WORKSPACE_DID_CHANGE_WATCHED_FILES,
                            register_options=types.DidChangeWatchedFilesRegistrationOptions(watchers=watchers),
                        )
                    ]
                )
            )

    @server.feature(types.SHUTDOWN)
    def shutdown(_: Any = None) -> None:
        for task in tasks:
            task.cancel()

    _hear_of_documents(server)
    _hear_of_surroundings(server)


def _hear_of_documents(server: HitSaveServer) -> None:
    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(_: types.DidOpenTextDocumentParams) -> None:
        server.documents_changed()
        server.folders_changed()

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(_: types.DidChangeTextDocumentParams) -> None:
        server.documents_changed()

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(_: types.DidCloseTextDocumentParams) -> None:
        server.documents_changed()
        server.folders_changed()

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(_: types.DidSaveTextDocumentParams) -> None:
        if not _watches(server):
            server.analyst.look(disk=True)

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_OPEN)
    def notebook_opened(_: types.DidOpenNotebookDocumentParams) -> None:
        server.documents_changed()
        server.folders_changed()

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_CHANGE)
    def notebook_changed(_: types.DidChangeNotebookDocumentParams) -> None:
        server.documents_changed()

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_CLOSE)
    def notebook_closed(_: types.DidCloseNotebookDocumentParams) -> None:
        server.documents_changed()
        server.folders_changed()


def _hear_of_surroundings(server: HitSaveServer) -> None:
    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def folders(_: types.DidChangeWorkspaceFoldersParams) -> None:
        server.folders_changed()

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    def configured(params: types.DidChangeConfigurationParams) -> None:
        server.settings = server.settings.changed(params.settings)
        server.refresh()
        for listener in server.listeners:
            listener({}, server.pictures)

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def files(params: types.DidChangeWatchedFilesParams) -> None:
        paths = [path_of(event.uri) or "" for event in params.changes]
        server.analyst.look(disk=True, afresh=any(path.endswith("pyproject.toml") for path in paths))


def _watches(server: HitSaveServer) -> bool:
    """Whether the editor tells what changes on disk."""
    workspace = server.client_capabilities.workspace
    watched = workspace.did_change_watched_files if workspace is not None else None
    return bool(watched is not None and watched.dynamic_registration)

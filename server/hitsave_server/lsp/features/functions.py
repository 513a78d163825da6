"""`hitsave/functions`: the memoised functions by project and file."""

from __future__ import annotations

import os
import time
from typing import Any

from hitsave_server.lsp import contract, convert
from hitsave_server.lsp.documents import real, uri_of
from hitsave_server.lsp.picture import Picture
from hitsave_server.lsp.server import HitSaveServer
from hitsave_server.lsp.targets import table, text


def register(server: HitSaveServer) -> None:
    """Answer it."""

    @server.feature(contract.FUNCTIONS)
    async def functions(params: Any) -> contract.Functions:
        await server.caught_up()
        uri = text(table(params), "uri")
        file = server.file(uri) if uri is not None else None
        only = file.path if file is not None else None
        return {
            "projects": [_project(server, picture, only) for picture in server.pictures.values()],
            "complete": bool(server.pictures) and all(p.complete for p in server.pictures.values()),
        }


def _project(server: HitSaveServer, picture: Picture, only: str | None) -> contract.Project:
    now = time.time_ns()
    files: dict[str, contract.File] = {}
    problems = {fault.path: fault.why for fault in picture.faults}

    def file(path: str) -> contract.File:
        shown = convert.relative(path, picture.root)
        if path not in files:
            opened = server.files.of_path(path)
            files[path] = {"uri": opened.uri if opened else uri_of(path), "path": shown, "problem": problems.get(shown, ""), "functions": []}
        return files[path]

    for function in picture.functions:
        if only is None or real(function.path) == real(only):
            file(function.path)["functions"].append(convert.function(server, picture, function, now))
    if only is None:
        for path in problems:
            file(os.path.join(picture.root, path))
    trouble = picture.store.trouble or picture.trouble
    return {
        "root": picture.root,
        "name": os.path.basename(picture.root) or picture.root,
        "store": picture.store.folder,
        "problem": trouble.message if trouble else "",
        "advice": trouble.advice if trouble else "",
        "files": sorted(files.values(), key=lambda f: f["path"]),
        "gone": [convert.function(server, picture, f, now) for f in picture.gone] if only is None else [],
    }

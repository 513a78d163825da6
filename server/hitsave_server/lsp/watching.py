"""Looks at the stores, and at what no editor tells of, a few times a second: a handful of stat calls, of which almost none finds anything."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hitsave_server.lsp.server import HitSaveServer

_STORE_EVERY: Final = 0.25
_SURROUNDINGS_EVERY: Final = 8  # times the above
_LABELS_EVERY: Final = 240
_AGAIN_AFTER: Final = 6
"""Once more a moment later: a connection that is open notices only now and then that its database was replaced or deleted."""
_DATABASE: Final = ("hitsave.sqlite", "hitsave.sqlite-wal")

Stamp = tuple[tuple[int, int, int] | None, ...]


async def watch(server: HitSaveServer, *, polls_files: bool) -> None:
    """Have the stores looked at whenever they change, and the disk where the editor does not tell. Never ends by itself."""
    stores = surroundings = None
    turn = again = 0
    while True:
        await asyncio.sleep(_STORE_EVERY)
        turn += 1
        now = stamp(os.path.join(p.store.folder, name) for p in server.pictures.values() for name in _DATABASE)
        if now != stores:
            again = turn + _AGAIN_AFTER
        if (stores is not None and now != stores) or turn == again:
            server.analyst.look(store=True)
        stores = now
        if any(f.state == "running" for p in server.pictures.values() for f in p.functions) and turn % _SURROUNDINGS_EVERY == 0:
            server.analyst.look(store=True)  # its process may have died
        if turn % _SURROUNDINGS_EVERY == 0:
            found = await asyncio.to_thread(stamp, await _surroundings(server, polls_files=polls_files))
            if found != surroundings and (surroundings is not None or polls_files):
                server.analyst.look(disk=True)  # the first time too: what changed between the first look and now was seen by nobody
            surroundings = found
        if turn % _LABELS_EVERY == 0:
            server.refresh()  # "3 min ago" is not for ever


async def _surroundings(server: HitSaveServer, *, polls_files: bool) -> list[str]:
    paths: list[str] = []
    for root in list(server.pictures):
        paths.extend(await server.ask(root, lambda a: a.watched(files=polls_files)) or [])
    return paths


def stamp(paths: Iterable[str]) -> Stamp:
    """What the file system says of each of `paths`; equal as long as none of them changes."""
    found: list[tuple[int, int, int] | None] = []
    for path in paths:
        try:
            status = os.stat(path)
            found.append((status.st_mtime_ns, status.st_size, status.st_ino))
        except (OSError, ValueError):
            found.append(None)
    return tuple(found)

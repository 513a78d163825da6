"""`hitsave/panel/…`: what the experiments page asks; `hitsave.panel` answers, here on the analysis thread, under the text as it is in the editor."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from pygls.exceptions import JsonRpcException

from hitsave.errors import HitSaveError
from hitsave.freshness.judging import Judge
from hitsave.panel import contract as panel
from hitsave.panel.answering import Answers
from hitsave.panel.source import StoreSource, store_stamp
from hitsave.panel.table import empty_runs, is_settled
from hitsave.storage.store import Store
from hitsave_server.lsp.analysis import Analysis
from hitsave_server.lsp.server import HitSaveServer
from hitsave_server.lsp.targets import table, text

_METHODS: Final = (panel.RUNS, panel.CELLS, panel.RUN, panel.CURVES, panel.ATTACHMENT, panel.LIBRARY, panel.MARK, panel.REMOVE, panel.RESTORE)
_CHANGING: Final = {panel.MARK, panel.REMOVE, panel.RESTORE}
_FAILED: Final = -32803  # RequestFailed, as the protocol has it


def register(server: HitSaveServer) -> None:
    """Answer them."""
    known: dict[str, tuple[Store, Answers]] = {}

    def answers(analysis: Analysis) -> Answers:
        store, found = known.get(analysis.root, (None, None))
        if found is None or store is not analysis.store:
            source = StoreSource(
                analysis.store, analysis.root, lambda entries: Judge(analysis.store, analysis.root, lambda _: analysis.text).judge(entries)
            )
            found = Answers(source)
            known[analysis.root] = analysis.store, found
        return found

    async def answer(method: str, params: Any) -> Any:
        given = table(params)
        root = text(given, "root")
        picture = next((p for p in server.pictures.values() if root in {None, p.root}), None)
        if picture is None:
            raise JsonRpcException("HitSave has not looked at this project yet. Wait a moment, or open one of its files", code=_FAILED)
        since = text(given, "since") or ""
        if method == panel.RUNS and "look" not in given and is_settled(since, store_stamp(picture.store.folder)):
            unchanged = empty_runs(picture.root, since)
            unchanged["unchanged"] = True
            return unchanged

        def look_up(analysis: Analysis) -> tuple[Any, str]:
            try:
                return answers(analysis).answer(method, given), ""
            except HitSaveError as problem:
                return None, str(problem)

        found, problem = await server.ask(picture.root, look_up) or (None, "This project is not analysed any longer. Open one of its files")
        if problem:
            raise JsonRpcException(problem, code=_FAILED)
        if method in _CHANGING:
            server.analyst.look(store=True)
            await asyncio.sleep(0)
        return found

    def listen(method: str) -> None:
        @server.feature(method)
        async def _(params: Any) -> Any:
            return await answer(method, params)

    for method in _METHODS:
        listen(method)

"""`hitsave/dependencies`: all that a function reaches."""

from __future__ import annotations

from typing import Any, Final

from hitsave.errors import HitSaveError
from hitsave.freshness.status import Place
from hitsave_server.lsp import contract, convert
from hitsave_server.lsp.analysis import Analysis
from hitsave_server.lsp.server import HitSaveServer
from hitsave_server.lsp.targets import find, table

_COUNTING: Final = {"exact": "every release counts", "minor": "X.Y of its version counts", "major": "X of its version counts"}


def register(server: HitSaveServer) -> None:
    """Answer it."""

    @server.feature(contract.DEPENDENCIES)
    async def dependencies(params: Any) -> contract.Dependencies | None:
        await server.caught_up()
        found = find(server, table(params))
        if found is None:
            return None
        picture, function = found
        return await server.ask(picture.root, lambda a: tree(server, a, function.symbol))


def tree(server: HitSaveServer, analysis: Analysis, symbol: str) -> contract.Dependencies:
    """The tree, then the libraries, then what is not tracked."""
    title = f"What {symbol.partition(':')[2]}() depends on"
    empty: contract.Dependencies = {"symbol": symbol, "title": title, "branches": [], "libraries": [], "untracked": [], "problem": ""}
    try:
        known = analysis.dependencies(symbol)
        branches, libraries, untracked = list(known.tree()), known.libraries(), known.untracked()
    except HitSaveError as problem:
        return {**empty, "problem": str(problem)}
    module = symbol.partition(":")[0]
    return {
        **empty,
        "branches": [
            {
                "depth": branch.depth,
                "symbol": str(branch.dependency.symbol),
                "kind": branch.dependency.kind,
                "title": _title(branch.dependency.kind, str(branch.dependency.symbol), module, branch.dependency.text),
                "place": convert.place(server, analysis.root, branch.dependency.place),
                "above": branch.above,
            }
            for branch in branches
        ],
        "libraries": [
            {
                "name": library.distribution,
                "version": library.version,
                "counts": _COUNTING.get(library.sensitivity, "its version doesn't count"),
                "named": library.named,
            }
            for library in libraries
        ],
        "untracked": [
            {"why": u.why, "symbol": u.symbol, "place": convert.place(server, analysis.root, Place(u.path, u.line) if u.path else None)}
            for u in untracked
        ],
    }


def _title(kind: str, symbol: str, module: str, text: str) -> str:
    own, _, name = symbol.partition(":")
    name = name.replace(".<locals>.", ".")
    full = name if own == module else f"{own}.{name}"
    match kind:
        case "function":
            return f"{full}()"
        case "class":
            return f"class {full}"
        case "value":
            return f"{full}{text.removeprefix(name)}" if text.startswith(name) else full
        case _:
            return full

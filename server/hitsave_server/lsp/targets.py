"""What a request of ours is about, read with patience: a client may be of another version, or be anyone's script."""

from __future__ import annotations

from typing import Any, cast

from hitsave.freshness.judging import Judged
from hitsave_server.lsp import contract
from hitsave_server.lsp.picture import FunctionPicture, Picture
from hitsave_server.lsp.placing import placed
from hitsave_server.lsp.server import HitSaveServer


def table(params: Any) -> dict[str, Any]:
    """The parameters, if they are a table; of a command, its first argument."""
    if isinstance(params, (list, tuple)):
        params = cast("list[Any]", params)[0] if params else None
    return cast("dict[str, Any]", params) if isinstance(params, dict) else {}


def text(given: dict[str, Any], key: str) -> str | None:
    """A string that is not empty, or None."""
    value = given.get(key)
    return value if isinstance(value, str) and value else None


def find(server: HitSaveServer, given: dict[str, Any]) -> tuple[Picture, FunctionPicture] | None:
    """The function that a target names: by symbol, or by a place on its ``def`` line or in its body."""
    symbol = text(given, "symbol")
    if symbol is not None:
        return server.find(symbol, text(given, "root"))
    uri, position = text(given, "uri"), table(given.get("position"))
    file = server.file(uri) if uri is not None else None
    number = position.get("line")
    if file is None or uri is None or not isinstance(number, int):
        return None
    line = file.from_editor(uri, number)
    if line is None:
        return None
    above = [(at, f) for f, at in placed(file, list(server.pictures.values())).functions if at <= line]
    return server.find(max(above, key=lambda pair: pair[0])[1].symbol) if above else None


def chosen(function: FunctionPicture, given: dict[str, Any]) -> Judged | None:
    """The result that is meant: the one with the ID in `entry`, else the one that the function's state is that of."""
    identity = text(given, "entry")
    if identity is not None:
        return next((j for j in function.judged if j.entry.id == identity), None)
    return function.explained


def nothing(message: str) -> contract.Done:
    """That nothing was done, and why."""
    return {"ok": False, "message": message, "count": 0, "seconds": 0.0, "size": 0}

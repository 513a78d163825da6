"""The call that a run was, written as Python: only where its arguments are known whole and are literals."""

from __future__ import annotations

import math
import shlex
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from hitsave.panel.contract import Named, Rerun

MOST_CHARACTERS: Final = 4_000
_WRAPPED: Final = {"list": "[]", "tuple": "()", "set": "{}"}
_LEVELS: Final = 8

Json = Mapping[str, Any]


def rerun(symbol: str, path: str, arguments: Sequence[Named]) -> Rerun | None:
    """How to make the call again in the project's folder; `path` is the file of the function, relative to it. None where that can't be said.

    >>> rerun("lab.fit:train", "src/lab/fit.py", [{"name": "rate", "text": "0.5", "view": {"kind": "float", "value": 0.5}}])["code"]
    "import sys; sys.path.insert(0, 'src'); from lab.fit import train; result = train(rate=0.5)"
    """
    module, _, name = symbol.partition(":")
    folder = _import_folder(module, path)
    if not name.isidentifier() or folder is None or not all(part.isidentifier() for part in module.split(".")):
        return None
    given: list[str] = []
    for argument in arguments:
        written = literal(argument["view"])
        if written is None or not argument["name"].isidentifier():
            return None
        given.append(f"{argument['name']}={written}")
    found = f"import sys; sys.path.insert(0, {folder!r}); " if folder else ""
    code = f"{found}from {module} import {name}; result = {name}({', '.join(given)})"
    return {"code": code, "command": f"python -c {shlex.quote(code)}"} if len(code) <= MOST_CHARACTERS else None


def literal(view: Any, level: int = 0) -> str | None:
    """The literal that a View is of; None of any other, and of what the View doesn't show whole.

    >>> literal({"kind": "mapping", "type": "dict", "length": 1, "items": [[{"kind": "text", "text": "a"}, {"kind": "none"}]]})
    "{'a': None}"
    """
    if not isinstance(view, dict) or level > _LEVELS:
        return None
    view = cast("Json", view)
    match view.get("kind"):
        case "none":
            return "None"
        case "bool" | "int" | "float" if "value" in view:
            return _number(view["value"], str(view["kind"]))
        case "text" if view.get("type", "str") == "str" and view.get("length", len(view["text"])) == len(view["text"]):
            return repr(view["text"]).encode("ascii", "backslashreplace").decode()
        case "sequence" | "set" if view.get("type") in _WRAPPED:
            items = [literal(item, level + 1) for item in view.get("items", ())]
            if view.get("length") != len(items) or (not items and view["type"] == "set"):
                return None
            return _joined(_WRAPPED[str(view["type"])], items)
        case "mapping" if view.get("type") == "dict" and view.get("length") == len(view.get("items", ())):
            pairs = [(literal(key, level + 1), literal(value, level + 1)) for key, value in view["items"]]
            return _joined("{}", [None if key is None or value is None else f"{key}: {value}" for key, value in pairs])
        case _:
            return None


def _number(value: Any, kind: str) -> str | None:
    if isinstance(value, str):  # an integer beyond what JSON's readers take, or one that is not finite
        if kind == "float":
            return f"float({value!r})" if value in {"nan", "inf", "-inf"} else None
        return value if value.lstrip("-").isdecimal() and value.isascii() else None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if kind == "float" and isinstance(value, int) and not isinstance(value, bool):
        return repr(float(value))
    return repr(value) if isinstance(value, (bool, int, float)) else None


def _joined(around: str, items: Sequence[str | None]) -> str | None:
    whole = [item for item in items if item is not None]
    if len(whole) < len(items):
        return None
    comma = "," if around == "()" and len(whole) == 1 else ""
    return f"{around[0]}{', '.join(whole)}{comma}{around[1]}"


def _import_folder(module: str, path: str) -> str | None:
    """The folder of the project from which the module is imported; "" for the project's own, None for one outside of it."""
    plain = path.replace("\\", "/")
    if plain.startswith("/") or ".." in plain.split("/"):
        return None
    file = module.replace(".", "/")
    for ending in (f"{file}.py", f"{file}/__init__.py"):
        if plain == ending or plain.endswith(f"/{ending}"):
            return plain[: -len(ending)].rstrip("/")
    return None

"""A View as cells of a table: scalars as they are, fields as dotted columns, anything else in a few words."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Final, cast

from hitsave.panel.contract import Cell

LEVELS: Final = 3
"""How deep fields become columns of their own."""
MOST_FIELDS: Final = 40
"""Fields of one value that do."""
_EXACT: Final = 1 << 53
"""Integers up to it are what they are as JavaScript's numbers, too."""
_MOST_TEXT: Final = 200

Json = dict[str, Any]


def number_cell(value: float) -> Cell:
    """A number as a cell.

    >>> number_cell(0.5), number_cell(float("nan"))
    (0.5, {'number': 'nan'})
    """
    if math.isfinite(value):
        return value
    return {"number": "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"}


def flattened(name: str, view: Any, level: int = 0) -> Iterator[tuple[str, Cell]]:
    """The cells that a View makes, each with its dotted name.

    >>> list(flattened("m", {"kind": "object", "type": "M", "length": 1, "fields": [["lr", {"kind": "float", "value": 0.1}]]}))
    [('m.lr', 0.1)]
    """
    fields = _fields(view) if level < LEVELS else None
    if not fields:
        yield name, cell(view)
        return
    for field, part in fields[:MOST_FIELDS]:
        yield from flattened(f"{name}.{field}" if name else field, part, level + 1)


def cell(view: Any) -> Cell:
    """One View as one cell."""
    if not isinstance(view, dict):
        return None
    view = cast("Json", view)
    match view.get("kind"):
        case "none":
            return {"shown": "None"}
        case "bool" | "int" | "float" if "value" in view:
            return _scalar(view["value"])
        case "text" if isinstance(view.get("text"), str):
            return view["text"][:_MOST_TEXT]
        case "custom":
            return cell(view.get("view"))
        case "enum":
            return str(view.get("name") or "")[:_MOST_TEXT] or {"shown": str(view.get("type", ""))[:_MOST_TEXT]}
        case "path" | "time" | "value" if isinstance(view.get("text"), str):
            return view["text"][:_MOST_TEXT]
        case _:
            return {"shown": in_words(view)}


def in_words(view: Any) -> str:
    """What a View is of, in a few words.

    >>> in_words({"kind": "array", "type": "numpy.ndarray", "dtype": "int64", "shape": [2, 3]})
    'int64 2 × 3'
    """
    if not isinstance(view, dict):
        return ""
    view = cast("Json", view)
    kind, name = view.get("kind"), str(view.get("type", ""))[:100].rpartition(".")[2]
    match kind:
        case "secret":
            return "secret"
        case "array":
            return f"{str(view.get('dtype', ''))[:40]} {' × '.join(str(n) for n in _list(view.get('shape'))[:8])}".strip()
        case "frame":
            return f"{name} {view.get('rows')} × {view.get('width')}"
        case "series":
            return f"{name} of {view.get('rows')}"
        case "figure" | "markup":
            return name or str(kind)
        case "code":
            return str(view.get("name", ""))[:100]
        case "int" if "bits" in view:
            return f"int of {view['bits']} bits"
        case _:
            length = view.get("length")
            return f"{name or kind} of {length}" if isinstance(length, int) else name or str(kind or "")[:40]


def _scalar(value: Any) -> Cell:
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, float)):
        return value if -_EXACT <= value <= _EXACT else number_cell(float(value))
    return {"number": str(value)[:_MOST_TEXT]}


def _fields(view: Any) -> list[tuple[str, Any]] | None:
    """The named parts of a View: of an object, of a mapping whose keys are short texts, and of a short tuple by their numbers."""
    if not isinstance(view, dict):
        return None
    view = cast("Json", view)
    match view.get("kind"):
        case "custom":
            return _fields(view.get("view"))
        case "object":
            return [(str(pair[0])[:80], pair[1]) for pair in _list(view.get("fields")) if len(_list(pair)) == 2]
        case "mapping":
            pairs = [pair for pair in _list(view.get("items")) if len(_list(pair)) == 2]
            named = [(_text_of(key), part) for key, part in pairs]
            return [(name, part) for name, part in named if name is not None] if all(name is not None for name, _ in named) else None
        case "sequence" if view.get("type") == "tuple" and 0 < len(_list(view.get("items"))) <= 8:
            return [(str(place), part) for place, part in enumerate(_list(view.get("items")))]
        case _:
            return None


def _text_of(key: Any) -> str | None:
    """The text that a mapping's key is, if it is a short one."""
    text: Any = cast("Json", key).get("text") if isinstance(key, dict) else None
    return text if isinstance(text, str) and len(text) <= 80 else None


def _list(value: Any) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else []

"""A value in a few words, for lists."""

# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# What objects of any type hold has no type that is known here.
from __future__ import annotations

from itertools import islice
from typing import Any, Final, cast

from hitsave.values.classes import full_name, linearised
from hitsave.values.secrets import is_secret_name

_FEW: Final = 16
"""Parts of a container that is shown whole."""
_SHORT: Final = 60
_SHOWN: Final = 200
_MOST_BITS: Final = 2_000


def brief(value: Any) -> str:
    """A value in at most 200 characters: scalars and small containers of them as Python writes them, anything else by its type and size. Runs no user code.

    >>> brief([1, 2.5]), brief({"api_key": "x"}), brief(list(range(1000)))
    ('[1, 2.5]', 'dict of 1', 'list of 1,000')
    """
    kind = type(value)
    if value is None or kind in {bool, float, complex}:
        text = repr(value)
    elif kind is int:
        text = repr(value) if value.bit_length() < _MOST_BITS else f"int of {value.bit_length():,} bits"
    elif kind in {str, bytes}:
        text = repr(value[:_SHOWN])
    elif kind in {list, tuple, dict, set, frozenset}:
        text = _container(value)
    else:
        text = kind.__qualname__ + _size(value, kind)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _size(value: Any, kind: type) -> str:
    if any(full_name(base).partition(":")[0].partition(".")[0] in {"numpy", "pandas", "polars"} for base in linearised(kind)):
        shape = getattr(value, "shape", None)
        return f" {shape}" if isinstance(shape, tuple) and shape else ""
    return ""


def _container(value: Any) -> str:
    container = cast("list[Any] | dict[Any, Any]", value)
    parts = list(islice(container, _FEW + 1))
    if isinstance(container, dict):
        if any(isinstance(key, str) and is_secret_name(key) for key in parts):
            return f"dict of {len(container):,}"
        parts += islice(container.values(), _FEW + 1)
    if len(parts) <= _FEW and all(_is_short(part) for part in parts):
        return repr(container)
    return f"{type(container).__name__} of {len(container):,}"


def _is_short(part: Any) -> bool:
    kind = type(part)
    if kind is int:
        return cast("int", part).bit_length() < _SHORT * 3
    return kind in {bool, float, type(None)} or (kind is str and len(part) < _SHORT)

"""numpy: shape, type, a corner, statistics of an even sample; never a copy of the whole."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false
# What objects of any type and library hold has no type that is known here.
from __future__ import annotations

import base64
import sys
from typing import TYPE_CHECKING, Any, Final

from hitsave.values.classes import display_name, full_name
from hitsave.values.views.bounds import SAMPLE
from hitsave.values.views.containers import parts
from hitsave.values.views.samples import cells, corner, steps, summary
from hitsave.values.views.shapes import Shape, number, size_of

if TYPE_CHECKING:
    from hitsave.values.views.looking import Look

_NUMERIC: Final = "iuf"
_WIDEST: Final = 1_024
"""Bytes of an element beyond which none is shown."""
_LEAST_SIDE: Final = 8
_MOST_SIDE: Final = 64
"""Of the image of an array, in pixels."""
_MAPPED_SAMPLE: Final = 4_096
"""Elements of an array in a file that are looked at: each may be a read of the disk."""


def look(look: Look, value: Any, kind: type, mro: tuple[type, ...], room: int) -> Shape | None:
    """The View of an array, a scalar or a dtype; None of anything else of the library."""
    for base in mro:
        match full_name(base):
            case "numpy.ma:MaskedArray" | "numpy.ma.core:MaskedArray":
                return _masked(look, value, kind, room)
            case "numpy:ndarray":
                return array_shape(look, value, kind, room)
            case "numpy:generic":
                return _scalar(value, kind)
            case "numpy:dtype":
                return {"kind": "value", "type": "numpy.dtype", "text": str(value)[:200]}
            case _:
                continue
    return None


def array_shape(look: Look, value: Any, kind: type, room: int) -> Shape:
    """The View of a numpy array, looked at as one of exactly numpy's class."""
    np: Any = sys.modules["numpy"]
    array = np.ndarray.view(value, np.ndarray)
    shape: Shape = {
        "kind": "array",
        "type": display_name(kind)[:200],
        "dtype": str(array.dtype)[:200],
        "shape": [int(n) for n in array.shape],
        "bytes": int(array.nbytes),
    }
    if array.dtype.kind == "O":
        with look.inside(value):
            first = array if array.ndim == 1 else array[(0,) * (array.ndim - 1)] if array.ndim and array.size else array.reshape(-1)[:1]
            return parts(look, shape, "items", (first[i] for i in range(min(first.size, look.most_items))), room)
    if array.dtype.itemsize <= _WIDEST and array.size and look.most_items:
        look.allowance.spend(100)
        shape["corner"] = cells(array[corner(array.shape)])
        if size_of(shape) > room - 1_200:
            del shape["corner"]
    if array.dtype.kind in _NUMERIC and array.size and look.most_items and room > 2_000:
        shape["statistics"] = _statistics(look, array)
        if look.album is not None and room > 20_000:
            preview = _preview(look, array)
            if preview and size_of(shape) + size_of(preview) < room:
                shape["preview"] = preview
    elif array.dtype.kind == "b" and array.size:
        taken = _sample(look, array)
        shape["statistics"] = {"of": int(taken.size), "exact": bool(taken.size == array.size), "true": int(taken.sum())}
    return shape


def _statistics(look: Look, array: Any) -> Shape:
    return summary(_sample(look, array), int(array.size))


def _sample(look: Look, array: Any) -> Any:
    taken = array[steps(array.shape, look.sample(_MAPPED_SAMPLE if _is_mapped(array) else SAMPLE))]
    look.allowance.spend(int(taken.size))
    return taken


def _preview(look: Look, array: Any) -> Shape | None:
    """A small image of an array that can be one: `pixels` are bytes in base64, from top to bottom, of which each pixel has one (grey) or three (red, green, blue)."""
    np: Any = sys.modules["numpy"]
    colours = array.ndim == 3 and array.shape[2] in {3, 4} and array.dtype == np.uint8
    if not (array.ndim == 2 or colours) or min(array.shape[:2]) < _LEAST_SIDE or _is_mapped(array):
        return None
    every = max(-(-array.shape[0] // _MOST_SIDE), -(-array.shape[1] // _MOST_SIDE))
    taken = array[::every, ::every, :3] if colours else array[::every, ::every]
    look.allowance.spend(int(taken.size))
    if array.dtype == np.uint8:
        pixels = taken
    else:
        real = taken.astype(np.float64)
        known = np.isfinite(real)
        if not known.any():
            return None
        least, most = float(real[known].min()), float(real[known].max())
        scaled = (real / 2 - least / 2) / ((most / 2 - least / 2) or 1.0)  # halved, so that no difference is too large
        pixels = np.where(known, np.clip(np.nan_to_num(scaled) * 255, 0, 255), 0).astype(np.uint8)
    content = base64.b64encode(np.ascontiguousarray(pixels).tobytes()).decode("ascii")
    return {"width": int(taken.shape[1]), "height": int(taken.shape[0]), "pixels": content}


def _is_mapped(array: Any) -> bool:
    """Whether its elements lie in a file."""
    for _ in range(20):
        if type(array).__name__ in {"memmap", "mmap"}:
            return True
        array = getattr(array, "base", None)
        if array is None:
            return False
    return True


def _masked(look: Look, value: Any, kind: type, room: int) -> Shape:
    np: Any = sys.modules["numpy"]
    ma: Any = sys.modules["numpy.ma"]
    inner = array_shape(look, np.ndarray.view(value, np.ndarray), kind, room - 100)
    mask = vars(value).get("_mask")
    if type(mask) is np.ndarray and mask.dtype.kind == "b" and mask.size:
        most = look.sample()
        look.allowance.spend(most)
        taken = steps(mask.shape, most)
        hidden = mask[taken]
        inner["masked"] = int(hidden.sum())
        inner.pop("corner", None)
        inner.pop("_used", None)
        plain = np.ndarray.view(value, np.ndarray)
        if plain.dtype.kind in _NUMERIC:
            inner["statistics"] = summary(plain[taken][~hidden], int(plain.size))
            inner["corner"] = cells(ma.MaskedArray(plain[corner(plain.shape)], mask[corner(plain.shape)]))
    return inner


def _scalar(value: Any, kind: type) -> Shape:
    name = display_name(kind)[:200]
    match value.dtype.kind:
        case "b":
            return {"kind": "bool", "type": name, "value": bool(value)}
        case "i" | "u":
            return {"kind": "int", "type": name, "value": number(int(value))}
        case "f":
            return {"kind": "float", "type": name, "value": number(float(value))}
        case "M" | "m":
            return {"kind": "time", "type": name, "text": str(value)[:200]}
        case _:
            return {"kind": "value", "type": name, "text": str(value)[:300] if value.dtype.itemsize <= _WIDEST else f"{value.dtype.itemsize:,} bytes"}

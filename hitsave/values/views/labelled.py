"""xarray: dimensions, variables with their types, attributes; what isn't in memory is named, never loaded."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false
# What objects of any type and library hold has no type that is known here.
from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final

from hitsave.values.classes import display_name, full_name
from hitsave.values.views.arrays import array_shape
from hitsave.values.views.shapes import Shape, size_of

if TYPE_CHECKING:
    from hitsave.values.views.looking import Look

_VARIABLES: Final = 30


def look(look: Look, value: Any, kind: type, mro: tuple[type, ...], room: int) -> Shape | None:
    """The View of a Dataset, DataArray or Variable; None of anything else of the library."""
    names = {full_name(base).rpartition(":")[2] for base in mro if full_name(base).startswith("xarray.")}
    if "Dataset" in names:
        variables, coordinates = value._variables, set(value._coord_names)  # noqa: SLF001 - the public views of it make indexes
    elif "DataArray" in names:
        variables, coordinates = {value.name or "": value._variable, **value._coords}, set(value._coords)  # noqa: SLF001 - as above
    elif "Variable" in names:
        variables, coordinates = {"": value}, set[Any]()
    else:
        return None
    shape: Shape = {"kind": "labelled", "type": display_name(kind)[:200], "dimensions": {}, "length": len(variables), "variables": []}
    used = size_of(shape)
    for name, variable in list(variables.items())[:_VARIABLES]:
        for dimension, length in zip(variable._dims, variable.shape, strict=True):  # noqa: SLF001 - as above
            shape["dimensions"][str(dimension)[:100]] = int(length)
        row: Shape = {"name": str(name)[:100], "coordinate": name in coordinates, "dimensions": [str(d)[:100] for d in variable._dims]}  # noqa: SLF001
        row["view"] = _content(look, variable._data, room // 4)  # noqa: SLF001
        used += size_of(row) + 1
        if used > room - 2_000 or not look.allowance.left:
            break
        shape["variables"].append(row)
    shape["attributes"], _ = look.child(dict(value.attrs), 2_000)
    return shape


def _content(look: Look, content: Any, room: int) -> Shape:
    np: Any = sys.modules["numpy"]
    if type(content) is np.ndarray:
        shape = array_shape(look, content, type(content), room)
        shape.pop("_used", None)
        return shape
    inner = getattr(content, "array", None)  # an index of pandas, in memory, in xarray's adapter
    if type(content).__name__ == "PandasIndexingAdapter" and inner is not None:
        shape, _ = look.child(inner, room)
        return shape
    dtype, sizes = getattr(content, "dtype", ""), getattr(content, "shape", ())
    return {"kind": "lazy", "type": display_name(type(content))[:200], "dtype": str(dtype)[:100], "shape": [int(n) for n in sizes]}

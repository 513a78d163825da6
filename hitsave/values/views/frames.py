"""Frames and series of pandas and polars: schema, head, and statistics by column, of an even sample of the rows. A lazy frame is named, never computed."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false
# What objects of any type and library hold has no type that is known here.
from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from hitsave.values.classes import display_name, full_name
from hitsave.values.secrets import is_secret_name
from hitsave.values.views.bounds import LEAST_SAMPLE, SpentError
from hitsave.values.views.samples import cell, summary
from hitsave.values.views.shapes import Shape, number, size_of

if TYPE_CHECKING:
    from hitsave.values.views.looking import Look

_COLUMNS: Final = 50
"""Columns with statistics and a head; the names and types of more are told."""
_NAMED: Final = 200
_HEAD: Final = 10
_PAGED_ROWS: Final = 300
"""Rows of an experiment's table that are kept to turn pages of, as far as there is room for them."""
_PAGED_CELLS: Final = 6_000
_COLUMN_COST: Final = 2_000
"""What looking at a column costs besides its elements, in elements."""


def look(look: Look, value: Any, kind: type, mro: tuple[type, ...], room: int) -> Shape | None:
    """The View of a frame or series; None of anything else of these libraries."""
    for base in mro:
        package, _, name = full_name(base).partition(":")
        library = package.partition(".")[0]
        if library == "pandas":
            match name:
                case "DataFrame":
                    return _frame(look, _PandasFrame(value), kind, room)
                case "Series" | "Index":
                    return _series(look, _PandasColumn(value), kind, room)
                case _:
                    continue
        if library == "polars":
            match name:
                case "LazyFrame":
                    return {"kind": "lazy", "type": display_name(kind)[:200]}
                case "DataFrame":
                    return _frame(look, _PolarsFrame(value), kind, room)
                case "Series":
                    return _series(look, _PolarsColumn(value), kind, room)
                case _:
                    continue
    return None


def _frame(look: Look, frame: _PandasFrame | _PolarsFrame, kind: type, room: int) -> Shape:
    rows, width = frame.shape()
    shape: Shape = {"kind": "frame", "type": display_name(kind)[:200], "rows": rows, "width": width, "columns": [], "head": [], **frame.more()}
    deep = look.level > 0
    used = size_of(shape)
    sample = max(look.sample() // max(min(width, _COLUMNS), 1), LEAST_SAMPLE)
    heads: list[list[Any]] = []
    for place in range(min(width, 10 if deep else _NAMED)):
        name, column = frame.name(place), frame.column(place)
        described: Shape = {"name": name, "dtype": column.dtype()}
        secret = is_secret_name(name)
        wanted = place < (5 if deep else _COLUMNS) and not secret and look.most_items > 0
        head: list[Any] = [None] * min(rows, _HEAD)
        if wanted and look.allowance.left:
            try:
                look.allowance.spend(_COLUMN_COST)
                head = column.head(_HEAD)
                described |= _described(look, column, rows, sample)
            except SpentError:
                wanted = False
        elif secret:
            described["secret"] = True
        more = size_of(described) + (size_of(head) + 2 if wanted else 0)
        if used + more > room:
            break
        used += more + 1
        shape["columns"].append(described)
        if wanted and len(heads) == place:
            heads.append(head)
        elif secret and len(heads) == place:
            heads.append(["secret"] * min(rows, _HEAD))
    shape["head"] = [list(row) for row in zip(*heads, strict=True)] if heads else []
    if heads and rows > _HEAD:
        columns = [None if is_secret_name(frame.name(place)) else frame.column(place) for place in range(len(heads))]
        shape["head"] = _paged(look, columns, rows, room - used) or shape["head"]
    return shape


def _paged(look: Look, columns: Sequence[_PandasColumn | _PolarsColumn | None], rows: int, room: int) -> list[list[Any]]:
    """More than a head of columns, None for one that is secret: of an experiment, as many rows as fit into half the room; else none."""
    wanted = min(rows, _PAGED_ROWS, _PAGED_CELLS // len(columns))
    if look.album is None or wanted <= _HEAD:
        return []
    try:
        look.allowance.spend(wanted * len(columns))
    except SpentError:
        return []
    cells = [["secret"] * wanted if column is None else column.head(wanted) for column in columns]
    paged = [list(row) for row in zip(*cells, strict=True)]
    while len(paged) > _HEAD and size_of(paged) > room // 2:
        del paged[len(paged) // 2 :]
    return paged if len(paged) > _HEAD else []


def _series(look: Look, column: _PandasColumn | _PolarsColumn, kind: type, room: int) -> Shape:
    rows = column.length()
    shape: Shape = {"kind": "series", "type": display_name(kind)[:200], "rows": rows, "name": column.name(), "dtype": column.dtype()}
    if is_secret_name(shape["name"] or ""):
        return shape | {"secret": True}
    if look.most_items:
        look.allowance.spend(_COLUMN_COST)
        shape["head"] = [cell for (cell,) in _paged(look, [column], rows, room)] or column.head(2 * _HEAD)
        shape |= _described(look, column, rows, look.sample())
    if size_of(shape) > room:
        shape["head"] = []
    return shape


def _described(look: Look, column: _PandasColumn | _PolarsColumn, rows: int, most: int) -> Shape:
    """Missing values, and the statistics of what is numeric, in a sample of at most `most` rows."""
    if not rows:
        return {}
    step = -(-rows // most) | 1  # odd, as in samples.steps
    look.allowance.spend(min(rows, most))
    try:
        return column.describe(step, rows)
    except SpentError:
        raise
    except Exception as problem:  # noqa: BLE001 - of a column of a type that nobody foresaw; the others can still be told of
        return {"failed": type(problem).__name__}


class _PandasFrame:
    """A pandas frame, asked through positions, because labels may be anything and occur twice."""

    def __init__(self, value: Any) -> None:
        self.frame = value
        self.labels = value.columns

    def shape(self) -> tuple[int, int]:
        rows, width = self.frame.shape
        return int(rows), int(width)

    def more(self) -> Shape:
        index = self.frame.index
        names = [None if n is None else str(n)[:100] for n in list(index.names)[:10]]
        return {"index": {"type": type(index).__name__, "names": names, "head": [cell(i) for i in index[:_HEAD].tolist()]}}

    def name(self, place: int) -> str:
        return str(self.labels[place])[:100]

    def column(self, place: int) -> _PandasColumn:
        return _PandasColumn(self.frame.iloc[:, place])


class _PandasColumn:
    """A pandas series or index."""

    def __init__(self, value: Any) -> None:
        self.series = value

    def name(self) -> str | None:
        return None if self.series.name is None else str(self.series.name)[:100]

    def length(self) -> int:
        return len(self.series)

    def dtype(self) -> str:
        dtype = self.series.dtype
        return type(dtype).__name__ if type(dtype).__name__ in {"CategoricalDtype", "IntervalDtype"} else str(dtype)[:100]

    def head(self, rows: int) -> list[Any]:
        taken = self.series[:rows] if not hasattr(self.series, "iloc") else self.series.iloc[:rows]
        return [_pandas_cell(item) for item in taken.tolist()]

    def describe(self, step: int, rows: int) -> Shape:
        pandas: Any = sys.modules["pandas"]
        taken = self.series[::step] if not hasattr(self.series, "iloc") else self.series.iloc[::step]
        dtype = taken.dtype
        missing = int(taken.isna().sum()) if str(dtype) != "object" else None
        shape: Shape = {} if missing is None else {"missing": missing, "of": len(taken)}
        types = pandas.api.types
        if types.is_bool_dtype(dtype):
            return shape | {"true": int(taken.fillna(value=False).sum() if missing else taken.sum())}
        if types.is_numeric_dtype(dtype) and not types.is_complex_dtype(dtype) and str(dtype) != "object":
            present = taken[~taken.isna()] if missing else taken
            numbers = present.to_numpy(dtype="float64") if types.is_extension_array_dtype(dtype) else present.to_numpy()
            return shape | {"statistics": summary(numbers, len(numbers) if step == 1 else rows)}
        if types.is_datetime64_any_dtype(dtype) and len(taken) and missing != len(taken):
            return shape | {"min": str(taken.min()), "max": str(taken.max())}
        if type(dtype).__name__ == "CategoricalDtype":
            return shape | {"distinct": len(dtype.categories)}
        return shape


class _PolarsFrame:
    """A polars frame."""

    def __init__(self, value: Any) -> None:
        self.frame = value
        self.names = list(value.columns)

    def shape(self) -> tuple[int, int]:
        rows, width = self.frame.shape
        return int(rows), int(width)

    def more(self) -> Shape:
        return {}

    def name(self, place: int) -> str:
        return self.names[place][:100]

    def column(self, place: int) -> _PolarsColumn:
        return _PolarsColumn(self.frame.to_series(place))


class _PolarsColumn:
    """A polars series."""

    def __init__(self, value: Any) -> None:
        self.series = value

    def name(self) -> str | None:
        return str(self.series.name)[:100]

    def length(self) -> int:
        return len(self.series)

    def dtype(self) -> str:
        return str(self.series.dtype)[:100]

    def head(self, rows: int) -> list[Any]:
        return [cell(item) if isinstance(item, (int, float, str)) or item is None else _brief(item) for item in self.series.head(rows).to_list()]

    def describe(self, step: int, rows: int) -> Shape:
        taken = self.series.gather_every(step)
        shape: Shape = {"missing": int(taken.null_count()), "of": len(taken)}
        dtype = taken.dtype
        if str(dtype) == "Boolean":
            return shape | {"true": int(taken.sum() or 0)}
        if dtype.is_numeric():
            present = taken.drop_nulls()
            if "numpy" in sys.modules:
                return shape | {"statistics": summary(present.to_numpy(), len(present) if step == 1 else rows)}
            known = [present.min(), present.max(), present.mean()]
            names = ("min", "max", "mean")
            return shape | {
                "statistics": {
                    "of": len(present),
                    "exact": step == 1,
                    **{n: number(float(k)) for n, k in zip(names, known, strict=True) if k is not None},
                }
            }
        if dtype.is_temporal() and len(taken) > shape["missing"]:
            return shape | {"min": str(taken.min()), "max": str(taken.max())}
        return shape


def _pandas_cell(value: Any) -> Any:
    if value is None or type(value).__name__ in {"NAType", "NaTType"}:
        return None
    if isinstance(value, (bool, int, float, str)):
        return cell(value)
    return _brief(value)


def _brief(value: Any) -> Any:
    """A cell of another type: as text where that is short by nature, else by its type."""
    kind = full_name(type(value)).partition(":")[0]
    if kind in {"datetime", "decimal"} or kind.startswith("pandas"):
        return str(value)[:100]
    return f"<{display_name(type(value))[:90]}>"

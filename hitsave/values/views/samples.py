"""Statistics of numbers: of all of them where they are few, else of a sample that is taken evenly."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false
# What objects of any type and library hold has no type that is known here.
from __future__ import annotations

import sys
from typing import Any, Final

from hitsave.values.views.bounds import SAMPLE
from hitsave.values.views.shapes import Shape, number

BINS: Final = 20


def steps(shape: tuple[int, ...], most: int = SAMPLE) -> tuple[slice, ...]:
    """Slices that take every n-th along each axis, so that at most `most` elements are left; nothing is copied by taking them.

    >>> steps((1000, 10), 100)
    (slice(None, None, 127), slice(None, None, 1))
    """
    taken = list(shape)
    step = [1] * len(shape)
    while len(taken) > 0 and _product(taken) > most:
        axis = max(range(len(taken)), key=taken.__getitem__)
        step[axis] = 2 * step[axis] + 1  # odd, so that what repeats every 2, 4 or 8 elements is seen in all its parts
        taken[axis] = -(-shape[axis] // step[axis])
    return tuple(slice(None, None, n) for n in step)


def corner(shape: tuple[int, ...]) -> tuple[slice | int, ...]:
    """Indices of what is shown of an array: the first 20 of one axis, 10 × 10 of two; of more, of the first along the others."""
    if len(shape) <= 1:
        return (slice(0, 20),) * len(shape)
    return (*(0,) * (len(shape) - 2), slice(0, 10), slice(0, 10))


def summary(sample: Any, total: int) -> Shape:
    """The least, greatest and mean value, deviation, quartiles and a histogram of a numeric numpy array; `of` is how many values were looked at.

    Only finite values count in them; how many are not is told, too.
    """
    np: Any = sys.modules["numpy"]
    flat = np.asarray(sample).reshape(-1)
    shape: Shape = {"of": int(flat.size), "exact": bool(flat.size == total)}
    with np.errstate(all="ignore"):
        if flat.dtype.kind == "f":
            finite = np.isfinite(flat)
            nan = int(np.isnan(flat).sum())
            infinite = int(flat.size - finite.sum()) - nan
            if nan or infinite:
                shape |= {"nan": nan, "infinite": infinite}
                flat = flat[finite]
        if not flat.size:
            return shape
        low, high = flat.min().item(), flat.max().item()
        values = flat.astype(np.float64)
        quartiles = [number(float(q)) for q in np.percentile(values, (25, 50, 75))]
        shape |= {
            "min": number(low),
            "max": number(high),
            "mean": number(float(values.mean())),
            "std": number(float(values.std())),
            "quartiles": quartiles,
        }
        width = float(values.max()) - float(values.min())
        if np.isfinite(width) and width > 0 and width / BINS > 0:
            try:
                counts, edges = np.histogram(values, bins=BINS)
            except ValueError:  # so close to each other that no edges fit between
                return shape
            shape["histogram"] = {"counts": [int(n) for n in counts], "edges": [number(float(e)) for e in (edges[0], edges[-1])]}
    return shape


def cells(array: Any) -> Any:
    """A small array as nested lists of cells: numbers, booleans and texts; what JSON has no number for as text."""
    return _cells(array.tolist())


def cell(value: Any) -> Any:
    """One element of an array or frame."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, (int, float)):
        return number(value) if not isinstance(value, int) or int.bit_length(value) < 3000 else "…"
    return str(value)[:100]


def _cells(value: Any) -> Any:
    return [_cells(item) for item in value] if isinstance(value, list) else cell(value)


def _product(numbers: list[int]) -> int:
    product = 1
    for n in numbers:
        product *= n
    return product

"""pandas: frames column by column, each by its type and elements; caches and how columns lie in blocks don't count."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
# What objects of any type and library hold has no type that is known here.
# ruff: noqa: SLF001 - pandas shows what an array is made of in no other way
from __future__ import annotations

import sys
from typing import Any, Final

from hitsave.values.code_names import CodeNames
from hitsave.values.forms import Form, Rule, form, header
from hitsave.values.measuring import are_texts
from hitsave.values.rules.arrays import array_form

# Found through the managers of frames and the attributes of arrays, because the public properties make new objects and fill caches.
np: Any = sys.modules["numpy"]


def _frame(value: Any, names: CodeNames) -> Form:
    kept = vars(value)
    manager = kept["_mgr"]
    columns, index = manager.axes
    arrays = [manager.iget_values(number) for number in range(len(columns))]  # `column_arrays` has them as JSON has: without their types
    labels = columns.tolist()
    return Form(
        header("DataFrame", _flag(kept), len(arrays)),
        (columns, index, kept.get("_attrs") or {}, _own(value, kept), *(_elements(array, names) for array in arrays)),
        lambda number: (
            f"[{labels[number - 4]!r}]"
            if number >= 4 and type(labels[number - 4]) in {str, int}
            else (".columns", ".index", ".attrs", "", "")[min(number, 4)]
        ),
    )


def _series(value: Any, names: CodeNames) -> Form:
    kept = vars(value)
    manager = kept["_mgr"]
    children = (manager.axes[0], kept.get("_name"), kept.get("_attrs") or {}, _own(value, kept), _elements(manager.array, names))
    return Form(header("Series", _flag(kept)), children, (".index", ".name", ".attrs", "", ""))


def _flag(kept: dict[str, Any]) -> bool:
    flags = kept.get("_flags")
    return True if flags is None else bool(flags.allows_duplicate_labels)


def _own(value: Any, kept: dict[str, Any]) -> dict[str, Any]:
    """What a subclass declares to have beside columns."""
    declared = {name for cls in type(value).__mro__ for name in vars(cls).get("_metadata", ())} - {"name", "_name"}
    return {name: kept[name] for name in sorted(declared) if name in kept}


def _elements(array: Any, names: CodeNames) -> Any:
    return array_form(array, names) if type(array) is np.ndarray else array


def _index(tag: str) -> Rule:
    def index_form(value: Any, names: CodeNames) -> Form:
        kept = vars(value)
        # pandas 2 keeps the frequency with the array, pandas 3 with the index.
        frequency = kept.get("_freq") or getattr(kept["_data"], "_freq", None)
        head = (tag, None if frequency is None else str(frequency.freqstr))
        return form(*head, children=(_elements(kept["_data"], names), kept.get("_name")), steps=("", ".name"))

    return Rule(index_form, whole=True)


def _range_index(value: Any, _: CodeNames) -> Form:
    kept = vars(value)
    return form("RangeIndex", children=(kept["_range"], kept.get("_name")), steps=("", ".name"))


def _multi_index(value: Any, _: CodeNames) -> Form:
    kept = vars(value)
    # A level has the name of its column after it was pickled, and may have none before; the names count by themselves.
    parts = [[level._rename(None) for level in kept["_levels"]], list(kept["_codes"]), list(kept["_names"])]
    return form("MultiIndex", kept.get("sortorder"), children=parts, steps=(".levels", ".codes", ".names"))


def _categorical(value: Any, names: CodeNames) -> Form:
    dtype = value.dtype
    return form("Categorical", bool(dtype.ordered), children=(array_form(value._ndarray, names), dtype.categories), steps=(".codes", ".categories"))


def _of_numpy(tag: str) -> Rule:
    """An array that is a numpy array and a type: times with their zone, periods with their frequency."""

    def wrapped_form(value: Any, names: CodeNames) -> Form:
        zone = getattr(value.dtype, "tz", None)
        return form(tag, "" if zone is not None else str(value.dtype), children=(array_form(value._ndarray, names), zone), steps=("", ".tz"))

    return Rule(wrapped_form, whole=True)


def _masked(value: Any, names: CodeNames) -> Form:
    data, mask = value._data, value._mask
    if mask.any():
        data = data.copy()
        data[mask] = np.zeros((), data.dtype)[()]  # whatever is under the mask has no value
    return form("masked column", str(value.dtype), children=(array_form(data, names), array_form(mask, names)), steps=("", ""))


def _strings(value: Any, _: CodeNames) -> Form:
    """Strings are the same by whatever library they are kept."""
    missing = "NA" if value.dtype.na_value is sys.modules["pandas"].NA else "NaN"
    kept = getattr(value, "_ndarray", None)
    texts = [] if kept is None else kept.tolist()
    if kept is None or not are_texts(texts):  # nearly always nothing is missing, and that asks pandas for nothing
        texts = value.to_numpy(dtype=object, na_value=None).tolist()
    return form("string column", missing, children=(texts,), steps=("",))


def _interval_array(value: Any, _: CodeNames) -> Form:
    return form("IntervalArray", value.closed, children=(value._left, value._right), steps=(".left", ".right"))


def _sparse_array(value: Any, names: CodeNames) -> Form:
    places = value.sp_index.indices if hasattr(value.sp_index, "indices") else value.sp_index.to_int_index().indices
    children = (array_form(value.sp_values, names), array_form(places, names), value.fill_value)
    return form("SparseArray", len(value), children=children, steps=(".sp_values", ".sp_index", ".fill_value"))


def _arrow_array(value: Any, _: CodeNames) -> Form:
    return form("arrow column", str(value.dtype), children=(value._pa_array.to_pylist(),), steps=("",))


def _timestamp(value: Any, _: CodeNames) -> Form:
    return form("Timestamp", int(value._value), str(value.unit), int(value.fold), children=(value.tzinfo,), steps=(".tzinfo",))


def _timedelta(value: Any, _: CodeNames) -> Form:
    return form("Timedelta", int(value._value), str(value.unit))


def _period(value: Any, _: CodeNames) -> Form:
    return form("Period", int(value.ordinal), str(value.freqstr))


def _interval(value: Any, _: CodeNames) -> Form:
    return form("Interval", str(value.closed), children=(value.left, value.right), steps=(".left", ".right"))


def _constant(name: str) -> Rule:
    return Rule(lambda _value, _names: form(name), covers=True)


RULES: Final = {
    "pandas:DataFrame": Rule(_frame, whole=True),
    "pandas:Series": Rule(_series, whole=True),
    **{f"pandas:{name}": _index(name) for name in ("Index", "DatetimeIndex", "TimedeltaIndex", "PeriodIndex", "CategoricalIndex", "IntervalIndex")},
    "pandas:RangeIndex": Rule(_range_index, whole=True),
    "pandas:MultiIndex": Rule(_multi_index, whole=True),
    "pandas:Categorical": Rule(_categorical, whole=True),
    **{f"pandas:{name}": _of_numpy(name) for name in ("DatetimeArray", "TimedeltaArray", "PeriodArray", "NumpyExtensionArray")},
    **{f"pandas:{name}": Rule(_masked, whole=True) for name in ("IntegerArray", "FloatingArray", "BooleanArray")},
    **{
        f"pandas:{name}": Rule(_strings, whole=True)
        for name in ("StringArray", "ArrowStringArray", "StringArrayNumpySemantics", "ArrowStringArrayNumpySemantics")
    },
    "pandas:IntervalArray": Rule(_interval_array, whole=True),
    "pandas:SparseArray": Rule(_sparse_array, whole=True),
    "pandas:ArrowExtensionArray": Rule(_arrow_array, whole=True),
    "pandas:Timestamp": Rule(_timestamp, covers=True, whole=True),
    "pandas:Timedelta": Rule(_timedelta, covers=True, whole=True),
    "pandas:Period": Rule(_period, covers=True, whole=True),
    "pandas:Interval": Rule(_interval, covers=True, whole=True),
    "pandas:NAType": _constant("pandas.NA"),
    "pandas:NaTType": _constant("pandas.NaT"),
}

"""polars and pyarrow: column by column, by type and elements; chunks don't count."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
# What objects of any type and library hold has no type that is known here.
from __future__ import annotations

import sys
from typing import Any, Final

from hitsave.values.code_names import CodeNames
from hitsave.values.forms import Form, NoFormError, Rule, form


def _polars_frame(value: Any, _: CodeNames) -> Form:
    return form("polars DataFrame", value.height, children=value.get_columns(), steps=lambda number: f"[{value.columns[number]!r}]")


def _polars_series(value: Any, _: CodeNames) -> Form:
    dtype = value.dtype
    if dtype.is_numeric() and not dtype.is_decimal() and value.null_count() == 0 and "numpy" in sys.modules:
        return form("polars numbers", str(dtype), value.name, children=(value.to_numpy(),), steps=("",))
    return form("polars Series", str(dtype), value.name, children=(value.to_list(),), steps=("",))


def _lazy_frame(_value: Any, _names: CodeNames) -> Form:
    raise NoFormError("What it will give is not known before it is collected; pass the collected frame")


_PICKLED: Final = (b"\x80\x05\x95", b"\x80\x04\x95")
"""How a pickle begins: within an expression it is a function in Python, whose code would not count."""


def _polars_expression(value: Any, _: CodeNames) -> Form:
    content: bytes = value.meta.serialize()
    unescaped = content.replace(b"\xcc", b"")  # in a list of numbers, MessagePack puts this before each that is over 127
    if any(each in unescaped for each in _PICKLED):
        raise NoFormError("It calls a function in Python, of which it keeps a copy; pass that function, and make the expression where it is used")
    return form("polars Expr", content)


def _arrow_table(value: Any, _: CodeNames) -> Form:
    metadata = value.schema.metadata
    # What a column's type does not say is rare, so only then is it part of the form.
    fields = tuple(
        (number, bool(field.nullable), field.metadata) for number, field in enumerate(value.schema) if field.metadata or not field.nullable
    )
    return form(
        "arrow Table",
        value.num_rows,
        tuple(value.column_names),
        *([fields] if fields else []),
        children=(metadata, *value.columns),
        steps=lambda number: f"[{number - 1}]" if number else ".schema",
    )


def _arrow_array(tag: str) -> Rule:
    def array_form(value: Any, _: CodeNames) -> Form:
        return form(tag, str(value.type), children=(value.to_pylist(),), steps=("",))

    return Rule(array_form, covers=True)


RULES: Final = {
    "polars:DataFrame": Rule(_polars_frame, whole=True),
    "polars:Series": Rule(_polars_series, whole=True),
    "polars:Expr": Rule(_polars_expression, whole=True),
    "polars:LazyFrame": Rule(_lazy_frame, whole=True),
    "pyarrow:Table": Rule(_arrow_table, covers=True),
    "pyarrow:ChunkedArray": _arrow_array("arrow ChunkedArray"),
    "pyarrow:Array": _arrow_array("arrow Array"),
}

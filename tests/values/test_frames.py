"""pandas: column by column; neither blocks nor caches count. And what polars has besides frames."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pandas as pd
import polars as pl
import pytest

from hitsave.errors import UndigestibleError

DAYS = pd.date_range("2020", periods=3, freq="D")

DIFFERENT = [
    pd.DataFrame({"a": [1, 2], "b": ["x", None]}), pd.DataFrame({"a": [1, 2], "b": ["x", "y"]}), pd.DataFrame({"b": ["x", None], "a": [1, 2]}), pd.DataFrame({"a": [1.0, 2.0], "b": ["x", None]}),
    pd.DataFrame({"a": [1, 2]}), pd.DataFrame({"a": [1, 2]}, index=["p", "q"]), pd.DataFrame({"a": [1, 2]}, index=[1, 2]), pd.DataFrame({"a": [1, 2]}, index=pd.Index([0, 1])), pd.DataFrame(), pd.DataFrame({"a": []}),
    pd.DataFrame({"t": DAYS, "c": pd.Categorical(["a", "b", "a"]), "i": pd.array([1, 2, None], dtype="Int64"), "o": [1, "a", None]}),
    pd.DataFrame({"x": ["a", "b"]}), pd.DataFrame({"x": pd.Series(["a", "b"], dtype=object)}), pd.DataFrame({"x": pd.Categorical(["a", "b"])}), pd.DataFrame({"x": pd.Categorical(["a", "b"], ordered=True)}),
    pd.DataFrame({"x": pd.Categorical(["a", "b"], categories=["b", "a"])}), pd.DataFrame({"x": pd.array([1, None], dtype="Int64")}), pd.DataFrame({"x": pd.array([1, None], dtype="Int32")}), pd.DataFrame({"x": DAYS}),
    pd.DataFrame({"x": DAYS.tz_localize("UTC")}), pd.DataFrame({"x": DAYS.to_period("D")}), pd.DataFrame({"x": pd.array([1.0, None], dtype="Float64")}), pd.DataFrame({"x": pd.array(["a", None], dtype="string")}),
    pd.Series([1, 2]), pd.Series([1, 2], name="n"), pd.Series([1, 2], dtype="i4"), pd.Series([1, 2], index=[3, 4]), pd.Series(["a", "b"]), pd.Series(["a", "b"], dtype=object), pd.Series(["a", "b"], dtype="category"),
    pd.Series(["a", "b"], dtype=pd.CategoricalDtype(["b", "a"])), pd.Series(["a", "b"], dtype=pd.CategoricalDtype(["a", "b"], ordered=True)), pd.Series(DAYS), pd.Series(DAYS.tz_localize("UTC")), pd.Series(DAYS.tz_localize("Europe/Berlin")),
    pd.Index([1, 2]), pd.Index([1, 2], name="n"), pd.Index([1.0, 2.0]), pd.RangeIndex(3), pd.RangeIndex(1, 4), pd.Index(["a"]), pd.MultiIndex.from_tuples([(1, "a"), (2, "b")]), pd.MultiIndex.from_tuples([(1, "a"), (2, "c")]),
    DAYS, pd.DatetimeIndex(list(DAYS)), DAYS.tz_localize("UTC"), pd.CategoricalIndex(["a"]), pd.interval_range(0, 3), pd.period_range("2020", periods=3, freq="M"), pd.timedelta_range("1D", periods=3),
    pd.Categorical(["a", "b"]), pd.array([1, None], dtype="Int64"), pd.array([1, 0], dtype="Int64"), pd.array([1, None], dtype="Int32"), pd.array([True, None]), pd.array([1.5, None], dtype="Float64"), pd.array(["a", None], dtype="string"),
    pd.arrays.SparseArray([0, 0, 1]), pd.arrays.SparseArray([0, 1, 0]), pd.Timestamp("2020"), pd.Timestamp("2020", tz="UTC"), pd.Timestamp("2020-01-01T00:00:00.000000001"), pd.Timedelta("1D"), pd.Timedelta(1), pd.Period("2020", "M"),
    pd.Period("2020", "Y"), pd.Interval(0, 1), pd.Interval(0, 1, closed="both"), pd.NA, pd.NaT, None, float("nan"), pd.CategoricalDtype(["a"]), pd.CategoricalDtype(["b"]), pd.offsets.Day(3), pd.offsets.MonthEnd(),
]  # fmt: skip


def test_values_that_code_can_tell_apart_differ(digest):
    """Columns, their order, types and names; kinds of index; missing values."""
    seen = {}
    for value in DIFFERENT:
        found = digest(value)
        assert found not in seen, f"{value!r} and {seen[found]!r}"
        seen[found] = value


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value, 5))], ids=["deepcopy", "pickle"])
def test_copies_are_the_same_value(digest, copied):
    """Whatever can be copied."""
    for value in DIFFERENT:
        assert digest(copied(value)) == digest(value), repr(value)


def test_blocks_do_not_count(digest):
    """A frame made at once, column by column, or by joining: the same columns."""
    numbers = np.arange(12.0).reshape(4, 3)
    at_once = pd.DataFrame(numbers, columns=list("abc"))
    one_by_one = pd.DataFrame(index=pd.RangeIndex(4))
    for place, name in enumerate("abc"):
        one_by_one[name] = numbers[:, place].copy()
    joined = pd.concat([at_once[["a"]], at_once[["b", "c"]]], axis=1)
    assert digest(at_once) == digest(one_by_one) == digest(joined) == digest(at_once.copy())
    assert digest(at_once.T.T) == digest(at_once)


def test_caches_do_not_count(digest):
    """What looking at a frame leaves behind."""
    frame = pd.DataFrame({"a": [3, 1, 2], "t": DAYS})
    before = digest(frame)
    assert frame.index.is_unique
    assert frame["a"].sum() == 6
    assert frame.a.iloc[0] == 3
    assert frame.columns.get_loc("a") == 0
    assert frame["t"].dt.year.iloc[0] == 2020
    frame.describe()
    assert digest(frame) == before


def test_what_users_attach_counts(digest):
    """`attrs` and flags."""
    frame = pd.DataFrame({"a": [1]})
    noted, strict = frame.copy(), frame.set_flags(allows_duplicate_labels=False)
    noted.attrs["unit"] = "m"
    assert len({digest(f) for f in (frame, noted, strict)}) == 3


def test_a_change_of_any_cell_is_seen(digest):
    """In every kind of column."""
    frame = DIFFERENT[10]
    before = digest(frame)
    for column, other in (("t", pd.Timestamp("2021")), ("c", "b"), ("i", 5), ("o", 2)):
        changed = frame.copy(deep=True)
        changed.loc[0, column] = other
        assert digest(changed) != before, column


def test_what_is_under_the_mask_of_a_nullable_column_does_not_count(digest):
    """It is left over from what the column was made from."""
    one = pd.arrays.IntegerArray(np.array([1, 2]), np.array([False, True]))
    other = pd.arrays.IntegerArray(np.array([1, 9]), np.array([False, True]))
    assert digest(one) == digest(other)
    assert digest(pd.Series(one)) == digest(pd.Series(other))


def test_a_frame_of_a_subclass_counts_with_what_it_declares(digest):
    """`_metadata` is pandas' way to say so."""

    class Measured(pd.DataFrame):
        _metadata = ("unit",)

        @property
        def _constructor(self):
            return Measured

    metres, feet = Measured({"a": [1]}), Measured({"a": [1]})
    metres.unit, feet.unit = "m", "ft"
    assert len({digest(f) for f in (metres, feet, pd.DataFrame({"a": [1]}))}) == 3


def test_the_path_leads_to_the_column(digest):
    """An object column may hold anything."""
    frame = pd.DataFrame({"a": [1, 2], "b": [1, iter([])]})
    with pytest.raises(UndigestibleError) as caught:
        digest(frame)
    assert caught.value.value_path == "x['b'][1]"


def test_an_expression_counts_by_what_it_says(digest):
    """Polars' are equal where they say the same."""
    expressions = [pl.col("a") + 1, pl.col("a") + 2, pl.col("b") + 1, pl.col("a") > 1, pl.lit(pl.Series([1, 2])), pl.lit(pl.Series([1, 3]))]
    assert len({digest(each) for each in expressions}) == len(expressions)
    assert digest(pl.col("a") + 1) == digest(expressions[0]) == digest(pickle.loads(pickle.dumps(expressions[0])))


@pytest.mark.filterwarnings("ignore::polars.exceptions.PolarsInefficientMapWarning")
@pytest.mark.parametrize(
    "expression",
    [
        pl.col("a").map_elements(lambda x: x, return_dtype=pl.Int64),
        pl.col("a").map_batches(len),
        pl.fold(pl.lit(0), lambda a, b: a + b, ["a"]),
        pl.col("a").rolling_map(sum, 2),
    ],
    ids=["map_elements", "map_batches", "fold", "rolling_map"],
)
def test_an_expression_that_calls_a_function_can_not_be_digested(digest, expression):
    """It keeps a copy of it, without what that calls."""
    with pytest.raises(UndigestibleError, match="It calls a function in Python"):
        digest(expression)

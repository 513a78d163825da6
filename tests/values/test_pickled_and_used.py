"""Values of libraries that pickling, or a look at them, changes in a way that nobody means: they stay the same value, so a stored result is as good an argument as the one that was computed."""

from __future__ import annotations

import matplotlib.colors
import numpy as np
import pandas as pd
import plotly.express
import plotly.graph_objects as graph
import pytest
import xarray as xr
from sklearn.datasets import load_iris
from sklearn.feature_extraction.text import TfidfVectorizer

from hitsave.errors import UndigestibleError
from hitsave.values.stored import decode, encode


def stored(value):
    """What a hit gives of it."""
    return decode(memoryview(bytearray(b"".join(encode(value).chunks()))))


def frame(last=2):
    return pd.DataFrame({"a": [1, last], "b": ["x", "y"], "c": [0.5, 1.5]}).set_index(["a", "b"])


def columns(last=2.0):
    return xr.DataArray([[1.0, last]], dims=("t", "x"), coords={"x": [10, 20]}, name="v")


PAIRS = {
    "levels of an index": (frame(), frame(3)),
    "a polynomial": (np.polynomial.Polynomial([1, 2]), np.polynomial.Polynomial([1, 2], domain=[0, 1])),
    "a polynomial of another kind": (np.polynomial.Chebyshev([1, 2]), np.polynomial.Legendre([1, 2])),
    "a figure": (graph.Figure(graph.Scatter(y=[1, 2])), graph.Figure(graph.Scatter(y=[1, 3]))),
    "an express figure": (plotly.express.line(x=[1, 2], y=[1, 2]), plotly.express.line(x=[1, 2], y=[1, 2], title="t")),
    "a data set": (load_iris(), load_iris(as_frame=True)),
    "an array with names": (columns(), columns(3.0)),
    "a tree of them": (xr.DataTree.from_dict({"/a": columns().to_dataset()}), xr.DataTree.from_dict({"/a": columns(3.0).to_dataset()})),
    "a text's vectors": (TfidfVectorizer().fit(["a bc cd"]), TfidfVectorizer().fit(["a bc ce"])),
}


@pytest.mark.parametrize("what", PAIRS)
def test_a_stored_value_is_the_same_argument_as_the_one_that_was_computed(digest, what):
    """And another value is another one."""
    value, other = PAIRS[what]
    assert digest(stored(value)) == digest(value)
    assert digest(value) != digest(other)


def test_a_look_at_attributes_does_not_count(digest):
    """Xarray makes a dictionary of them at the first; those that were given count."""
    seen = columns()
    before = digest(seen)
    assert seen.attrs == seen.variable.encoding == {}
    assert digest(seen) == before
    assert digest(columns().assign_attrs(unit="m")) != before


def test_addresses_that_a_library_keeps_do_not_count(digest):
    """Or the same fitted object would be another in each process."""
    fitted = TfidfVectorizer().fit(["a bc cd"])
    before = digest(fitted)
    fitted._stop_words_id += 1
    assert digest(fitted) == before


def test_who_listens_to_a_scale_does_not_count(digest):
    """Its ends do."""
    ends = [matplotlib.colors.Normalize(0, top) for top in (1, 1, 2)]
    assert digest(ends[0]) == digest(ends[1]) != digest(ends[2])


def test_the_order_of_a_layout_does_not_count(digest):
    """Plotly merges templates in an order that is another in every process."""
    one = graph.Figure(layout={"title": {"text": "t", "x": 0.5}, "width": 100})
    other = graph.Figure(layout={"width": 100, "title": {"x": 0.5, "text": "t"}})
    assert digest(one) == digest(other)


def test_classes_derived_from_a_librarys_keep_what_is_theirs(digest):
    """A polynomial by its further attributes; a figure of a class of its own has none that could be seen."""

    class Fitted(np.polynomial.Polynomial):
        pass

    fits = [Fitted([1, 2]) for _ in range(2)]
    fits[1].error = 0.5
    assert digest(fits[0]) != digest(fits[1])

    class Report(graph.Figure):
        pass

    with pytest.raises(UndigestibleError, match="to_dict"):
        digest(Report())

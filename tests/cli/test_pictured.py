"""Views as lines of text, of every kind of value."""

from __future__ import annotations

import dataclasses
import enum
import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from hitsave.cli.pictured import view_lines
from hitsave.values.views.document import views_of


class Color(enum.Enum):
    RED = "r"


@dataclasses.dataclass
class Config:
    rate: float
    of: Any = None


class Custom:
    def __hitsave_view__(self):
        return list(range(30))


def lines(value):
    return [
        "  " * depth + line for depth, line in view_lines(json.loads(json.dumps(json.loads(views_of("f", value, [], rich=True).content)["result"])))
    ]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1.5, ["1.5"]),
        (10**5000, ["int of 16,610 bits"]),
        ((1, "a"), ["(1, 'a')"]),
        ({"a": [1]}, ["{'a': [1]}"]),
        (Color.RED, ["Color.RED"]),
        (Config(0.1), ["Config(rate=0.1, of=None)"]),
        (ValueError("no"), ["ValueError('no')"]),
        (b"abc", ["3 bytes, 616263"]),
        (Custom(), ["Custom", "  [0, 1, 2, 3, 4, 5, 6, 7, … 22 more]"]),
        ("a\n" * 300, ["600 characters", *["  a"] * 20]),
        (np.zeros((2, 3)), ["ndarray of 2 × 3, float64", "  0 to 0, mean 0"]),
        (np.array([1, None], dtype=object), ["ndarray of 2, object", "  [0]  1", "  [1]  None"]),
        (pd.Series([1.0, None]), ["Series of 2, float64", "  1 to 1, mean 1", "  1 missing", "  begins with 1.0, nan"]),
        (pd.DataFrame({"a": [1, 2]}), ["DataFrame of 2 rows and 1 column", "  a: int64, 1 to 2, mean 1.5"]),
        (xr.Variable("x", [1.0]), ["Variable of x 1", "  (x)  ndarray of 1, float64", "    1 to 1, mean 1"]),
        (iter([]), ["list_iterator"]),
        ({"password": "x"}, ["{'password': (secret)}"]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_view_is_a_line_where_it_can_be_and_a_tree_where_not(value, shown):
    """What there is more of is counted."""
    assert lines(value) == shown


def test_a_view_is_at_most_sixty_lines():
    """And says that it goes on."""
    shown = lines([[["x" * 100] * 10] * 10] * 50)
    assert (len(shown), shown[-1]) == (61, "…")

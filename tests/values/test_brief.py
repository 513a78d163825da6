"""A value in a few words."""

from __future__ import annotations

import numpy as np
import pytest

from hitsave.values.views.brief import brief


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "None"),
        (0.1, "0.1"),
        ("a\n", r"'a\n'"),
        ([1, "a", None], "[1, 'a', None]"),
        ({"lr": 0.1}, "{'lr': 0.1}"),
        (list(range(1000)), "list of 1,000"),
        ([[1]], "list of 1"),
        ([10**5000], "list of 1"),
        (10**5000, "int of 16,610 bits"),
        ({"api_key": "sk-1"}, "dict of 1"),
        (np.zeros((2, 3)), "ndarray (2, 3)"),
        (object(), "object"),
        ("x" * 1000, "'" + "x" * 198 + "…"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_value_in_a_few_words(value, text):
    """Small things as Python writes them, others by type and size; secrets and huge numbers are not written out."""
    assert brief(value) == text

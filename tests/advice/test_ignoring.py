"""Comments that leave findings out."""

from __future__ import annotations

import pytest

APP = """
def now():{place}
    return time.time() + random.random(){line}
@memo{decorator}
def f(x):{head}
    return now()
"""


def app(**comments: str) -> str:
    return APP.format(**{"place": "", "line": "", "decorator": "", "head": "", **comments})


def test_without_a_comment_both_are_found(codes):
    """The function is one that deserves them."""
    assert codes(app()) == ["HS001", "HS002"]


@pytest.mark.parametrize("where", ["line", "head", "decorator"])
@pytest.mark.parametrize(
    ("comment", "left"),
    [
        ("  # hitsave: ignore[HS001]", ["HS002"]),
        ("  # hitsave:ignore[hs001, HS002]", []),
        ("  # hitsave: ignore", []),
        ("  # noqa: E501  # hitsave: ignore[HS002]", ["HS001"]),
        ("  # hitsave: ignore[HS003]", ["HS001", "HS002"]),
    ],
)
def test_a_comment_at_the_place_or_at_the_memoised_function_counts(codes, where, comment, left):
    """With the rules that it names, or all."""
    assert codes(app(**{where: comment})) == left


def test_a_comment_at_another_function_does_not(codes):
    """What is ignored is a place, or everything of one memoised function."""
    assert codes(app(place="  # hitsave: ignore")) == ["HS001", "HS002"]

"""Comments that leave findings out."""

from __future__ import annotations

import pytest

from hitsave.advice.ignoring import comment_to_ignore

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


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = now()\n", "x = now()  # hitsave: ignore[HS001]\n"),
        ("x = now()   \n", "x = now()  # hitsave: ignore[HS001]   \n"),
        ("x = now()", "x = now()  # hitsave: ignore[HS001]"),
        ("x = now()  # noqa\n", "x = now()  # noqa  # hitsave: ignore[HS001]\n"),
        ("x = now()  # hitsave: ignore[HS003]\n", "x = now()  # hitsave: ignore[HS003, HS001]\n"),
        ("x = now()  # hitsave: ignore[]\n", "x = now()  # hitsave: ignore[HS001]\n"),
        ("x = now(\n    1,\n)\n", "x = now(  # hitsave: ignore[HS001]\n    1,\n)\n"),
        ('x = now("""a\n    b""")\n', 'x = now("""a\n    b""")  # hitsave: ignore[HS001]\n'),
        ('x = now(f"""a\n    {b}\n""")\n', 'x = now(f"""a\n    {b}\n""")  # hitsave: ignore[HS001]\n'),
        ("x = 1 + \\\n    now()\n", "x = 1 + \\\n    now()  # hitsave: ignore[HS001]\n"),
    ],
)
def test_a_comment_is_written_where_one_can_stand(before, after):
    """At the end of the first line of the place that can end in one; the rest stays as it is."""
    found = comment_to_ignore(before, range(1, before.count("\n") + 2), "HS001")
    lines = before.split("\n")
    line = lines[found.line - 1]
    lines[found.line - 1] = line[: found.column] + found.text + line[found.column :]
    assert "\n".join(lines) == after


def test_where_no_comment_can_stand_none_is_written():
    """Within a string, or where all is ignored."""
    assert comment_to_ignore('x = """\nnow()\n"""\n', [2], "HS001") is None
    assert comment_to_ignore("x = now()  # hitsave: ignore\n", [1], "HS001") is None

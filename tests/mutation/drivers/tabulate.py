"""Tables, in several formats."""

from __future__ import annotations

import sys

from hitsave import memo

from tabulate import simple_separated_format, tabulate


ROWS = [["spam", 41.9999, None], ["eggs", 451.0, "x"], ["bacon and\nmore", -3, "yy"]]


@memo
def table(rows, headers, style):
    """One table."""
    sys.audit("mutation.ran", "table")
    return tabulate(rows, headers=headers, tablefmt=style)


@memo
def separated(rows, mark):
    """A table with columns parted by a mark."""
    sys.audit("mutation.ran", "separated")
    return tabulate(rows, tablefmt=simple_separated_format(mark), floatfmt=".2f")


@memo
def keyed(columns):
    """A table of columns, as HTML and as LaTeX."""
    sys.audit("mutation.ran", "keyed")
    return [tabulate(columns, headers="keys", tablefmt=style, showindex="always") for style in ("html", "latex")]


CALLS = [
    (table, (ROWS, ["name", "value", "note"], "grid")),
    (table, (ROWS, [], "pipe")),
    (separated, (ROWS, " | ")),
    (keyed, ({"a": [1, 2, 3], "b": ["x", "y", "<z>"]},)),
]

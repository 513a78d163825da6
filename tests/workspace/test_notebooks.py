from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hitsave.workspace.notebooks import Cell, code_cells, join_cells, python_of_cell
from hitsave.workspace.sources import DiskSources, OverlaySources, SourceText, Unreadable

Write = Callable[..., Path]


@pytest.mark.parametrize(
    ("cell", "python"),
    [
        ("x = 1\ny = 2", "x = 1\ny = 2"),
        ("%matplotlib inline\nx = 1", "# %matplotlib inline\nx = 1"),
        ("!ls -la 'open\nx = 1", "# !ls -la 'open\nx = 1"),
        ("len?\nx = 1", "# len?\nx = 1"),
        ("?len", "# ?len"),
        ("files = !ls\nx = 1", "files = None  # files = !ls\nx = 1"),
        ("t = %timeit -o f()", "t = None  # t = %timeit -o f()"),
        ("for i in x:\n    %time f(i)\ny = 1", "for i in x:\n    pass  # %time f(i)\ny = 1"),
        ("%%time\nx = f()", "# %%time\nx = f()"),
        ("\n%%capture out\n%matplotlib inline\nx = 1", "\n# %%capture out\n# %matplotlib inline\nx = 1"),
        ("%%bash\nls\n\necho x", "# %%bash\n# ls\n\n# echo x"),
        ("x = (10\n% 3)", "x = (10\n% 3)"),
        ('s = """\n%not magic\n!nor this\n"""', 's = """\n%not magic\n!nor this\n"""'),
        ('s = """\n%not magic\n"""\n%magic', 's = """\n%not magic\n"""\n# %magic'),
        ("await f()", "await f()"),
        ("x = = 1", "x = = 1"),
        ("%a\nx = = 1\n%b", "# %a\nx = = 1\n# %b"),
        ("", ""),
    ],
)
def test_what_is_not_python_is_commented_out_in_its_place(cell: str, python: str) -> None:
    """Magics, shell commands and questions become comments; a string that looks like one stays; line numbers stay."""
    assert python_of_cell(cell) == python
    assert cell.count("\n") == python.count("\n")


def test_a_cell_full_of_magics_is_commented_out_whole() -> None:
    """The parser is asked a bounded number of times; the rest is told by how lines begin."""
    assert python_of_cell("%m\n" * 5000).count("# %m") == 5000


def test_cells_are_joined_and_lines_are_known_both_ways() -> None:
    """Each line of the text is in a cell, and leads back."""
    text, cells = join_cells([(1, "a = 1\nb = 2"), (3, ""), (4, "%x\r\nc = 3\n")])
    assert text == "a = 1\nb = 2\n\n# %x\nc = 3\n"
    assert cells == (Cell(1, 1, 2), Cell(3, 3, 1), Cell(4, 4, 2))
    source = OverlaySources(DiskSources()).with_notebook("/n.ipynb", [(1, "a = 1\nb = 2"), (3, ""), (4, "%x\nc = 3\n")]).read("/n.ipynb")
    assert isinstance(source, SourceText)
    assert [source.in_cell(line) for line in range(7)] == [None, (1, 1), (1, 2), (3, 1), (4, 1), (4, 2), None]
    assert [source.line_of(*place) for place in ((1, 1), (1, 2), (3, 1), (4, 1), (4, 2), (2, 1))] == [1, 2, 3, 4, 5, None]


def test_a_notebook_on_disk_is_one_module(write: Write) -> None:
    """Code cells only, whether their source is a list of lines or a text; outputs and counts don't change its digest."""
    cells: list[dict[str, Any]] = [
        {"cell_type": "markdown", "source": ["# Title"]},
        {"cell_type": "code", "source": ["import x\n", "%time x.f()"], "outputs": []},
        {"cell_type": "raw", "source": "raw"},
        {"cell_type": "code", "source": "y = 1"},
    ]
    root = write("nb", {"a.ipynb": json.dumps({"nbformat": 4, "metadata": {"language_info": {"name": "python"}}, "cells": cells})})
    first = DiskSources().read(root / "a.ipynb")
    assert isinstance(first, SourceText)
    assert first.text == "import x\n# %time x.f()\ny = 1\n"
    assert first.cells == (Cell(1, 1, 2), Cell(3, 3, 1))
    cells[1] |= {"outputs": [{"text": "1 s"}], "execution_count": 7}
    write("nb", {"a.ipynb": json.dumps({"nbformat": 4, "cells": cells})})
    second = DiskSources().read(root / "a.ipynb")
    assert isinstance(second, SourceText)
    assert second.digest == first.digest


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        ("no json", "Expecting value"),
        ("[]", "no notebook"),
        ("{}", "no notebook"),
        ('{"worksheets": []}', "no notebook"),
        ('{"cells": [], "metadata": {"kernelspec": {"language": "R"}}}', "notebook of r"),
        ("[" * 100_000, ""),
        ("\udcff".encode("utf-8", "surrogateescape"), ""),
    ],
)
def test_what_is_no_python_notebook_says_so(write: Write, content: str | bytes, detail: str) -> None:
    """A value with the reason, never an exception."""
    root = write("nb", {"a.ipynb": content})
    found = DiskSources().read(root / "a.ipynb")
    assert isinstance(found, Unreadable)
    assert found.why == "not a notebook"
    assert detail in found.detail


def test_odd_cells_are_passed_over() -> None:
    """Cells without a source, or that are none, are empty or absent."""
    assert code_cells({"cells": [1, None, {"cell_type": "code"}, {"cell_type": "code", "source": [1, "x"]}, {"cell_type": "code", "source": 3}]}) == [
        (2, ""),
        (3, "x"),
        (4, ""),
    ]

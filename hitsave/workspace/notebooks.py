"""An ``.ipynb`` as one Python module: its code cells, in order.

What is not Python is commented out where it stands, so that lines keep their numbers: line magics (``%matplotlib inline``), shell commands
(``!ls``), questions (``len?``), and whole cells of another language (``%%bash``). Outputs and text cells don't count.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from typing import Any, Final, cast

from hitsave.structs import NamedTuple

PYTHON_CELL_MAGICS: Final = frozenset({"capture", "memit", "mprun", "prun", "time", "timeit"})
"""Cell magics whose cell is Python: only their first line is commented out. Any other makes the whole cell something else."""

_ONLY_AST: Final = 0x400  # ast.PyCF_ONLY_AST and
_TOP_LEVEL_AWAIT: Final = 0x2000  # ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, without importing ast
_MOST_MAGICS: Final = 100  # in a cell; each costs a parse of it
_MAGIC_STARTS: Final = ("%", "!", "?")


class Cell(NamedTuple):
    """Where a code cell stands: its `number` among all cells of the notebook (from 0), its `first` line in the joined text (from 1), how many `lines`."""

    number: int
    first: int
    lines: int


def join_cells(cells: Iterable[tuple[int, str]]) -> tuple[str, tuple[Cell, ...]]:
    r"""One text of the code cells `cells`, (number in the notebook, source), and where each stands in it.

    >>> join_cells([(0, "%time\nx = 1"), (2, "y = x")])[0]
    '# %time\nx = 1\ny = x\n'
    """
    texts: list[str] = []
    places: list[Cell] = []
    line = 1
    for number, source in cells:
        text = python_of_cell(source.replace("\r\n", "\n").replace("\r", "\n"))
        if not text.endswith("\n"):
            text += "\n"
        count = text.count("\n")
        places.append(Cell(number, line, count))
        texts.append(text)
        line += count
    return "".join(texts), tuple(places)


def python_of_cell(source: str) -> str:
    """The Python of a cell, line for line.

    A cell that is Python is left as it is: a line that begins with "%" may stand in a string. Otherwise what the parser stumbles over is commented
    out, if it looks like a magic; what is still not Python then is left for others to report.
    """
    if source.lstrip().startswith("%%"):
        return _without_cell_magic(source)
    text = source
    for _ in range(_MOST_MAGICS):
        fault = _first_fault(text)
        if fault is None:
            return text
        lines = text.split("\n")
        number = _magic_at(lines, fault)
        if number is None:
            break
        lines[number] = _commented(lines[number])
        text = "\n".join(lines)
    return "\n".join(_commented(line) if line.lstrip().startswith(_MAGIC_STARTS) else line for line in text.split("\n"))


def code_cells(notebook: Any) -> list[tuple[int, str]]:
    """The code cells of a parsed notebook of format 4, (number, source). ValueError if it is none, or not one of Python."""
    if not isinstance(notebook, dict) or not isinstance(cast("dict[str, Any]", notebook).get("cells"), list):
        raise ValueError("it is no notebook of format 4")  # noqa: TRY004 - the fault is the file's, not the caller's
    content = cast("dict[str, Any]", notebook)
    language = _language(content.get("metadata"))
    if language not in {"", "python", "ipython"}:
        raise ValueError(f"it is a notebook of {language}, not of Python")
    found: list[tuple[int, str]] = []
    for number, cell in enumerate(cast("list[Any]", content["cells"])):
        if isinstance(cell, dict) and cast("dict[str, Any]", cell).get("cell_type") == "code":
            found.append((number, _cell_source(cast("dict[str, Any]", cell).get("source"))))
    return found


def _cell_source(source: Any) -> str:
    if isinstance(source, list):
        return "".join(line for line in cast("list[Any]", source) if isinstance(line, str))
    return source if isinstance(source, str) else ""


def _language(metadata: Any) -> str:
    for table, key in (("language_info", "name"), ("kernelspec", "language")):
        entry = cast("dict[str, Any]", metadata).get(table) if isinstance(metadata, dict) else None
        name = cast("dict[str, Any]", entry).get(key) if isinstance(entry, dict) else None
        if isinstance(name, str) and name:
            return name.lower().rstrip("0123456789")
    return ""


def _without_cell_magic(source: str) -> str:
    lines = source.split("\n")
    first = next(number for number, line in enumerate(lines) if line.strip())
    name = lines[first].strip()[2:].partition(" ")[0]
    if name in PYTHON_CELL_MAGICS:
        return "\n".join([*lines[:first], _commented(lines[first]), python_of_cell("\n".join(lines[first + 1 :]))])
    return "\n".join("# " + line if line else line for line in lines)


def _first_fault(text: str) -> int | None:
    """The line, from 0, that keeps `text` from being Python; None if it is Python, or no line is to blame."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a "\\d" in somebody's cell is none of our warnings
            compile(text, "<cell>", "exec", _ONLY_AST | _TOP_LEVEL_AWAIT, dont_inherit=True)
    except SyntaxError as fault:
        return (fault.lineno or 1) - 1
    except (ValueError, RecursionError, MemoryError):
        return None
    return None


def _magic_at(lines: Sequence[str], fault: int) -> int | None:
    """The line at or before `fault` that is a magic; a magic's own text may confuse the parser on a later line."""
    for number in range(min(fault, len(lines) - 1), -1, -1):
        line = lines[number].strip()
        if line.startswith(_MAGIC_STARTS) or (line.endswith("?") and not line.startswith("#")) or _assigned_magic(line):
            return number
    return None


def _assigned_magic(line: str) -> bool:
    """``files = !ls`` and ``t = %timeit -o f()``."""
    target, equals, value = line.partition("=")
    return bool(equals) and value.lstrip().startswith(("%", "!")) and target.replace(".", "").replace(",", "").replace(" ", "").isidentifier()


def _commented(line: str) -> str:
    """`line` as a comment; in an indented block as ``pass``, which the block may need, and with its target where it has one."""
    text = line.lstrip()
    indent = line[: len(line) - len(text)]
    if _assigned_magic(text):
        return f"{indent}{text.partition('=')[0].rstrip()} = None  # {text}"
    return f"{indent}pass  # {text}" if indent else f"# {text}"

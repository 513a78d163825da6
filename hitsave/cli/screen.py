"""Text output: coloured and fitted to the window in a terminal, plain in a pipe.

Plain means: no colour, no box characters, nothing cut off, columns apart by two spaces. ``NO_COLOR`` takes the colours away in a terminal, too.
"""

from __future__ import annotations

import difflib
import re
import sys
from collections.abc import Iterable, Sequence
from typing import IO, Final, Literal

from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from hitsave.structs import NamedTuple

Line = str | Text

STYLES: Final[dict[str, str]] = {
    "fresh": "green",
    "stale": "yellow",
    "cannot_tell": "magenta",
    "running": "blue",
    "failed": "red",
    "never_evaluated": "dim",
}
_DIFF: Final = {"+": "green", "-": "red", "@": "cyan"}
_GAP: Final = 2
_LEAST: Final = 8
_INDENT: Final = 4
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class Column(NamedTuple):
    """One column of a table. In a terminal that is too narrow, columns that give are cut; where that is not enough, spare ones are left out."""

    title: str
    align: Literal["left", "right"] = "left"
    gives: bool = False
    spare: bool = False


class Screen:
    """Where a command prints. `pretty` is whether someone is looking at a terminal."""

    def __init__(self, file: IO[str] | None = None, console: Console | None = None) -> None:
        self.console = console or Console(file=file or sys.stdout, highlight=False, markup=False, emoji=False)
        self.pretty = self.console.is_terminal

    def say(self, line: Line = "", *, style: str = "", indent: int = 0) -> None:
        """One paragraph; in a terminal it wraps between words."""
        text = _clean(line, style)
        if not self.pretty:
            self._write(" " * indent + text.plain)
        elif indent:
            self.console.print(Padding(text, (0, 0, 0, indent)))
        else:
            self.console.print(text)

    def heading(self, line: str) -> None:
        """What the next lines are about."""
        self.say()
        self.say(line, style="bold")

    def table(self, columns: Sequence[Column], rows: Iterable[Sequence[Line]], *, indent: int = 0, titles: bool = True) -> None:
        """Rows in columns."""
        cells = [[_clean(cell) for cell in row] for row in rows]
        if not self.pretty:
            plain = [[cell.plain for cell in row] for row in cells]
            self._plain_table(columns, [[c.title for c in columns], *plain] if titles else plain, indent)
            return
        natural = [max([cell_len(column.title) if titles else 0, *(row[i].cell_len for row in cells)], default=0) for i, column in enumerate(columns)]
        shown = list(range(len(columns)))
        while True:
            room = self.console.width - indent - _GAP * (len(shown) - 1)
            widths = fitted([natural[i] for i in shown], [columns[i].gives for i in shown], room)
            spare = [i for i in shown if columns[i].spare]
            if sum(widths) <= room or not spare:
                break
            shown.remove(spare[-1])
        table = Table(box=None, show_header=titles, header_style="dim", pad_edge=False, padding=(0, _GAP, 0, 0))
        for i, width in zip(shown, widths, strict=True):
            table.add_column(columns[i].title, justify=columns[i].align, no_wrap=True, overflow="ellipsis", width=width)
        for row in cells:
            table.add_row(*(row[i] for i in shown))
        self.console.print(Padding(table, (0, 0, 0, indent)) if indent else table)

    def tree(self, branches: Iterable[tuple[int, Line]]) -> None:
        """Lines by their depth, each under the last one that is less deep."""
        if not self.pretty:
            for depth, line in branches:
                self._write("  " * depth + _clean(line).plain)
            return
        trunk: list[Tree] = []
        for depth, line in branches:
            if depth == 0:
                trunk = [Tree(_clean(line), guide_style="dim")]
            else:
                del trunk[depth:]
                trunk.append(trunk[-1].add(_clean(line)))
        if trunk:
            self.console.print(trunk[0])

    def difference(
        self, before: str | None, after: str | None, place: str, *, indent: int = 0, names: tuple[str, str] = ("as it ran", "now")
    ) -> None:
        """A unified diff of two texts."""
        for number, line in enumerate(diff_lines(before, after, place, names)):
            style = "dim" if number < 2 else _DIFF.get(line[:1], "")  # the two lines that name the texts
            text = _clean(" " * indent + line, style)
            self.console.print(text, soft_wrap=True) if self.pretty else self._write(text.plain)

    def _write(self, line: str) -> None:
        self.console.file.write(line.rstrip(" ") + "\n")

    def _plain_table(self, columns: Sequence[Column], rows: Sequence[Sequence[str]], indent: int) -> None:
        rows = [[" ".join(cell.split()) for cell in row] for row in rows]
        widths = [max((cell_len(row[i]) for row in rows), default=0) for i in range(len(columns))]
        for row in rows:
            cells = [_padded(cell, width, column.align) for cell, width, column in zip(row, widths, columns, strict=True)]
            self._write(" " * indent + (" " * _GAP).join(cells))


def diff_lines(before: str | None, after: str | None, place: str, names: tuple[str, str] = ("as it ran", "now")) -> list[str]:
    """The lines of a unified diff, without line ends; none if the texts are equal.

    >>> diff_lines("a", "b", "f.py:1")
    ['--- f.py:1, as it ran', '+++ f.py:1, now', '@@ -1 +1 @@', '-a', '+b']
    """
    old, new = straightened(before or "").splitlines(), straightened(after or "").splitlines()
    return [line.rstrip("\n") for line in difflib.unified_diff(old, new, f"{place}, {names[0]}", f"{place}, {names[1]}", lineterm="")]


def straightened(text: str) -> str:
    r"""The text of a definition that stands in another one, moved to the left: its first line comes without the indentation that the others have.

    >>> straightened("@memo\n    def f(self):\n        pass")
    '@memo\ndef f(self):\n    pass'
    """
    first, _, rest = text.partition("\n")
    indents = [len(line) - len(line.lstrip()) for line in rest.splitlines() if line.strip()]
    surplus = min(indents, default=0) - (0 if first.startswith("@") else _INDENT)
    if surplus <= 0:
        return text
    return "\n".join([first, *(line[surplus:] if line.strip() else "" for line in rest.split("\n"))])


def fitted(widths: Sequence[int], gives: Sequence[bool], available: int) -> list[int]:
    """Widths of columns that together have `available` room: the widest of those that give are cut first, none below 8.

    >>> fitted([10, 40, 20, 5], [False, True, True, False], 60)
    [10, 25, 20, 5]
    """
    fitting = list(widths)
    while sum(fitting) > available:
        widest = max((i for i, may in enumerate(gives) if may), key=lambda i: fitting[i], default=None)
        if widest is None or fitting[widest] <= _LEAST:
            break
        fitting[widest] -= 1
    return fitting


def state_text(state: str, word: str) -> Text:
    """A state's word in its colour."""
    return Text(word, STYLES.get(state, ""))


def _clean(line: Line, style: str = "") -> Text:
    """`line` with control characters written out: what is shown comes from files, and must not steer the terminal."""
    if isinstance(line, Text) and not _CONTROL.search(line.plain):
        return line
    plain = line.plain if isinstance(line, Text) else line
    return Text(_CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", plain), style)


def _padded(cell: str, width: int, align: str) -> str:
    space = " " * (width - cell_len(cell))
    return space + cell if align == "right" else cell + space

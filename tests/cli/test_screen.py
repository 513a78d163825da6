"""Output fits a terminal, and is plain in a pipe."""

from __future__ import annotations

import io

import pytest
from rich.console import Console
from rich.text import Text

from hitsave.cli.screen import Column, Screen, diff_lines, fitted, state_text


def plain() -> tuple[Screen, io.StringIO]:
    file = io.StringIO()
    return Screen(file), file


def pretty(width: int, **options) -> tuple[Screen, io.StringIO]:
    file = io.StringIO()
    console = Console(file=file, width=width, force_terminal=True, color_system="standard", highlight=False, markup=False, emoji=False, **options)
    return Screen(console=console), file


COLUMNS = [Column("ID"), Column("ARGUMENTS", gives=True), Column("TOOK", "right"), Column("HITS", "right", spare=True)]
ROWS = [["a1", "x=" + "9" * 60, state_text("stale", "4 s"), "0"], ["b2", "x=1", "12 s", "1,000"]]


def test_a_plain_table_is_cut_nowhere():
    """In a pipe columns are two spaces apart, and as wide as they need."""
    screen, file = plain()
    screen.table(COLUMNS, ROWS)
    assert file.getvalue() == (f"ID  ARGUMENTS{' ' * 53}  TOOK   HITS\na1  x={'9' * 60}   4 s      0\nb2  x=1{' ' * 59}  12 s  1,000\n")


@pytest.mark.parametrize("width", [40, 60, 120])
def test_a_table_fits_the_window(width):
    """Columns that give are cut before anything else."""
    screen, file = pretty(width)
    screen.table(COLUMNS, ROWS)
    lines = Text.from_ansi(file.getvalue()).plain.splitlines()
    assert max(len(line.rstrip()) for line in lines) <= width
    assert all(word in lines[0] for word in ("ID", "TOOK", "HITS"))
    assert lines[1].split()[0] == "a1"


def test_a_column_that_can_be_spared_goes_before_others_are_unreadable():
    """Where even cut columns don't fit, the spare ones are left out."""
    screen, file = pretty(19)
    screen.table(COLUMNS, ROWS)
    assert "HITS" not in file.getvalue()
    assert "TOOK" in Text.from_ansi(file.getvalue()).plain


def test_nothing_is_coloured_in_a_pipe():
    """No escape sequence and no box character, whatever the style."""
    screen, file = plain()
    screen.heading("Arguments")
    screen.say(Text("fresh", "green"), indent=2)
    screen.tree([(0, Text("f()", "bold")), (1, "g()"), (2, "h()"), (1, "k()")])
    screen.difference("a\n", "b\n", "x.py:1", indent=2)
    assert file.getvalue() == (
        "\nArguments\n  fresh\nf()\n  g()\n    h()\n  k()\n  --- x.py:1, as it ran\n  +++ x.py:1, now\n  @@ -1 +1 @@\n  -a\n  +b\n"
    )


def test_colours_go_where_nobody_wants_them(monkeypatch):
    """NO_COLOR leaves the layout and takes the colours."""
    monkeypatch.setenv("NO_COLOR", "1")
    screen, file = pretty(60)
    screen.say(Text("fresh", "green"))
    screen.tree([(0, "f()"), (1, "g()")])
    assert "\x1b[32m" not in file.getvalue()
    assert "└── g()" in Text.from_ansi(file.getvalue()).plain


@pytest.mark.parametrize("make", [plain, lambda: pretty(60)])
def test_what_is_shown_can_not_steer_the_terminal(make):
    """Control characters of names and source text are written out."""
    screen, file = make()
    screen.say("a\x1b[31mb\x07")
    screen.table([Column("X")], [["\x1b]0;title\x07"]])
    screen.tree([(0, Text("\x9b2J", "bold"))])
    screen.difference("x = '\x1b[2J'", "", "f.py:1")
    shown = Text.from_ansi(file.getvalue()).plain
    assert r"a\x1b[31mb\x07" in shown
    assert r"\x1b]0;title\x07" in shown
    assert r"\x9b2J" in shown
    assert r"x = '\x1b[2J'" in shown


def test_brackets_are_text():
    """What rich would take for markup is printed as it is."""
    screen, file = pretty(60)
    screen.say("x[bold]y[/bold] :smile:")
    assert "x[bold]y[/bold] :smile:" in file.getvalue()


def test_a_removed_line_that_begins_with_dashes_is_a_removed_line():
    """Only the first two lines of a diff name the texts."""
    screen, file = pretty(60)
    screen.difference("-- x\n", "", "f.sql:1")
    assert "\x1b[31m--- x" in file.getvalue()


def test_equal_texts_have_no_difference():
    """A value that changed under unchanged text has nothing to show."""
    assert diff_lines("a\nb", "a\nb", "f.py:1") == []
    assert diff_lines(None, "a", "f.py:1")[2:] == ["@@ -0,0 +1 @@", "+a"]


@pytest.mark.parametrize(
    ("widths", "available", "expected"),
    [
        ([10, 40, 20, 5], 75, [10, 40, 20, 5]),
        ([10, 40, 20, 5], 50, [10, 18, 17, 5]),
        ([10, 40, 20, 5], 5, [10, 8, 8, 5]),
        ([30, 6, 6, 30], 20, [30, 6, 6, 30]),
    ],
)
def test_the_widest_column_gives_first(widths, available, expected):
    """Columns that give end up alike, none below eight; the others keep their width."""
    assert sorted(fitted(widths, [False, True, True, False], available)) == sorted(expected)

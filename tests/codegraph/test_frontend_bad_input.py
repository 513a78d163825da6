"""Text that is broken, odd or enormous gives facts or an error, never an exception and never a crash."""

from __future__ import annotations

import subprocess
import sys
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitsave.codegraph.frontend import analyse_statement
from hitsave.codegraph.reading import members, nesting
from tests.codegraph.one_statement import chains, definitions, first


@pytest.mark.parametrize(
    "text", ["def f(:\n", "x = (", "class", "x = 1\0", "x = '\ud800'", "if x:\npass\n", "return = 1", "x = 'abc", "print 'x'", "\t x = 1\n  y = 2\n"]
)
def test_what_is_not_python_has_an_error_and_no_definitions(text):
    """With a word on what is wrong."""
    facts = analyse_statement(text)
    assert facts.definitions == ()
    assert facts.error


def test_an_error_says_where_it_is():
    """The line, counted in the text."""
    assert analyse_statement("def f():\n    x = 1\n    y = = 2\n").error.startswith("line 3: ")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("# only a comment\n", []),
        ("\n\n", []),
        ("\ufeffx = 1", ["x"]),
        ("# -*- coding: latin-1 -*-\né = 'ü'\n", ["é"]),
        ("\x0cx = 1\n\x0c\ny = 2\n", ["x", "y"]),
        ("x = 1\r\ny = 2\r\n", ["x", "y"]),
        ("x = 1\ry = 2\r", ["x", "y"]),
        ("x = 1; y = 2;", ["x", "y"]),
        ("if a: x = 1; y = 2", ["x", "y"]),
        ("x = f'{a[\"b\"]} {f'{c}'}'", ["x"]),
        ("x = t'{a!r:>3}'", ["x"]),
    ],
)
def test_odd_text_is_read(text, expected):
    """Byte order marks, coding lines, form feeds, old line ends, syntax newer than this Python."""
    assert [d.name for d in definitions(text)] == expected


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "(" * 20_000 + "1" + ")" * 20_000,
        "x = " + "[" * 3_000 + "1" + "]" * 3_000,
        "x = " + "+".join(["a"] * 100_000),
        "x = a" + ".b()" * 50_000,
        "x = " + "not " * 50_000 + "a",
        "x = " + "{" * 5_000,
    ],
    ids=["parentheses", "lists", "sum", "calls", "not", "unclosed"],
)
def test_nesting_beyond_reason_is_refused_before_it_is_parsed(text):
    """Libcst's parser would overflow the stack of the process, or take minutes."""
    program = "import sys; from hitsave.codegraph.frontend import analyse_statement as a; print(a(sys.stdin.read()).error)"
    done = subprocess.run([sys.executable, "-c", program], input=text, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == nesting.TOO_DEEP or done.stdout.startswith("line 1: ")


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "(" * 60 + "1" + ")" * 60,
        "x = " + " + ".join(["a"] * 700),
        "x = " + " and ".join(["a"] * 1_000),
        "x = a" + ".b" * 300,
        "if a: x = 1\n" + "".join(f"elif b == {i}: x = {i}\n" for i in range(300)),
        "def f():\n    if a: x = 1\n" + "".join(f"    elif b == {i}: x = {i}\n" for i in range(1_000)),
        "x = [" + ", ".join(["'((('"] * 400) + "]",
        "x = {" + ", ".join(f"{i}: -{i}.5 + 1j" for i in range(3_000)) + "}",
    ],
    ids=["parentheses", "sum", "and", "attributes", "elif", "elif in a function", "brackets in strings", "table"],
)
def test_long_and_deep_text_of_real_programs_is_read(text):
    """Generated tables, long chains of conditions."""
    assert definitions(text)


def test_a_chain_that_leans_to_the_left_is_read_to_its_end():
    """Whatever its length allows of recursion."""
    assert chains(first("x = " + " + ".join(f"a{i}" for i in range(600))).shell.reads) == {f"a{i}" for i in range(600)}


def test_reading_warns_of_nothing():
    """Python warns of unknown escapes and of ``is`` with a literal when it compiles; that is for the user's own run."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert definitions("def f(x): return '\\d', f'\\d{x}', b'\\d', x is 1\n")
        assert definitions("x = [" + ", ".join(["'\\d' + a"] * 3_000) + "]")


@given(st.text(alphabet="abf()[]{}:=,.'\"\\\n #*+-@!lambdinforsclyetw01é", max_size=60))
def test_any_text_gives_facts(text):
    """Whatever it is."""
    facts = analyse_statement(text)
    assert (facts.error is None) or facts.definitions == ()
    assert not (facts.error or "").startswith("not analysed")


def test_a_failure_within_libcst_is_an_error_in_the_facts(monkeypatch):
    """Its parser is Rust, where a failure is a panic, which Python's `except Exception` does not catch."""

    class PanicException(BaseException):
        pass

    def panic(text: str) -> None:
        raise PanicException("called `Option::unwrap()` on a `None` value")

    monkeypatch.setattr(members, "parse", panic)
    assert analyse_statement("x = 1").error == "not analysed: libcst failed: called `Option::unwrap()` on a `None` value"

"""The front end: from the text of a top-level statement to its facts.

This is the only file that imports libcst; what reads its trees (`hitsave.codegraph.reading`) gets it from here.
Nothing imports this file before a text is met whose facts are not stored yet.

**Invariant:** facts are a function of the text alone. No interpreter's own parser has a say in them, so they are the same on every Python.
**Invariant:** nothing here raises for what a user wrote. Text that can't be analysed gives facts with an `error`.
"""

from __future__ import annotations

import re
from typing import Final

import libcst as cst

from hitsave.codegraph.facts import StatementFacts

__all__ = ["analyse_statement", "cst"]

_ERROR_AT: Final = re.compile(r"error at (\d+):\d+: (.*)", re.DOTALL)


def analyse_statement(text: str) -> StatementFacts:
    """The facts of `text`, one top-level statement in complete lines; leading comment lines and several statements on its lines are allowed.

    Lines in the facts count from 1 at the first line of `text`. Never raises: text that is not Python, or is nested beyond reason, gives `error`.

    >>> [d.name for d in analyse_statement("def f(): return g(1)").definitions]
    ['f']
    """
    # Here, because what reads a tree needs `cst` from this file.
    from hitsave.codegraph.reading import members, nesting
    from hitsave.codegraph.reading.compound import Reader
    from hitsave.codegraph.reading.dispatch import VISITORS

    text = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    try:
        if problem := nesting.problem(text):
            return StatementFacts((), problem)
        module = members.parse(text)
        reader = Reader(text, module, VISITORS)
        reader.module_body()
        return StatementFacts(tuple([d.definition() for d in reader.drafts]), None, tuple(reader.directives))
    except cst.ParserSyntaxError as wrong:
        return StatementFacts((), _syntax_error(wrong))
    except UnicodeEncodeError as wrong:
        return StatementFacts((), f"not text: {wrong.reason}")
    except RecursionError:
        return StatementFacts((), nesting.TOO_DEEP)
    except Exception as wrong:  # noqa: BLE001 - user text is data; a fault in libcst or here must not reach the user's call
        return StatementFacts((), f"not analysed: {type(wrong).__name__}: {wrong}")
    except BaseException as wrong:
        if type(wrong).__name__ != "PanicException":  # of libcst's parser, which is Rust; it derives from BaseException and can't be imported
            raise
        return StatementFacts((), f"not analysed: libcst failed: {wrong}")


def _syntax_error(wrong: cst.ParserSyntaxError) -> str:
    """``line 2: expected one of …``; libcst hides the place in its message."""
    match = _ERROR_AT.search(wrong.message)
    return f"line {match[1]}: {match[2]}" if match else wrong.message

"""Which of several class statements of one name made a class without methods, on a Python that does not note the lines of classes (before 3.13)."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from textwrap import dedent

from hitsave.codegraph.definitions import Found
from hitsave.runtime.live_library import LiveLibrary


def those_that_make(cls: type, statements: Sequence[Found], library: LiveLibrary) -> list[Found]:
    """The statements that name what `cls` inherits from, and bind names that it has."""
    inherited = [base.__name__ for base in cls.__bases__ if base is not object]
    found: list[Found] = []
    for statement in statements:
        written = _class_in(statement.whole_lines(library.locate(statement.symbol.module)))
        if written is not None:
            bases = [ast.unparse(base).rpartition(".")[2] for base in written.bases]
            if [base for base in bases if base != "object"] == inherited and vars(cls).keys() >= {*_bound(written)}:
                found.append(statement)
    return found


def _class_in(text: str) -> ast.ClassDef | None:
    try:
        (statement,) = ast.parse(dedent(text)).body
    except (SyntaxError, ValueError):
        return None
    return statement if isinstance(statement, ast.ClassDef) else None


def _bound(written: ast.ClassDef) -> Iterator[str]:
    """The names that stand before an equals sign in the body, and those of classes in it."""
    for statement in written.body:
        match statement:
            case ast.Assign(targets=targets):
                yield from (target.id for target in targets if isinstance(target, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr()):
                yield name
            case ast.ClassDef(name=name):
                yield name
            case _:
                pass

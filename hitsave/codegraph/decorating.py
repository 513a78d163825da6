"""Edits that put one of HitSave's decorators on a function, with the import that it needs. Everything else of the file stays as it was written."""

from __future__ import annotations

import ast
import io
from collections.abc import Sequence
from typing import Final

from hitsave.codegraph.frontend import cst
from hitsave.codegraph.index import Binding, ModuleIndex, statement_text
from hitsave.codegraph.indexing import index_module
from hitsave.structs import NamedTuple

OWN: Final = "hitsave"


class LineEdit(NamedTuple):
    """Lines `first` up to, but not with, `end` (from 1) are replaced by `text`, which is whole lines; equal numbers are an insertion before `first`."""

    first: int
    end: int
    text: str


def decorate(text: str, line: int, decorator: str) -> tuple[LineEdit, ...]:
    r"""Edits that put ``@memo`` or ``@experiment`` on the function whose ``def`` is on `line`; none where there is no such function, or `text` is not Python.

    >>> decorate("import os\n\ndef f():\n    pass\n", 3, "memo")
    (LineEdit(first=2, end=2, text='from hitsave import memo\n'), LineEdit(first=3, end=3, text='@memo\n'))
    """
    index = index_module(text)
    position = index.statement_at(line) if index.error is None else None
    if position is None:
        return ()
    lines = io.StringIO(text, newline="").readlines()
    written, imported = _spelling(lines, index, decorator)
    where = index.statements[position]
    statement = statement_text(lines, where)
    edited = _with_decorator(statement, line - where.first + 1, written)
    if edited is None:
        return ()
    return tuple(
        sorted([*imported, *_difference(statement, edited, where.first)], key=lambda e: (e.first, e.end))
    )  # the import first, where both are in one place


def _spelling(lines: Sequence[str], index: ModuleIndex, decorator: str) -> tuple[str, list[LineEdit]]:
    """How the decorator is written in this file, and the edits that make that mean HitSave's."""
    own = [
        b for b in index.bindings if b.kind == "import" and b.origin is not None and b.origin.module == OWN and not b.origin.level and not b.condition
    ]
    for binding in own:
        assert binding.origin is not None
        if binding.origin.name == decorator:
            return binding.name, []
    for binding in own:
        if binding.origin is not None and binding.origin.name is None:
            return f"{binding.name}.{decorator}", []
    if index.by_name.get(decorator):  # taken
        return f"{OWN}.{decorator}", [_new_import(lines, index, f"import {OWN}")]
    if own:
        return decorator, _added_to(lines, index, own[0], decorator)
    return decorator, [_new_import(lines, index, f"from {OWN} import {decorator}")]


def _added_to(lines: Sequence[str], index: ModuleIndex, binding: Binding, name: str) -> list[LineEdit]:
    """`name` among what an import statement imports."""
    where = index.statements[binding.statement]
    statement = statement_text(lines, where)
    module = cst.parse_module(statement)
    edited = module.visit(_ImportsOneMore(name)).code
    return _difference(statement, edited, where.first)


class _ImportsOneMore(cst.CSTTransformer):
    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def leave_ImportFrom(self, original_node: cst.ImportFrom, updated_node: cst.ImportFrom) -> cst.ImportFrom:  # noqa: ARG002, N802 - libcst's names
        module = updated_node.module
        if not isinstance(module, cst.Name) or module.value != OWN or updated_node.relative or isinstance(updated_node.names, cst.ImportStar):
            return updated_node
        *before, last = updated_node.names
        comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
        if isinstance(last.comma, cst.Comma):  # a list that ends in a comma, a name a line: as the one before
            comma = before[-1].comma if before and isinstance(before[-1].comma, cst.Comma) else comma
            return updated_node.with_changes(names=[*before, last.with_changes(comma=comma), cst.ImportAlias(cst.Name(self.name), comma=last.comma)])
        return updated_node.with_changes(names=[*before, last.with_changes(comma=comma), cst.ImportAlias(cst.Name(self.name))])


def _new_import(lines: Sequence[str], index: ModuleIndex, statement: str) -> LineEdit:
    """A new import after those that the file begins with, else after its docstring, else at its top."""
    imports = {b.statement for b in index.bindings if b.kind in {"import", "star"} and not b.condition}
    last: int | None = None
    for position, where in enumerate(index.statements):
        text = statement_text(lines, where)
        if position in imports or text.lstrip().startswith(("from __future__", "import ", "from ")):
            last = position
        elif position > 0 or not _is_docstring(text):
            break
    if last is not None:
        line = index.statements[last].last + 1
        return LineEdit(line, line, statement + "\n" if _ends(lines, line) else "\n" + statement)
    if index.statements and _is_docstring(statement_text(lines, index.statements[0])):
        line = index.statements[0].last + 1
        return LineEdit(line, line, f"\n{statement}\n")
    line = next((n for n, text in enumerate(lines, 1) if not text.startswith(("#!", "# -*-"))), 1)
    gap = "\n\n" if lines[line - 1 :] and lines[line - 1].startswith(("def ", "async ", "class ", "@")) else "\n"
    return LineEdit(line, line, f"{statement}\n{gap}")


def _ends(lines: Sequence[str], line: int) -> bool:
    """Whether what stands before `line` ends with a line end."""
    return line < 2 or line - 2 >= len(lines) or lines[line - 2].endswith(("\n", "\r"))


def _is_docstring(statement: str) -> bool:
    try:
        body = ast.parse(statement).body
    except (SyntaxError, ValueError, RecursionError):
        return False
    return len(body) == 1 and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant) and isinstance(body[0].value.value, str)


def _with_decorator(statement: str, line: int, written: str) -> str | None:
    """The statement with a decorator above all others of the function whose ``def`` is on its `line`."""
    number = _number_at(statement, line)
    if number is None:
        return None
    try:
        module = cst.parse_module(statement)
        edited = module.visit(_Decorated(number, cst.Decorator(cst.parse_expression(written)))).code
    except (cst.ParserSyntaxError, RecursionError):
        return None
    return edited if edited != statement else None


def _number_at(statement: str, line: int) -> int | None:
    """Which of the statement's functions, in source order, has its ``def`` on `line`."""
    try:
        tree = ast.parse(statement)
    except (SyntaxError, ValueError, RecursionError):
        return None
    functions = sorted((n for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))), key=lambda n: (n.lineno, n.col_offset))
    return next((number for number, node in enumerate(functions) if node.lineno == line), None)


class _Decorated(cst.CSTTransformer):
    def __init__(self, number: int, decorator: cst.Decorator) -> None:
        super().__init__()
        self.left = number
        self.wanted: cst.FunctionDef | None = None
        self.decorator = decorator

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:  # noqa: N802 - libcst's name
        if self.left == 0:
            self.wanted = node
        self.left -= 1

    def leave_FunctionDef(self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef) -> cst.FunctionDef:  # noqa: N802 - libcst's name
        if original_node is not self.wanted:
            return updated_node
        return updated_node.with_changes(decorators=[self.decorator, *updated_node.decorators])


def _difference(before: str, after: str, first: int) -> list[LineEdit]:
    """One text made another, by its lines that differ; `first` is the line that it begins on."""
    old, new = io.StringIO(before, newline="").readlines(), io.StringIO(after, newline="").readlines()
    shorter = min(len(old), len(new))
    same = next((n for n in range(shorter) if old[n] != new[n]), shorter)
    rest = next((n for n in range(shorter - same) if old[-1 - n] != new[-1 - n]), shorter - same)
    return [LineEdit(first + same, first + len(old) - rest, "".join(new[same : len(new) - rest]))] if before != after else []

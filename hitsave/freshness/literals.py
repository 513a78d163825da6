"""Values that text alone tells: literals, displays of them, and arithmetic on numbers."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import lru_cache
from textwrap import dedent
from typing import Any, Final

from hitsave.codegraph.definitions import Maker
from hitsave.digest import Digest
from hitsave.errors import UndigestibleError
from hitsave.values.code_names import PlainNames
from hitsave.values.digester import Digester

_LIMIT: Final = 1 << 64
_OPERATIONS: Final[dict[type[ast.operator], Callable[[Any, Any], Any]]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.FloorDiv: lambda a, b: a // b,
    ast.Mod: lambda a, b: a % b,
    ast.Pow: lambda a, b: a**b,
}


def literal_digest(maker: Maker) -> Digest | None:
    """The digest of the value that the text of a variable tells; None where it takes a run to know."""
    literal = assigned_literal(maker.text, maker.symbol.name) if len(maker.definitions) == 1 else None
    if literal is None:
        return None
    try:
        return Digester(PlainNames()).digest(literal[0], maker.symbol.name)
    except UndigestibleError:
        return None


def assigned_literal(text: str, name: str) -> tuple[Any] | None:
    """The value that an assignment statement with this text gives `name`, in a 1-tuple; None where text alone can't tell.

    >>> assigned_literal("A, K = 60 * 60, {'x': [1]}", "A")
    (3600,)
    """
    try:
        body = ast.parse(text.strip()).body
    except (SyntaxError, ValueError, RecursionError):
        return None
    if len(body) != 1:
        return None
    match body[0]:
        case ast.Assign(targets=targets, value=value):
            found = [v for t in targets for v in _values(t, value, name)]
        case ast.AnnAssign(target=target, value=value) if value is not None:
            found = list(_values(target, value, name))
        case _:
            return None
    if len(found) != 1:
        return None
    try:
        return (_literal(found[0]),)
    except (ValueError, TypeError, ArithmeticError, RecursionError):
        return None


NOT_LITERAL: Final = object()
"""Stands for a default that text alone does not tell."""


@lru_cache(maxsize=4096)
def default_literals(text: str) -> tuple[tuple[Any, ...], dict[str, Any]] | None:
    """The defaults that a function definition or lambda with this text gives its parameters, those of keyword-only ones by name; None if it can't be read.

    >>> default_literals("def f(a, b=2, *, c=-1.0): ...")
    ((2,), {'c': -1.0})
    """
    try:
        parsed = ast.parse(dedent(text).strip()).body[0]
    except (SyntaxError, ValueError, RecursionError, IndexError):
        return None
    node = parsed.value if isinstance(parsed, ast.Expr) else parsed
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        return None
    given = node.args
    by_name = {a.arg: _default(d) for a, d in zip(given.kwonlyargs, given.kw_defaults, strict=True) if d is not None}
    return tuple(_default(d) for d in given.defaults), by_name


def _default(node: ast.expr) -> Any:
    try:
        return _literal(node)
    except (ValueError, TypeError, ArithmeticError, RecursionError):
        return NOT_LITERAL


def _values(target: ast.expr, value: ast.expr, name: str) -> list[ast.expr]:
    if isinstance(target, ast.Name):
        return [value] if target.id == name else []
    if isinstance(target, (ast.Tuple, ast.List)) and isinstance(value, (ast.Tuple, ast.List)) and len(target.elts) == len(value.elts):
        if any(isinstance(e, ast.Starred) for e in (*target.elts, *value.elts)):
            return []
        return [v for t, e in zip(target.elts, value.elts, strict=True) for v in _values(t, e, name)]
    return []


def _literal(node: ast.expr) -> Any:
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Tuple(elts=elements):
            return tuple(_literal(e) for e in elements)
        case ast.List(elts=elements):
            return [_literal(e) for e in elements]
        case ast.Set(elts=elements):
            return {_literal(e) for e in elements}
        case ast.Dict(keys=keys, values=values):
            if any(k is None for k in keys):
                raise ValueError("a display with **")
            return {_literal(k): _literal(v) for k, v in zip(keys, values, strict=True) if k is not None}
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_number(_literal(operand))
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return +_number(_literal(operand))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATIONS:
            a, b = _number(_literal(left)), _number(_literal(right))
            if isinstance(op, ast.Pow) and abs(b) > 64:
                raise ValueError("a large power")
            result = _OPERATIONS[type(op)](a, b)
            if isinstance(result, int) and abs(result) > _LIMIT:
                raise ValueError("a large number")
            return result
        case _:
            raise ValueError("not a literal")


def _number(value: Any) -> Any:
    if type(value) not in {int, float, complex}:
        raise ValueError("not a number")
    return value

"""How expressions are named in messages."""

from __future__ import annotations

import ast
from typing import Final

_LONGEST: Final = 60


def short_text(node: ast.expr) -> str:
    """An expression's chain, with ``()`` for calls."""
    match node:
        case ast.Name(name):
            return name
        case ast.Attribute(value, name):
            return f"{short_text(value)}.{name}"[-_LONGEST:]
        case ast.Call(function, [ast.Name("__file__")]):
            return f"{short_text(function)}(__file__)"
        case ast.Call(function):
            return f"{short_text(function)}()"
        case ast.Subscript(value):
            return f"{short_text(value)}[…]"
        case ast.Constant(str()):
            return '"…"'
        case _:
            return "(…)"

"""Whether whoever watches a definition run can tell of what it reads docstrings and annotations.

``f.__doc__`` is told of a name, ``inspect.signature(f)`` of a call; of ``self.f.__doc__``, ``map(signature, functions)`` and text that is executed it is not told.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from hitsave.codegraph.flows import Tree, parsed
from hitsave.codegraph.reflection import ATTRIBUTES, LOOKED_AT, NAMES, TOLD

_ATTRIBUTES: Final = frozenset(name for name, what in ATTRIBUTES.items() if what in {"annotations", "doc"})
_NAMED: Final = frozenset(name for name, what in ATTRIBUTES.items() if what == "name")
_BY_TEXT: Final = frozenset({"attrgetter", "compile", "eval", "exec", "methodcaller"})
_NOTHING_READ: Final = frozenset({"Parameter", "_empty"})


def is_told(text: str) -> bool:
    r"""Whether all that a definition with this text reads of docstrings and annotations is told by the calls that it makes, and by values of its local names.

    >>> is_told("def f(g):\n    return g.__doc__, inspect.signature(g).return_annotation is inspect.Signature.empty")
    True
    >>> is_told("def f(x):\n    return x.g.__doc__"), is_told("def f(x):\n    return map(inspect.signature, x)")
    (False, False)
    """
    tree = parsed(text)
    if tree is None:
        return False
    unevaluated = {node for annotation in _annotations(tree) for node in ast.walk(annotation)}
    return all(_is_told(node, tree) for node in tree.nodes if node not in unevaluated)


def _annotations(tree: Tree) -> Iterator[ast.expr]:
    for node in tree.nodes:
        if isinstance(node, ast.arg) and node.annotation is not None:
            yield node.annotation
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.returns is not None:
            yield node.returns
        elif isinstance(node, ast.AnnAssign):
            yield node.annotation


def _is_told(node: ast.AST, tree: Tree) -> bool:
    match node:
        case ast.Attribute(attr=name, ctx=ast.Load()) if name in _ATTRIBUTES:
            return isinstance(node.value, ast.Name) and tree.scope(node) is not None
        case ast.Attribute(attr=name, ctx=ast.Load()) if name in LOOKED_AT:
            return name in _NAMED
        case ast.Attribute(attr=name, ctx=ast.Load()) if name in NAMES:
            return _is_told_call(node, name, tree)
        case ast.Attribute(value=ast.Name(id="inspect"), attr=name):
            return name in _NOTHING_READ or name.startswith("is")
        case ast.Name(id="inspect"):
            return isinstance(tree.around.get(node), ast.Attribute)
        case ast.Name(id=name, ctx=ast.Load()) if name in NAMES:
            return _is_told_call(node, name, tree) or _is_local(node, tree)
        case ast.MatchClass(kwd_attrs=names):
            return LOOKED_AT.isdisjoint(names)
        case ast.Constant(value=str(text)) if any(name in text for name in LOOKED_AT):
            return _is_docstring(node, tree) or _is_asked_for(node, tree)
        case ast.Name(id=name, ctx=ast.Load()) | ast.Attribute(attr=name, ctx=ast.Load()) if name in _BY_TEXT:
            return False
        case _:
            return True


def _is_told_call(function: ast.expr, name: str, tree: Tree) -> bool:
    """Whether a function is called there, with what it reads; or it is ``Signature``, and is asked for its mark of what is absent."""
    match tree.around.get(function):
        case ast.Call(func=called, args=[first, *_]) if called is function:
            return name in TOLD and not isinstance(first, ast.Starred) and tree.scope(function) is not None
        case ast.Attribute(attr="empty"):
            return name == "Signature"
        case _:
            return False


def _is_local(name: ast.Name, tree: Tree) -> bool:
    """Whether a name is one that the function around it binds by an assignment, and by nothing else."""
    scope = tree.scope(name)
    if scope is None:
        return False
    inside = list(ast.walk(scope))
    if any(isinstance(node, ast.alias) and (node.asname or node.name) == name.id for node in inside):
        return False
    return any(isinstance(node, ast.Name) and node.id == name.id and isinstance(node.ctx, ast.Store) and tree.scope(node) is scope for node in inside)


def _is_docstring(node: ast.Constant, tree: Tree) -> bool:
    return isinstance(tree.around.get(node), ast.Expr)


def _is_asked_for(node: ast.Constant, tree: Tree) -> bool:
    """Whether a text is the name of an attribute that `getattr` is asked for."""
    match tree.around.get(node):
        case ast.Call(func=ast.Name(id="getattr"), args=[first, second, *_]) if second is node:
            return not isinstance(first, ast.Starred) and tree.scope(node) is not None
        case _:
            return False

"""Whether a value goes nowhere but to where people read it: printed, logged, in the message of an exception.

A clock that only measures how long something took for the log changes no result.
"""

from __future__ import annotations

import ast
from typing import Final

from hitsave.advice.trails import Scope

_METHODS: Final = frozenset(
    {"debug", "info", "warning", "warn", "error", "exception", "critical", "log", "echo", "secho", "set_postfix", "set_description", "write_line"}
)
_FUNCTIONS: Final = frozenset({"print", "pprint", "echo", "secho", "tqdm"})
_PURE_STATEMENTS: Final = (ast.Pass, ast.Continue)


def is_telling(call: ast.AST) -> bool:
    """Whether a call tells people something and gives nothing back: ``print(…)``, ``log.info(…)``, ``warnings.warn(…)``."""
    if not isinstance(call, ast.Call):
        return False
    match call.func:
        case ast.Name(name):
            return name in _FUNCTIONS
        case ast.Attribute(ast.Attribute(ast.Name("sys"), "stderr" | "stdout"), "write"):
            return True
        case ast.Attribute(_, name):
            return name in _METHODS
        case _:
            return False


class Shown:
    """Answers it for the values of one function."""

    def __init__(self, scope: Scope, function: ast.AST) -> None:
        self._scope = scope
        self._loads: dict[str, list[ast.Name]] = {}
        for node in ast.walk(function):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                self._loads.setdefault(node.id, []).append(node)

    def __call__(self, node: ast.AST, asked: frozenset[str] = frozenset()) -> bool:
        """Whether the value of `node` is only shown."""
        while (around := self._scope.parents.get(node)) is not None:
            match around:
                case ast.Call() if node is not around.func and is_telling(around):
                    return True
                case ast.Raise() | ast.Expr() | ast.Assert():
                    return True
                case ast.Assign(targets, value) if node is value and all(isinstance(t, ast.Name) for t in targets):
                    return all(self._name(t.id, asked) for t in targets if isinstance(t, ast.Name))
                case ast.AugAssign(ast.Name(name), _, value) | ast.AnnAssign(ast.Name(name), _, value) if node is value:
                    return self._name(name, asked)
                case ast.NamedExpr(ast.Name(name)) if not self._name(name, asked):
                    return False
                case ast.If(test, body, orelse) if node is test:
                    return all(self._only_tells(statement, asked) for statement in [*body, *orelse])
                case ast.expr() | ast.keyword():
                    if isinstance(around, ast.Lambda | ast.Yield | ast.YieldFrom):
                        return False
                case _:
                    return False
            node = around
        return False

    def _name(self, name: str, asked: frozenset[str]) -> bool:
        if name in self._scope.globals or not self._scope.is_local(name):
            return False
        return name in asked or all(self(load, asked | {name}) for load in self._loads.get(name, ()))

    def _only_tells(self, statement: ast.stmt, asked: frozenset[str]) -> bool:
        match statement:
            case ast.Expr(value):
                return is_telling(value)
            case ast.Assign(targets):
                return all(isinstance(t, ast.Name) and self._name(t.id, asked) for t in targets)
            case ast.Raise():
                return False
            case _:
                return isinstance(statement, _PURE_STATEMENTS)

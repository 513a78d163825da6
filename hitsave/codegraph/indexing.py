"""Finds what a file binds, with Python's own parser. A process that has the indexes of its files from an earlier one does without."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import Any

from hitsave.codegraph.facts import ImportOrigin
from hitsave.codegraph.index import Binding, BindingKind, Lines, ModuleIndex


def index_module(text: str) -> ModuleIndex:
    """The index of a file with this text. Text that is not Python gives an empty index with its `error`, never an exception."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as problem:
        line = getattr(problem, "lineno", None)
        return ModuleIndex(error=f"{getattr(problem, 'msg', problem)}" + (f" (line {line})" if line else ""))
    statements = list(merge_shared_lines(tree.body))
    collector = Collector()
    for position, (_, nodes) in enumerate(statements):
        collector.position = position
        for node in nodes:
            collector.statement(node, "")
    return ModuleIndex(
        statements=tuple(lines for lines, _ in statements),
        bindings=tuple(collector.bindings),
        exports=tuple(collector.exports) if collector.exports is not None else None,
        exports_computed=collector.exports_computed,
        effects=tuple(sorted(collector.effects)),
    )


def merge_shared_lines(body: Iterable[ast.stmt]) -> Iterator[tuple[Lines, list[ast.stmt]]]:
    """The statements of a module with their lines; those that share a line are one."""
    first = last = 0
    nodes: list[ast.stmt] = []
    for node in body:
        start = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])
        end = node.end_lineno or node.lineno
        if nodes and start <= last:
            last = max(last, end)
            nodes.append(node)
            continue
        if nodes:
            yield Lines(first, last), nodes
        first, last, nodes = start, end, [node]
    if nodes:
        yield Lines(first, last), nodes


class Collector:
    """Walks module-level statements, into compound ones but not into functions or classes."""

    def __init__(self) -> None:
        self.position = 0
        self.bindings: list[Binding] = []
        self.exports: list[str] | None = None
        self.exports_computed = False
        self.effects: set[int] = set()

    def bind(self, name: str, kind: BindingKind, node: ast.AST, condition: str, **more: Any) -> None:
        self.bindings.append(Binding(name, kind, self.position, getattr(node, "lineno", 0), condition=condition, **more))

    def block(self, nodes: Iterable[ast.stmt], condition: str) -> None:
        for node in nodes:
            self.statement(node, condition)

    def statement(self, node: ast.stmt, condition: str) -> None:  # noqa: C901 - one case a statement kind
        here = f"{condition}/{getattr(node, 'lineno', 0)}"
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._defined(node, "function", condition)
            case ast.ClassDef():
                self._defined(node, "class", condition)
            case ast.Import():
                for name in node.names:
                    top = name.name.partition(".")[0]
                    origin = ImportOrigin(name.name if name.asname else top, 0, None)
                    self.bind(name.asname or top, "import", node, condition, origin=origin)
            case ast.ImportFrom():
                for name in node.names:
                    origin = ImportOrigin(node.module or "", node.level, name.name)
                    if name.name == "*":
                        self.bind("*", "star", node, condition, origin=origin)
                    else:
                        self.bind(name.asname or name.name, "import", node, condition, origin=origin)
            case ast.Assign():
                alias = _chain(node.value)
                for target in node.targets:
                    self._target(target, node, condition, alias)
                    if isinstance(target, ast.Name) and target.id == "__all__":
                        self._set_exports(node.value)
            case ast.AnnAssign():
                if node.value is not None:
                    self._target(node.target, node, condition, _chain(node.value))
                    if isinstance(node.target, ast.Name) and node.target.id == "__all__":
                        self._set_exports(node.value)
            case ast.AugAssign():
                self.effects.add(self.position)
                self._target(node.target, node, condition, ())
                if isinstance(node.target, ast.Name) and node.target.id == "__all__":
                    self._extend_exports(node.value)
            case ast.Delete():
                self.effects.add(self.position)
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        self.bind(target.id, "delete" if not condition else "value", node, condition)
            case ast.Expr():
                if not isinstance(node.value, ast.Constant):
                    self.effects.add(self.position)
                    self._exports_call(node.value)
            case ast.If():
                if _is_type_checking(node.test):
                    self.block(node.orelse, condition)
                else:
                    self.block(node.body, here + "+")
                    self.block(node.orelse, here + "-")
            case ast.Try() | ast.TryStar():
                self.block(node.body, here + "t")
                self.block(node.orelse, here + "t")
                for handler in node.handlers:
                    self.block(handler.body, here + "x")
                self.block(node.finalbody, condition)
            case ast.With() | ast.AsyncWith():
                for item in node.items:
                    if item.optional_vars is not None:
                        self._target(item.optional_vars, node, condition, ())
                self.block(node.body, condition)
                self.effects.add(self.position)
            case ast.For() | ast.AsyncFor():
                self._target(node.target, node, here, ())
                self.block(node.body, here)
                self.block(node.orelse, here)
                self.effects.add(self.position)
            case ast.While():
                self.block(node.body, here)
                self.block(node.orelse, here)
                self.effects.add(self.position)
            case ast.Match():
                for number, case in enumerate(node.cases):
                    for part in ast.walk(case.pattern):
                        name = getattr(part, "name", None) or getattr(part, "rest", None)
                        if isinstance(name, str):
                            self.bind(name, "value", node, here + str(number))
                    self.block(case.body, here + str(number))
            case _ if type(node).__name__ == "TypeAlias":
                self._target(node.name, node, condition, ())  # type: ignore[attr-defined]
            case _:
                pass
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            self._walruses(node, condition)

    def _defined(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, kind: BindingKind, condition: str) -> None:
        self.bind(node.name, kind, node, condition)
        if node.decorator_list:
            self.effects.add(self.position)

    def _target(self, target: ast.expr, node: ast.stmt, condition: str, alias: tuple[str, ...]) -> None:
        match target:
            case ast.Name():
                self.bind(target.id, "value", node, condition, alias=alias)
            case ast.Tuple() | ast.List():
                for element in target.elts:
                    self._target(element, node, condition, ())
            case ast.Starred():
                self._target(target.value, node, condition, ())
            case _:
                self.effects.add(self.position)

    def _walruses(self, node: ast.stmt, condition: str) -> None:
        stack: list[ast.AST] = [child for child in ast.iter_child_nodes(node) if not isinstance(child, ast.stmt)]
        while stack:
            child = stack.pop()
            if isinstance(child, ast.NamedExpr):
                self.bind(child.target.id, "value", node, condition)
            if not isinstance(child, (ast.Lambda, ast.stmt)):
                stack.extend(ast.iter_child_nodes(child))

    def _set_exports(self, value: ast.expr) -> None:
        names = _string_list(value)
        self.exports, self.exports_computed = names, names is None

    def _extend_exports(self, value: ast.expr) -> None:
        names = _string_list(value)
        if names is None or self.exports is None:
            self.exports_computed = True
        else:
            self.exports = [*self.exports, *names]

    def _exports_call(self, value: ast.expr) -> None:
        if isinstance(value, ast.Call) and _chain(value.func)[:1] == ("__all__",):
            self.exports_computed = True
            names = _string_list(value.args[0]) if len(value.args) == 1 and _chain(value.func)[1:] == ("extend",) else None
            if names is not None and self.exports is not None:
                self.exports, self.exports_computed = [*self.exports, *names], False


def _chain(node: ast.expr) -> tuple[str, ...]:
    """The dotted chain that an expression is, or ()."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ()
    return (node.id, *reversed(names))


def _string_list(node: ast.expr) -> list[str] | None:
    if isinstance(node, (ast.List, ast.Tuple)):
        values = [e.value for e in node.elts if isinstance(e, ast.Constant) and isinstance(e.value, str)]
        if len(values) == len(node.elts):
            return values
    return None


def _is_type_checking(test: ast.expr) -> bool:
    return _chain(test)[-1:] == ("TYPE_CHECKING",)

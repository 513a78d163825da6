"""One file's bindings: which statements it has, and what each gives a name to.

The index depends on the text of that file alone. It is made by one pass of Python's own parser over the whole file,
which is fast; what a statement's code reads is asked of `frontend.analyse_statement`, only for statements that something reached needs.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, Final, Literal, NamedTuple

from hitsave.codegraph.facts import ImportOrigin
from hitsave.digest import Digest, digest_bytes
from hitsave.structs import frozen

STATEMENT_CONTEXT: Final = "hitsave 2026 v1 statement text"

BindingKind = Literal["function", "class", "value", "import", "star", "delete"]


class Binding(NamedTuple):
    """One place in a file that gives `name` something to stand for.

    `statement` is the position of its top-level statement in `ModuleIndex.statements`.
    `origin`    what an import names. For a star import `name` is "*".
    `alias`     the dotted chain that is the whole right-hand side of an assignment: ``g = mod.f`` has ``("mod", "f")``.
    `condition` the branches of compound statements that it stands in, "" at the top level: ``/3+`` is the body of the ``if`` on line 3,
                ``-`` its else, ``t`` and ``x`` the body and the handlers of a ``try``.
    """

    name: str
    kind: BindingKind
    statement: int
    line: int
    origin: ImportOrigin | None = None
    alias: tuple[str, ...] = ()
    condition: str = ""


class Lines(NamedTuple):
    """A range of lines: `first` and `last` count from 1, both inclusive."""

    first: int
    last: int


@frozen
class ModuleIndex:
    """What a file binds.

    `statements` are its top-level statements in order, as line ranges; statements that share a line are one.
    `exports`    the literal value of ``__all__``, None where there is none; `exports_computed`: it is not a literal.
    `effects`    positions of statements that may change an object that another statement made.
    `error`      why the text could not be parsed; the index is then empty.
    """

    statements: tuple[Lines, ...] = ()
    bindings: tuple[Binding, ...] = ()
    exports: tuple[str, ...] | None = None
    exports_computed: bool = False
    effects: tuple[int, ...] = ()
    error: str | None = None

    @cached_property
    def by_name(self) -> dict[str, tuple[Binding, ...]]:
        """Bindings of each name, in source order; star imports under "*"."""
        found: dict[str, list[Binding]] = {}
        for binding in self.bindings:
            found.setdefault(binding.name, []).append(binding)
        return {name: tuple(bindings) for name, bindings in found.items()}

    def candidates(self, name: str) -> tuple[Binding, ...]:
        """The bindings that `name` may have once the module has run, likeliest first; star imports that come later than the last sure one are among them."""
        found: list[Binding] = []
        relevant = [*self.by_name.get(name, ()), *self.by_name.get("*", ())]
        relevant.sort(key=lambda b: (b.statement, b.line))
        for binding in reversed(relevant):
            if binding.kind == "delete":
                break
            found.append(binding)
            if not binding.condition and binding.kind != "star":
                break
        return tuple(found)

    def statement_at(self, line: int) -> int | None:
        """Position of the statement that `line` belongs to, or None between statements."""
        low, high = 0, len(self.statements) - 1
        while low <= high:
            middle = (low + high) // 2
            lines = self.statements[middle]
            if line < lines.first:
                high = middle - 1
            elif line > lines.last:
                low = middle + 1
            else:
                return middle
        return None


def statement_text(lines: Sequence[str], where: Lines) -> str:
    """The text of a statement, given the file's lines."""
    return "".join(lines[where.first - 1 : where.last])


def statement_digest(text: str) -> Digest:
    """The digest that a statement's facts are stored under."""
    return digest_bytes(STATEMENT_CONTEXT, text.encode("utf-8", "surrogatepass"))


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


def index_to_plain(index: ModuleIndex) -> Any:
    """`index` as lists, strings, numbers and None, for storing."""
    return [
        [[s.first, s.last] for s in index.statements],
        [
            [b.name, b.kind, b.statement, b.line, b.origin and [b.origin.module, b.origin.level, b.origin.name], list(b.alias), b.condition]
            for b in index.bindings
        ],
        None if index.exports is None else list(index.exports),
        index.exports_computed,
        list(index.effects),
        index.error,
    ]


def index_from_plain(plain: Any) -> ModuleIndex:
    """The index that `index_to_plain` gave `plain` for; ValueError or TypeError for anything else."""
    statements, bindings, exports, computed, effects, error = plain
    return ModuleIndex(
        tuple(Lines(first, last) for first, last in statements),
        tuple(Binding(n, k, s, line, None if o is None else ImportOrigin(*o), tuple(a), c) for n, k, s, line, o, a, c in bindings),
        None if exports is None else tuple(exports),
        bool(computed),
        tuple(effects),
        error,
    )

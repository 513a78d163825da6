"""From an expression to the trail of its value."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from hitsave.advice.sights import Spot, Trail
from hitsave.codegraph.facts import ImportOrigin

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_DEEPEST: Final = 6
"""How many local variables are followed from an expression."""
_OPTIONS: Final = frozenset({"seed", "replay_output"})
_WRAPPERS: Final = frozenset({"Optional", "Annotated", "Final", "ClassVar", "Required", "NotRequired"})


class Scope:
    """The names of one function, those of the functions in it included: what they are bound to, by text alone."""

    def __init__(self, function: FunctionNode) -> None:
        self.parameters: dict[str, Trail | None] = {}
        self.bound: dict[str, list[ast.expr | None]] = {}
        self.where: dict[str, list[ast.AST]] = {}
        self.imports: dict[str, ImportOrigin] = {}
        self.globals: set[str] = set()
        self.functions: set[str] = set()
        self.parents: dict[ast.AST, ast.AST] = {}
        arguments = function.args
        for argument in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *filter(None, (arguments.vararg, arguments.kwarg))]:
            trail = None if argument in {arguments.vararg, arguments.kwarg} else annotation_trail(argument.annotation)
            self.parameters[argument.arg] = None if trail is None else trail.then("()")
        for node in function.body if isinstance(function.body, list) else [function.body]:
            self.parents[node] = function
            self._take(node)

    def _take(self, root: ast.AST) -> None:
        waiting = [root]
        while waiting:
            node = waiting.pop()
            for child in ast.iter_child_nodes(node):
                self.parents[child] = node
                waiting.append(child)
            self._bind(node)

    def _bind(self, node: ast.AST) -> None:
        match node:
            case ast.Assign(targets, value):
                for target in targets:
                    self._targets(target, value, node)
            case ast.AnnAssign(target, _, value) if value is not None:
                self._targets(target, value, node)
            case ast.NamedExpr(target, value):
                self._targets(target, value, node)
            case ast.AugAssign(target):
                self._targets(target, None, node)
            case ast.For(target) | ast.AsyncFor(target) | ast.comprehension(target):
                self._targets(target, None, node)
            case ast.withitem(context, target) if target is not None:
                self._targets(target, context, node)
            case ast.ExceptHandler(_, name) if name:
                self._name(name, None, node)
            case ast.FunctionDef(name) | ast.AsyncFunctionDef(name):
                self.functions.add(name)
                self._name(name, None, node)
            case ast.ClassDef(name) | ast.arg(name) | ast.MatchAs(_, str() as name) | ast.MatchStar(str() as name):
                self._name(name, None, node)
            case _:
                self.declare(node)

    def declare(self, node: ast.AST) -> None:
        """Take in what a statement says of names without giving them a value."""
        match node:
            case ast.Global(names):
                self.globals.update(names)
            case ast.Import(aliases):
                for alias in aliases:
                    module = alias.name if alias.asname else alias.name.partition(".")[0]
                    self.imports[alias.asname or module] = ImportOrigin(module, 0, None)
            case ast.ImportFrom(module, aliases, level):
                for alias in aliases:
                    self.imports[alias.asname or alias.name] = ImportOrigin(module or "", level, alias.name)
            case _:
                pass

    def _targets(self, target: ast.expr, value: ast.expr | None, node: ast.AST) -> None:
        match target:
            case ast.Name(name):
                self._name(name, value, node)
            case ast.Tuple(parts) | ast.List(parts):
                values = value.elts if isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(parts) else [None] * len(parts)
                for part, its in zip(parts, values, strict=True):
                    self._targets(part, its, node)
            case ast.Starred(inner):
                self._targets(inner, None, node)
            case _:
                pass

    def _name(self, name: str, value: ast.expr | None, node: ast.AST) -> None:
        self.bound.setdefault(name, []).append(value)
        self.where.setdefault(name, []).append(node)

    def is_local(self, name: str) -> bool:
        """Whether a name is bound in here, and not a global."""
        return name not in self.globals and (name in self.bound or name in self.parameters or name in self.imports)

    def trail(self, node: ast.expr | None, depth: int = 0) -> Trail | None:
        """Where the value of an expression comes from; None for what is made on the spot."""
        match node:
            case ast.Name(name):
                return self._of_name(name, depth)
            case ast.Attribute(value, attribute):
                inner = self.trail(value, depth)
                return Trail("local", ("?", attribute)) if inner is None else inner.then(attribute)
            case ast.Call(function):
                inner = self.trail(function, depth)
                return None if inner is None else inner.then("()")
            case ast.Await(value) | ast.Starred(value) | ast.NamedExpr(_, value):
                return self.trail(value, depth)
            case ast.Subscript(value):
                inner = self.trail(value, depth)
                return None if inner is None else inner.then("[]")
            case ast.BinOp(left, ast.Div(), _):
                inner = self.trail(left, depth)
                return inner if inner is not None and inner.names[-1] == "()" and "Path" in inner.names[-2] else None
            case ast.BoolOp(ast.Or(), [first, *_]):
                inner = self.trail(first, depth)
                return inner if inner is not None and inner.root == "parameter" else None
            case _:
                return None

    def _of_name(self, name: str, depth: int) -> Trail:
        if name in self.globals:
            return Trail("global", (name,))
        if name in self.imports and name not in self.bound:
            return Trail("import", (name,), self.imports[name])
        bound = self.bound.get(name, [])
        if len(bound) == 1 and bound[0] is not None and depth < _DEEPEST and not _mentions(bound[0], name):
            found = self.trail(bound[0], depth + 1)
            if found is not None:
                return found
        if len(bound) == 1 and isinstance(bound[0], ast.Call) and depth < _DEEPEST:  # `path = Path(path)`
            found = self.trail(bound[0].func, depth + 1)
            if found is not None and found.names[0] != name:
                return found.then("()")
        if len(bound) > 1 and depth < _DEEPEST:
            trails = {self.trail(value, depth + 1) for value in bound if value is not None and not _mentions(value, name)}
            if len(trails) == 1 and (only := trails.pop()) is not None and None not in bound:
                return only
        if name in self.parameters:
            annotated = self.parameters[name]
            return Trail("parameter", (name,)) if annotated is None or bound else annotated
        return Trail("local", (name,)) if bound or name in self.imports else Trail("global", (name,))


def options_of(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> frozenset[str]:
    """The keywords of decorators that say something of what the function does, where they say yes."""
    calls = [] if isinstance(node, ast.Lambda) else [d for d in node.decorator_list if isinstance(d, ast.Call)]
    said = [
        k for call in calls for k in call.keywords if not (isinstance(k.value, ast.Constant) and (k.value.value is None or k.value.value is False))
    ]
    return frozenset(k.arg for k in said if k.arg in _OPTIONS)


def annotation_trail(node: ast.expr | None) -> Trail | None:
    """What an annotation names: ``Path`` for ``Path``, ``"Path"``, ``Optional[Path]``, ``Path | None``; the container for ``list[int]``."""
    match node:
        case ast.Name(name):
            return Trail("global", (name,))
        case ast.Attribute(value, attribute):
            inner = annotation_trail(value)
            return None if inner is None else inner.then(attribute)
        case ast.Constant(str() as text):
            try:
                return annotation_trail(ast.parse(text.strip(), mode="eval").body)
            except (SyntaxError, ValueError, RecursionError):
                return None
        case ast.Subscript(value, inside):
            outer = annotation_trail(value)
            if outer is not None and outer.names[-1] in _WRAPPERS:
                return annotation_trail(inside.elts[0] if isinstance(inside, ast.Tuple) and inside.elts else inside)
            return outer
        case ast.BinOp(left, ast.BitOr(), right):
            sides = [side for side in (left, right) if not (isinstance(side, ast.Constant) and side.value is None)]
            return annotation_trail(sides[0]) if len(sides) == 1 else None
        case _:
            return None


def spot_of(node: ast.expr | ast.stmt, lines: list[str]) -> Spot:
    """Where a node stands, columns in code points."""
    last = node.end_lineno or node.lineno
    return Spot(node.lineno, _points(lines, node.lineno, node.col_offset), last, _points(lines, last, node.end_col_offset or 0))


def inside(scope: Scope, node: ast.AST) -> Iterator[ast.AST]:
    """The nodes around `node`, the nearest first."""
    while node in scope.parents:
        node = scope.parents[node]
        yield node


def _mentions(node: ast.expr, name: str) -> bool:
    return any(isinstance(part, ast.Name) and part.id == name for part in ast.walk(node))


def _points(lines: list[str], line: int, column: int) -> int:
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    return column if text.isascii() else len(text.encode()[:column].decode(errors="replace"))

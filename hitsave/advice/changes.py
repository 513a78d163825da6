"""What a function changes that it did not make."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from hitsave.advice.sights import Change, Trail
from hitsave.advice.trails import Scope, inside, spot_of

_GROWING: Final = frozenset({"setdefault", "add"})
MUTATING: Final = frozenset(
    {"append", "extend", "insert", "remove", "pop", "clear", "sort", "reverse", "update", "popitem", "discard", "appendleft", "popleft"}
    | {"extendleft", "difference_update", "intersection_update", "symmetric_difference_update", "fill", "resize", "itemset", "setflags"}
    | {
        "move_to_end",
        "put_nowait",
        "add_",
        "sub_",
        "mul_",
        "div_",
        "zero_",
        "fill_",
        "copy_",
        "clamp_",
        "normal_",
        "uniform_",
        "__setitem__",
        "__setattr__",
    }
    | _GROWING
)
_FIRST_ARGUMENT: Final = frozenset(
    {
        "setattr",
        "delattr",
        "heappush",
        "heappop",
        "heapify",
        "heapreplace",
        "heappushpop",
        "insort",
        "insort_left",
        "insort_right",
        "shuffle",
        "copyto",
    }
)
_ALIASING: Final = frozenset({"items", "values", "keys", "get", "setdefault"})
_THROUGH: Final = frozenset({"enumerate", "reversed", "zip", "iter", "next"})
_FILLING_TESTS: Final = (ast.Is, ast.NotIn, ast.Eq)


class Owners:
    """Whose object an expression's value is, or is a part of."""

    def __init__(self, scope: Scope, own: frozenset[str], lines: list[str]) -> None:
        self._scope = scope
        self._own = own
        self._lines = lines

    def of(self, node: ast.expr | None, at: ast.AST, depth: int = 0) -> tuple[str, str] | None:
        """("parameter" or "global", its name) at `at`; None for what the function made itself."""
        match node:
            case ast.Attribute(value) | ast.Subscript(value) | ast.Starred(value):
                return self.of(value, at, depth)
            case ast.Name(name):
                return self._of_name(name, at, depth)
            case ast.Call(ast.Attribute(value, method)) if method in _ALIASING:
                return self.of(value, at, depth)
            case ast.Call(ast.Name(name), [first, *_]) if name in _THROUGH:
                return self.of(first, at, depth)
            case ast.BoolOp(_, values):
                return next((found for value in values if (found := self.of(value, at, depth)) is not None and found[0] == "parameter"), None)
            case ast.IfExp(_, body, orelse):
                return self.of(body, at, depth) or self.of(orelse, at, depth)
            case _:
                return None

    def _of_name(self, name: str, at: ast.AST, depth: int) -> tuple[str, str] | None:
        scope = self._scope
        if name in scope.globals:
            return "global", name
        if name in scope.parameters:
            return None if name in self._own or self._is_fresh(name, at) else ("parameter", name)
        if name in scope.bound:
            return self._of_local(name, at, depth) if depth < 4 else None
        return "global", name

    def _of_local(self, name: str, at: ast.AST, depth: int) -> tuple[str, str] | None:
        """Of a local variable: what it is another name of, where all that is assigned to it is that."""
        owners: set[tuple[str, str] | None] = set()
        for where, value in zip(self._scope.where[name], self._scope.bound[name], strict=True):
            if isinstance(where, ast.For | ast.AsyncFor | ast.comprehension):
                owners.add(self.of(where.iter, at, depth + 1))
            elif value is None:
                return None
            else:
                owners.add(self.of(value, at, depth + 1))
        return owners.pop() if len(owners) == 1 else None

    def _is_fresh(self, name: str, at: ast.AST) -> bool:
        """Whether a parameter's name has been given to something new, for certain, before `at`."""
        around = {id(node) for node in inside(self._scope, at)} | {id(at)}
        line = getattr(at, "lineno", 0)
        for where, value in zip(self._scope.where.get(name, ()), self._scope.bound.get(name, ()), strict=True):
            if getattr(where, "lineno", line) < line and id(self._scope.parents.get(where)) in around:
                made = value is None or (not isinstance(value, ast.Name | ast.Attribute | ast.Subscript) and self._shares(value, name) is None)
                if made:
                    return True
        return False

    def _shares(self, value: ast.expr, name: str) -> bool | None:
        """True where an expression may give the object `name` itself: ``x or []``, ``x if x else y``."""
        parts = value.values if isinstance(value, ast.BoolOp) else [value.body, value.orelse] if isinstance(value, ast.IfExp) else []
        return True if any(isinstance(part, ast.Name) and part.id == name for part in parts) else None


def changes(scope: Scope, owners: Owners, lines: list[str]) -> Iterator[Change]:
    """The changes that a function's own text makes, in source order."""
    nodes = [node for node in scope.parents if isinstance(node, ast.stmt | ast.Call)]
    nodes.sort(key=lambda node: (node.lineno, node.col_offset))
    for node in nodes:
        for target, fills in _changed(node, scope):
            rebinds = isinstance(target, ast.Name) and isinstance(target.ctx, ast.Store)
            if isinstance(target, ast.Name) and rebinds and target.id not in scope.globals:
                continue
            owner = ("global", target.id) if isinstance(target, ast.Name) and rebinds else owners.of(target, node)
            if owner is None:
                continue
            trail = Trail("global", (owner[1],)) if rebinds else scope.trail(target) if isinstance(node, ast.Call) else _base_trail(scope, target)
            guarded = fills or rebinds or _is_guarded(scope, node, target)
            yield Change("parameter" if owner[0] == "parameter" else "global", owner[1], spot_of(node, lines), _text(node), guarded, trail)


def _changed(node: ast.stmt | ast.Call, scope: Scope) -> Iterator[tuple[ast.expr, bool]]:
    """What a statement or call changes, and whether that only fills: (``x.a`` for ``x.a = 1``, False)."""
    match node:
        case ast.Assign(targets):
            for target in targets:
                yield from _stored(target)
        case ast.AugAssign(target) | ast.AnnAssign(target):
            yield from _stored(target) if not (isinstance(node, ast.AnnAssign) and node.value is None) else ()
        case ast.For(target) | ast.AsyncFor(target):
            yield from _stored(target)
        case ast.Delete(targets):
            for target in targets:
                if not isinstance(target, ast.Name):
                    yield target, False
        case ast.Call(ast.Attribute(value, method), arguments):
            inplace = any(k.arg == "inplace" and isinstance(k.value, ast.Constant) and k.value.value is True for k in node.keywords)
            if method in MUTATING or inplace:
                if not isinstance(value, ast.Name) or value.id not in scope.imports:
                    yield value, method in _GROWING
            elif method in _FIRST_ARGUMENT and arguments:
                yield arguments[0], False
        case ast.Call(ast.Name(name), [first, *_]) if name in _FIRST_ARGUMENT:
            yield first, False
        case _:
            pass


def _stored(target: ast.expr) -> Iterator[tuple[ast.expr, bool]]:
    match target:
        case ast.Tuple(parts) | ast.List(parts):
            for part in parts:
                yield from _stored(part)
        case ast.Starred(inner):
            yield from _stored(inner)
        case ast.Subscript(_, ast.Slice()):
            yield target, False
        case ast.Subscript(value):
            yield target, isinstance(value, ast.Name | ast.Attribute)
        case ast.Attribute() | ast.Name():
            yield target, False
        case _:
            pass


def _is_guarded(scope: Scope, node: ast.AST, target: ast.expr) -> bool:
    """Whether an attribute is only filled where it was None or absent: ``if self._x is None: self._x = …``."""
    if not isinstance(target, ast.Attribute):
        return False
    for around in inside(scope, node):
        tests = around.test if isinstance(around, ast.If) else None
        for part in ast.walk(tests) if tests is not None else ():
            match part:
                case ast.Compare(ast.Attribute(_, name), [ast.Is() | ast.Eq()], [ast.Constant(None)]) if name == target.attr:
                    return True
                case ast.UnaryOp(ast.Not(), ast.Call(ast.Name("hasattr"), [_, ast.Constant(str() as name)])) if name == target.attr:
                    return True
                case ast.UnaryOp(ast.Not(), ast.Attribute(_, name)) if name == target.attr:
                    return True
                case _:
                    pass
        if isinstance(around, ast.ExceptHandler) and isinstance(around.type, ast.Name) and around.type.id == "AttributeError":
            return True
    return False


def _base_trail(scope: Scope, target: ast.expr) -> Trail | None:
    """The object that a store changes: ``os.environ`` for ``os.environ["A"] = …``."""
    base = target.value if isinstance(target, ast.Attribute | ast.Subscript) else target
    return scope.trail(base)


def _text(node: ast.stmt | ast.Call) -> str:
    if isinstance(node, ast.Call):
        return _chain(node.func) + "()"
    match node:
        case ast.Assign([target, *_]) | ast.AugAssign(target) | ast.AnnAssign(target) | ast.For(target) | ast.AsyncFor(target):
            return _chain(target) + (" = …" if isinstance(node, ast.Assign | ast.AnnAssign) else " …= …" if isinstance(node, ast.AugAssign) else "")
        case ast.Delete([target, *_]):
            return f"del {_chain(target)}"
        case _:
            return ""


def _chain(node: ast.expr) -> str:
    match node:
        case ast.Name(name):
            return name
        case ast.Attribute(value, name):
            return f"{_chain(value)}.{name}"
        case ast.Subscript(value):
            return f"{_chain(value)}[…]"
        case ast.Call(function):
            return f"{_chain(function)}()"
        case ast.Tuple(parts):
            return ", ".join(map(_chain, parts))
        case _:
            return "…"

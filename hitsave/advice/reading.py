"""From the text of a top-level statement to what its functions and classes do."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from hitsave.advice.changes import Owners, changes
from hitsave.advice.naming import short_text
from hitsave.advice.shown import Shown
from hitsave.advice.sights import Argument, ClassDeed, Deed, Parameter, Spot, StatementDeeds, Trail, Use
from hitsave.advice.trails import Scope, annotation_trail, options_of, spot_of
from hitsave.codegraph.facts import ImportOrigin

_KEPT: Final = 20_000
"""Statements whose deeds are kept in memory."""
_CONSTANT_READS: Final = (ast.Constant, ast.JoinedStr)
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@lru_cache(maxsize=_KEPT)
def read_statement(text: str) -> StatementDeeds:
    """What the functions and classes of a statement with this text do; nothing of a text that is not Python."""
    try:
        tree = ast.parse(text)
        return StatementDeeds(tuple(_functions(tree, text.split("\n"))), tuple(_classes(tree)), tuple(_values(tree)), tuple(_imports(tree)))
    except (SyntaxError, ValueError, RecursionError):
        return StatementDeeds()


def _functions(tree: ast.Module, lines: list[str]) -> Iterator[Deed]:
    """Functions at module level and members of classes; what is nested in a function is part of it."""
    for node, name, owner in _definitions(tree.body, ""):
        if isinstance(node, _Function):
            yield _Reader(node, name, owner, lines).deed()
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Lambda):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if isinstance(target, ast.Name):
                yield _Reader(node.value, f"{target.id}.<lambda>", "", lines).deed()


def _definitions(body: list[ast.stmt], prefix: str, owner: str = "") -> Iterator[tuple[_Function | ast.ClassDef, str, str]]:
    for node in body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield node, prefix + node.name, owner
            case ast.ClassDef():
                name = prefix + node.name
                yield node, name, owner
                yield from _definitions(node.body, f"{name}.", name)
            case ast.If() | ast.For() | ast.While() | ast.With() | ast.AsyncFor() | ast.AsyncWith():
                yield from _definitions([*node.body, *getattr(node, "orelse", [])], prefix, owner)
            case ast.Try() | ast.TryStar():
                handled = [statement for handler in node.handlers for statement in handler.body]
                yield from _definitions([*node.body, *handled, *node.orelse, *node.finalbody], prefix, owner)
            case ast.Match():
                yield from _definitions([statement for case in node.cases for statement in case.body], prefix, owner)
            case _:
                pass


def _classes(tree: ast.Module) -> Iterator[ClassDeed]:
    for node, name, _ in _definitions(tree.body, ""):
        if isinstance(node, ast.ClassDef):
            bases = tuple(trail for base in node.bases if (trail := annotation_trail(base)) is not None)
            yield ClassDeed(name, node.lineno, bases, tuple(_values(node)))


def _values(tree: ast.Module | ast.ClassDef) -> Iterator[tuple[str, Trail]]:
    """The trails of what is assigned to names in a body."""
    scope = Scope(ast.Lambda(ast.arguments([], [], None, [], [], None, []), ast.Constant(None)))
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            trail = scope.trail(node.value)
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Name) and trail is not None:
                    yield target.id, trail
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and (node.value is None or scope.trail(node.value) is None):
            annotated = annotation_trail(node.annotation)
            if annotated is not None:
                yield node.target.id, annotated.then("()")


def _imports(tree: ast.Module) -> Iterator[tuple[str, ImportOrigin]]:
    if len(tree.body) == 1 and isinstance(tree.body[0], ast.If):
        whole = ast.Lambda(ast.arguments([], [], None, [], [], None, []), ast.Constant(None))
        scope = Scope(whole)
        for node in ast.walk(tree):
            scope.declare(node)
        yield from scope.imports.items()


class _Reader:
    """Reads one function."""

    def __init__(self, node: _Function | ast.Lambda, name: str, owner: str, lines: list[str]) -> None:
        self._node = node
        self._name = name
        self._owner = owner
        self._lines = lines
        self._scope = Scope(node)
        self._shown = Shown(self._scope, node)
        self._parameters = tuple(self._read_parameters())
        self._unset = {p.name for p in self._parameters if p.default_none}
        self._body: list[ast.stmt] = node.body if isinstance(node.body, list) else [ast.copy_location(ast.Return(node.body), node)]
        self._returns: list[ast.expr] = []
        self._yields = False
        self._raises = False
        for inner in self._own_nodes(self._body):
            match inner:
                case ast.Return(value) if value is not None and not (isinstance(value, ast.Constant) and value.value is None):
                    self._returns.append(value)
                case ast.Yield() | ast.YieldFrom():
                    self._yields = True
                case ast.Raise() | ast.Assert():
                    self._raises = True
                case _:
                    pass

    def deed(self) -> Deed:
        node = self._node
        decorators = [] if isinstance(node, ast.Lambda) else [d for e in node.decorator_list if (d := self._decorator(e)) is not None]
        own = frozenset(p.name for p in self._parameters if p.own)
        made = Owners(self._scope, own, self._lines)
        uses, odd = self._uses(made)
        return Deed(
            name=self._name,
            first_line=min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))]),
            name_spot=self._name_spot(),
            owner=self._owner,
            decorators=tuple(decorators),
            parameters=self._parameters,
            uses=tuple(uses),
            changes=tuple(changes(self._scope, made, self._lines)),
            gives=bool(self._returns) or self._yields,
            judges=self._raises,
            empty=all(_is_nothing(s) for s in self._body),
            is_generator=self._yields,
            returned=tuple((trail, spot_of(value, self._lines)) for value in self._given() if (trail := self._scope.trail(value)) is not None),
            returns_made=tuple(self._made()),
            result=None if isinstance(node, ast.Lambda) else annotation_trail(node.returns),
            odd=tuple(odd),
            fields=tuple(self._fields()),
            given=tuple(self._given_fields()),
            ends_in=self._last_call(),
            options=options_of(node),
            static=any(d.names[-1] == "staticmethod" for d in decorators),
        )

    def _name_spot(self) -> Spot:
        node = self._node
        if isinstance(node, ast.Lambda):
            return spot_of(node, self._lines)
        text = self._lines[node.lineno - 1]
        start = text.find(node.name, spot_of(node, self._lines).column + len("def "))
        return Spot(node.lineno, start, node.lineno, start + len(node.name)) if start >= 0 else Spot(node.lineno, 0, node.lineno, len(text))

    def _last_call(self) -> Spot | None:
        match self._body[-1]:
            case ast.Expr(ast.Call() as call) | ast.Expr(ast.Await(ast.Call() as call)):
                return spot_of(call, self._lines)
            case _:
                return None

    def _decorator(self, node: ast.expr) -> Trail | None:
        return annotation_trail(node.func if isinstance(node, ast.Call) else node)

    def _read_parameters(self) -> Iterator[Parameter]:
        arguments = self._node.args
        positional = [*arguments.posonlyargs, *arguments.args]
        defaults: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults)) + [*arguments.defaults]
        for argument, default in [*zip(positional, defaults, strict=True), *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)]:
            none = isinstance(default, ast.Constant) and default.value is None
            yield Parameter(argument.arg, annotation_trail(argument.annotation), none, keyword_only=argument in arguments.kwonlyargs)
        for argument in filter(None, (arguments.vararg, arguments.kwarg)):
            yield Parameter(argument.arg, None, own=True, keyword_only=True)

    def _own_nodes(self, body: list[ast.stmt]) -> Iterator[ast.AST]:
        """The nodes of a body, without those of functions and classes in it."""
        waiting: list[ast.AST] = [*reversed(body)]
        while waiting:
            node = waiting.pop()
            yield node
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
                waiting.extend(reversed([*ast.iter_child_nodes(node)]))

    # --- uses ------------------------------------------------------------------------------------------------------

    def _uses(self, owners: Owners) -> tuple[list[Use], list[tuple[str, Spot]]]:
        uses: list[Use] = []
        odd: list[tuple[str, Spot]] = []
        parents = self._scope.parents
        annotations = {id(part) for whole in parents for note in _annotations(whole) for part in ast.walk(note)}
        for node in parents:
            if id(node) in annotations:
                continue
            if isinstance(node, ast.Call):
                self._call(node, owners, uses, odd)
            elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
                around = parents[node]
                if isinstance(around, ast.Attribute) or (isinstance(around, ast.Call) and node is around.func):
                    continue
                if isinstance(node, ast.Name) and self._scope.is_local(node.id) and node.id not in self._scope.imports:
                    continue  # where a local variable's value came from was a use itself
                trail = self._scope.trail(node)
                if trail is not None:
                    item = self._argument(around.slice, None, around, owners) if isinstance(around, ast.Subscript) and node is around.value else None
                    uses.append(Use(trail, spot_of(node, self._lines), short_text(node), shown=self._shown(node), item=item))
        uses.sort(key=lambda u: (u.spot.line, u.spot.column))
        return uses, odd

    def _call(self, node: ast.Call, owners: Owners, uses: list[Use], odd: list[tuple[str, Spot]]) -> None:
        spot = spot_of(node, self._lines)
        why = _odd(node)
        if why is not None and not (isinstance(node.func, ast.Name) and self._scope.is_local(node.func.id)):
            odd.append((why, spot))
            return
        trail = self._scope.trail(node.func)
        if trail is None:
            return
        around = self._scope.parents[node]
        managed = isinstance(around, ast.withitem)
        arguments = [self._argument(a, None, node, owners) for a in node.args] + [self._argument(k.value, k.arg, node, owners) for k in node.keywords]
        on = owners.of(node.func.value, node) if isinstance(node.func, ast.Attribute) else None
        receiver = on[1] if on is not None and on[0] == "parameter" else None
        uses.append(Use(trail, spot, short_text(node), tuple(arguments), self._shown(node), isinstance(around, ast.Expr), managed, receiver))

    def _argument(self, node: ast.expr, keyword: str | None, call: ast.expr, owners: Owners) -> Argument:
        starred = isinstance(node, ast.Starred)
        owner = owners.of(node, call)
        owned = owner[1] if owner is not None and owner[0] == "parameter" else None
        match node:
            case ast.Constant(None):
                return Argument("none", keyword=keyword)
            case ast.Constant(value):
                return Argument("literal", value, keyword=keyword)
            case ast.Lambda():
                return Argument("function", keyword=keyword)
            case ast.Name(name) if name in self._scope.functions and len(self._scope.bound.get(name, ())) == 1:
                return Argument("function", keyword=keyword)
            case ast.JoinedStr([ast.Constant(str() as first), *_]):
                return Argument("other", first, keyword=keyword)
            case ast.Name(name) if name in self._unset and name not in self._scope.bound:
                return Argument("unset", owner=owned, keyword=keyword)
            case ast.Call(ast.Name("BytesIO" | "StringIO") | ast.Attribute(_, "BytesIO" | "StringIO")):
                return Argument("memory", keyword=keyword)
            case ast.Name() if (trail := self._scope.trail(node)) is not None and trail.names[-2:-1] in {("BytesIO",), ("StringIO",)}:
                return Argument("memory", keyword=keyword)
            case _:
                if any(isinstance(part, ast.Name) and part.id == "__file__" for part in ast.walk(node)):
                    return Argument("fileish", keyword=keyword)
                return Argument("other", owner=owned, keyword=keyword, starred=starred, direct=isinstance(node, ast.Name | ast.Attribute))

    # --- what it gives ---------------------------------------------------------------------------------------------

    def _given(self) -> Iterator[ast.expr]:
        for value in self._returns:
            match value:
                case ast.IfExp(_, body, orelse):
                    yield from (body, orelse)
                case ast.Tuple(parts):
                    yield from parts
                case _:
                    yield value

    def _made(self) -> Iterator[tuple[str, Spot]]:
        for value in self._given():
            spot = spot_of(value, self._lines)
            match value:
                case ast.Lambda():
                    yield "function", spot
                case ast.GeneratorExp():
                    yield "generator", spot
                case ast.Name(name) if name in self._scope.functions and len(self._scope.bound.get(name, ())) == 1:
                    yield "function", spot
                case ast.Name(name) if any(isinstance(bound, ast.GeneratorExp | ast.Lambda) for bound in self._scope.bound.get(name, ())):
                    yield "generator", spot
                case _:
                    pass

    def _given_fields(self) -> Iterator[str]:
        first = self._parameters[0].name if self._parameters and self._owner else None
        plain = {p.name for p in self._parameters if p.annotation is None}
        for node in self._scope.parents:
            match node:
                case ast.Assign([ast.Attribute(ast.Name(self_name), attribute)], ast.Name(name)) if self_name == first and name in plain:
                    yield attribute
                case _:
                    pass

    def _fields(self) -> Iterator[tuple[str, Trail]]:
        first = self._parameters[0].name if self._parameters and self._owner else None
        if first is None:
            return
        for node in self._scope.parents:
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
                for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                    if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == first:
                        trail = self._scope.trail(node.value)
                        if trail is not None and trail.root != "local" and not (trail.root == "parameter" and trail.names[-1] != "()"):
                            yield target.attr, trail


def _annotations(node: ast.AST) -> list[ast.expr]:
    match node:
        case ast.AnnAssign(_, annotation):
            return [annotation]
        case ast.arg(_, annotation) if annotation is not None:
            return [annotation]
        case ast.FunctionDef() | ast.AsyncFunctionDef() if node.returns is not None:
            return [node.returns]
        case _:
            return []


def _odd(node: ast.Call) -> str | None:
    """Why a call can't be followed by text: ``exec(x)``, ``importlib.import_module(name)``, ``globals()[x]``."""
    match node:
        case ast.Call(ast.Name("exec" | "eval" | "compile" as name), [first, *_]) if not isinstance(first, ast.Constant):
            return f"runs code that is made while it runs: {name}()"
        case ast.Call(ast.Name("__import__" | "import_module" as name) | ast.Attribute(_, "import_module" as name), [first, *_]) if not isinstance(
            first, ast.Constant
        ):
            return f"imports what only a run can tell: {name}()"
        case ast.Call(ast.Name("globals" as name), []):
            return f"looks names up that only a run can tell: {name}()"
        case _:
            return None


def _is_nothing(node: ast.stmt) -> bool:
    match node:
        case ast.Pass() | ast.Expr(ast.Constant()) | ast.Raise():
            return True
        case ast.Return(value):
            return value is None or (isinstance(value, ast.Constant) and value.value is None)
        case _:
            return False

"""Small changes of a module's text, each of one place: what a person might do by hand, or by mistake."""

from __future__ import annotations

import ast
import copy
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

COMPARISONS: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Lt: ast.GtE,
    ast.LtE: ast.Gt,
    ast.Gt: ast.LtE,
    ast.GtE: ast.Lt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
OPERATORS: Final[dict[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
REMOVED: Final = (ast.Expr, ast.Assign, ast.AugAssign, ast.Delete, ast.Raise, ast.Break, ast.Continue)


@dataclass(frozen=True, slots=True)
class Mutation:
    """One change: the bytes from `begin` to `end` of `file` become `text`.

    `lines` are the first and last line of the statement (of a compound one, of its head) that it is in, `function` those of the function around it, if any.
    """

    file: str
    kind: str
    begin: int
    end: int
    text: str
    lines: tuple[int, int]
    function: tuple[int, int] | None

    def apply(self, source: bytes) -> bytes:
        """The changed text."""
        return source[: self.begin] + self.text.encode() + source[self.end :]

    def show(self, source: bytes) -> str:
        """The change on one line."""
        before = b" ".join(source[self.begin : self.end].split()).decode(errors="replace")
        return f"{self.file}:{self.lines[0]} {self.kind}: {before[:70]} → {self.text[:70]}"


def mutations_of(file: str, source: bytes) -> list[Mutation]:
    """Every mutation of one module, in order of its text; none of what is not Python here."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return []
    return list(_Finder(file, source).within(tree, None))


class _Finder:
    """Walks a module's tree; a node's place in the bytes comes from its position."""

    def __init__(self, file: str, source: bytes) -> None:
        self.file = file
        self.source = source
        self.starts = [0]
        for line in source.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))
        self.statement: ast.stmt | None = None

    def within(self, node: ast.AST, function: tuple[int, int] | None) -> Iterator[Mutation]:
        """The mutations of `node` and of what is in it."""
        outer = self.statement
        if isinstance(node, ast.stmt):
            self.statement = node
        if self.statement is not None:
            yield from self.of(node, function)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield from self._all([*node.decorator_list, *node.args.defaults, *(d for d in node.args.kw_defaults if d)], function)
            inner = (node.body[0].lineno, node.end_lineno or node.lineno)
            yield from self._all(node.body, inner)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            pass  # documentation
        elif isinstance(node, ast.AnnAssign):
            yield from self._all([node.value] if node.value else [], function)
        elif not isinstance(node, ast.JoinedStr) and not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)):
            yield from self._all(ast.iter_child_nodes(node), function)
        self.statement = outer

    def _all(self, nodes: Iterator[ast.AST] | list[ast.AST], function: tuple[int, int] | None) -> Iterator[Mutation]:  # type: ignore[type-arg]
        for node in nodes:
            yield from self.within(node, function)

    def of(self, node: ast.AST, function: tuple[int, int] | None) -> Iterator[Mutation]:  # noqa: C901 - one case a kind of node
        """The mutations of `node` itself."""
        match node:
            case ast.Compare(ops=[operator, *_]):
                yield self._instead("comparison", node, function, ops=[COMPARISONS[type(operator)](), *node.ops[1:]])
            case ast.BinOp(op=operator) if type(operator) in OPERATORS and not isinstance(node.left, (ast.Constant, ast.JoinedStr)):
                yield self._instead("operator", node, function, op=OPERATORS[type(operator)]())
            case ast.BoolOp(op=operator):
                yield self._instead("boolean", node, function, op=ast.Or() if isinstance(operator, ast.And) else ast.And())
            case ast.UnaryOp(op=ast.Not()):
                yield self._replace("condition", node, function, f"({ast.unparse(node.operand)})")
            case ast.If() | ast.While() | ast.IfExp():
                yield self._replace("condition", node.test, function, f"(not ({ast.unparse(node.test)}))")
            case ast.Constant(value=value) if not isinstance(value, (type(None), type(...), complex)):
                other = (
                    not value
                    if isinstance(value, bool)
                    else value + 1
                    if isinstance(value, (int, float))
                    else value + ("~" if isinstance(value, str) else b"~")
                )
                yield self._replace("constant", node, function, f" {other!r}" if not isinstance(other, str) else repr(other))
            case ast.Return(value=ast.expr() as value):
                if not (isinstance(value, ast.Constant) and value.value is None):
                    yield self._replace("return", node, function, "return None")
                    yield self._replace("return", node, function, f"return [{ast.unparse(value)}]")
            case ast.Call(keywords=[*_, last]):
                yield self._instead("argument", node, function, keywords=[k for k in node.keywords if k is not last])
            case ast.Dict() if len(node.keys) > 1:
                yield self._instead("element", node, function, keys=node.keys[1:], values=node.values[1:])
            case ast.List(ctx=ast.Load()) | ast.Set() if len(node.elts) > 1:
                yield self._instead("element", node, function, elts=node.elts[:-1])
            case ast.ClassDef(bases=[_, *_]) if not any(isinstance(b, ast.Starred) for b in node.bases):
                for base in node.bases:
                    rest = [ast.unparse(b) for b in node.bases if b is not base]
                    begin, end = self._place(node.bases[0])[0], self._place(node.bases[-1])[1]
                    if rest or ast.unparse(base) != "object":
                        yield self._mutation("base class", begin, end, ", ".join(rest) or "object", node, function)
            case _:
                pass
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            for decorator in node.decorator_list:
                begin, end = self._place(decorator)
                yield self._mutation("decorator", self.source.rindex(b"@", 0, begin), end, "", node, function)
        is_documentation = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if isinstance(node, REMOVED) and not is_documentation:
            yield self._replace("statement", node, function, "pass")

    def _place(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self.starts[node.lineno - 1] + node.col_offset, self.starts[node.end_lineno - 1] + node.end_col_offset

    def _instead(self, kind: str, node: ast.expr, function: tuple[int, int] | None, **fields: object) -> Mutation:
        changed = copy.copy(node)
        for name, value in fields.items():
            setattr(changed, name, value)
        return self._replace(kind, node, function, f"({ast.unparse(changed)})")

    def _replace(self, kind: str, node: ast.expr | ast.stmt, function: tuple[int, int] | None, text: str) -> Mutation:
        begin, end = self._place(node)
        return self._mutation(kind, begin, end, text, node, function)

    def _mutation(self, kind: str, begin: int, end: int, text: str, node: ast.AST, function: tuple[int, int] | None) -> Mutation:
        statement = self.statement
        assert statement is not None
        first, last = statement.lineno, statement.end_lineno or statement.lineno
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            first = min([first, *(d.lineno for d in statement.decorator_list)])
        body = getattr(statement, "body", None)
        if body:
            last = max(first, body[0].lineno - 1)
        return Mutation(self.file, kind, begin, end, text, (first, last), function)


def makes_a_module(source: bytes) -> bool:
    """Whether `source` is Python."""
    try:
        compile(source, "<mutant>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True


def ran(lines: tuple[int, int], executed: list[int]) -> bool:
    """Whether any of the `lines` is among the `executed`, which are sorted."""
    at = bisect_right(executed, lines[1])
    return at > 0 and executed[at - 1] >= lines[0]

"""From the statements that were met in a function's body to its pieces."""

from __future__ import annotations

from typing import Any, Final, cast

from hitsave.codegraph.canonical import PIECE, REST, digest_of
from hitsave.codegraph.frontend import cst
from hitsave.codegraph.pieces import Piece
from hitsave.codegraph.reading.drafts import PartDraft, Statement
from hitsave.codegraph.reading.syntax import CONSTANTS
from hitsave.codegraph.scopes import Scope
from hitsave.digest import Digest

_ALWAYS: Final[frozenset[Any]] = frozenset(
    {cst.Assign, cst.AugAssign, cst.Return, cst.Raise, cst.Del, cst.Import, cst.ImportFrom, cst.For, cst.With, cst.FunctionDef, cst.ClassDef}
)
_MADE_OF_CODE: Final[frozenset[Any]] = frozenset({cst.Call, cst.Attribute, cst.Subscript, cst.Await, cst.Yield, cst.NamedExpr})


def is_piece(statement: Any) -> bool:
    """Whether a statement surely leaves a trace in the interpreter's record of lines as soon as it begins.

    ``pass`` and ``x: int`` need not, nor what the compiler works out itself, as ``if 0:``.
    """
    kind = cast("type[Any]", type(statement))
    if kind is cst.SimpleStatementLine:
        return any(is_piece(small) for small in statement.body)
    if kind in _ALWAYS:
        return True
    if kind is cst.AnnAssign:
        return statement.value is not None
    if kind is cst.Expr:
        return type(statement.value) in _MADE_OF_CODE
    if kind is cst.If or kind is cst.While or kind is cst.Assert:
        return _needs_code(statement.test)
    if kind is cst.Match:
        return _needs_code(statement.subject)
    if kind is cst.Try or kind is cst.TryStar:
        body = statement.body
        return type(body) is cst.IndentedBlock and bool(body.body) and is_piece(body.body[0])
    return False


def _needs_code(test: Any) -> bool:
    """Whether an expression begins with something that the compiler can't work out itself."""
    kind = cast("type[Any]", type(test))
    if kind is cst.Name:
        return test.value not in CONSTANTS and test.value != "__debug__"
    if kind is cst.Comparison or kind is cst.BooleanOperation:
        return _needs_code(test.left)
    return _needs_code(test.expression) if kind is cst.UnaryOperation else kind in _MADE_OF_CODE


def pieces_of(body: PartDraft, scope: Scope) -> tuple[Digest, tuple[Piece, ...]]:
    """The digest of the rest of a body, and its pieces in source order, outer before inner."""
    found: list[Piece] = []
    statements = sorted(body.statements, key=lambda s: (s.begin, -s.end))
    atoms, _ = _without(body, 0, len(body.atoms), statements, 0, -1, found)
    names = [
        f"(names {word} {' '.join(sorted(names))})"
        for word, names in (("local", scope.bound), ("global", scope.globals), ("nonlocal", scope.nonlocals))
    ]
    return digest_of(REST, [*atoms, *names, "generator" if scope.is_generator else "-"]), tuple(found)


def _without(
    body: PartDraft, begin: int, end: int, statements: list[Statement], position: int, outer: int, found: list[Piece]
) -> tuple[list[str], int]:
    """The atoms from `begin` to `end` without the statements in them, which go to `found`; and the position of the first statement after them."""
    atoms: list[str] = []
    at = begin
    while position < len(statements) and statements[position].begin < end:
        statement = statements[position]
        _take(body, at, statement.begin, outer, atoms, found)
        number = len(found)
        found.append(Piece(outer, statement.line, statement.end_line, b""))
        own, position = _without(body, statement.begin, statement.end, statements, position + 1, number, found)
        found[number] = Piece(outer, statement.line, statement.end_line, bytes(digest_of(PIECE, own))[:16])
        atoms.append("(piece)")
        at = statement.end
    _take(body, at, end, outer, atoms, found)
    return atoms, position


def _take(body: PartDraft, begin: int, end: int, outer: int, atoms: list[str], found: list[Piece]) -> None:
    """The atoms from `begin` to `end`, in which there is no statement; the body of a local function among them is a piece."""
    at = begin
    for inner in body.inner:
        if begin <= inner.at < end:
            atoms += body.atoms[at : inner.at]
            atoms.append(inner.form)
            at = inner.at + 1
            number = len(found)
            found.append(Piece(outer, inner.line, inner.end_line, bytes(inner.rest)[:16]))
            found += [Piece(number + 1 + p.outer if p.outer >= 0 else number, p.line, p.end_line, p.digest) for p in inner.pieces]
    atoms += body.atoms[at:end]

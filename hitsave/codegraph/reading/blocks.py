"""Lines and blocks of statements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hitsave.codegraph.canonical import GUARD, digest_of, string_atom
from hitsave.codegraph.frontend import cst
from hitsave.codegraph.reading.drafts import PartDraft, Statement
from hitsave.codegraph.reading.pieces import is_piece
from hitsave.codegraph.reading.syntax import docstring_of
from hitsave.codegraph.reading.values import Values
from hitsave.codegraph.scopes import Scope


class Blocks(Values):
    """Reads statements in their order, wherever they stand."""

    def module_body(self) -> None:
        """Walk over everything, and settle all uses."""
        self.empty_lines(self.module.header)
        for statement in self.module.body:
            self.visit(statement)
        self.empty_lines(self.module.footer)
        self.scope.close()

    def simple_line(self, node: cst.SimpleStatementLine) -> None:
        self.empty_lines(node.leading_lines)
        self.smalls(node)

    def smalls(self, node: cst.SimpleStatementLine | cst.SimpleStatementSuite) -> None:
        kind = self.scope.kind
        for position, small in enumerate(node.body):
            if kind == "module":
                self.top_level(small, node, position)
            elif kind == "class":
                self.class_level(small, node, position)
            else:
                self.visitors[type(small)](self, small)
            if self.continued:
                self.gap(getattr(small, "semicolon", None))
        self.last = (self.line, node)
        self.comment(node.trailing_whitespace.comment)
        self.line += 1

    def suite(self, body: cst.BaseSuite, doc: PartDraft | None = None) -> None:
        """The statements of a block, without the node around them. `doc` takes the docstring."""
        if doc is not None and (docstring := docstring_of(body)) is not None:
            doc.docstring += ["(docstring", string_atom(docstring), ")"]
        if type(body) is cst.IndentedBlock:
            self.end_of_line(body.header)
            if self.functions and self.scope.kind == "function":
                self.statements(body)
            else:
                for statement in body.body:
                    self.visitors[type(statement)](self, statement)
            self.empty_lines(body.footer)
        else:
            assert isinstance(body, cst.SimpleStatementSuite)
            self.gap(body.leading_whitespace)
            self.smalls(body)

    def statements(self, body: cst.IndentedBlock) -> None:
        """The statements of a block in a function, each of which may be a piece of it."""
        noted = self.part.statements
        for statement in body.body:
            begin, line = len(self.atoms), self.line
            self.visitors[type(statement)](self, statement)
            if is_piece(statement):
                noted.append(Statement(begin, len(self.atoms), line, self.line - 1))

    def block(self, node: Any) -> None:
        """A block as a node: the body of something, its ``else`` or ``finally``, or nothing."""
        self.atoms.append("(do")
        if type(node) is cst.Else or type(node) is cst.Finally:
            self.empty_lines(node.leading_lines)
            self.gap(node.whitespace_before_colon)
            self.suite(node.body)
        elif node is not None:
            self.suite(node)
        self.atoms.append(")")

    def ignored(self, body: cst.BaseSuite) -> None:
        """A block that only type checkers read."""
        drafts = len(self.drafts)
        saved = self.enter(PartDraft(), Scope("function", self.scope))
        self.suite(body)
        self.leave(saved)
        del self.drafts[drafts:]

    def under(self, atoms: Sequence[str], part: PartDraft | None, body: Any) -> None:
        """Walk over a block at module level that stands under a condition. `body` is a suite, or what walks over the block."""
        kept = (self.guard, self.guards, self.conditions)
        self.stand_under(atoms, part)
        if callable(body):
            body()
        else:
            self.suite(body)
        self.guard, self.guards, self.conditions = kept

    def stand_under(self, atoms: Sequence[str], part: PartDraft | None) -> None:
        """From here on, what is at module level stands under one more condition, of which `part` is what it reads."""
        self.guard = digest_of(GUARD, [*self.guard_atoms(), *atoms])
        if part is not None:
            self.guards = (*self.guards, part)
        self.conditions += 1

    def under_else(self, atoms: Sequence[str], part: PartDraft | None, node: cst.Else | cst.Finally | None) -> None:
        if node is not None:
            self.empty_lines(node.leading_lines)
            self.gap(node.whitespace_before_colon)
            self.under(atoms, part, node.body)

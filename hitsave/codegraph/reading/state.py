"""Where a reader stands: the line, the scope and the part that what it reads belongs to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, TypeAlias

from hitsave.codegraph.canonical import identifier
from hitsave.codegraph.facts import ImportOrigin
from hitsave.codegraph.frontend import cst
from hitsave.codegraph.reading.drafts import DefinitionDraft, PartDraft
from hitsave.codegraph.reading.syntax import TOKENS, Name, ParenthesizedWhitespace, SimpleWhitespace
from hitsave.codegraph.scopes import Scope, Use
from hitsave.digest import Digest

_IMPORT: Final = re.compile(r"(?:^|[;:])\s*(?:lazy\s+)?(?:import|from)\b", re.MULTILINE)
_DIRECTIVE: Final = re.compile(r"#\s*hitsave:\s*([^#]*)")

Saved: TypeAlias = tuple[PartDraft, list[str], Scope, dict[tuple[str, ...], Use]]
Visitors: TypeAlias = dict[type[cst.CSTNode], Callable[..., None]]


class State:
    """The state of one walk over one statement, and the steps that all else is made of."""

    def __init__(self, text: str, module: cst.Module, visitors: Visitors) -> None:
        self.module = module
        self.lines = text.split("\n")
        self.drafts: list[DefinitionDraft] = []
        self.directives: list[tuple[int, str]] = []
        self.line: int = 1
        self.last: tuple[int, cst.SimpleStatementLine | cst.SimpleStatementSuite | None] = (
            1,
            None,
        )  # the latest simple statements, and where they ended

        self.continued = "\\\n" in text
        self.has_directives = "hitsave:" in text
        self.has_imports = _IMPORT.search(text) is not None  # then no name of a function is settled before its end, because an import may bind it too
        self.ascii = text.isascii()

        self.scope: Scope = Scope("module", None)
        self.part: PartDraft = PartDraft()
        self.atoms: list[str] = self.part.atoms
        self.seen: dict[tuple[str, ...], Use] = {}
        self.muted = False

        self.prefix = ""
        self.conditions: int = 0  # how many compound statements stand around, up to the innermost function or class
        self.functions: int = 0  # how many functions stand around
        self.runs_at_import: bool = True  # False under `if __name__ == "__main__"`
        self.guard: Digest | None = None
        self.guards: tuple[PartDraft, ...] = ()

        self.members: list[str] = []  # of the innermost class
        self.local_members: list[tuple[str, PartDraft]] = []  # of the innermost local class: each member's complete form, and what it uses
        self.unsettled: list[str] = []  # names that the current statement of a class binds
        self.walruses: list[str] | None = None  # names bound by `:=` at module level
        self.targets: list[tuple[Use, int]] | None = None  # what the current statement may change; None where that is nobody's business
        self.every_call = False  # whether each call may change what it is given, or only known mutating methods
        self.chain: Use | None = None  # the use that the expression read last is, if it is one chain from end to end
        self.literal = False  # whether only constants and displays were met since this was set
        self.in_annotation: bool = False
        self.stored_to: Any = None  # the attribute that is stored to, or read only to be stored under the same name
        self.rhs = (0, 0)  # where the right-hand side of the latest assignment stands in `atoms`
        self.annotation_part: PartDraft | None = None

        self.visitors = visitors

    def visit(self, node: cst.CSTNode) -> None:
        """Read a node whose value, if it has one, goes on to somewhere unknown."""
        self.visitors[type(node)](self, node)

    def enter(self, part: PartDraft, scope: Scope) -> Saved:
        """From here on, atoms and uses belong to `part`, and names are looked up in `scope`; what `leave` needs to go back."""
        saved = (self.part, self.atoms, self.scope, self.seen)
        self.part, self.atoms, self.scope, self.seen = part, part.atoms, scope, {}
        return saved

    def leave(self, saved: Saved) -> None:
        self.part, self.atoms, self.scope, self.seen = saved

    def gap(self, space: Any) -> None:
        """Count the line breaks in a piece of whitespace or around a token; anything else has none."""
        kind = space.__class__
        if kind is SimpleWhitespace:
            if self.continued:
                self.line += space.value.count("\n")
        elif kind is ParenthesizedWhitespace:
            self.comment(space.first_line.comment)
            self.line += 1
            self.empty_lines(space.empty_lines)
            if self.continued:
                self.line += space.last_line.value.count("\n")
        elif kind in TOKENS:
            for field in TOKENS[kind]:
                self.gap(getattr(space, field))

    def gaps(self, spaces: Iterable[Any]) -> None:
        for space in spaces:
            self.gap(space)

    def empty_lines(self, lines: Sequence[cst.EmptyLine]) -> None:
        if self.has_directives:
            for line in lines:
                self.comment(line.comment)
                self.line += 1
        else:
            self.line += len(lines)

    def end_of_line(self, space: cst.TrailingWhitespace) -> None:
        self.comment(space.comment)
        self.line += 1

    def comment(self, comment: cst.Comment | None) -> None:
        if self.has_directives and comment is not None and (match := _DIRECTIVE.search(comment.value)):
            self.directives.append((self.line, match[1].strip()))

    def around(self, token: Any) -> None:
        """`gap` of a token with whitespace on both sides, which are by far the most frequent."""
        if type(token.whitespace_after) is not SimpleWhitespace or type(token.whitespace_before) is not SimpleWhitespace or self.continued:
            self.gap(token)

    def written(self, name: Name) -> str:
        return name.value if self.ascii else identifier(name.value)

    def read(self, path: tuple[str, ...], line: int, *, whole: bool) -> Use | None:
        """Note that a chain is read; None if it is known to be local."""
        if path[0] in self.scope.settled or self.muted:
            return None
        use = self.seen.get(path)
        if use is None:
            use = self.seen[path] = Use(path, line, whole=whole)
            self.part.uses.append(use)
            self.scope.uses.append(use)
        elif whole:
            use.whole = True
        return use

    def read_import(self, path: tuple[str, ...], origin: ImportOrigin, *, whole: bool) -> Use | None:
        """Note that a chain is read whose first name is a module imported on the spot."""
        if self.muted:
            return None
        use = Use.of_import(path, self.line, origin, whole=whole)
        self.part.uses.append(use)
        return use

    def bind(self, name: str, *, scope: Scope | None = None) -> None:
        scope = scope or self.scope
        if not scope.bind(name):
            if scope.kind != "module" and name in scope.globals:
                self.part.stores.add(name)
        elif scope.kind == "class":
            if self.conditions == 0:
                self.unsettled.append(name)
        elif not self.has_imports:
            scope.settled.add(name)

    def settle(self) -> None:
        """A statement of a class is over: what it bound is bound for certain."""
        if self.unsettled:
            self.scope.settled.update(name for name in self.unsettled if name not in self.scope.imports)
            self.unsettled.clear()

    def place(self, draft: DefinitionDraft) -> None:
        """Note the conditions that a definition stands under."""
        kind = self.scope.function().kind
        draft.conditional = self.conditions > 0 and kind in {"module", "class"}
        if kind == "module":
            draft.guards, draft.guard = self.guards, self.guard

    def guard_atoms(self) -> list[str]:
        return [] if self.guard is None or self.scope.kind != "module" else [f"@{self.guard}"]

    def indentation(self, line: int) -> int:
        text = self.lines[line - 1]
        return len(text) - len(text.lstrip(" \t\f"))

    def end_of_last(self) -> tuple[int, int]:
        """Where the latest simple statement ends."""
        line, statements = self.last
        length = len(self.lines[line - 1])
        if statements is not None:
            trailing = statements.trailing_whitespace
            length -= len(trailing.whitespace.value) + (len(trailing.comment.value) if trailing.comment is not None else 0)
            semicolon = getattr(statements.body[-1], "semicolon", None)
            if isinstance(semicolon, cst.Semicolon):
                length -= len(self.module.code_for_node(semicolon))
        return line, length

    def end_of(self, code: list[str], line: int, column: int) -> tuple[int, int]:
        """Where code of these lines ends that begins at `line` and `column`; libcst leaves the indentation out of the lines of a lone node."""
        if len(code) == 1:
            return line, column + len(code[0])
        last = line + len(code) - 1
        return last, self.indentation(last) + len(code[-1].lstrip(" \t\f")) if last <= len(self.lines) else 0

"""Simple statements at module and class level: the values that they give names, and the effects that they have."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from hitsave.codegraph.canonical import SHELL, digest_of
from hitsave.codegraph.facts import Span
from hitsave.codegraph.frontend import cst
from hitsave.codegraph.reading.drafts import DefinitionDraft, PartDraft
from hitsave.codegraph.reading.simple import Simple
from hitsave.codegraph.reading.syntax import MaybeSentinel, bound_by, unpacked
from hitsave.codegraph.scopes import Use
from hitsave.digest import Digest


class Values(Simple):
    """Makes definitions of what module-level statements bind and change."""

    def top_level(self, node: cst.BaseSmallStatement, line: cst.SimpleStatementLine | cst.SimpleStatementSuite, position: int) -> None:
        """A simple statement at module level: a value for each name that it binds, and an effect if it may change anything."""
        start, slot = self.line, len(self.drafts)
        part = PartDraft()
        saved = self.enter(part, self.scope)
        self.walruses, self.targets, self.every_call = [], [], isinstance(node, (cst.Expr, cst.Assert))
        self.annotation_part = PartDraft()
        self.chain = None
        self.visit(node)
        self.leave(saved)
        walruses, targets, annotation = self.walruses, self.targets, self.annotation_part
        self.walruses = self.targets = self.annotation_part = None
        bound = list(bound_by(node, self.ascii))
        if not (bound or walruses or targets):
            return
        span = self.small_span(line, position, start)
        drafts: list[DefinitionDraft] = []
        if bound:
            augmented = isinstance(node, cst.AugAssign)
            value = digest_of(SHELL, part.atoms if augmented else part.atoms[self.rhs[0] : self.rhs[1]])
            for name, way in bound:
                draft = self.value(name, way, value, span, part)
                draft.doc = annotation
                draft.literal = self.literal and not augmented
                draft.alias = self.chain if way == "." else None
                drafts.append(draft)
        drafts += self.rest(walruses, targets, span, part)
        self.drafts[slot:slot] = drafts

    def class_level(self, node: cst.BaseSmallStatement, line: cst.SimpleStatementLine | cst.SimpleStatementSuite, position: int) -> None:
        """A simple statement of a class: part of its shell, and an effect if it may change anything outside the class."""
        start, slot = self.line, len(self.drafts)
        part = PartDraft()
        saved = self.enter(part, self.scope)
        self.targets, self.every_call = [] if not self.functions else None, isinstance(node, cst.Expr)
        self.visit(node)
        self.leave(saved)
        targets, self.targets = self.targets, None
        self.part.absorb(part)
        self.atoms += part.atoms
        self.settle()
        if targets:
            self.drafts[slot:slot] = self.rest([], targets, self.small_span(line, position, start), part)

    def header(self, node: Any, read: Callable[[], None], targets: Sequence[Any] = ()) -> PartDraft:
        """Read what stands before the colon of a compound statement at module level; it is a condition of what stands below, and may bind names itself."""
        del node
        start, slot = self.line, len(self.drafts)
        part = PartDraft()
        saved = self.enter(part, self.scope)
        self.walruses, self.targets, self.every_call = [], [], False
        read()
        self.leave(saved)
        walruses, changes = self.walruses, self.targets
        self.walruses = self.targets = None
        self.chain = None
        end = min(self.line, len(self.lines))
        span = Span(start, self.indentation(start), end, len(self.lines[end - 1]), start)
        value = digest_of(SHELL, part.atoms)
        self.conditions += 1
        drafts = [self.value(name, way, value, span, part) for target in targets for name, way in unpacked(target, self.ascii)]
        drafts += self.rest(walruses, changes, span, part)
        self.conditions -= 1
        self.drafts[slot:slot] = drafts
        return part

    def value(self, name: str, way: str, value: Digest, span: Span, part: PartDraft) -> DefinitionDraft:
        """The value that one name is given: `way` says how it is unpacked from what has the digest `value`."""
        draft = DefinitionDraft(name, "value", span, shell=part)
        draft.shell_digest = digest_of(SHELL, ["(value", way, f"@{value}", *self.guard_atoms(), ")"])
        self.place(draft)
        return draft

    def rest(self, walruses: Sequence[str], targets: list[tuple[Use, int]], span: Span, part: PartDraft) -> Iterator[DefinitionDraft]:
        """The values that ``:=`` and patterns bind, and the effect."""
        whole = digest_of(SHELL, part.atoms)
        for name in dict.fromkeys(walruses):
            yield self.value(name, f":={name}", whole, span, part)
        if targets and self.runs_at_import:
            effect = DefinitionDraft("<effect>", "effect", span, shell=part, targets=targets)
            effect.shell_digest = digest_of(SHELL, ["(effect", f"@{whole}", *self.guard_atoms(), ")"])
            self.place(effect)
            yield effect

    def small_span(self, node: cst.SimpleStatementLine | cst.SimpleStatementSuite, position: int, start: int) -> Span:
        """Where a simple statement stands that begins on line `start` and was just read."""
        trailing = node.trailing_whitespace
        after = len(trailing.whitespace.value) + (len(trailing.comment.value) if trailing.comment is not None else 0)
        small = node.body[position]
        if len(node.body) == 1 and isinstance(node, cst.SimpleStatementLine) and isinstance(getattr(small, "semicolon", None), MaybeSentinel):
            return Span(start, self.indentation(start), self.line, len(self.lines[self.line - 1]) - after, start)
        codes = [self.module.code_for_node(s) for s in node.body]
        if isinstance(node, cst.SimpleStatementLine):
            column = self.indentation(start) if position == 0 else 0
        else:
            column = 0
        if position or isinstance(node, cst.SimpleStatementSuite):
            column = self.lines[start - 1].find(codes[position].split("\n")[0], self.shared_line_offset(node, codes, position, start))
        semicolon = getattr(small, "semicolon", None)
        own = codes[position]
        if isinstance(semicolon, cst.Semicolon):
            own = own[: len(own) - len(self.module.code_for_node(semicolon))]
        column = max(column, 0)
        return Span(start, column, *self.end_of(own.split("\n"), start, column), start)

    def shared_line_offset(self, node: cst.SimpleStatementLine | cst.SimpleStatementSuite, codes: list[str], position: int, start: int) -> int:
        """A column before which the small statement at `position` can't begin, because others stand there."""
        line = self.lines[start - 1]
        before = "".join(codes[:position])
        if "\n" in before:
            return len(before.rpartition("\n")[2])
        if isinstance(node, cst.SimpleStatementLine):
            return self.indentation(start) + len(before)
        whole = (
            "".join(codes)
            + node.trailing_whitespace.whitespace.value
            + (node.trailing_whitespace.comment.value if node.trailing_whitespace.comment else "")
        )
        return max(len(line) - len(whole), 0) + len(before) if "\n" not in whole else 0

"""Compound statements.

In a function or class, one is a node of the part around it. At module level it is no definition itself: what stands in it is defined *under conditions*.
"""

from __future__ import annotations

from collections.abc import Callable

from hitsave.codegraph.frontend import cst
from hitsave.codegraph.reading.drafts import PartDraft
from hitsave.codegraph.reading.patterns import Patterns
from hitsave.codegraph.reading.syntax import is_main, type_checking
from hitsave.codegraph.scopes import Scope


class Reader(Patterns):
    """Reads a whole statement."""

    def if_(self, node: cst.If) -> None:
        if self.scope.kind == "module":
            self.top_if(node)
            return
        closing = 0
        self.conditions += 1
        following: cst.If | cst.Else | None = node
        while isinstance(following, cst.If):
            branch = following
            following = branch.orelse
            self.empty_lines(branch.leading_lines)
            checking = type_checking(branch.test)
            if checking is not None:
                saved = self.enter(PartDraft(), self.scope)
                self.if_test(branch)
                self.leave(saved)
                if checking:
                    self.ignored(branch.body)
                    if isinstance(following, cst.Else):
                        self.else_inline(following)
                        following = None
                    continue
                self.suite(branch.body)
                self.ignored_rest(following)
                following = None
                break
            self.atoms.append("(if")
            self.if_test(branch)
            self.block(branch.body)
            if type(following) is cst.If:
                self.atoms.append("(do")
                closing += 1
            else:
                self.block(following)
                self.atoms.append(")")
                following = None
        self.atoms += [")", ")"] * closing
        self.conditions -= 1

    def if_test(self, node: cst.If) -> None:
        self.gap(node.whitespace_before_test)
        self.use(node.test)
        self.gap(node.whitespace_after_test)

    def else_inline(self, node: cst.Else) -> None:
        self.empty_lines(node.leading_lines)
        self.gap(node.whitespace_before_colon)
        self.suite(node.body)

    def ignored_rest(self, node: cst.If | cst.Else | None) -> None:
        while node is not None:
            self.empty_lines(node.leading_lines)
            if isinstance(node, cst.Else):
                self.gap(node.whitespace_before_colon)
                self.ignored(node.body)
                return
            saved = self.enter(PartDraft(), Scope("function", self.scope))
            self.if_test(node)
            self.leave(saved)
            self.ignored(node.body)
            node = node.orelse

    def while_(self, node: cst.While) -> None:
        self.empty_lines(node.leading_lines)
        if self.scope.kind == "module":
            part = self.header(node, lambda: self.while_test(node))
            self.under(["while", *part.atoms], part, node.body)
            self.under_else(["while-else", *part.atoms], part, node.orelse)
            return
        self.conditions += 1
        self.atoms.append("(while")
        self.while_test(node)
        self.block(node.body)
        self.block(node.orelse)
        self.atoms.append(")")
        self.conditions -= 1

    def while_test(self, node: cst.While) -> None:
        self.gap(node.whitespace_after_while)
        self.use(node.test)
        self.gap(node.whitespace_before_colon)

    def for_(self, node: cst.For) -> None:
        self.empty_lines(node.leading_lines)
        if self.scope.kind == "module":
            part = self.header(node, lambda: self.for_header(node), targets=(node.target,))
            self.under(["for", *part.atoms], part, node.body)
            self.under_else(["for-else", *part.atoms], part, node.orelse)
            return
        self.conditions += 1
        self.atoms.append("(for" if node.asynchronous is None else "(async-for")
        self.for_header(node)
        self.block(node.body)
        self.block(node.orelse)
        self.atoms.append(")")
        self.conditions -= 1

    def for_header(self, node: cst.For) -> None:
        self.gaps((node.asynchronous, node.whitespace_after_for))
        self.store(node.target)
        self.gaps((node.whitespace_before_in, node.whitespace_after_in))
        self.use(node.iter)
        self.gap(node.whitespace_before_colon)

    def with_(self, node: cst.With) -> None:
        self.empty_lines(node.leading_lines)
        if self.scope.kind == "module":
            targets = [item.asname.name for item in node.items if item.asname is not None]
            part = self.header(node, lambda: self.with_items(node), targets=targets)
            self.under(["with", *part.atoms], part, node.body)
            return
        self.conditions += 1
        self.atoms.append("(with" if node.asynchronous is None else "(async-with")
        self.with_items(node)
        self.block(node.body)
        self.atoms.append(")")
        self.conditions -= 1

    def with_items(self, node: cst.With) -> None:
        self.gaps((node.asynchronous, node.whitespace_after_with, node.lpar))
        for item in node.items:
            if item.asname is not None:
                self.atoms.append("(as")
                self.use(item.item)
                self.gaps((item.asname.whitespace_before_as, item.asname.whitespace_after_as))
                self.store(item.asname.name)
                self.atoms.append(")")
            else:
                self.use(item.item)
            self.gap(item.comma)
        self.gaps((node.rpar, node.whitespace_before_colon))

    def try_(self, node: cst.Try | cst.TryStar) -> None:
        self.empty_lines(node.leading_lines)
        self.gap(node.whitespace_before_colon)
        if self.scope.kind == "module":
            self.top_try(node)
            return
        self.conditions += 1
        self.atoms.append("(try")
        self.block(node.body)
        for handler in node.handlers:
            self.atoms.append("(except" if isinstance(node, cst.Try) else "(except*")
            self.handler_header(handler)
            self.block(handler.body)
            self.atoms.append(")")
        self.block(node.orelse)
        self.block(node.finalbody)
        self.atoms.append(")")
        self.conditions -= 1

    def handler_header(self, node: cst.ExceptHandler | cst.ExceptStarHandler) -> None:
        self.empty_lines(node.leading_lines)
        self.gaps((node.whitespace_after_except, getattr(node, "whitespace_after_star", None)))
        if node.type is None:
            self.atoms.append("-")
        else:
            self.use(node.type)
        if node.name is None:
            self.atoms.append("-")
        else:
            self.gaps((node.name.whitespace_before_as, node.name.whitespace_after_as))
            self.store(node.name.name)
        self.gap(node.whitespace_before_colon)

    def match(self, node: cst.Match) -> None:
        self.empty_lines(node.leading_lines)
        if self.scope.kind == "module":
            self.top_match(node)
            return
        self.conditions += 1
        self.atoms.append("(match")
        self.match_subject(node)
        for case in node.cases:
            self.empty_lines(case.leading_lines)
            self.atoms.append("(case")
            self.case_header(case)
            self.block(case.body)
            self.atoms.append(")")
        self.empty_lines(node.footer)
        self.atoms.append(")")
        self.conditions -= 1

    def match_subject(self, node: cst.Match) -> None:
        self.gap(node.whitespace_after_match)
        self.visit(node.subject)
        self.gap(node.whitespace_before_colon)
        self.end_of_line(node.whitespace_after_colon)

    def case_header(self, node: cst.MatchCase) -> None:
        self.gap(node.whitespace_after_case)
        self.visit(node.pattern)
        self.gaps((node.whitespace_before_if, node.whitespace_after_if))
        if node.guard is None:
            self.atoms.append("-")
        else:
            self.use(node.guard)
        self.gap(node.whitespace_before_colon)

    def top_if(self, node: cst.If) -> None:
        kept = (self.guard, self.guards, self.conditions, self.runs_at_import)
        following: cst.If | cst.Else | None = node
        while isinstance(following, cst.If):
            branch = following
            following = branch.orelse
            self.empty_lines(branch.leading_lines)
            checking = type_checking(branch.test)
            if checking is not None:
                saved = self.enter(PartDraft(), Scope("function", self.scope))
                self.if_test(branch)
                self.leave(saved)
                if checking:
                    self.ignored(branch.body)
                    continue
                self.suite(branch.body)
                self.ignored_rest(following)
                following = None
                break
            part = self.header(branch, lambda: self.if_test(branch))  # noqa: B023 - called at once
            self.runs_at_import = kept[3] and not is_main(branch.test)
            self.under(["if", *part.atoms], part, branch.body)
            self.runs_at_import = kept[3]
            self.stand_under(["else", *part.atoms], part)  # as all that follows does
        if following is not None:
            self.else_inline(following)
        self.guard, self.guards, self.conditions, self.runs_at_import = kept

    def top_try(self, node: cst.Try | cst.TryStar) -> None:
        self.under(["try"], None, node.body)
        for handler in node.handlers:
            header = handler
            part = self.header(node, lambda: self.handler_header(header))  # noqa: B023 - called at once
            self.under(["except", *part.atoms], part, handler.body)
        self.under_else(["try-else"], None, node.orelse)
        self.under_else(["finally"], None, node.finalbody)

    def top_match(self, node: cst.Match) -> None:
        subject = self.header(node, lambda: self.match_subject(node))
        for case in node.cases:
            self.empty_lines(case.leading_lines)
            this = case
            # What a pattern binds depends on the subject too.
            self.guard_for(subject, lambda: self.top_case(node, this, subject))  # noqa: B023 - called at once
        self.empty_lines(node.footer)

    def guard_for(self, subject: PartDraft, body: Callable[[], None]) -> None:
        self.under(["match", *subject.atoms], subject, body)

    def top_case(self, node: cst.Match, case: cst.MatchCase, subject: PartDraft) -> None:
        part = self.header(node, lambda: self.case_header(case))
        for draft in self.drafts:
            if draft.shell is part:
                draft.shell = PartDraft()
                draft.shell.absorb(subject)
                draft.shell.absorb(part)
        self.under(["case", *part.atoms], part, case.body)

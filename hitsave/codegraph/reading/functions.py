"""Functions, lambdas and classes."""

from __future__ import annotations

import re
from typing import Any, Final

from hitsave.codegraph.canonical import BODY, DECORATOR, SHELL, digest_of
from hitsave.codegraph.facts import Span
from hitsave.codegraph.frontend import cst
from hitsave.codegraph.reading.blocks import Blocks
from hitsave.codegraph.reading.drafts import DecoratorDraft, DefinitionDraft, Inner, PartDraft
from hitsave.codegraph.reading.pieces import pieces_of
from hitsave.codegraph.reading.syntax import PLAIN_DECORATORS, PRIMARIES, Call, Comma
from hitsave.codegraph.scopes import Leads, Scope, Use

_LAMBDA: Final = re.compile(r"\blambda\b")


class Functions(Blocks):
    """Reads definitions: their decorators, shells and bodies, each a part of its own."""

    def function(self, node: cst.FunctionDef) -> None:
        self.empty_lines(node.leading_lines)
        around = self.scope
        draft = self.begin_definition(node, "function")
        draft.is_async = node.asynchronous is not None
        self.gaps((node.asynchronous, node.whitespace_after_def, node.whitespace_after_name))
        shell, body, doc = draft.shell, PartDraft(), PartDraft()
        typed = around
        if node.type_parameters is not None:
            typed = Scope("type parameters", around)
            saved = self.enter(doc, typed)
            self.type_parameters(node.type_parameters)
            self.leave(saved)
        self.gaps((node.whitespace_after_type_parameters, node.whitespace_before_params))

        saved = self.enter(shell, around)
        shell.atoms.append("(async-function" if draft.is_async else "(function")
        names = self.parameters(node.params, doc, typed)
        shell.atoms.append(")")
        self.leave(saved)
        if node.returns is not None:
            self.annotation(node.returns, doc, typed, "return")
        self.gap(node.whitespace_before_colon)

        scope = draft.scope = self.function_scope(typed, names)
        saved = self.enter(body, scope)
        draft.body_line = self.line + 1
        self.within(node.body, draft.name + ".<locals>.", doc)
        body.atoms += [f"(local {name})" for name in scope.only_declared()]
        scope.close()
        if typed is not around:
            documenting = set(map(id, doc.uses))
            used = {use.path[0] for use in typed.uses if use.path[0] in typed.bound and id(use) not in documenting}
            body.atoms += [f"(type-parameter {name})" for name in sorted(used)]
            typed.close()
        self.leave(saved)

        draft.body, draft.doc = body, doc
        draft.rest, draft.pieces = pieces_of(body, scope)
        self.end_definition(draft, node, [body])

    def lambda_(self, node: cst.Lambda) -> None:
        self.literal = False
        self.gaps(node.lpar)
        line = self.line
        draft = DefinitionDraft(self.prefix + "<lambda>", "lambda", Span(line, 0, line, 0, line))
        self.place(draft)
        self.drafts.append(draft)
        self.gap(node.whitespace_after_lambda)
        saved = self.enter(draft.shell, self.scope)
        self.atoms.append("(function")
        names = self.parameters(node.params, None, self.scope)
        self.atoms.append(")")
        self.leave(saved)
        self.gap(node.colon)

        body = draft.body = PartDraft()
        scope = draft.scope = self.function_scope(self.scope, names)
        saved = self.enter(body, scope)
        kept = (self.prefix, self.targets, self.conditions, self.functions)
        self.prefix, self.targets, self.conditions, self.functions = draft.name + ".<locals>.", None, 0, self.functions + 1
        self.visit(node.body)
        self.prefix, self.targets, self.conditions, self.functions = kept
        self.leave(saved)
        scope.close()

        draft.span = self.lambda_span(node, line)
        draft.shell_digest, draft.body_digest = digest_of(SHELL, draft.shell.atoms), digest_of(BODY, body.atoms)
        self.atoms.append(f"(lambda @{draft.shell_digest} @{draft.body_digest})")
        self.part.absorb(draft.shell)
        self.part.absorb(body)
        self.chain = None
        self.gaps(node.rpar)

    def function_scope(self, around: Scope, names: list[str]) -> Scope:
        scope = Scope("function", around)
        scope.bound.update(names)
        if not self.has_imports:
            scope.settled.update(names)
        return scope

    def parameters(self, node: cst.Parameters, doc: PartDraft | None, typed: Scope) -> list[str]:
        """Write the parameters; their names. Annotations go to `doc`, and are looked up in `typed`."""
        names: list[str] = []
        for parameter in node.posonly_params:
            self.parameter(parameter, "", names, doc, typed)
        if isinstance(node.posonly_ind, cst.ParamSlash):
            self.atoms.append("/")
            self.gap(node.posonly_ind)
        for parameter in node.params:
            self.parameter(parameter, "", names, doc, typed)
        if isinstance(node.star_arg, cst.Param):
            self.parameter(node.star_arg, "*", names, doc, typed)
        elif isinstance(node.star_arg, cst.ParamStar):
            self.atoms.append("*")
            self.gap(node.star_arg)
        for parameter in node.kwonly_params:
            self.parameter(parameter, "", names, doc, typed)
        if node.star_kwarg is not None:
            self.parameter(node.star_kwarg, "**", names, doc, typed)
        return names

    def parameter(self, node: cst.Param, star: str, names: list[str], doc: PartDraft | None, typed: Scope) -> None:
        name = self.written(node.name)
        names.append(name)
        self.gap(node.whitespace_after_star)
        self.atoms.append(star + name + ("" if node.default is None else "="))
        if node.annotation is not None and doc is not None:
            self.annotation(node.annotation, doc, typed, name)
        if node.default is not None:
            self.gap(node.equal)
            self.visit(node.default)
        if type(node.comma) is Comma:
            self.around(node.comma)
        self.gap(node.whitespace_after_param)

    def class_(self, node: cst.ClassDef) -> None:
        self.empty_lines(node.leading_lines)
        around = self.scope
        draft = self.begin_definition(node, "class")
        self.gaps((node.whitespace_after_class, node.whitespace_after_name))
        shell, doc = draft.shell, PartDraft()
        shell.atoms.append("(class")
        typed = around if node.type_parameters is None else Scope("type parameters", around)
        saved = self.enter(shell, typed)
        if node.type_parameters is not None:
            self.type_parameters(node.type_parameters)
        self.gaps((node.whitespace_after_type_parameters, node.lpar))
        self.atoms.append("(bases")
        for base in (*node.bases, *node.keywords):
            self.arguments((base,))
            is_base = base.star == "" and (base.keyword is None or base.keyword.value == "metaclass")
            if is_base and self.chain is not None and isinstance(base.value, PRIMARIES):
                draft.bases.append(self.chain)
        self.atoms.append(")")
        self.gaps((node.rpar, node.whitespace_before_colon))
        self.leave(saved)

        scope = Scope("class", typed)
        scope.settled |= {"__module__", "__qualname__"}
        saved = self.enter(shell, scope)
        kept = (self.members, self.local_members, self.unsettled)
        self.members, self.local_members, self.unsettled = draft.members, [], []
        self.within(node.body, draft.name + ".", doc, in_function=0)
        parts = [part for _, part in self.local_members]
        complete = [text for text, _ in self.local_members]
        self.members, self.local_members, self.unsettled = kept
        shell.atoms.append(")")
        self.leave(saved)
        scope.close()
        if typed is not around:
            typed.close()
        draft.doc = doc
        self.end_definition(draft, node, parts, " ".join(complete))

    def within(self, body: cst.BaseSuite, prefix: str, doc: PartDraft, *, in_function: int = 1) -> None:
        """Walk over the body of a function or class, whose docstring goes to `doc`."""
        kept = (self.prefix, self.conditions, self.functions, self.targets, self.walruses, self.in_annotation)
        self.prefix, self.conditions, self.functions, self.targets, self.walruses, self.in_annotation = (
            prefix,
            0,
            self.functions + in_function,
            None,
            None,
            False,
        )
        self.suite(body, doc)
        self.prefix, self.conditions, self.functions, self.targets, self.walruses, self.in_annotation = kept

    def begin_definition(self, node: Any, kind: Any) -> DefinitionDraft:
        """Enter a function or class, read its decorators, and note where it stands."""
        name = self.written(node.name)
        draft = DefinitionDraft(name if name in self.scope.globals else self.prefix + name, kind, Span(0, 0, 0, 0, 0))
        self.place(draft)
        self.drafts.append(draft)
        first = self.line
        targets: list[tuple[Use, int]] = []
        for decorator in node.decorators:
            self.empty_lines(decorator.leading_lines)
            if decorator is node.decorators[0]:
                first = self.line
            draft.decorators.append(self.decorator(decorator, targets))
        self.empty_lines(node.lines_after_decorators)
        if not node.decorators:
            first = self.line
        draft.span = Span(first, self.indentation(first), 0, 0, self.line)
        draft.targets = targets
        return draft

    def decorator(self, node: cst.Decorator, targets: list[tuple[Use, int]]) -> DecoratorDraft:
        part = PartDraft()
        saved = self.enter(part, self.scope)
        kept = (self.targets, self.every_call)
        self.targets, self.every_call = targets, True
        self.gap(node.whitespace_after_at)
        self.use(node.decorator)
        called = node.decorator.func if isinstance(node.decorator, Call) else node.decorator
        use = self.chain if called is node.decorator else self.dotted_use(called)
        if use is not None and called is node.decorator and use.path not in PLAIN_DECORATORS:
            targets.append((use, len(use.path) - 1 or 1))
        self.targets, self.every_call = kept
        self.leave(saved)
        self.end_of_line(node.trailing_whitespace)
        return DecoratorDraft(part, digest_of(DECORATOR, part.atoms), use)

    def end_definition(self, draft: DefinitionDraft, node: Any, parts: list[PartDraft], members: str = "") -> None:
        """Leave a function or class: its digests, its end, and its place in what stands around."""
        span = draft.span
        end_line, end_column = self.end_of_last()
        draft.span = Span(span.line, span.column, end_line, end_column, span.name_line)
        draft.shell_digest = digest_of(SHELL, draft.shell.atoms)
        if draft.body is not None:
            draft.body_digest = digest_of(BODY, draft.body.atoms)
        name = self.written(node.name)
        word = "class" if draft.kind == "class" else "def"
        around = self.scope
        self.bind(name)
        if around.kind != "module":
            complete = PartDraft()
            for part in (*(d.draft for d in draft.decorators), draft.shell, *parts):
                complete.absorb(part)
            shell = " ".join([f"({word} {name}", *(f"@{d.digest}" for d in draft.decorators), f"/ @{draft.shell_digest}"])
            form = f"{shell} @{draft.body_digest} {members})"
            if around.kind == "class":
                self.members.append(draft.name)
                self.atoms.append(f"({word} {name})")
                if self.functions:
                    self.local_members.append((form, complete))
                self.settle()
            else:
                if draft.rest is not None:
                    self.part.inner.append(Inner(len(self.atoms), shell + ")", draft.body_line, self.line - 1, draft.rest, draft.pieces))
                self.atoms.append(form)
                self.part.absorb(complete)
        for decorator in draft.decorators:
            rest = decorator.draft
            draft.shell.attributes |= rest.attributes
            draft.shell.looked_at += rest.looked_at
            draft.shell.mutates += rest.mutates
            draft.shell.uses += [use for use in rest.uses if use.why is not None]
        targets, draft.targets = draft.targets, []
        if targets and not self.functions and self.runs_at_import:
            self.drafts.append(self.decoration(draft, targets))

    def decoration(self, draft: DefinitionDraft, targets: list[tuple[Use, int]]) -> DefinitionDraft:
        """The effect that the decorators of a definition may have: they are given the definition, which `targets` may keep."""
        span = Span(draft.span.line, draft.span.column, draft.span.name_line, len(self.lines[draft.span.name_line - 1]), draft.span.name_line)
        effect = DefinitionDraft("<effect>", "effect", span, targets=targets)
        self.place(effect)
        for decorator in draft.decorators:
            effect.shell.absorb(decorator.draft)
        own = Use(tuple(draft.name.split(".")), draft.span.name_line, whole=True)
        own.leads = Leads.GLOBAL
        effect.shell.uses.append(own)
        atoms = ["(effect (decorated", draft.name, *(f"@{d.digest}" for d in draft.decorators), ")", *self.guard_atoms(), ")"]
        effect.shell_digest = digest_of(SHELL, atoms)
        return effect

    def lambda_span(self, node: cst.Lambda, line: int) -> Span:
        text = self.module.code_for_node(node.with_changes(lpar=[], rpar=[])).split("\n")
        source = self.lines[line - 1] if line <= len(self.lines) else ""
        earlier = [d.span.column for d in self.drafts if d.kind == "lambda" and d.span.name_line == line and d.span.end_column]
        # Lambdas are met in source order, but closed inner first: those that begin to the right of this one are inside it, and follow it in the list.
        taken = len([d for d in self.drafts if d.kind == "lambda" and d.span.name_line == line and not d.span.end_column]) - 1
        starts = [match.start() for match in _LAMBDA.finditer(source)]
        exact = [start for start in starts if source.startswith(text[0], start) and start not in earlier]
        column = exact[min(max(taken, 0), len(exact) - 1)] if exact else 0
        return Span(line, column, *self.end_of(text, line, column), line)

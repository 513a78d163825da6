"""Simple statements, as they are written into the part around them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hitsave.codegraph.facts import ImportOrigin
from hitsave.codegraph.frontend import cst
from hitsave.codegraph.reading.drafts import PartDraft
from hitsave.codegraph.reading.expressions import Expressions
from hitsave.codegraph.reading.syntax import OPENINGS, OPERATORS, Attribute, Name, is_constant
from hitsave.codegraph.reflection import LOOKED_AT
from hitsave.codegraph.scopes import Scope


class Simple(Expressions):
    """Reads statements of one line: assignments, imports, ``return``, ``del``."""

    def expression(self, node: cst.Expr) -> None:
        """An expression for its effect; a constant has none, and is not written."""
        before = len(self.atoms)
        self.use(node.value)
        if is_constant(node.value):
            del self.atoms[before:]

    def nothing(self, node: cst.CSTNode) -> None:
        """``pass`` is not written: a block that is empty can only have had it."""

    def word(self, node: cst.CSTNode) -> None:
        self.atoms.append("(break)" if isinstance(node, cst.Break) else "(continue)")

    def return_(self, node: cst.Return) -> None:
        self.atoms.append("(return")
        self.gap(node.whitespace_after_return)
        self.optional(node.value)
        self.atoms.append(")")

    def raise_(self, node: cst.Raise) -> None:
        self.atoms.append("(raise")
        self.gap(node.whitespace_after_raise)
        self.optional(node.exc)
        if node.cause is not None:
            self.gaps((node.cause.whitespace_before_from, node.cause.whitespace_after_from))
            self.visit(node.cause.item)
        self.atoms.append(")")

    def assert_(self, node: cst.Assert) -> None:
        self.atoms.append("(assert")
        self.gap(node.whitespace_after_assert)
        self.use(node.test)
        if node.msg is not None:
            self.gap(node.comma)
            self.visit(node.msg)
        self.atoms.append(")")

    def delete(self, node: cst.Del) -> None:
        self.atoms.append("(del")
        self.gap(node.whitespace_after_del)
        self.deleted(node.target)
        self.atoms.append(")")

    def deleted(self, node: Any) -> None:
        if isinstance(node, (cst.Tuple, cst.List)):
            self.gaps((*node.lpar, getattr(node, "lbracket", None)))
            for element in node.elements:
                self.deleted(element.value)
                self.gap(element.comma)
            self.gaps((getattr(node, "rbracket", None), *node.rpar))
            return
        self.store(node)
        if isinstance(node, Name):
            name = self.written(node)
            if self.scope.kind == "class":
                self.scope.settled.discard(name)
                self.unsettled.clear()
            elif self.targets is not None and (use := self.read((name,), self.line, whole=False)) is not None:
                self.targets.append((use, 1))

    def assign(self, node: cst.Assign) -> None:
        self.atoms.append("(=")
        for target in node.targets:
            self.store(target.target)
            if self.continued:
                self.gaps((target.whitespace_before_equal, target.whitespace_after_equal))
        if type(node.value) is Attribute and all(type(t.target) is Attribute and t.target.attr.value == node.value.attr.value for t in node.targets):
            self.stored_to = node.value
        self.right_hand_side(node.value)
        self.atoms.append(")")

    def right_hand_side(self, value: cst.BaseExpression) -> None:
        begins = len(self.atoms)
        self.literal = True
        kind: Any = type(value)
        self.visitors[kind](self, value)
        self.rhs = (begins, len(self.atoms))
        if kind is not Name and kind not in OPENINGS:
            self.chain = None

    def assign_annotated(self, node: cst.AnnAssign) -> None:
        kind = self.scope.kind
        in_parens = bool(node.target.lpar) if isinstance(node.target, Name) else False
        if kind == "class":
            self.atoms.append("(:" if not in_parens else "(:()")
            if node.value is None and isinstance(node.target, Name):
                self.name_only(node.target)
            else:
                self.store(node.target)
            self.annotation(node.annotation, self.part, self.scope, "-")
            self.gap(node.equal)
            self.optional(node.value)
            self.atoms.append(")")
            return
        if node.value is None:
            if isinstance(node.target, Name) and not in_parens and kind != "module":
                name = self.written(node.target)
                if name not in self.scope.globals:
                    self.scope.declared.add(name)
            before = len(self.atoms)
            if isinstance(node.target, Name):
                self.name_only(node.target)
            else:
                self.primary(node.target, store=True)
            del self.atoms[before:]
        else:
            self.atoms.append("(=")
            self.store(node.target)
        part = self.annotation_part if kind == "module" and self.annotation_part is not None else PartDraft()
        drafts = len(self.drafts)
        self.annotation(node.annotation, part, Scope("function", self.scope) if kind != "module" else self.scope, "-")
        del self.drafts[drafts:]
        if node.value is not None:
            self.gap(node.equal)
            self.right_hand_side(node.value)
            self.atoms.append(")")

    def name_only(self, node: Name) -> None:
        self.gaps((*node.lpar, *node.rpar))
        self.atoms.append(self.written(node))

    def assign_augmented(self, node: cst.AugAssign) -> None:
        self.atoms.append("(" + OPERATORS[type(node.operator)])
        if isinstance(node.target, Name):
            name = self.written(node.target)
            use = self.read((name,), self.line, whole=False)
            self.store(node.target)
            if self.targets is not None and use is not None and self.scope.kind == "module":
                self.targets.append((use, 1))
        else:
            self.store(node.target)
            if type(node.target) is Attribute:
                name = self.written(node.target.attr)
                if name in LOOKED_AT:
                    self.part.looked_at.append(name)
        self.gap(node.operator)
        self.use(node.value)
        self.atoms.append(")")

    def global_(self, node: cst.Global) -> None:
        self.gap(node.whitespace_after_global)
        self.declare("(global", node.names, self.scope.globals)

    def nonlocal_(self, node: cst.Nonlocal) -> None:
        self.gap(node.whitespace_after_nonlocal)
        self.declare("(nonlocal", node.names, self.scope.nonlocals)

    def declare(self, opening: str, items: Sequence[cst.NameItem], declared: Any) -> None:
        self.atoms.append(opening)
        for item in items:
            name = self.written(item.name)
            declared.add(name)
            self.scope.settled.discard(name)
            self.atoms.append(name)
            self.gap(item.comma)
        self.atoms.append(")")

    def import_(self, node: Any) -> None:
        self.gap(getattr(node, "whitespace_after_lazy", None))
        self.gap(node.whitespace_after_import)
        self.atoms.append("(import")
        for alias in node.names:
            module = self.dotted_name(alias.name)
            self.part.imports.append((self.line, ImportOrigin(module, 0, None)))
            if alias.asname is not None:
                bound = self.alias(alias.asname)
                self.atoms.append(f"{module}={bound}")
                self.imported(bound, ImportOrigin(module, 0, None))
            else:
                self.atoms.append(module)
                top = module.partition(".")[0]
                self.imported(top, ImportOrigin(top, 0, None))
            self.gap(alias.comma)
        self.atoms.append(")")

    def import_from(self, node: Any) -> None:
        self.gap(getattr(node, "whitespace_after_lazy", None))
        self.gap(node.whitespace_after_from)
        self.gaps(node.relative)
        level = len(node.relative)
        module = "" if node.module is None else self.dotted_name(node.module)
        self.gaps((node.whitespace_before_import, node.whitespace_after_import, node.lpar))
        self.atoms += ["(from", "." * level + module]
        if isinstance(node.names, cst.ImportStar):
            self.part.imports.append((self.line, ImportOrigin(module, level, "*")))
            self.atoms.append("*")
        else:
            for alias in node.names:
                name = self.dotted_name(alias.name)
                origin = ImportOrigin(module, level, name)
                self.part.imports.append((self.line, origin))
                if alias.asname is not None:
                    bound = self.alias(alias.asname)
                    self.atoms.append(f"{name}={bound}")
                else:
                    bound = name
                    self.atoms.append(name)
                self.imported(bound, origin)
                self.gap(alias.comma)
        self.atoms.append(")")
        self.gap(node.rpar)

    def dotted_name(self, node: Any) -> str:
        names: list[str] = []
        while isinstance(node, Attribute):
            self.gap(node.dot)
            names.append(self.written(node.attr))
            node = node.value
        names.append(self.written(node))
        return ".".join(reversed(names))

    def alias(self, node: cst.AsName) -> str:
        self.gaps((node.whitespace_before_as, node.whitespace_after_as))
        assert isinstance(node.name, Name)
        return self.written(node.name)

    def imported(self, name: str, origin: ImportOrigin) -> None:
        if name in self.scope.globals:
            self.part.stores.add(name)
        self.scope.import_as(name, origin)

    def type_alias(self, node: cst.TypeAlias) -> None:
        name = self.written(node.name)
        self.gap(node.whitespace_after_type)
        self.atoms += ["(type", name]
        self.bind(name)
        begins = len(self.atoms)
        scope = Scope("type parameters", self.scope)
        saved = self.enter(self.part, scope)
        self.gap(node.whitespace_after_name)
        if node.type_parameters is not None:
            self.type_parameters(node.type_parameters)
        self.gaps((node.whitespace_after_type_parameters, node.whitespace_after_equals))
        self.right_hand_side(node.value)
        self.rhs = (begins, len(self.atoms))
        self.leave(saved)
        scope.close()
        self.literal, self.chain = False, None
        self.atoms.append(")")

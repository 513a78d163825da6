"""Displays, comprehensions, operators, targets of assignments, annotations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hitsave.codegraph.frontend import cst
from hitsave.codegraph.reading.drafts import PartDraft
from hitsave.codegraph.reading.literals import Literals
from hitsave.codegraph.reading.syntax import (
    COMPREHENSIONS,
    OPERATORS,
    STARRED_DICT_COMPREHENSION,
    Attribute,
    Comma,
    Element,
    Name,
    StarredElement,
    Subscript,
)
from hitsave.codegraph.scopes import Scope


class Expressions(Literals):
    """Reads every expression that is more than a chain or a constant."""

    def tuple_(self, node: cst.Tuple) -> None:
        if node.lpar:
            self.gaps(node.lpar)
        self.elements("(tuple", node.elements)
        if node.rpar:
            self.gaps(node.rpar)

    def list_(self, node: cst.List) -> None:
        if node.lpar:
            self.gaps(node.lpar)
        self.gap(node.lbracket.whitespace_after)
        self.elements("(list", node.elements)
        self.gap(node.rbracket.whitespace_before)
        if node.rpar:
            self.gaps(node.rpar)

    def set_(self, node: cst.Set) -> None:
        if node.lpar:
            self.gaps(node.lpar)
        self.gap(node.lbrace.whitespace_after)
        self.elements("(set", node.elements)
        self.gap(node.rbrace.whitespace_before)
        if node.rpar:
            self.gaps(node.rpar)

    def elements(self, opening: str, elements: Sequence[cst.BaseElement]) -> None:
        self.atoms.append(opening)
        visitors = self.visitors
        for element in elements:
            if type(element) is Element:
                value = element.value
                visitors[type(value)](self, value)
            else:
                visitors[type(element)](self, element)
            if type(element.comma) is Comma:
                self.around(element.comma)
        self.atoms.append(")")

    def starred(self, node: StarredElement) -> None:
        self.gaps(node.lpar)
        self.literal = False
        self.atoms.append("*")
        self.gap(node.whitespace_before_value)
        self.use(node.value)
        self.gaps(node.rpar)

    def dict_(self, node: cst.Dict) -> None:
        if node.lpar:
            self.gaps(node.lpar)
        self.gap(node.lbrace.whitespace_after)
        self.atoms.append("(dict")
        for element in node.elements:
            if isinstance(element, cst.DictElement):
                self.visit(element.key)
                self.gap(element.whitespace_before_colon)
                self.gap(element.whitespace_after_colon)
                self.visit(element.value)
            else:
                self.literal = False
                self.atoms.append("**")
                assert isinstance(element, cst.StarredDictElement)
                self.gap(element.whitespace_before_value)
                self.use(element.value)
            if type(element.comma) is Comma:
                self.around(element.comma)
        self.atoms.append(")")
        self.gap(node.rbrace.whitespace_before)
        if node.rpar:
            self.gaps(node.rpar)

    def comprehension(self, node: Any) -> None:
        """A comprehension or generator. Its first iterable is read in the scope around, the rest in its own, which a class's names don't reach."""
        kind = node.__class__
        self.literal = False
        self.gaps(node.lpar)
        self.gap(getattr(node, "lbracket", None))
        self.gap(getattr(node, "lbrace", None))
        self.atoms.append(COMPREHENSIONS[kind])
        prefix = self.prefix
        if kind is cst.GeneratorExp:
            self.prefix += "<genexpr>.<locals>."
        around, seen_around = self.scope, self.seen
        scope = Scope("comprehension", around)
        saved = self.enter(self.part, scope)
        if kind is cst.DictComp:
            self.visit(node.key)
            self.gap(node.whitespace_before_colon)
            self.gap(node.whitespace_after_colon)
            self.visit(node.value)
        elif kind is STARRED_DICT_COMPREHENSION:
            self.atoms.append("**")
            self.gap(node.whitespace_before_value)
            self.use(node.value)
        else:
            self.visit(node.elt)
        clause: cst.CompFor | None = node.for_in
        while clause is not None:
            self.gap(clause.whitespace_before)
            self.gap(clause.asynchronous)
            self.atoms.append("(for" if clause.asynchronous is None else "(async-for")
            self.gap(clause.whitespace_after_for)
            self.store(clause.target)
            self.gap(clause.whitespace_before_in)
            self.gap(clause.whitespace_after_in)
            if clause is node.for_in:
                seen, self.scope, self.seen = self.seen, around, seen_around
                self.use(clause.iter)
                self.scope, self.seen = scope, seen
            else:
                self.use(clause.iter)
            for condition in clause.ifs:
                self.gap(condition.whitespace_before)
                self.gap(condition.whitespace_before_test)
                self.use(condition.test)
            self.atoms.append(")")
            clause = clause.inner_for_in
        self.leave(saved)
        scope.close()
        self.prefix = prefix
        self.atoms.append(")")
        self.gap(getattr(node, "rbracket", None))
        self.gap(getattr(node, "rbrace", None))
        self.gaps(node.rpar)

    def binary(self, node: cst.BinaryOperation) -> None:
        """``a + b + c`` leans to the left, as deep as it is long: it is read in a loop."""
        self.literal = False
        chain: list[cst.BinaryOperation] = []
        left: cst.BaseExpression = node
        while type(left) is cst.BinaryOperation:
            if left.lpar:
                self.gaps(left.lpar)
            self.atoms.append("(" + OPERATORS[type(left.operator)])
            chain.append(left)
            left = left.left
        self.use(left)
        for link in reversed(chain):
            self.around(link.operator)
            self.use(link.right)
            self.atoms.append(")")
            if link.rpar:
                self.gaps(link.rpar)

    def boolean(self, node: cst.BooleanOperation) -> None:
        """``a and b and c`` is one node of three, however it is bracketed: it means the same."""
        self.literal = False
        self.atoms.append("(" + OPERATORS[type(node.operator)])
        pending: list[Any] = [node]
        while pending:
            item = pending.pop()
            if type(item) is cst.BooleanOperation and type(item.operator) is type(node.operator):
                self.gaps(item.lpar)
                pending += [item.rpar, item.right, item.operator, item.left]
            elif isinstance(item, cst.BaseExpression):
                self.visit(item)
            elif isinstance(item, cst.CSTNode):
                self.gap(item)
            else:
                self.gaps(item)
        self.atoms.append(")")

    def unary(self, node: cst.UnaryOperation) -> None:
        if node.lpar:
            self.gaps(node.lpar)
        self.literal = self.literal and type(node.operator) in {cst.Minus, cst.Plus}
        self.atoms.append(f"({OPERATORS[type(node.operator)]}1")
        self.gap(node.operator)
        self.use(node.expression)
        self.atoms.append(")")
        if node.rpar:
            self.gaps(node.rpar)

    def comparison(self, node: cst.Comparison) -> None:
        self.literal = False
        if node.lpar:
            self.gaps(node.lpar)
        self.atoms.append("(compare")
        self.visit(node.left)
        for target in node.comparisons:
            self.atoms.append(OPERATORS[type(target.operator)])
            self.gap(target.operator)
            self.visit(target.comparator)
        self.atoms.append(")")
        if node.rpar:
            self.gaps(node.rpar)

    def if_expression(self, node: cst.IfExp) -> None:
        self.literal = False
        self.gaps(node.lpar)
        self.atoms.append("(if-else")
        self.visit(node.body)
        self.gaps((node.whitespace_before_if, node.whitespace_after_if))
        self.use(node.test)
        self.gaps((node.whitespace_before_else, node.whitespace_after_else))
        self.visit(node.orelse)
        self.atoms.append(")")
        self.gaps(node.rpar)

    def walrus(self, node: cst.NamedExpr) -> None:
        self.literal = False
        self.gaps(node.lpar)
        assert isinstance(node.target, Name)
        name = self.written(node.target)
        self.atoms += ["(:=", name]
        self.gaps((node.whitespace_before_walrus, node.whitespace_after_walrus))
        self.visit(node.value)
        scope = self.scope.function()
        self.bind(name, scope=scope)
        if scope.kind == "module" and self.walruses is not None:
            self.walruses.append(name)
        self.atoms.append(")")
        self.gaps(node.rpar)

    def awaited(self, node: cst.Await) -> None:
        self.literal = False
        self.gaps(node.lpar)
        self.atoms.append("(await")
        self.gap(node.whitespace_after_await)
        self.use(node.expression)
        self.atoms.append(")")
        self.gaps(node.rpar)

    def yielded(self, node: cst.Yield) -> None:
        self.literal = False
        self.scope.function().is_generator = True
        self.gaps(node.lpar)
        self.gap(node.whitespace_after_yield)
        if isinstance(node.value, cst.From):
            self.atoms.append("(yield-from")
            self.gaps((node.value.whitespace_before_from, node.value.whitespace_after_from))
            self.use(node.value.item)
        else:
            self.atoms.append("(yield")
            self.optional(node.value)
        self.atoms.append(")")
        self.gaps(node.rpar)

    def store(self, node: Any) -> None:
        """Read what is assigned to."""
        kind = node.__class__
        if kind is Name:
            self.gaps(node.lpar)
            name = self.written(node)
            self.atoms.append(name)
            self.bind(name)
            self.gaps(node.rpar)
        elif kind is Attribute or kind is Subscript:
            self.primary(node, store=True)
        elif kind is cst.Tuple or kind is cst.List:
            self.gaps(node.lpar)
            self.atoms.append("(tuple")
            self.gap(getattr(node, "lbracket", None))
            for element in node.elements:
                self.store(element if isinstance(element, StarredElement) else element.value)
                self.gap(element.comma)
            self.gap(getattr(node, "rbracket", None))
            self.atoms.append(")")
            self.gaps(node.rpar)
        elif kind is StarredElement:
            self.gaps(node.lpar)
            self.atoms.append("*")
            self.gap(node.whitespace_before_value)
            self.store(node.value)
            self.gaps(node.rpar)
        else:  # not Python, though libcst takes it
            self.visit(node)

    def annotation(self, node: cst.Annotation, doc: PartDraft, scope: Scope, of: str) -> None:
        saved = self.enter(doc, scope)
        self.gap(node.whitespace_before_indicator)
        self.gap(node.whitespace_after_indicator)
        self.atoms += ["(annotation", of]
        was, self.in_annotation = self.in_annotation, True
        self.visit(node.annotation)
        self.in_annotation = was
        self.atoms.append(")")
        self.leave(saved)

    def type_parameters(self, node: cst.TypeParameters) -> None:
        """Write type parameters to the current part, and bind them in the current scope."""
        self.gap(node.lbracket)
        self.atoms.append("(type-parameters")
        for parameter in node.params:
            what = parameter.param
            name = self.written(what.name)
            if isinstance(what, cst.TypeVar):
                self.atoms.append(name)
                self.gap(what.colon)
                self.optional(what.bound)
            else:
                self.gap(what.whitespace_after_star)
                self.atoms += ["*" if isinstance(what, cst.TypeVarTuple) else "**", name]
            self.gap(parameter.equal)
            self.gap(parameter.whitespace_after_star)
            self.atoms.append(f"={parameter.star}")
            self.optional(parameter.default)
            self.gap(parameter.comma)
            self.scope.bound.add(name)
        self.atoms.append(")")
        self.gap(node.rbracket)

"""The patterns of ``match``."""

from __future__ import annotations

from hitsave.codegraph.frontend import cst
from hitsave.codegraph.reading.functions import Functions
from hitsave.codegraph.reading.syntax import Name
from hitsave.codegraph.reflection import LOOKED_AT


class Patterns(Functions):
    """Reads patterns; a sequence is one however it is bracketed."""

    def pattern_value(self, node: cst.MatchValue | cst.MatchSingleton) -> None:
        self.use(node.value)

    def pattern_sequence(self, node: cst.MatchList | cst.MatchTuple) -> None:
        self.gaps(node.lpar)
        self.gap(getattr(node, "lbracket", None))
        self.atoms.append("(sequence")
        for element in node.patterns:
            if isinstance(element, cst.MatchStar):
                self.gap(element.whitespace_before_name)
                self.atoms.append("*")
                self.capture(element.name)
            else:
                self.visit(element.value)
            self.gap(element.comma)
        self.atoms.append(")")
        self.gap(getattr(node, "rbracket", None))
        self.gaps(node.rpar)

    def pattern_mapping(self, node: cst.MatchMapping) -> None:
        self.gaps((*node.lpar, node.lbrace))
        self.atoms.append("(mapping")
        for element in node.elements:
            self.use(element.key)
            self.gaps((element.whitespace_before_colon, element.whitespace_after_colon))
            self.visit(element.pattern)
            self.gap(element.comma)
        if node.rest is not None:
            self.gap(node.whitespace_before_rest)
            self.atoms.append("**")
            self.capture(node.rest)
            self.gap(node.trailing_comma)
        self.atoms.append(")")
        self.gaps((node.rbrace, *node.rpar))

    def pattern_class(self, node: cst.MatchClass) -> None:
        self.gaps(node.lpar)
        self.atoms.append("(instance")
        self.visit(node.cls)
        self.gaps((node.whitespace_after_cls, node.whitespace_before_patterns))
        for element in node.patterns:
            self.visit(element.value)
            self.gap(element.comma)
        for keyword in node.kwds:
            name = self.written(keyword.key)
            self.part.attributes.add(name)
            if name in LOOKED_AT:
                self.part.looked_at.append(name)
            self.atoms.append(name + "=")
            self.gaps((keyword.whitespace_before_equal, keyword.whitespace_after_equal))
            self.visit(keyword.pattern)
            self.gap(keyword.comma)
        self.atoms.append(")")
        self.gap(node.whitespace_after_kwds)
        self.gaps(node.rpar)

    def pattern_as(self, node: cst.MatchAs) -> None:
        self.gaps(node.lpar)
        if node.pattern is None:
            self.capture(node.name)
        else:
            self.atoms.append("(as")
            self.visit(node.pattern)
            self.gaps((node.whitespace_before_as, node.whitespace_after_as))
            self.capture(node.name)
            self.atoms.append(")")
        self.gaps(node.rpar)

    def pattern_or(self, node: cst.MatchOr) -> None:
        self.gaps(node.lpar)
        self.atoms.append("(or")
        for element in node.patterns:
            self.visit(element.pattern)
            self.gap(element.separator)
        self.atoms.append(")")
        self.gaps(node.rpar)

    def capture(self, node: Name | None) -> None:
        """``=name`` for a name that is bound, ``_`` for none; a name that is compared with is a chain."""
        if node is None:
            self.atoms.append("_")
        else:
            name = self.written(node)
            self.atoms.append("=" + name)
            if self.scope.kind == "module":
                assert self.walruses is not None
                self.walruses.append(name)
            else:
                self.bind(name)

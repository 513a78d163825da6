"""Names, attributes, calls and items: what a statement reads from outside itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hitsave.codegraph.canonical import identifier
from hitsave.codegraph.frontend import cst
from hitsave.codegraph.reading.drafts import MUTATING_METHODS
from hitsave.codegraph.reading.special_calls import SpecialCalls
from hitsave.codegraph.reading.syntax import (
    CONSTANTS,
    OPENINGS,
    SPECIAL,
    Attribute,
    Call,
    Comma,
    Name,
    SimpleWhitespace,
)
from hitsave.codegraph.reflection import LOOKED_AT
from hitsave.codegraph.scopes import Use


class Chains(SpecialCalls):
    """Reads a name and whatever attributes, calls and items follow it."""

    def use(self, node: Any) -> None:
        """Read an expression whose value is used up on the spot."""
        kind = node.__class__
        if kind is Name:
            self.name(node, whole=False)
        elif kind is Attribute or kind is Call:
            self.primary(node, whole=False)
        else:
            self.visitors[kind](self, node)

    def name(self, node: Name, *, whole: bool = True) -> None:
        for paren in node.lpar:
            self.gap(paren.whitespace_after)
        value = node.value if self.ascii else identifier(node.value)
        self.atoms.append(value)
        self.chain = None
        if value not in CONSTANTS:
            self.literal = False
            if value not in self.scope.settled:
                self.chain = self.read((value,), self.line, whole=whole)
                if value in {"eval", "exec"} and self.chain is not None:
                    self.chain.why = value
        for paren in node.rpar:
            self.gap(paren.whitespace_before)

    def primary(self, node: cst.BaseExpression, *, whole: bool = True, store: bool = False) -> None:
        """A name followed by any number of ``.attribute``, ``(arguments)`` and ``[item]``. With `store`, the last of them is stored to, not read."""
        trailers: list[Any] = []
        base: Any = node
        while (kind := base.__class__) in OPENINGS:
            if base.lpar:
                self.gaps(base.lpar)
            trailers.append(base)
            base = base.func if kind is Call else base.value
        self.literal = False
        left = len(trailers)
        if kind is not Name:
            self.atoms.extend([OPENINGS[type(trailer)] for trailer in trailers])
            self.visit(base)
            self.trailers(trailers, left, None)
            self.chain = None
            return

        if base.lpar:
            self.gaps(base.lpar)
        line = self.line
        names = [self.written(base)]
        if base.rpar:
            self.gaps(base.rpar)
        last = 1 if store else 0
        looked_at = len(self.part.looked_at)
        if store:
            self.stored_to = trailers[0]
        while left > last and type(trailers[left - 1]) is Attribute:
            left -= 1
            names.append(self.attribute(trailers[left]))
        self.atoms.extend([OPENINGS[type(trailers[i])] for i in range(left)])
        self.atoms.append(".".join(names))
        if names[0] in CONSTANTS:
            self.trailers(trailers, left, None)
            self.chain = None
            return

        path = tuple(names)
        if (
            (path[0] in SPECIAL or path[-1] == "import_module")
            and left > last
            and type(trailers[left - 1]) is Call
            and self.special(path, line, trailers, left, whole)
        ):
            return
        if store and left == 1 and type(trailers[0]) is Attribute:
            use = self.read((*path, self.written(trailers[0].attr)), line, whole=False)
        else:
            use = self.read(path, line, whole=whole and left == 0)
        if use is not None and len(self.part.looked_at) > looked_at:
            use.looked_at += tuple(self.part.looked_at[looked_at:])
        if use is not None and left:
            self.note_changes(use, len(path), trailers, left, store=store)
        if self.in_annotation and path[-1] == "Literal":  # whose strings are no annotations
            self.in_annotation = False
            self.trailers(trailers, left, None)
            self.in_annotation = True
        else:
            self.trailers(trailers, left, None)
        self.chain = None if left else use

    def attribute(self, node: Attribute) -> str:
        """Read what stands after an attribute's object; its name."""
        dot = node.dot
        if type(dot.whitespace_before) is not SimpleWhitespace or type(dot.whitespace_after) is not SimpleWhitespace or self.continued:
            self.gap(dot)
        name = self.written(node.attr)
        self.part.attributes.add(name)
        if name in LOOKED_AT and node is not self.stored_to:
            self.part.looked_at.append(name)
        if node.rpar:
            self.gaps(node.rpar)
        return name

    def trailers(self, trailers: list[Any], left: int, muted_call: Call | None) -> None:
        """Read the innermost `left` of `trailers`, which is the order in which they stand in the text. The first argument of `muted_call` counts as no read."""
        for trailer in reversed(trailers[:left]):
            kind = trailer.__class__
            if kind is Attribute:
                self.atoms.append(self.attribute(trailer))
            elif kind is Call:
                self.gap(trailer.whitespace_after_func)
                self.gap(trailer.whitespace_before_args)
                self.arguments(trailer.args, mute_first=trailer is muted_call)
                if trailer.rpar:
                    self.gaps(trailer.rpar)
            else:
                self.gap(trailer.whitespace_after_value)
                self.gap(trailer.lbracket.whitespace_after)
                self.items(trailer.slice)
                self.gap(trailer.rbracket.whitespace_before)
                if trailer.rpar:
                    self.gaps(trailer.rpar)
            self.atoms.append(")")

    def arguments(self, arguments: Sequence[cst.Arg], *, mute_first: bool = False) -> None:
        atoms = self.atoms
        for argument in arguments:
            value = argument.value
            if argument.star:
                atoms.append(argument.star)
                self.gap(argument.whitespace_after_star)
            elif argument.keyword is not None:
                atoms.append(self.written(argument.keyword) + "=")
                self.around(argument.equal)
            if mute_first:
                mute_first = False
                was, self.muted = self.muted, True
                self.visit(value)
                self.muted = was
            elif argument.star:
                self.use(value)
            else:
                self.visitors[type(value)](self, value)
            if self.targets is not None and self.every_call and (use := self.dotted_use(value)) is not None:
                self.targets.append((use, len(use.path)))
            if type(argument.whitespace_after_arg) is not SimpleWhitespace or self.continued:
                self.gap(argument.whitespace_after_arg)
            comma = argument.comma
            if type(comma) is Comma:
                self.around(comma)

    def items(self, items: Sequence[cst.SubscriptElement]) -> None:
        """What stands in square brackets; several items, or one with a comma or a star, are one tuple."""
        first = items[0]
        is_tuple = len(items) > 1 or type(first.comma) is Comma or (type(first.slice) is cst.Index and bool(first.slice.star))
        if is_tuple:
            self.atoms.append("(tuple")
        for item in items:
            part: Any = item.slice
            if part.__class__ is cst.Index:
                if part.star:
                    self.atoms.append("*")
                    self.gap(part.whitespace_after_star)
                self.visit(part.value)
            else:
                self.atoms.append("(slice")
                self.optional(part.lower)
                self.gap(part.first_colon)
                self.optional(part.upper)
                self.gap(part.second_colon)
                self.optional(part.step)
                self.atoms.append(")")
            if type(item.comma) is Comma:
                self.around(item.comma)
        if is_tuple:
            self.atoms.append(")")

    def optional(self, node: cst.BaseExpression | None) -> None:
        if node is None:
            self.atoms.append("-")
        else:
            self.visit(node)

    def note_changes(self, use: Use, length: int, trailers: list[Any], left: int, *, store: bool) -> None:
        """Note what `trailers`, which follow the chain `use`, change: what is stored to, and what a method is called on."""
        inner = left - 1
        while inner > 0 and type(trailers[inner]) is not Call:
            inner -= 1
        is_call = type(trailers[inner]) is Call
        if not (is_call or store):
            return
        if is_call:
            if inner == left - 1:  # the chain itself is called
                method, length = use.path[-1] if length > 1 else "", length - 1 or 1
            else:
                callee = trailers[inner + 1]
                method = callee.attr.value if type(callee) is Attribute else ""
            # Who stores to what a library's function gave sets something of the library: ``decimal.getcontext().prec = 9``.
            changes = method in MUTATING_METHODS or (store and self.targets is not None)
        else:
            changes = True
        if changes:
            self.part.mutates.append((use, length))
        if self.targets is not None and (changes or self.every_call):
            self.targets.append((use, length))

    def dotted_use(self, node: cst.BaseExpression) -> Use | None:
        """The use of a plain chain that was just read."""
        names: list[str] = []
        while isinstance(node, Attribute):
            names.append(self.written(node.attr))
            node = node.value
        if not isinstance(node, Name):
            return None
        return self.seen.get((self.written(node), *reversed(names)))

    def special(self, path: tuple[str, ...], line: int, trailers: list[Any], left: int, whole: bool) -> bool:  # noqa: FBT001 - passed on as it came
        """Read a call of ``getattr``, ``import_module``, ``globals``, ``eval`` and their like; False if it is an ordinary call after all."""
        if path[0] in self.scope.settled or (path[1:] and path[-1] != "import_module"):
            return False
        callee = path[-1]
        function = self.read(path, line, whole=False)
        chain, used, muted = self.stands_for(callee, function, trailers, left)
        if chain is None:
            self.trailers(trailers, left, None)
            self.chain = None
            return True
        self.trailers(trailers[left - used :], used, muted)
        left -= used
        names = list(chain[0])
        about = callee in {"setattr", "delattr", "hasattr"}  # whose value is not what the chain leads to
        while left and not about and type(trailers[left - 1]) is Attribute:
            left -= 1
            names.append(self.attribute(trailers[left]))
            self.atoms += [names[-1], ")"]
        whole = whole and left == 0 and not about
        full = tuple(names)
        use = self.read(full, line, whole=whole) if chain[1] is None else self.read_import(full, chain[1], whole=whole)
        if use is not None:
            if callee in {"setattr", "delattr"}:
                self.part.mutates.append((use, len(full) - 1))
                if self.targets is not None:
                    self.targets.append((use, len(full) - 1))
            elif left:
                self.note_changes(use, len(full), trailers, left, store=False)
        self.trailers(trailers, left, None)
        self.chain = use if left == 0 and not about else None
        return True

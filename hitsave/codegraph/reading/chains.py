"""Names, attributes, calls and items: what a statement reads from outside itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hitsave.codegraph.canonical import identifier
from hitsave.codegraph.facts import ImportOrigin
from hitsave.codegraph.frontend import cst
from hitsave.codegraph.reading import nesting
from hitsave.codegraph.reading.drafts import MUTATING_METHODS
from hitsave.codegraph.reading.state import State
from hitsave.codegraph.reading.syntax import (
    CONSTANTS,
    OPENINGS,
    SPECIAL,
    Attribute,
    Call,
    Comma,
    Name,
    SimpleWhitespace,
    import_call,
    item_of_globals,
    text_argument,
)
from hitsave.codegraph.scopes import Scope, Use


class Chains(State):
    """Reads chains of names, and the calls that stand for one (``getattr``, ``import_module``, ``globals``, ``eval``)."""

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
                self.gap(argument.equal)
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
                self.end_of_comma(comma)

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
                self.end_of_comma(item.comma)
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
            changes = method in MUTATING_METHODS
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

    def stands_for(
        self, callee: str, function: Use | None, trailers: list[Any], left: int
    ) -> tuple[tuple[tuple[str, ...], ImportOrigin | None] | None, int, Call | None]:
        """The chain that a special call is, how many of `trailers` it takes in, and the call whose first argument is part of the chain.

        Where the text can't tell, `function`, the use of what is called, gets a `why`.
        """
        call: Call = trailers[left - 1]
        why: str | None = None
        if callee in {"getattr", "hasattr", "setattr", "delattr"}:
            attribute = text_argument(call, 1)
            if attribute is not None:
                self.part.attributes.add(attribute)
                inner = self.static_chain(call.args[0].value)
                if inner is not None:
                    return ((*inner[0], attribute), inner[1]), 1, call
        elif callee in {"import_module", "__import__"}:
            module = import_call(callee, call)
            if module is not None:
                return module, 1, None
            why = f"{callee}() of a computed name"
        elif callee == "globals" and not call.args:
            name, used = item_of_globals(trailers, left)
            if name is not None:
                return ((name,), None), used, None
            why = "globals()"
        elif callee in {"vars", "locals"}:
            if not call.args and self.scope.function().kind == "module":
                why = f"{callee}() of a module"
        elif callee in {"eval", "exec"} and not self.quoted_call(callee, call):
            why = f"{callee}() of computed code"
        if function is not None:
            function.why = function.why or why
        return None, 1, None

    def static_chain(self, node: cst.BaseExpression) -> tuple[tuple[str, ...], ImportOrigin | None] | None:
        """The chain that an expression is, literal ``getattr`` and ``import_module`` included, or None; notes the functions called on the way as read."""
        if isinstance(node, Name):
            name = self.written(node)
            return None if name in CONSTANTS else ((name,), None)
        if isinstance(node, Attribute):
            inner = self.static_chain(node.value)
            return None if inner is None else ((*inner[0], self.written(node.attr)), inner[1])
        if not isinstance(node, Call):
            return None
        if isinstance(node.func, Name) and node.func.value == "getattr":
            attribute = text_argument(node, 1)
            inner = self.static_chain(node.args[0].value) if attribute is not None else None
            return None if inner is None or attribute is None else ((*inner[0], attribute), inner[1])
        callee = self.static_chain(node.func)
        if callee is not None and callee[0][-1] in {"import_module", "__import__"}:
            found = import_call(callee[0][-1], node)
            if found is not None:
                self.read(callee[0], self.line, whole=False)
            return found
        return None

    def quoted_call(self, callee: str, call: Call) -> bool:
        """Read the code in a literal that is given to ``eval`` or ``exec``; False if there is none, or it can't be told what it binds."""
        text = text_argument(call, 0)
        if text is None or len(call.args) != 1:
            return False
        if callee == "eval":
            return self.quoted(text)
        if self.scope.function().kind != "function" or nesting.problem(text):
            return False
        try:
            module = cst.parse_module(text)
        except (cst.ParserSyntaxError, UnicodeEncodeError):
            return False
        scope = Scope("function", self.scope)
        with_atoms, drafts, line = len(self.atoms), len(self.drafts), self.line
        saved = self.enter(self.part, scope)
        for statement in module.body:
            self.visit(statement)
        self.leave(saved)
        scope.close()
        del self.atoms[with_atoms:], self.drafts[drafts:]
        self.line = line
        return True

    def quoted(self, text: str) -> bool:
        """Read the expression in a string as if it stood here, without writing it; False if it is none."""
        try:
            if nesting.problem(text):
                return False
            expression = cst.parse_expression(text.strip())
        except (cst.ParserSyntaxError, UnicodeEncodeError):
            return False
        atoms, drafts, line = len(self.atoms), len(self.drafts), self.line
        self.visit(expression)
        del self.atoms[atoms:], self.drafts[drafts:]
        self.line = line
        return True

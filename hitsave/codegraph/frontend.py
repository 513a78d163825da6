"""The front end: from the text of a top-level statement to its facts.

This is the only file that imports libcst, and nothing imports it before a text is met whose facts are not stored yet.

One walk over the tree, in the order of the source, does everything at once:

- it writes the canonical form of each part, atom by atom (`canonical`; docs/formats.md says how each node is written);
- it notes every chain of names that is read, and what each scope binds (`scopes`); what is local is known when the scopes are closed;
- it counts lines. libcst gives positions only through a provider that generates the whole code again, so the walk looks at every piece of
  whitespace that can hold a line break instead, which costs a tenth of that.

**Invariant:** facts are a function of the text alone. No interpreter's own parser has a say in them, so they are the same on every Python.
**Invariant:** nothing here raises for what a user wrote. Text that can't be analysed gives facts with an `error`.

How a node is read: `visit` dispatches by class; methods are named after what they read.
An expression whose value goes on to somewhere unknown is read by `visit`, one whose value is used up on the spot (called, tested, added to) by `use`;
that is the difference between ``Read.whole`` true and false.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final, TypeAlias

import libcst as cst
from libcst import (
    AssignEqual,
    Attribute,
    Call,
    Comma,
    Element,
    FormattedString,
    FormattedStringExpression,
    FormattedStringText,
    Integer,
    MaybeSentinel,
    Name,
    ParenthesizedWhitespace,
    SimpleString,
    SimpleWhitespace,
    StarredElement,
    Subscript,
    TemplatedString,
    TemplatedStringExpression,
    TemplatedStringText,
)

from hitsave.codegraph import nesting
from hitsave.codegraph.canonical import (
    BODY,
    DECORATOR,
    GUARD,
    SHELL,
    bytes_atom,
    digest_of,
    float_atom,
    identifier,
    imaginary_atom,
    integer_atom,
    split_literal,
    string_atom,
    unescape,
)
from hitsave.codegraph.drafts import MUTATING_METHODS, DecoratorDraft, DefinitionDraft, PartDraft
from hitsave.codegraph.facts import ImportOrigin, Span, StatementFacts
from hitsave.codegraph.scopes import Leads, Scope, Use
from hitsave.digest import Digest

_CONSTANTS: Final = frozenset({"True", "False", "None"})
_SPECIAL: Final = frozenset({"getattr", "hasattr", "setattr", "delattr", "__import__", "import_module", "globals", "vars", "locals", "eval", "exec"})
_PLAIN_DECORATORS: Final = frozenset({("property",), ("staticmethod",), ("classmethod",)})
_PRIMARIES: Final = (Name, Attribute, Call, Subscript)
_OPENINGS: Final[dict[type[cst.CSTNode], str]] = {Attribute: "(.", Call: "(call", Subscript: "(item"}
_DIRECTIVE: Final = re.compile(r"#\s*hitsave:\s*(.*?)\s*$")
_LAMBDA: Final = re.compile(r"\blambda\b")
_ERROR_AT: Final = re.compile(r"error at (\d+):\d+: (.*)", re.DOTALL)

_OPERATORS: Final[dict[type[cst.CSTNode], str]] = {
    cst.Add: "+", cst.Subtract: "-", cst.Multiply: "*", cst.Divide: "/", cst.FloorDivide: "//", cst.Modulo: "%", cst.Power: "**",
    cst.LeftShift: "<<", cst.RightShift: ">>", cst.BitOr: "|", cst.BitAnd: "&", cst.BitXor: "^", cst.MatrixMultiply: "@",
    cst.Plus: "+", cst.Minus: "-", cst.BitInvert: "~", cst.Not: "not", cst.And: "and", cst.Or: "or",
    cst.LessThan: "<", cst.GreaterThan: ">", cst.Equal: "==", cst.LessThanEqual: "<=", cst.GreaterThanEqual: ">=", cst.NotEqual: "!=",
    cst.In: "in", cst.NotIn: "not-in", cst.Is: "is", cst.IsNot: "is-not",
    cst.AddAssign: "+=", cst.SubtractAssign: "-=", cst.MultiplyAssign: "*=", cst.MatrixMultiplyAssign: "@=", cst.DivideAssign: "/=",
    cst.ModuloAssign: "%=", cst.BitAndAssign: "&=", cst.BitOrAssign: "|=", cst.BitXorAssign: "^=", cst.LeftShiftAssign: "<<=",
    cst.RightShiftAssign: ">>=", cst.PowerAssign: "**=", cst.FloorDivideAssign: "//=",
}  # fmt: skip

# Tokens that are nodes of their own, with the whitespace that belongs to them.
_AROUND: Final = ("whitespace_before", "whitespace_after")
_TOKENS: Final[dict[type[Any], tuple[str, ...]]] = {
    **dict.fromkeys(_OPERATORS, _AROUND),
    **dict.fromkeys((Comma, AssignEqual, cst.Colon, cst.Dot, cst.Semicolon), _AROUND),
    **dict.fromkeys((cst.Plus, cst.Minus, cst.BitInvert, cst.Not, cst.LeftParen, cst.LeftSquareBracket, cst.LeftCurlyBrace), ("whitespace_after",)),
    **dict.fromkeys((cst.RightParen, cst.RightSquareBracket, cst.RightCurlyBrace), ("whitespace_before",)),
    **dict.fromkeys((cst.NotIn, cst.IsNot), ("whitespace_before", "whitespace_between", "whitespace_after")),
    cst.Asynchronous: ("whitespace_after",),
    cst.ParamSlash: ("whitespace_after", "comma"),
    cst.ParamStar: ("comma",),
}

_Saved: TypeAlias = tuple[PartDraft, list[str], Scope, dict[tuple[str, ...], Use]]


def analyse_statement(text: str) -> StatementFacts:
    """The facts of `text`, one top-level statement in complete lines; leading comment lines and several statements on its lines are allowed.

    Lines in the facts count from 1 at the first line of `text`. Never raises: text that is not Python, or is nested beyond reason, gives `error`.

    >>> [d.name for d in analyse_statement("def f(): return g(1)").definitions]
    ['f']
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    try:
        if problem := nesting.problem(text):
            return StatementFacts((), problem)
        module = cst.parse_module(text)
        walk = _Walk(text, module)
        walk.module_body()
        return StatementFacts(tuple([d.definition() for d in walk.drafts]), None, tuple(walk.directives))
    except cst.ParserSyntaxError as wrong:
        return StatementFacts((), _syntax_error(wrong))
    except UnicodeEncodeError as wrong:
        return StatementFacts((), f"not text: {wrong.reason}")
    except RecursionError:
        return StatementFacts((), nesting.TOO_DEEP)
    except Exception as wrong:  # noqa: BLE001 - user text is data; a fault in libcst or here must not reach the user's call
        return StatementFacts((), f"not analysed: {type(wrong).__name__}: {wrong}")


class _Walk:  # noqa: PLR0904 - one method a kind of node
    """One walk over one statement."""

    def __init__(self, text: str, module: cst.Module) -> None:
        self.module = module
        self.lines = text.split("\n")
        self.drafts: list[DefinitionDraft] = []
        self.directives: list[tuple[int, str]] = []
        self.line = 1
        self.last: tuple[int, cst.TrailingWhitespace | None] = (1, None)  # where the latest simple statement ended, and what follows it there

        self.continued = "\\\n" in text
        self.has_directives = "hitsave:" in text
        self.has_imports = "import" in text  # then no name of a function is settled before its end, because an import may bind it too
        self.ascii = text.isascii()

        self.scope = Scope("module", None)
        self.part = PartDraft()
        self.atoms = self.part.atoms
        self.seen: dict[tuple[str, ...], Use] = {}
        self.muted = False

        self.prefix = ""
        self.conditions = 0  # how many compound statements stand around, up to the innermost function or class
        self.functions = 0  # how many functions stand around
        self.runs_at_import = True  # False under `if __name__ == "__main__"`
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
        self.in_annotation = False
        self.rhs = (0, 0)  # where the right-hand side of the latest assignment stands in `atoms`
        self.annotation_part: PartDraft | None = None

        self.visitors: dict[type[cst.CSTNode], Callable[..., None]] = {kind: getattr(self, name) for kind, name in _VISITORS.items()}

    # --- the frame -------------------------------------------------------------------------------------------------

    def module_body(self) -> None:
        """Walk over everything, and settle all uses."""
        self.empty_lines(self.module.header)
        for statement in self.module.body:
            self.visit(statement)
        self.empty_lines(self.module.footer)
        self.scope.close()

    def visit(self, node: cst.CSTNode) -> None:
        """Read a node whose value, if it has one, goes on to somewhere unknown."""
        self.visitors[type(node)](node)

    def use(self, node: cst.BaseExpression) -> None:
        """Read an expression whose value is used up on the spot."""
        kind = type(node)
        if kind is Name:
            self.name(node, whole=False)
        elif kind is Attribute or kind is Call:
            self.primary(node, whole=False)
        else:
            self.visitors[kind](node)

    def enter(self, part: PartDraft, scope: Scope) -> _Saved:
        """From here on, atoms and uses belong to `part`, and names are looked up in `scope`; what `leave` needs to go back."""
        saved = (self.part, self.atoms, self.scope, self.seen)
        self.part, self.atoms, self.scope, self.seen = part, part.atoms, scope, {}
        return saved

    def leave(self, saved: _Saved) -> None:
        self.part, self.atoms, self.scope, self.seen = saved

    # --- lines -----------------------------------------------------------------------------------------------------

    def gap(self, space: object) -> None:
        """Count the line breaks in a piece of whitespace or around a token; anything else has none."""
        kind = type(space)
        if kind is SimpleWhitespace:
            if self.continued:
                self.line += space.value.count("\n")  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
        elif kind is ParenthesizedWhitespace:
            assert isinstance(space, ParenthesizedWhitespace)
            self.comment(space.first_line.comment)
            self.line += 1
            self.empty_lines(space.empty_lines)
            if self.continued:
                self.line += space.last_line.value.count("\n")
        elif kind in _TOKENS:
            for field in _TOKENS[kind]:
                self.gap(getattr(space, field))

    def gaps(self, spaces: Iterable[object]) -> None:
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
        if self.has_directives and comment is not None and (match := _DIRECTIVE.match(comment.value)):
            self.directives.append((self.line, match[1]))

    def end_of_comma(self, comma: Comma) -> None:
        """`gap` of a comma, which is by far the most frequent token."""
        if type(comma.whitespace_after) is not SimpleWhitespace or type(comma.whitespace_before) is not SimpleWhitespace or self.continued:
            self.gap(comma.whitespace_before)
            self.gap(comma.whitespace_after)

    # --- names -----------------------------------------------------------------------------------------------------

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

    # --- names, attributes, calls, items ---------------------------------------------------------------------------

    def name(self, node: Name, *, whole: bool = True) -> None:
        for paren in node.lpar:
            self.gap(paren.whitespace_after)
        value = node.value if self.ascii else identifier(node.value)
        self.atoms.append(value)
        self.chain = None
        if value not in _CONSTANTS:
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
        while (kind := type(base)) in _OPENINGS:
            if base.lpar:
                self.gaps(base.lpar)
            trailers.append(base)
            base = base.func if kind is Call else base.value
        self.literal = False
        left = len(trailers)
        if kind is not Name:
            self.atoms.extend([_OPENINGS[type(trailer)] for trailer in trailers])
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
        self.atoms.extend([_OPENINGS[type(trailers[i])] for i in range(left)])
        self.atoms.append(".".join(names))
        if names[0] in _CONSTANTS:
            self.trailers(trailers, left, None)
            self.chain = None
            return

        path = tuple(names)
        if (path[0] in _SPECIAL or path[-1] == "import_module") and left > last and type(trailers[left - 1]) is Call and self.special(path, line, trailers, left, whole):
            return
        if store and left == 1 and type(trailers[0]) is Attribute:
            use = self.read((*path, self.written(trailers[0].attr)), line, whole=False)
        else:
            use = self.read(path, line, whole=whole and left == 0)
        if use is not None and left:
            self.note_changes(use, len(path), trailers, left, store=store)
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
            kind = type(trailer)
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
                self.visitors[type(value)](value)
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
            part = item.slice
            if isinstance(part, cst.Index):
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

    # --- calls that stand for something else -----------------------------------------------------------------------

    def special(self, path: tuple[str, ...], line: int, trailers: list[Any], left: int, whole: bool) -> bool:  # noqa: FBT001 - passed on as it came
        """Read a call of ``getattr``, ``import_module``, ``globals``, ``eval`` and their like; False if it is an ordinary call after all."""
        if path[0] in self.scope.settled or (len(path) > 1 and path[-1] != "import_module"):
            return False
        call: Call = trailers[left - 1]
        callee = path[-1]
        function = self.read(path, line, whole=False)
        muted: Call | None = None
        chain: tuple[tuple[str, ...], ImportOrigin | None] | None = None
        used = 1  # how many trailers the chain has taken in
        if callee in {"getattr", "hasattr", "setattr", "delattr"}:
            attribute = _text_argument(call, 1)
            inner = self.static_chain(call.args[0].value) if attribute is not None else None
            if attribute is not None:
                self.part.attributes.add(attribute)
            if attribute is not None and inner is not None:
                chain = ((*inner[0], attribute), inner[1])
                muted = call
        elif callee in {"import_module", "__import__"}:
            chain = _import_call(callee, call)
            if chain is None and function is not None:
                function.why = f"{callee}() of a computed name"
        elif callee == "globals" and not call.args:
            name, used = _item_of_globals(trailers, left)
            if name is not None:
                chain = ((name,), None)
            elif function is not None:
                function.why = "globals()"
        elif callee in {"vars", "locals"}:
            if not call.args and self.scope.function().kind == "module" and function is not None:
                function.why = f"{callee}() of a module"
        elif callee in {"eval", "exec"} and function is not None and not self.quoted_call(callee, call):
            function.why = f"{callee}() of computed code"

        if chain is None:
            self.trailers(trailers, left, None)
            self.chain = None
            return True
        self.trailers(trailers[left - used :], used, muted)
        left -= used
        names = list(chain[0])
        changes = callee in {"setattr", "delattr"}
        if callee not in {"setattr", "delattr", "hasattr"}:
            while left and type(trailers[left - 1]) is Attribute:
                left -= 1
                names.append(self.attribute(trailers[left]))
                self.atoms += [names[-1], ")"]
        ends = left == 0 and callee not in {"setattr", "delattr", "hasattr"}
        full = tuple(names)
        use = self.read(full, line, whole=whole and ends) if chain[1] is None else self.read_import(full, chain[1], whole=whole and ends)
        if use is not None:
            if changes:
                self.part.mutates.append((use, len(full) - 1))
            if changes and self.targets is not None:
                self.targets.append((use, len(full) - 1))
            if left:
                self.note_changes(use, len(full), trailers, left, store=False)
        self.trailers(trailers, left, None)
        self.chain = use if ends else None
        return True

    def static_chain(self, node: cst.BaseExpression) -> tuple[tuple[str, ...], ImportOrigin | None] | None:
        """The chain that an expression is, literal ``getattr`` and ``import_module`` included, or None; notes the functions called on the way as read."""
        if isinstance(node, Name):
            name = self.written(node)
            return None if name in _CONSTANTS else ((name,), None)
        if isinstance(node, Attribute):
            inner = self.static_chain(node.value)
            return None if inner is None else ((*inner[0], self.written(node.attr)), inner[1])
        if not isinstance(node, Call):
            return None
        if isinstance(node.func, Name) and node.func.value == "getattr":
            attribute = _text_argument(node, 1)
            inner = self.static_chain(node.args[0].value) if attribute is not None else None
            return None if inner is None or attribute is None else ((*inner[0], attribute), inner[1])
        callee = self.static_chain(node.func)
        if callee is not None and callee[0][-1] in {"import_module", "__import__"}:
            found = _import_call(callee[0][-1], node)
            if found is not None:
                self.read(callee[0], self.line, whole=False)
            return found
        return None

    def quoted_call(self, callee: str, call: Call) -> bool:
        """Read the code in a literal that is given to ``eval`` or ``exec``; False if there is none, or it can't be told what it binds."""
        text = _text_argument(call, 0)
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

    # --- literals --------------------------------------------------------------------------------------------------

    def integer(self, node: Integer) -> None:
        self.gaps(node.lpar)
        self.atoms.append(integer_atom(node.value))
        self.gaps(node.rpar)

    def float(self, node: cst.Float) -> None:
        self.gaps(node.lpar)
        self.atoms.append(float_atom(node.value))
        self.gaps(node.rpar)

    def imaginary(self, node: cst.Imaginary) -> None:
        self.gaps(node.lpar)
        self.atoms.append(imaginary_atom(node.value))
        self.gaps(node.rpar)

    def ellipsis(self, node: cst.Ellipsis) -> None:
        self.gaps(node.lpar)
        self.atoms.append("...")
        self.gaps(node.rpar)

    def string(self, node: SimpleString) -> None:
        if node.lpar:
            self.gaps(node.lpar)
        text, is_bytes = _string_value(node)
        if is_bytes:
            self.atoms.append(bytes_atom(text))
        else:
            self.atoms.append(string_atom(text))
            if self.in_annotation:
                self.quoted(text)
        if "\n" in node.value:
            self.line += node.value.count("\n")
        if node.rpar:
            self.gaps(node.rpar)

    def joined(self, node: Any) -> None:
        """Strings that stand side by side, f-strings among them: one string, or one f-string."""
        pieces: list[Any] = [node]
        while isinstance(pieces[-1], cst.ConcatenatedString):
            joined = pieces.pop()
            pieces += [joined, joined.left, joined.right]
        plain = _plain_text(pieces)
        if plain is not None:
            self.atoms.append(plain)
        else:
            self.atoms.append("(t-string" if any(isinstance(piece, TemplatedString) for piece in pieces) else "(f-string")
        text: list[str] = []
        closing: list[Any] = []
        for piece in pieces:
            self.gaps(piece.lpar)
            if isinstance(piece, cst.ConcatenatedString):
                closing.append(piece)
                continue
            if isinstance(piece, SimpleString):
                text.append(_string_value(piece)[0])
                self.line += piece.value.count("\n")
            else:
                self.formatted_parts(piece.parts, text, raw="r" in piece.start.lower(), top=True)
            self.gaps(piece.rpar)
            if closing and piece is not pieces[-1]:
                self.gap(closing[-1].whitespace_between)
        for piece in reversed(closing):
            self.gaps(piece.rpar)
        if plain is None:
            self.flush(text)
            self.atoms.append(")")

    def formatted_parts(self, parts: Iterable[Any], text: list[str], *, raw: bool, top: bool) -> None:
        """The parts of an f-string or format specification; constant text is gathered in `text` until an expression comes."""
        for part in parts:
            if isinstance(part, (FormattedStringText, TemplatedStringText)):
                value = part.value
                self.line += value.count("\n")
                if top:
                    value = value.replace("{{", "{").replace("}}", "}")
                text.append(value if raw else unescape(value))
                continue
            line = self.line
            self.gap(part.whitespace_before_expression)
            conversion = part.conversion or "-"
            if part.equal is not None:
                spaces = [part.whitespace_before_expression, part.expression, part.equal, part.whitespace_after_expression]
                text.append("".join([self.module.code_for_node(space) for space in spaces]))
                if part.conversion is None and part.format_spec is None:
                    conversion = "r"
            self.flush(text)
            self.atoms.append("(format")
            self.literal = False
            self.use(part.expression)
            self.atoms.append(conversion)
            self.gap(part.equal)
            self.gap(part.whitespace_after_expression)
            if isinstance(part, TemplatedStringExpression):  # a template keeps the text of its expressions
                self.atoms.append(string_atom(self.module.code_for_node(part.expression)))
            specification: list[str] = []
            self.formatted_parts(part.format_spec or (), specification, raw=raw, top=False)
            self.flush(specification)
            self.atoms.append(")")
            assert self.line >= line

    def flush(self, text: list[str]) -> None:
        if value := "".join(text):
            self.atoms.append(string_atom(value))
        text.clear()

    # --- displays and comprehensions -------------------------------------------------------------------------------

    def tuple(self, node: cst.Tuple) -> None:
        self.gaps(node.lpar)
        self.elements("(tuple", node.elements)
        self.gaps(node.rpar)

    def list(self, node: cst.List) -> None:
        self.gaps(node.lpar)
        self.gap(node.lbracket.whitespace_after)
        self.elements("(list", node.elements)
        self.gap(node.rbracket.whitespace_before)
        self.gaps(node.rpar)

    def set(self, node: cst.Set) -> None:
        self.gaps(node.lpar)
        self.gap(node.lbrace.whitespace_after)
        self.elements("(set", node.elements)
        self.gap(node.rbrace.whitespace_before)
        self.gaps(node.rpar)

    def elements(self, opening: str, elements: Sequence[cst.BaseElement]) -> None:
        self.atoms.append(opening)
        visitors = self.visitors
        for element in elements:
            if type(element) is Element:
                value = element.value
                visitors[type(value)](value)
            else:
                visitors[type(element)](element)
            if type(element.comma) is Comma:
                self.end_of_comma(element.comma)
        self.atoms.append(")")

    def starred(self, node: StarredElement) -> None:
        self.gaps(node.lpar)
        self.literal = False
        self.atoms.append("*")
        self.gap(node.whitespace_before_value)
        self.use(node.value)
        self.gaps(node.rpar)

    def dict(self, node: cst.Dict) -> None:
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
                self.end_of_comma(element.comma)
        self.atoms.append(")")
        self.gap(node.rbrace.whitespace_before)
        self.gaps(node.rpar)

    def comprehension(self, node: Any) -> None:
        """A comprehension or generator. Its first iterable is read in the scope around, the rest in its own, which a class's names don't reach."""
        kind = type(node)
        self.literal = False
        self.gaps(node.lpar)
        self.gap(getattr(node, "lbracket", None))
        self.gap(getattr(node, "lbrace", None))
        self.atoms.append(_COMPREHENSIONS[kind])
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
        elif kind is _STARRED_DICT_COMPREHENSION:
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

    # --- operators -------------------------------------------------------------------------------------------------

    def binary(self, node: cst.BinaryOperation) -> None:
        """``a + b + c`` leans to the left, as deep as it is long: it is read in a loop."""
        self.literal = False
        chain: list[cst.BinaryOperation] = []
        left: cst.BaseExpression = node
        while isinstance(left, cst.BinaryOperation):
            self.gaps(left.lpar)
            self.atoms.append("(" + _OPERATORS[type(left.operator)])
            chain.append(left)
            left = left.left
        self.use(left)
        for link in reversed(chain):
            self.gap(link.operator)
            self.use(link.right)
            self.atoms.append(")")
            self.gaps(link.rpar)

    def boolean(self, node: cst.BooleanOperation) -> None:
        """``a and b and c`` is one node of three, however it is bracketed: it means the same."""
        self.literal = False
        self.atoms.append("(" + _OPERATORS[type(node.operator)])
        pending: list[Any] = [node]
        while pending:
            item = pending.pop()
            if isinstance(item, cst.BooleanOperation) and type(item.operator) is type(node.operator):
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
        self.gaps(node.lpar)
        self.literal = self.literal and type(node.operator) in {cst.Minus, cst.Plus}
        self.atoms.append(f"({_OPERATORS[type(node.operator)]}1")
        self.gap(node.operator)
        self.use(node.expression)
        self.atoms.append(")")
        self.gaps(node.rpar)

    def comparison(self, node: cst.Comparison) -> None:
        self.literal = False
        self.gaps(node.lpar)
        self.atoms.append("(compare")
        self.visit(node.left)
        for target in node.comparisons:
            self.atoms.append(_OPERATORS[type(target.operator)])
            self.gap(target.operator)
            self.visit(target.comparator)
        self.atoms.append(")")
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

    # --- functions, lambdas and classes ----------------------------------------------------------------------------

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
            self.end_of_comma(node.comma)
        self.gap(node.whitespace_after_param)

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
            self.atoms.append(f"={parameter.star}" if isinstance(parameter.star, str) else "=")
            self.optional(parameter.default)
            self.gap(parameter.comma)
            self.scope.bound.add(name)
        self.atoms.append(")")
        self.gap(node.rbracket)

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
            if is_base and self.chain is not None and isinstance(base.value, _PRIMARIES):
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
        self.prefix, self.conditions, self.functions, self.targets, self.walruses, self.in_annotation = prefix, 0, self.functions + in_function, None, None, False
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
        if use is not None and called is node.decorator and use.path not in _PLAIN_DECORATORS:
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
            form = " ".join([f"({word} {name}", *(f"@{d.digest}" for d in draft.decorators), f"/ @{draft.shell_digest} @{draft.body_digest}", members]) + ")"
            if around.kind == "class":
                self.members.append(draft.name)
                self.atoms.append(f"({word} {name})")
                if self.functions:
                    self.local_members.append((form, complete))
                self.settle()
            else:
                self.atoms.append(form)
                self.part.absorb(complete)
        for decorator in draft.decorators:
            rest = decorator.draft
            draft.shell.attributes |= rest.attributes
            draft.shell.mutates += rest.mutates
            draft.shell.unresolved += rest.unresolved
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

    def place(self, draft: DefinitionDraft) -> None:
        """Note the conditions that a definition stands under."""
        kind = self.scope.function().kind
        draft.conditional = self.conditions > 0 and kind in {"module", "class"}
        if kind == "module":
            draft.guards, draft.guard = self.guards, self.guard

    # --- where things stand ----------------------------------------------------------------------------------------

    def indentation(self, line: int) -> int:
        text = self.lines[line - 1]
        return len(text) - len(text.lstrip(" \t\f"))

    def end_of_last(self) -> tuple[int, int]:
        """Where the latest simple statement ends."""
        line, trailing = self.last
        length = len(self.lines[line - 1])
        if trailing is not None:
            length -= len(trailing.whitespace.value) + (len(trailing.comment.value) if trailing.comment is not None else 0)
        return line, length

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

    def end_of(self, code: list[str], line: int, column: int) -> tuple[int, int]:
        """Where code of these lines ends that begins at `line` and `column`; libcst leaves the indentation out of the lines of a lone node."""
        if len(code) == 1:
            return line, column + len(code[0])
        last = line + len(code) - 1
        return last, self.indentation(last) + len(code[-1].lstrip(" \t\f")) if last <= len(self.lines) else 0

    # --- targets of assignments ------------------------------------------------------------------------------------

    def store(self, node: Any) -> None:
        """Read what is assigned to."""
        if isinstance(node, Name):
            self.gaps(node.lpar)
            name = self.written(node)
            self.atoms.append(name)
            self.bind(name)
            self.gaps(node.rpar)
        elif isinstance(node, (cst.Tuple, cst.List)):
            self.gaps(node.lpar)
            self.atoms.append("(tuple")
            self.gap(getattr(node, "lbracket", None))
            for element in node.elements:
                self.store(element if isinstance(element, StarredElement) else element.value)
                self.gap(element.comma)
            self.gap(getattr(node, "rbracket", None))
            self.atoms.append(")")
            self.gaps(node.rpar)
        elif isinstance(node, StarredElement):
            self.gaps(node.lpar)
            self.atoms.append("*")
            self.gap(node.whitespace_before_value)
            self.store(node.value)
            self.gaps(node.rpar)
        elif isinstance(node, (Attribute, Subscript)):
            self.primary(node, store=True)
        else:  # not Python, though libcst takes it
            self.visit(node)

    # --- simple statements -----------------------------------------------------------------------------------------

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
                self.visitors[type(small)](small)
            if self.continued:
                self.gap(getattr(small, "semicolon", None))
        self.last = (self.line, node.trailing_whitespace)
        self.comment(node.trailing_whitespace.comment)
        self.line += 1

    def expression(self, node: cst.Expr) -> None:
        """An expression for its effect; a constant has none, and is not written."""
        before = len(self.atoms)
        self.use(node.value)
        if _is_constant(node.value):
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
            self.gap(target.whitespace_before_equal)
            self.gap(target.whitespace_after_equal)
        self.right_hand_side(node.value)
        self.atoms.append(")")

    def right_hand_side(self, value: cst.BaseExpression) -> None:
        begins = len(self.atoms)
        self.literal = True
        self.visitors[type(value)](value)
        self.rhs = (begins, len(self.atoms))
        if not isinstance(value, _PRIMARIES):
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
        self.atoms.append("(" + _OPERATORS[type(node.operator)])
        if isinstance(node.target, Name):
            name = self.written(node.target)
            use = self.read((name,), self.line, whole=False)
            self.store(node.target)
            if self.targets is not None and use is not None and self.scope.kind == "module":
                self.targets.append((use, 1))
        else:
            self.store(node.target)
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

    # --- compound statements in functions and classes ----------------------------------------------------------------

    def suite(self, body: cst.BaseSuite, doc: PartDraft | None = None) -> None:
        """The statements of a block, without the node around them. `doc` takes the docstring."""
        if doc is not None and (docstring := _docstring(body)) is not None:
            doc.atoms += ["(docstring", string_atom(docstring), ")"]
        if isinstance(body, cst.IndentedBlock):
            self.end_of_line(body.header)
            for statement in body.body:
                self.visitors[type(statement)](statement)
            self.empty_lines(body.footer)
        else:
            assert isinstance(body, cst.SimpleStatementSuite)
            self.gap(body.leading_whitespace)
            self.smalls(body)

    def block(self, node: Any) -> None:
        """A block as a node: the body of something, its ``else`` or ``finally``, or nothing."""
        self.atoms.append("(do")
        if isinstance(node, (cst.Else, cst.Finally)):
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
            checking = _type_checking(branch.test)
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
            if isinstance(following, cst.If):
                self.atoms.append("(do")
                closing += 1
            else:
                self.block(following)
                self.atoms.append(")")
                following = None
        self.atoms += ["))"] * closing
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

    # --- patterns --------------------------------------------------------------------------------------------------

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

    # --- module level ------------------------------------------------------------------------------------------------

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
        bound = list(_bound_by(node, self.ascii))
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
        drafts = [self.value(name, way, value, span, part) for target in targets for name, way in _unpacked(target, self.ascii)]
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

    def guard_atoms(self) -> list[str]:
        return [] if self.guard is None or self.scope.kind != "module" else [f"@{self.guard}"]

    def under(self, atoms: Sequence[str], part: PartDraft | None, body: Any) -> None:
        """Walk over a block at module level that stands under a condition. `body` is a suite, or what walks over the block."""
        kept = (self.guard, self.guards)
        self.guard = digest_of(GUARD, [*self.guard_atoms(), *atoms])
        if part is not None:
            self.guards = (*self.guards, part)
        self.conditions += 1
        if callable(body):
            body()
        else:
            self.suite(body)
        self.conditions -= 1
        self.guard, self.guards = kept

    def under_else(self, atoms: Sequence[str], part: PartDraft | None, node: cst.Else | cst.Finally | None) -> None:
        if node is not None:
            self.empty_lines(node.leading_lines)
            self.gap(node.whitespace_before_colon)
            self.under(atoms, part, node.body)

    def top_if(self, node: cst.If) -> None:
        self.empty_lines(node.leading_lines)
        checking = _type_checking(node.test)
        if checking is not None:
            saved = self.enter(PartDraft(), Scope("function", self.scope))
            self.if_test(node)
            self.leave(saved)
            if not checking:
                self.suite(node.body)
                self.ignored_rest(node.orelse)
                return
            self.ignored(node.body)
            if isinstance(node.orelse, cst.If):
                self.top_if(node.orelse)
            elif node.orelse is not None:
                self.else_inline(node.orelse)
            return
        part = self.header(node, lambda: self.if_test(node))
        runs_at_import = self.runs_at_import
        self.runs_at_import = runs_at_import and not _is_main(node.test)
        self.under(["if", *part.atoms], part, node.body)
        self.runs_at_import = runs_at_import
        orelse = node.orelse
        if isinstance(orelse, cst.If):
            self.under(["else", *part.atoms], part, lambda: self.top_if(orelse))
        else:
            self.under_else(["else", *part.atoms], part, orelse)

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
        whole = "".join(codes) + node.trailing_whitespace.whitespace.value + (node.trailing_whitespace.comment.value if node.trailing_whitespace.comment else "")
        return max(len(line) - len(whole), 0) + len(before) if "\n" not in whole else 0


# --- which method reads which node ---------------------------------------------------------------------------------

_STARRED_DICT_COMPREHENSION: Final = getattr(cst, "StarredDictComp", None)
_COMPREHENSIONS: Final[dict[Any, str]] = {
    cst.ListComp: "(list-of",
    cst.SetComp: "(set-of",
    cst.DictComp: "(dict-of",
    cst.GeneratorExp: "(generator",
    _STARRED_DICT_COMPREHENSION: "(dict-of",
}
_VISITORS: Final[dict[type[cst.CSTNode], str]] = {
    Name: "name",
    Attribute: "primary",
    Call: "primary",
    Subscript: "primary",
    Integer: "integer",
    cst.Float: "float",
    cst.Imaginary: "imaginary",
    cst.Ellipsis: "ellipsis",
    SimpleString: "string",
    cst.ConcatenatedString: "joined",
    FormattedString: "joined",
    TemplatedString: "joined",
    cst.Tuple: "tuple",
    cst.List: "list",
    cst.Set: "set",
    cst.Dict: "dict",
    StarredElement: "starred",
    cst.ListComp: "comprehension",
    cst.SetComp: "comprehension",
    cst.DictComp: "comprehension",
    cst.GeneratorExp: "comprehension",
    cst.BinaryOperation: "binary",
    cst.BooleanOperation: "boolean",
    cst.UnaryOperation: "unary",
    cst.Comparison: "comparison",
    cst.IfExp: "if_expression",
    cst.NamedExpr: "walrus",
    cst.Await: "awaited",
    cst.Yield: "yielded",
    cst.Lambda: "lambda_",
    cst.FunctionDef: "function",
    cst.ClassDef: "class_",
    cst.SimpleStatementLine: "simple_line",
    cst.Expr: "expression",
    cst.Pass: "nothing",
    cst.Break: "word",
    cst.Continue: "word",
    cst.Return: "return_",
    cst.Raise: "raise_",
    cst.Assert: "assert_",
    cst.Del: "delete",
    cst.Assign: "assign",
    cst.AnnAssign: "assign_annotated",
    cst.AugAssign: "assign_augmented",
    cst.Global: "global_",
    cst.Nonlocal: "nonlocal_",
    cst.Import: "import_",
    cst.ImportFrom: "import_from",
    cst.TypeAlias: "type_alias",
    cst.If: "if_",
    cst.While: "while_",
    cst.For: "for_",
    cst.With: "with_",
    cst.Try: "try_",
    cst.TryStar: "try_",
    cst.Match: "match",
    cst.MatchValue: "pattern_value",
    cst.MatchSingleton: "pattern_value",
    cst.MatchList: "pattern_sequence",
    cst.MatchTuple: "pattern_sequence",
    cst.MatchMapping: "pattern_mapping",
    cst.MatchClass: "pattern_class",
    cst.MatchAs: "pattern_as",
    cst.MatchOr: "pattern_or",
}
# Nodes of syntax newer than the oldest libcst that will do.
for _name, _method in {"LazyImport": "import_", "LazyImportFrom": "import_from", "StarredDictComp": "comprehension"}.items():
    if hasattr(cst, _name):
        _VISITORS[getattr(cst, _name)] = _method


# --- questions about a node that need no walk ----------------------------------------------------------------------


def _syntax_error(wrong: cst.ParserSyntaxError) -> str:
    """``line 2: expected one of …``; libcst hides the place in its message."""
    match = _ERROR_AT.search(wrong.message)
    return f"line {match[1]}: {match[2]}" if match else wrong.message


def _string_value(node: SimpleString) -> tuple[str, bool]:
    """What a plain string literal stands for, and whether it is bytes."""
    prefix, inside = split_literal(node.value)
    is_bytes = "b" in prefix
    return (inside if "r" in prefix else unescape(inside, in_bytes=is_bytes)), is_bytes


def _plain_text(pieces: Iterable[Any]) -> str | None:
    """The atom of adjacent literals that have no expression in them, or None."""
    text: list[str] = []
    in_bytes = False
    for piece in pieces:
        if isinstance(piece, TemplatedString):
            return None
        if isinstance(piece, FormattedString):
            if any(isinstance(part, FormattedStringExpression) for part in piece.parts):
                return None
            raw = "r" in piece.start.lower()
            for part in piece.parts:
                assert isinstance(part, FormattedStringText)
                value = part.value.replace("{{", "{").replace("}}", "}")
                text.append(value if raw else unescape(value))
        elif isinstance(piece, SimpleString):
            value, in_bytes = _string_value(piece)
            text.append(value)
    return bytes_atom("".join(text)) if in_bytes else string_atom("".join(text))


def _is_constant(node: cst.BaseExpression) -> bool:
    if isinstance(node, Name):
        return node.value in _CONSTANTS
    if isinstance(node, (cst.ConcatenatedString, FormattedString)):
        return _constant_pieces(node)
    return isinstance(node, (SimpleString, Integer, cst.Float, cst.Imaginary, cst.Ellipsis))


def _constant_pieces(node: Any) -> bool:
    while isinstance(node, cst.ConcatenatedString):
        if not _constant_pieces(node.left):
            return False
        node = node.right
    if isinstance(node, FormattedString):
        return not any(isinstance(part, FormattedStringExpression) for part in node.parts)
    return isinstance(node, SimpleString)


def _docstring(body: cst.BaseSuite) -> str | None:
    first: Any = body.body[0] if body.body else None
    if isinstance(first, cst.SimpleStatementLine):
        first = first.body[0]
    if not isinstance(first, cst.Expr) or not isinstance(first.value, (SimpleString, cst.ConcatenatedString)):
        return None
    node: Any = first.value
    text: list[str] = []
    while True:
        piece = node.left if isinstance(node, cst.ConcatenatedString) else node
        if not isinstance(piece, SimpleString):
            return None
        value, is_bytes = _string_value(piece)
        if is_bytes:
            return None
        text.append(value)
        if piece is node:
            return "".join(text)
        node = node.right


def _text_argument(call: Call, position: int) -> str | None:
    """The text that is the positional argument at `position` of `call`, if it is one literal."""
    if len(call.args) <= position or any(argument.star or argument.keyword is not None for argument in call.args[: position + 1]):
        return None
    value = call.args[position].value
    if not isinstance(value, SimpleString):
        return None
    text, is_bytes = _string_value(value)
    return None if is_bytes else text


def _import_call(callee: str, call: Call) -> tuple[tuple[str, ...], ImportOrigin] | None:
    """What ``import_module("a.b")`` or ``__import__("a.b")`` gives, or None if the text can't tell."""
    name = _text_argument(call, 0)
    if not name or not all(part.isidentifier() for part in name.lstrip(".").split(".")):
        return None
    if callee == "__import__":
        top = name.partition(".")[0]
        return None if len(call.args) != 1 else ((top,), ImportOrigin(top, 0, None))
    module = name.lstrip(".")
    level = len(name) - len(module)
    if level:
        package = call.args[1].value if len(call.args) == 2 else None
        if not isinstance(package, Name) or package.value != "__package__":
            return None
    return (name,), ImportOrigin(module, level, None)


def _item_of_globals(trailers: list[Any], left: int) -> tuple[str | None, int]:
    """The name in ``globals()["name"]`` or ``globals().get("name")``, and how many trailers that takes; `trailers[left - 1]` is the call of globals."""
    if left > 1 and isinstance(item := trailers[left - 2], Subscript) and len(item.slice) == 1:
        index = item.slice[0].slice
        if isinstance(index, cst.Index) and isinstance(index.value, SimpleString):
            name, is_bytes = _string_value(index.value)
            if name.isidentifier() and not is_bytes:
                return name, 2
    elif left > 2 and isinstance(get := trailers[left - 2], Attribute) and get.attr.value == "get" and isinstance(call := trailers[left - 3], Call):
        name = _text_argument(call, 0)
        if name is not None and name.isidentifier():
            return name, 3
    return None, 1


def _type_checking(test: cst.BaseExpression) -> bool | None:
    """True for ``TYPE_CHECKING``, False for ``not TYPE_CHECKING``, None for any other test."""
    if isinstance(test, cst.UnaryOperation) and isinstance(test.operator, cst.Not):
        inner = _type_checking(test.expression)
        return None if inner is None else not inner
    name = test if isinstance(test, Name) else test.attr if isinstance(test, Attribute) else None
    return True if name is not None and name.value == "TYPE_CHECKING" else None


def _is_main(test: cst.BaseExpression) -> bool:
    """Whether `test` is ``__name__ == "__main__"``, either way round."""
    if not isinstance(test, cst.Comparison) or len(test.comparisons) != 1 or not isinstance(test.comparisons[0].operator, cst.Equal):
        return False
    sides = (test.left, test.comparisons[0].comparator)
    return any(isinstance(s, Name) and s.value == "__name__" for s in sides) and any(isinstance(s, SimpleString) and _string_value(s)[0] == "__main__" for s in sides)


def _bound_by(node: cst.BaseSmallStatement, is_ascii: bool) -> Iterator[tuple[str, str]]:  # noqa: FBT001 - as the walk knows it
    """The names that a simple statement at module level gives values, each with how it is unpacked from the right-hand side."""
    if isinstance(node, cst.Assign):
        for target in node.targets:
            yield from _unpacked(target.target, is_ascii)
    elif isinstance(node, cst.AnnAssign) and node.value is not None:
        yield from _unpacked(node.target, is_ascii)
    elif isinstance(node, cst.AugAssign) and isinstance(node.target, Name):
        yield (node.target.value if is_ascii else identifier(node.target.value)), "="
    elif isinstance(node, cst.TypeAlias):
        yield (node.name.value if is_ascii else identifier(node.name.value)), "type"


def _unpacked(target: Any, is_ascii: bool, way: str = ".") -> Iterator[tuple[str, str]]:  # noqa: FBT001 - as the walk knows it
    """The names in an assignment's target, each with its way: ``.`` for the whole value, ``.1/3`` for the second of three, ``.1*3`` if it is starred."""
    if isinstance(target, Name):
        yield (target.value if is_ascii else identifier(target.value)), way
    elif isinstance(target, (cst.Tuple, cst.List)):
        starred = next((i for i, e in enumerate(target.elements) if isinstance(e, StarredElement)), "")
        for i, element in enumerate(target.elements):
            yield from _unpacked(element.value, is_ascii, f"{way}{i}/{len(target.elements)}*{starred}.")

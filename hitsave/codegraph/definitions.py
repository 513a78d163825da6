"""From a symbol to its definition in the text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from hitsave.codegraph.facts import Definition, StatementFacts
from hitsave.codegraph.library import Library, Located, SourceModule
from hitsave.codegraph.symbols import Symbol
from hitsave.digest import Digest, digest_parts
from hitsave.patterns import pattern
from hitsave.structs import changed, frozen

if TYPE_CHECKING:
    import re

MADE_BY_CONTEXT: Final = "hitsave 2026 v1 made by"
_ORDINAL: Final = pattern(r"#\d+")


@frozen
class Found:
    """A definition, and where it stands: `line` counts from 1 in its file, `statement` is the position of its top-level statement."""

    symbol: Symbol
    definition: Definition
    path: str
    line: int
    text: str
    statement: int

    @property
    def first_line(self) -> int:
        """The line that its first decorator stands on, or it itself where it has none."""
        return self.line - self.definition.span.name_line + self.definition.span.line

    def whole_lines(self, module: Located) -> str:
        """It as it is written, with what stands beside it on its lines in `module`, its own."""
        span = self.definition.span
        if not isinstance(module, SourceModule):
            return self.text
        return "".join(module.lines[self.first_line - 1 : self.first_line + span.end_line - span.line])


@frozen
class Maker:
    """The text that gives a module-level variable its value: every assignment to its name, and every statement that changes the object."""

    symbol: Symbol
    path: str
    line: int
    text: str
    digest: Digest
    definitions: tuple[Found, ...]
    literal: bool


class Definitions:
    """Finds definitions in the modules of a library.

    Where a file defines a qualified name several times, the last is ``f`` and those before it ``f#1``, ``f#2`` ….
    Module-level lambdas are named after what their statement binds: ``f = lambda: 0`` defines ``f.<lambda>``.
    """

    def __init__(self, library: Library) -> None:
        self.library = library
        self._by_module: dict[tuple[str, str], tuple[SourceModule, dict[str, Found]]] = {}

    def find(self, symbol: Symbol) -> Found | None:
        """The function, class or lambda that `symbol` names, or None."""
        module = self.library.locate(symbol.module)
        if not isinstance(module, SourceModule):
            return None
        return self._named(module, top_name(symbol.name)).get(symbol.name)

    def members(self, found: Found) -> Iterator[Found]:
        """The functions and classes defined directly in a class, each of a repeated name."""
        module = self.library.locate(found.symbol.module)
        if not isinstance(module, SourceModule):
            return
        wanted = {_ORDINAL.sub("", name) for name in found.definition.members}
        for other in self._named(module, top_name(found.symbol.name)).values():
            if other.statement == found.statement and other.definition.name in wanted:
                yield other

    def at(self, module: SourceModule, line: int, name: str) -> tuple[Found, ...]:
        """The definitions called `name` (the last part of a qualified name) whose ``def``, ``class`` or ``lambda`` or first decorator is on `line`."""
        return tuple(f for f in self.in_statement_at(module, line) if f.definition.name.rpartition(".")[2] == name and line in {f.line, f.first_line})

    def covering(self, module: SourceModule, line: int) -> tuple[Found, ...]:
        """The functions one of whose decorators, or whose ``def``, is on `line`; outer before inner."""
        return tuple(f for f in self.in_statement_at(module, line) if f.definition.kind == "function" and f.first_line <= line <= f.line)

    def in_statement_at(self, module: SourceModule, line: int) -> tuple[Found, ...]:
        """All functions, classes and lambdas of the top-level statement that `line` belongs to, named as `find` knows them."""
        position = module.index.statement_at(line)
        if position is None:
            return ()
        found: dict[object, Found] = {}
        for top in module.index.made_by_statement.get(position) or [""]:
            for candidate in self._named(module, top).values():
                # Of a statement that binds several names, a lambda is named after the first.
                if candidate.statement == position:
                    found.setdefault(candidate.definition.span, candidate)
        return tuple(found.values())

    def top_level(self, module: SourceModule) -> Iterator[Found]:
        """Every top-level function and class of a module that its names may stand for."""
        for name, bindings in module.index.by_name.items():
            if any(b.kind in {"function", "class"} for b in bindings):
                for found in self._named(module, name).values():
                    if "." not in found.definition.name and found.definition.kind in {"function", "class"}:
                        yield found

    def maker(self, symbol: Symbol) -> Maker | None:
        """The text that makes the module-level variable `symbol`, or None if nothing in its module binds it."""
        module = self.library.locate(symbol.module)
        if not isinstance(module, SourceModule):
            return None
        name = symbol.name
        bindings = [b for b in module.index.by_name.get(name, ()) if b.kind not in {"import", "star"}]
        if not bindings:
            return None
        parts: list[Found] = []
        seen: set[int] = set()
        for binding in bindings:
            if binding.statement in seen:
                continue
            seen.add(binding.statement)
            parts.extend(f for f in self._in_statement(module, binding.statement) if f.definition.name == name)
        parts.extend(self.effects_on(module, name))
        parts.sort(key=lambda f: f.line)
        if not parts:
            return None
        literal = len(parts) == 1 and parts[0].definition.kind == "value" and parts[0].definition.literal
        digest = digest_parts(MADE_BY_CONTEXT, *(f.definition.shell.digest + f.definition.body.digest for f in parts))
        text = "".join(f.text if f.text.endswith("\n") else f.text + "\n" for f in parts)
        return Maker(symbol, module.path, parts[0].line, text, digest, tuple(parts), literal)

    def effects_on(self, module: SourceModule, name: str) -> Iterator[Found]:
        """The module-level statements that may change the object that `name` stands for."""
        for position, words in module.effect_words:
            if name not in words:
                continue
            for found in self._in_statement(module, position):
                if found.definition.kind == "effect" and any(t[:1] == (name,) for t in found.definition.targets):
                    yield found

    def changes_to(self, module: SourceModule, name: str) -> Iterator[Found]:
        """The module-level statements that store to, or call a method of, the function or class `name`: ``f.k = 1``, ``Base.register(int)``."""
        begins: re.Pattern[str] | None = None
        for found in self.effects_on(module, name):  # almost always none
            begins = begins or pattern(rf"\s*(del\s+)?{name}\s*[.\[]")
            if begins.match(found.text):
                yield found

    def lambdas_of(self, maker: Maker) -> list[Found]:
        """The lambdas in the text that makes a module-level variable."""
        module = self.library.locate(maker.symbol.module)
        if not isinstance(module, SourceModule):
            return []
        return [f for f in self._named(module, maker.symbol.name).values() if f.definition.kind == "lambda"]

    def facts(self, module: SourceModule, position: int) -> StatementFacts:
        """The facts of the statement at `position`."""
        return self.library.facts(module.statement(position))

    def _named(self, module: SourceModule, top: str) -> dict[str, Found]:
        """All definitions at and below top-level name `top`, by qualified name with ordinal."""
        cached = self._by_module.get((module.name, top))
        if cached is not None and cached[0] is module:
            return cached[1]
        if top:
            positions = sorted({b.statement for b in module.index.by_name.get(top, ()) if b.kind not in {"import", "star"}})
        else:
            bound = {b.statement for b in module.index.bindings if b.kind not in {"import", "star"}}
            positions = [p for p in range(len(module.index.statements)) if p not in bound]
        groups: dict[str, list[Found]] = {}
        for position in positions:
            for found in self._in_statement(module, position):
                name = found.definition.name
                if found.definition.kind == "lambda" and "." not in name and top:
                    name = f"{top}.{name}"
                if found.definition.kind in {"function", "class", "lambda"} and (not top or top_name(name) == top):
                    groups.setdefault(name, []).append(found)
        result: dict[str, Found] = {}
        for name, same in groups.items():
            for number, found in enumerate(same, 1):
                full = name if number == len(same) else f"{name}#{number}"
                result[full] = found if full == found.symbol.name else changed(found, symbol=Symbol(module.name, full))
        self._by_module[module.name, top] = (module, result)
        return result

    def _in_statement(self, module: SourceModule, position: int) -> Iterator[Found]:
        lines = module.index.statements[position]
        for definition in self.facts(module, position).definitions:
            span = definition.span
            first = lines.first + span.line - 1
            text = _cut(module.lines, first, span.column, lines.first + span.end_line - 1, span.end_column)
            yield Found(Symbol(module.name, definition.name), definition, module.path, lines.first + span.name_line - 1, text, position)


def top_name(name: str) -> str:
    """The top-level name that a qualified name begins with: ``make`` for ``make.<locals>.step#1``, "" for a lambda in a statement that binds none."""
    return "" if name.startswith("<") else name.partition(".")[0].partition("#")[0]


def _cut(lines: list[str], first: int, column: int, last: int, end_column: int) -> str:
    if first == last:
        return lines[first - 1][column:end_column]
    parts = [lines[first - 1][column:], *lines[first : last - 1], lines[last - 1][:end_column]]
    return "".join(parts)

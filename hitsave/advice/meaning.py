"""What trails stand for in a module: a function or class of the project, something outside of it, or nothing that text tells."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final, TypeVar

from hitsave.advice.reading import read_statement
from hitsave.advice.remembered import NotingLibrary, Remembered
from hitsave.advice.sights import ClassDeed, Deed, Trail
from hitsave.codegraph.facts import ImportOrigin, Read
from hitsave.codegraph.library import SourceModule
from hitsave.codegraph.resolution import Resolution
from hitsave.codegraph.resolve import Resolver
from hitsave.codegraph.symbols import Symbol

_DEEPEST: Final = 12
"""How many variables, fields and bases are followed from a trail."""


@dataclass(frozen=True, slots=True)
class Outside:
    """Something of the standard library or of a distribution, by its dotted name; ``()`` for calls on the way: ``random.Random().random``."""

    name: str


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the project. `rest` is what is got from what it gives; empty for the function itself. `bound`: it is a method, and what it is called on goes to its first parameter."""

    symbol: Symbol
    bound: bool = False


@dataclass(frozen=True, slots=True)
class Class:
    """A class of the project: itself, or (`made`) an instance that is made on the spot."""

    symbol: Symbol
    made: bool = False


@dataclass(frozen=True, slots=True)
class Variable:
    """A module-level variable of the project whose value text does not tell."""

    symbol: Symbol
    rest: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unknown:
    """What only a run can tell; `names` are the end of the trail, the last its method."""

    names: tuple[str, ...] = ()


Meaning = Outside | Function | Class | Variable | Unknown


@dataclass(frozen=True, slots=True)
class Placed:
    """A function of the project with what it does, and where its statement begins."""

    symbol: Symbol
    deed: Deed
    path: str
    first_line: int
    statement: int


class Meanings:
    """Answers it for the modules of a library. What it remembers is as the modules were: `forget` those that are others."""

    def __init__(self, library: NotingLibrary, resolver: Resolver) -> None:
        self.library = library
        self._resolver = resolver
        self._resolved: Remembered[object, tuple[Resolution, ...]] = Remembered(library)
        self._type_imports: Remembered[None, dict[str, ImportOrigin]] = Remembered(library)
        self._by_module: Remembered[str, tuple[dict[str, Placed], dict[str, ClassDeed]]] = Remembered(library)

    def forget(self, modules: Collection[str]) -> None:
        """Let go of what depends on one of these modules."""
        for remembered in (self._resolved, self._type_imports, self._by_module):
            remembered.forget(modules)

    # --- definitions -----------------------------------------------------------------------------------------------

    def function(self, symbol: Symbol) -> Placed | None:
        """The function with this symbol, and what it does."""
        return self._named(symbol)[0].get(symbol.name)

    def class_of(self, symbol: Symbol) -> ClassDeed | None:
        """The class with this symbol."""
        return self._named(symbol)[1].get(symbol.name)

    def _named(self, symbol: Symbol) -> tuple[dict[str, Placed], dict[str, ClassDeed]]:
        top = symbol.name.partition(".")[0].partition("#")[0]
        return self._by_module.get(symbol.module, top, lambda: self._find(symbol.module, top))

    def _find(self, name: str, top: str) -> tuple[dict[str, Placed], dict[str, ClassDeed]]:
        module = self.library.locate(name)
        functions: dict[str, list[Placed]] = {}
        classes: dict[str, list[ClassDeed]] = {}
        if isinstance(module, SourceModule):
            for position in sorted({b.statement for b in module.index.by_name.get(top, ()) if b.kind not in {"import", "star"}}):
                lines = module.index.statements[position]
                deeds = read_statement(module.statement(position))
                for deed in deeds.functions:
                    if deed.name.partition(".")[0] == top:
                        functions.setdefault(deed.name, []).append(Placed(Symbol(name, deed.name), deed, module.path, lines.first, position))
                for deed in deeds.classes:
                    if deed.name.partition(".")[0] == top:
                        classes.setdefault(deed.name, []).append(deed)
        return (
            {full: Placed(Symbol(name, full), p.deed, p.path, p.first_line, p.statement) for full, p in _numbered(functions)},
            dict(_numbered(classes)),
        )

    # --- trails ----------------------------------------------------------------------------------------------------

    def of(self, module: str, trail: Trail, owner: Symbol | None, first: str | None, depth: int = 0) -> tuple[Meaning, ...]:
        """What `trail` may stand for in `module`; never empty. `owner` is the class whose method it is written in, `first` the name of that method's first parameter."""
        names = trail.names
        if depth > _DEEPEST:
            return (Unknown(names),)
        if trail.root == "parameter":
            if owner is not None and names[0] == first:
                return tuple(self._of_instance(owner, names[1:], depth))
            return (Unknown(names),)
        if trail.root == "local":
            return (Unknown(names),)
        if names[:2] == ("super", "()") and owner is not None:
            return tuple(self._of_bases(owner, names[2:], depth))
        return tuple(found for start in self._resolve(module, trail) for found in self._from(module, start, trail, depth))

    def _resolve(self, module: str, trail: Trail) -> tuple[Resolution, ...]:
        head = _head(trail.names)
        return self._resolved.get(module, (trail.origin, head), lambda: self._resolver.resolve(module, Read(head, 0, trail.origin)))

    def _from(self, module: str, start: Resolution, trail: Trail, depth: int) -> Iterator[Meaning]:
        rest = trail.names[start.consumed :]
        match start.kind:
            case "external":
                yield Outside(_dotted((start.target, *rest)))
            case "builtin":
                yield Outside(_dotted(("builtins", *trail.names)))
            case "symbol":
                yield from self._of_symbol(start.symbol, rest, depth)
            case "value":
                yield from self._of_value(start.symbol, rest, depth)
            case "nothing":
                yield self._missing(module, trail)
            case _:
                yield Unknown(rest)

    def _missing(self, module: str, trail: Trail) -> Meaning:
        """Of a library that is not installed, the name is what its import says."""
        located = self.library.locate(module)
        origins = [trail.origin] if trail.origin is not None else []
        if not origins and isinstance(located, SourceModule):
            origins = [b.origin for b in located.index.by_name.get(trail.names[0], ()) if b.origin is not None]
            if not origins and (origin := self._for_types(located).get(trail.names[0])) is not None:
                return self.of(module, Trail("import", trail.names, origin), None, None, 1)[0]
        for origin in origins:
            if origin.level == 0:
                return Outside(_dotted((origin.module, *([origin.name] if origin.name else []), *trail.names[1:])))
        return Unknown(trail.names)

    def _for_types(self, module: SourceModule) -> dict[str, ImportOrigin]:
        """What a module imports for annotations alone, under ``if TYPE_CHECKING:``, which is no part of its code."""
        return self._type_imports.get(module.name, None, lambda: _imports_for_types(module))

    def _of_symbol(self, symbol: Symbol, rest: tuple[str, ...], depth: int) -> Iterator[Meaning]:
        if self.class_of(symbol) is not None:
            if not rest:
                yield Class(symbol)
            elif rest[0] == "()":
                yield from self._of_instance(symbol, rest[1:], depth, made=True)
            elif rest[0] == "[]":
                yield from self._of_symbol(symbol, rest[1:], depth)
            else:
                yield from self._of_instance(symbol, rest, depth, bound=False)
            return
        placed = self.function(symbol)
        if placed is None:
            yield Unknown(rest)
        elif not rest:
            yield Function(symbol)
        elif rest[0] == "()" and placed.deed.result is not None and len(rest) > 1:
            yield from self.of(symbol.module, placed.deed.result.then(*rest), None, None, depth + 1)
        elif rest == ("()",):
            yield Function(symbol)
        else:
            yield Unknown(rest)

    def _of_value(self, symbol: Symbol, rest: tuple[str, ...], depth: int) -> Iterator[Meaning]:
        """Of a module-level variable: what its text assigns, if that is one thing."""
        module = self.library.locate(symbol.module)
        trails: list[Trail] = []
        count = 0
        if isinstance(module, SourceModule):
            for binding in module.index.by_name.get(symbol.name, ()):
                if binding.kind == "value":
                    count += 1
                    trails.extend(t for n, t in read_statement(module.statement(binding.statement)).values if n == symbol.name)
        if self.function(Symbol(symbol.module, f"{symbol.name}.<lambda>")) is not None:
            yield Function(Symbol(symbol.module, f"{symbol.name}.<lambda>"))
        elif len(trails) == 1 and count == 1 and rest:
            yield from self.of(symbol.module, trails[0].then(*rest), None, None, depth + 1)
        elif len(trails) == 1 and count == 1 and trails[0].names[-1] not in {"()", "[]"}:
            yield from self.of(symbol.module, trails[0], None, None, depth + 1)
        else:
            yield Variable(symbol, rest)

    def _of_instance(self, owner: Symbol, rest: tuple[str, ...], depth: int, *, made: bool = False, bound: bool = True) -> Iterator[Meaning]:
        """What is got from an instance of a class."""
        if rest[:1] == ("()",):
            rest = ("__call__", *rest[1:])
        if not rest or rest[0] == "[]":
            yield Class(owner, made) if not rest else Unknown(rest)
            return
        for cls in self.bases(owner):
            placed = self.function(Symbol(cls.module, f"{cls.name}.{rest[0]}"))
            if placed is not None:
                if len(rest) > 1 and placed.deed.result is not None and rest != (rest[0], "()"):
                    after = rest[1:] if rest[1] == "()" else ("()", *rest[1:])
                    yield from self.of(cls.module, placed.deed.result.then(*after), None, None, depth + 1)
                else:
                    yield Function(placed.symbol, bound=bound and not placed.deed.static)
                return
            field = self._field(cls, rest[0])
            if field is not None:
                yield from self.of(cls.module, field.then(*rest[1:]), cls, "self", depth + 1)
                return
        yield Unknown(rest)

    def _of_bases(self, owner: Symbol, rest: tuple[str, ...], depth: int) -> Iterator[Meaning]:
        for base in self.bases(owner)[1:]:
            if rest and self.function(Symbol(base.module, f"{base.name}.{rest[0]}")) is not None:
                yield from self._of_instance(base, rest, depth + 1)
                return
        yield Unknown(rest)

    def bases(self, owner: Symbol) -> list[Symbol]:
        """A class and those of the project that it derives from, itself first."""
        found = [owner]
        for cls in found:
            deed = self.class_of(cls)
            for base in deed.bases if deed is not None and len(found) < 50 else ():
                for resolution in self._resolve(cls.module, base):
                    if resolution.kind == "symbol" and resolution.symbol not in found and self.class_of(resolution.symbol) is not None:
                        found.append(resolution.symbol)
        return found

    def _field(self, cls: Symbol, name: str) -> Trail | None:
        """What text says that an attribute of a class's instances is, if that is one thing."""
        found = {trail for field, trail in self.fields(cls) if field == name}
        return found.pop() if len(found) == 1 else None

    def fields(self, cls: Symbol) -> Iterator[tuple[str, Trail]]:
        """What a class assigns to attributes, itself and in its methods."""
        deed = self.class_of(cls)
        yield from deed.fields if deed is not None else ()
        for placed in self._named(cls)[0].values():
            if placed.deed.owner == cls.name:
                yield from placed.deed.fields

    def given_fields(self, cls: Symbol) -> Iterator[str]:
        """The attributes of a class that its methods assign an argument without a type to."""
        for placed in self._named(cls)[0].values():
            if placed.deed.owner == cls.name:
                yield from placed.deed.given

    def methods(self, cls: Symbol, name: str) -> Placed | None:
        """The method of a class with this name, its own or a base's."""
        for base in self.bases(cls):
            placed = self.function(Symbol(base.module, f"{base.name}.{name}"))
            if placed is not None:
                return placed
        return None


def _imports_for_types(module: SourceModule) -> dict[str, ImportOrigin]:
    found: dict[str, ImportOrigin] = {}
    for position in range(len(module.index.statements)) if "TYPE_CHECKING" in module.text else ():
        text = module.statement(position)
        if text.startswith("if ") and "TYPE_CHECKING" in text.partition("\n")[0]:
            found.update(read_statement(text).imports)
    return found


_T = TypeVar("_T")


def _numbered(groups: dict[str, list[_T]]) -> Iterator[tuple[str, _T]]:
    """Definitions of one name: the last plain, those before it numbered, as the resolver names them."""
    for name, same in groups.items():
        for number, one in enumerate(same, 1):
            yield (name if number == len(same) else f"{name}#{number}"), one


def _head(names: tuple[str, ...]) -> tuple[str, ...]:
    """The part of a trail that is names alone."""
    for position, name in enumerate(names):
        if name in {"()", "[]"}:
            return names[:position]
    return names


def _dotted(names: tuple[str, ...]) -> str:
    text = ""
    for name in names:
        text += name if name in {"()", "[]"} or not text else f".{name}"
    return text

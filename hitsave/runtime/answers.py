"""What text answered when a Record was checked, kept for later processes that have the same text.

A check compares what text says with the objects of the process. What text says is a function of the texts of the modules that are looked at and of where modules are found.
So a process in which a Record holds keeps it, and with it what all these modules are, and which libraries were found to read documentation; a later one in which they are the same compares its objects with that, and reads no index and no facts.

Invariant: a Record that holds by answers holds by `hitsave.freshness.check.holds`. Where anything is otherwise, there is no answer, and that is asked.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, cast

from hitsave import __version__
from hitsave.codegraph.definitions import Found
from hitsave.codegraph.facts import CODEGRAPH_VERSION
from hitsave.codegraph.library import CompiledModule, ExternalModule, Located, MissingModule, NamespacePackage, SourceModule
from hitsave.codegraph.resolution import Resolution, parse_name_key
from hitsave.codegraph.symbols import Symbol
from hitsave.digest import Digest, digest_parts
from hitsave.errors import NoSourceError
from hitsave.freshness.check import answer, checks_of
from hitsave.freshness.record import CodeCheck, NameCheck, Record
from hitsave.runtime.live_library import NOTEBOOK_MODULE, Asked, Moment, Shown
from hitsave.runtime.objects import MISSING, ExternalCode, LiveObjects
from hitsave.runtime.shapes import ANY, Shapes, is_of_no_matter
from hitsave.runtime.standing_for import resolve_live, stands, stands_alone
from hitsave.workspace.facts_table import decode, encode
from hitsave.workspace.sources import Written, text_digest

if TYPE_CHECKING:
    from types import CodeType

    from hitsave.runtime.world import LiveWorld

ANSWERS_CONTEXT: Final = "hitsave 2026 v1 answers of text"
_FORM: Final = f"2 {__version__} {sys.implementation.cache_tag} {sys.hexversion}".encode()
"""Other code of HitSave, and another Python, may answer otherwise."""
_MOST_KEPT: Final = 64
"""Records whose answers one process keeps: who makes thousands has other calls than each one's first to wait for."""


class Answers:
    """What text answers about one Record, as it is kept: most of it is compared as it is, and made into symbols only where more has to be asked.

    `shapes` are those of the objects of its code, in its order (`hitsave.runtime.shapes`), which name files by their place in `shape_files`; `alone` tells which of its names are found by following them (`standing_for.stands`).
    `files` are the modules that files are, None for those of libraries.
    `defaults` and `defined` are as in a `Moment`.
    """

    def __init__(self, objects: LiveObjects, kept: list[Any]) -> None:
        self._objects = objects
        (
            self.modules,
            self.readers,
            self._names,
            self._functions,
            self._classes,
            self._defaults,
            self._defined,
            self.files,
            self.shape_files,
            self.shapes,
            self.alone,
        ) = kept

    def name(self, place: int) -> tuple[Resolution, ...]:
        """What a name of the Record may stand for by text alone."""
        return tuple([Resolution(*row) for row in self._names[place]])

    @cached_property
    def defaults(self) -> dict[Symbol, Shown | None]:
        """The defaults of functions that text gives."""
        return {Symbol(*symbol): None if shown is None else tuple([(kind, text) for kind, text in shown]) for symbol, shown in self._defaults}

    @cached_property
    def defined(self) -> dict[Symbol, bool]:
        """Whether text defines symbols."""
        return {Symbol(*symbol): there for symbol, there in self._defined}

    @cached_property
    def _by_place(self) -> dict[tuple[str, int, str], Symbol]:
        return {(file, line, name): Symbol(module, qualified) for file, module, places in self._functions for line, name, qualified in places}

    @cached_property
    def _by_name(self) -> dict[tuple[str, str], Symbol]:
        return {(module, qualname): Symbol(module, name) for module, qualname, name in self._classes}

    def code(self, code: CodeType) -> Found | None:
        """The definition whose code this is, if that was asked before."""
        symbol = self._by_place.get((code.co_filename, code.co_firstlineno, code.co_name))
        return None if symbol is None else self.found(symbol)

    def class_(self, module: str, qualname: str) -> Found | None:
        """The one class statement that makes classes of this name in a module, if that was asked before."""
        symbol = self._by_name.get((module, qualname))
        return None if symbol is None else self.found(symbol)

    def found(self, symbol: Symbol) -> Found:
        """A definition that there is; looked for in the text only where more is asked than its symbol."""
        return cast("Found", _FoundBefore(symbol, self._objects))


class _FoundBefore:
    """A `Found` that has not been looked for yet."""

    __slots__ = ("_objects", "symbol")

    def __init__(self, symbol: Symbol, objects: LiveObjects) -> None:
        self.symbol = symbol
        self._objects = objects

    def __getattr__(self, name: str) -> Any:
        found = self._objects.definitions.find(self.symbol)
        if found is None:
            raise NoSourceError(f"{self.symbol} is not in the text any more", "Run again")
        return getattr(found, name)


class KnownAnswers:
    """The answers that are kept, beside the facts of code."""

    def __init__(self, objects: LiveObjects) -> None:
        self._objects = objects
        self._table = objects.library.files.table
        self._kept: set[Digest] = set()

    def of(self, digest: Digest) -> Answers | None:
        """What text answers about the Record with this digest; None if that is not known, or any of the modules that were looked at is another now."""
        key = self._key(digest)
        content = self._table.get_answers([key], CODEGRAPH_VERSION).get(key)
        if content is None:
            return None
        try:
            answers = Answers(self._objects, decode(content))
            if all(self._is_same(name, described) for name, described in answers.modules) and all(
                self._objects.library.reads_documentation(name) == reads for name, reads in answers.readers
            ):
                return answers if all(self._is_of(file, module) for file, module in answers.files) else None
        except (ValueError, TypeError, NoSourceError):
            pass
        return None

    def is_wanted(self, digest: Digest) -> bool:
        """Whether what text answers about the Record with this digest would be kept, if it can be told."""
        return digest not in self._kept and len(self._kept) < _MOST_KEPT

    def keep(self, digest: Digest, record: Record, world: LiveWorld, moment: Moment) -> None:
        """Keep what was found out in `moment`, in which the Record was found to hold."""
        if moment.is_unsure or NOTEBOOK_MODULE in moment.located or not self.is_wanted(digest):
            return
        self._kept.add(digest)
        with suppress(NoSourceError):
            content = self._found_out(record, world, moment)
            if not moment.is_unsure:  # after all of that
                self._table.put_answers({self._key(digest): encode(content)}, CODEGRAPH_VERSION)

    def keep_of_new(self, digest: Digest, content: bytes, world: LiveWorld, asked: Sequence[Asked]) -> None:
        """Keep what text answers about the Record that `content` is, for which `asked` was asked: the next process need not analyse again what this one has.

        Its function ran since, so text is looked at again, and objects may not look made any more.
        """
        if self.is_wanted(digest) and not any(before.is_unsure for before in asked):
            with suppress(NoSourceError), self._objects.library.one_moment(Moment()) as moment:
                record = Record.decode(content)
                if all(map(self._is_same_still, asked)) and world.looks_made(record):
                    self.keep(digest, record, world, moment)

    def _is_same_still(self, asked: Asked) -> bool:
        """Whether text says now what it said."""
        library = self._objects.library
        now = [(before, library.locate(name)) for name, before in asked.located.items()]
        return all(located is before or _described(located) == _described(before) for before, located in now) and all(
            library.reads_documentation(name) == reads for name, reads in asked.readers.items()
        )

    def _found_out(self, record: Record, world: LiveWorld, moment: Moment) -> list[Any]:
        """What `Answers` are made of."""
        static = [world.objects.resolver.resolve(n.module, parse_name_key(n.name)) for n in record.names]
        functions = list(self._places(moment))
        shapes = Shapes([], to_keep=True)
        shaped = [self._shape(Symbol.parse(check.symbol), shapes, world) for check in record.code]
        made = _made(self._objects, record, shaped, shapes)
        files = {file: module for file, module, _ in functions} | {file: self._module_of(file) for file in shapes.files}
        return [
            [[name, _described(located)] for name, located in moment.located.items()],
            [*moment.readers.items()],
            [[_row(resolution) for resolution in found] for found in static],
            functions,
            [[module, qualname, found.symbol.name] for (module, qualname), found in moment.classes.items()],
            [*moment.defaults.items()],
            [*moment.defined.items()],
            [*files.items()],
            [*shapes.files],
            shaped,
            [stands_alone(found, check) and stands(self._objects, made, check) for check, found in zip(record.names, static, strict=True)],
        ]

    def _shape(self, symbol: Symbol, shapes: Shapes, world: LiveWorld) -> Any:
        """The shape of the object that a definition made, from which alone it is told that it has no more than that; None where there is none."""
        value = self._objects.object_at(symbol)
        if is_of_no_matter(value, symbol.name):
            return ANY
        if symbol == world.symbol or world.is_known(symbol):
            return None
        found = self._objects.class_(value) if isinstance(value, type) else self._objects.function(value)
        return shapes.of(value) if found is not None and not isinstance(found, ExternalCode) and found.symbol == symbol else None

    def _module_of(self, file: str) -> str | None:
        files = self._objects.library.files
        return None if files.external_distribution(file) is not None else files.module_name(file)

    def _key(self, digest: Digest) -> Digest:
        return digest_parts(ANSWERS_CONTEXT, _FORM, self._objects.library.files.root.encode("utf-8", "surrogatepass"), digest)

    def _is_same(self, name: str, described: list[Any]) -> bool:
        """Whether the module called `name` is what it was."""
        library = self._objects.library
        if described[0] != "source":
            return _described(library.locate(name)) == described
        live = self._objects.live_module(name)
        now = library.files.written(name) if live is None else library.loaded.written(name, live)
        return now is not None and _described(now) == described

    def _is_of(self, file: str, module: str | None) -> bool:
        """Whether code of this file is of the module that it was of."""
        return self._objects.library.cell_offset(file) is None and self._module_of(file) == module

    def _places(self, moment: Moment) -> Iterator[list[Any]]:
        """By file: its module, and where the definitions stand that code was found to be of, if that is all that tells them apart."""
        library = self._objects.library
        by_file: dict[str, tuple[str, list[list[Any]]]] = {}
        for code, found in moment.code.values():
            if isinstance(found, ExternalCode) or library.cell_offset(code.co_filename) is not None or library.loaded.as_written(code) is not code:
                continue
            located = library.locate(found.symbol.module)
            if isinstance(located, SourceModule) and len(self._objects.definitions.at(located, code.co_firstlineno, code.co_name)) == 1:
                _, places = by_file.setdefault(code.co_filename, (found.symbol.module, []))
                places.append([code.co_firstlineno, code.co_name, found.symbol.name])
        for file, (module, places) in by_file.items():
            yield [file, module, places]


def holds_by(answers: Answers, record: Record, world: LiveWorld, moment: Moment) -> bool:
    """Whether every check of `record` holds in `world`, surely, given what text answers. Where it does not, `holds` has the last word: an answer may stand for another."""
    moment.answers = answers
    try:
        return _compared(answers, record, world)
    except NoSourceError:
        return False
    finally:
        moment.answers = None


def _compared(answers: Answers, record: Record, world: LiveWorld) -> bool:
    shapes = Shapes(answers.shape_files, to_keep=False)
    made = _made(world.objects, record, answers.shapes, shapes)
    for check in record.code:
        if check.symbol not in made and world.has_more(answers.found(Symbol.parse(check.symbol))):
            return False
    for place, (check, alone) in enumerate(zip(record.names, answers.alone, strict=True)):
        if not (alone and stands(world.objects, made, check)):
            found = resolve_live(world.objects, answers.name(place), check.module, parse_name_key(check.name))
            if all(str(resolution) != check.resolution for resolution in found):
                return False
    return all(answer(check, world) == "same" for check in checks_of(record) if not isinstance(check, (CodeCheck, NameCheck)))


def _made(objects: LiveObjects, record: Record, kept: list[Any], shapes: Shapes) -> dict[str, Any]:
    """By symbol, the objects that are what their definitions make, and no more, as their shapes tell; MISSING for those that are of no matter."""
    made: dict[str, Any] = {}
    for check, shape in zip(record.code, kept, strict=True):
        if shape is not None:
            value = objects.object_at(Symbol.parse(check.symbol))
            if shape == ANY:
                if is_of_no_matter(value, check.symbol.partition(":")[2]):
                    made[check.symbol] = MISSING
            elif shapes.of(value) == shape:
                made[check.symbol] = value
    return made


def _row(found: Resolution) -> list[Any]:
    return [found.kind, found.target, found.distribution, found.consumed, found.configured]


def _described(located: Located | Written) -> list[Any]:
    """What a module is, for comparing: of source text, its digest."""
    match located:
        case Written(name, source, is_package):
            return ["source", name, source.path, is_package, bytes(source.digest)]
        case SourceModule():
            return ["source", located.name, located.path, located.is_package, bytes(text_digest(located.text))]
        case ExternalModule():
            return ["external", located.name, located.distribution]
        case CompiledModule():
            return ["compiled", located.name, located.path]
        case NamespacePackage():
            return ["namespace", located.name]
        case MissingModule():
            return ["missing", located.name, located.why]

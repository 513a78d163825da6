"""The code graph: everything that a root symbol reaches.

`Walker` follows reads from definition to definition by text alone.
The runtime derives from it a walker that looks at live objects where text alone can't tell (`hitsave.runtime.live`), so that both agree by construction.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Container, Iterable, Mapping
from typing import Final

from hitsave.codegraph.definitions import Definitions, Found
from hitsave.codegraph.documentation import (
    ANNOTATIONS,
    DOCSTRINGS,
    LINES,
    NOTHING,
    TEXT,
    as_in_docstrings,
    documentation_read,
    dotted_name,
    keeps_what_it_decorates,
    own_documentation,
    read_of_what_it_is_given,
)
from hitsave.codegraph.facts import Decorator, Definition, Part, Read
from hitsave.codegraph.graph import BARE, CodeGraph, CodeNode, Unforeseen, Untracked
from hitsave.codegraph.library import CompiledModule, Library, SourceModule
from hitsave.codegraph.own_decorators import OWN_DISTRIBUTION, counted_decorators, is_wrapped, only_asks
from hitsave.codegraph.reflection import SOURCE, WORDS, read_by_attributes, read_by_library, read_of_others
from hitsave.codegraph.resolution import ALL_NAMES, Resolution, name_key
from hitsave.codegraph.resolve import Resolver
from hitsave.codegraph.symbols import Symbol
from hitsave.digest import Digest, digest_parts
from hitsave.patterns import pattern

SHELL_CONTEXT: Final = "hitsave 2026 v1 shell with decorators"
_TAKEN: Final = pattern(r"\bmodules\s*[\[.]|\bimport\s+modules\b")
_NAME_ONLY: Final = frozenset({"name"})  # a definition is in the graph by its name, so who reads names needs nothing more


class Walker:
    """Builds a CodeGraph by text alone.

    A root that nothing reached calls is taken without its default values: those are arguments of the call.
    """

    def __init__(self, library: Library) -> None:
        self.library = library
        self.resolver = Resolver(library)
        self.definitions = Definitions(library)
        self.graph = CodeGraph()
        self._queue: deque[tuple[str, Symbol]] = deque()
        self._waiting: set[Symbol] = set()
        self._called: set[Symbol] = set()
        self._whole_modules: set[str] = set()

    def walk(self, roots: Iterable[Symbol]) -> CodeGraph:
        """Everything that `roots` reach."""
        self.graph.roots = tuple(roots)
        for root in self.graph.roots:
            self.reach(root, None)
        self.drain()
        return self.graph

    def drain(self) -> None:
        """Follow whatever is waiting; then, if something that was reached reads documentation, count it for every definition."""
        while self._queue:
            kind, symbol = self._queue.popleft()
            if kind == "code":
                self._waiting.discard(symbol)
            self.visit_value(symbol) if kind == "value" else self.visit_code(symbol)
        if self.graph.reflecting or self.graph.read_directly or (self.graph.given and self.graph.escaping):
            self.count_documentation(self.graph.reflecting.values())

    # --- what is reached -------------------------------------------------------------------------------------------

    def reach(self, symbol: Symbol, via: Symbol | None) -> None:
        """`symbol`, a function or class, is reached from `via`."""
        self._edge(symbol, via)
        if via is not None and symbol in self.graph.roots and symbol not in self._called:
            self._called.add(symbol)
            self.graph.code.pop(symbol, None)
        if symbol not in self.graph.code and symbol not in self._waiting:
            self._waiting.add(symbol)
            self._queue.append(("code", symbol))

    def reach_value(self, symbol: Symbol, via: Symbol | None) -> None:
        """`symbol`, a module-level variable, is read by `via`."""
        self._edge(symbol, via)
        if symbol not in self.graph.captures:
            self.graph.captures[symbol] = None
            self._queue.append(("value", symbol))

    def reach_module(self, module: str, via: Symbol, *, listed: bool = True) -> None:
        """A project module is used as a value: all of it counts, and where its names may be `listed`, which names it has."""
        located = self.library.locate(module)
        if listed and isinstance(located, SourceModule):
            self.graph.listing.setdefault(module, set()).add(via)
            self.follow(module, Read((ALL_NAMES,), 0, None), via)
        if module in self._whole_modules:
            return
        self._whole_modules.add(module)
        if isinstance(located, SourceModule):
            self.graph.modules.add(module)
            for name in located.index.by_name:
                if name != "*":
                    self.follow(module, Read((name,), 0, None), via, listed=listed)
                else:
                    for binding in located.index.by_name["*"]:
                        assert binding.origin is not None
                        target = self.resolver.absolute(module, binding.origin)
                        if target is not None:
                            self.reach_module(target, via, listed=listed)

    def _edge(self, symbol: Symbol, via: Symbol | None) -> None:
        if via is not None and via != symbol:
            targets = self.graph.edges.setdefault(via, [])
            if symbol not in targets:
                targets.append(symbol)
            if symbol not in self.graph.via and symbol not in self.graph.roots:
                self.graph.via[symbol] = via

    # --- visiting --------------------------------------------------------------------------------------------------

    def find(self, symbol: Symbol) -> Found | None:
        """The definition of a reached symbol."""
        return self.definitions.find(symbol)

    def visit_code(self, symbol: Symbol) -> None:
        """Take a function or class into the graph, and follow what it reads."""
        if symbol in self.graph.code:
            return
        found = self.find(symbol)
        if found is None:
            self.untracked("its definition was not found in the text", symbol, "", 0)
            return
        definition = found.definition
        bare = self.is_bare(symbol, definition)
        self.graph.code[symbol] = self.node(symbol, found, documented=NOTHING, bare=bare)
        if not bare:
            self.follow_part(definition.shell, found, symbol)
        for decorator in self.counted_decorators(symbol.module, definition):
            if keeps_what_it_decorates(decorator):
                self.graph.escaping.add(symbol)
            for read in decorator.reads:
                self.follow(symbol.module, read, symbol)
        self.follow_part(definition.body, found, symbol)
        for read in definition.guards:
            self.follow(symbol.module, read, symbol)
        if definition.kind == "class":
            for member in self.definitions.members(found):
                self.reach(member.symbol, symbol)
        elif "." in symbol.name and "<locals>" not in symbol.name and definition.kind == "function":
            owner = symbol.name.rpartition(".")[0]
            if symbol in self.graph.roots:
                self.reach(Symbol(symbol.module, owner), symbol)

    def is_bare(self, symbol: Symbol, definition: Definition) -> bool:
        """Whether only the key's arguments fill the parameters of a definition: it is a root, nothing reached calls it, and no decorator put another function in its place."""
        is_root = symbol in self.graph.roots and symbol not in self._called and definition.kind in {"function", "lambda"}
        return is_root and not is_wrapped(self.resolver, symbol.module, definition)

    def node(self, symbol: Symbol, found: Found, *, documented: int, bare: bool) -> CodeNode:
        """A definition's digests, as Records have them.

        `bare` is for a root that nothing reached calls: its parameters and their values are in the key, so of its shell only the decorators count.
        """
        definition = found.definition
        shell = self.shell_digest(found, documented=documented, bare=bare)
        kind = BARE if bare else definition.kind
        return CodeNode(
            symbol, kind, shell, definition.body.digest, documented, found.path, found.line, found.text, definition.rest, definition.pieces
        )

    def shell_digest(self, found: Found, *, documented: int, bare: bool) -> Digest:
        """The digest of a shell together with the decorators that count, the statements that change the finished object, and the documentation where that counts."""
        symbol, definition = found.symbol, found.definition
        parts: list[bytes] = [b"async" if definition.is_async else b"plain"] if bare else [definition.shell.digest]
        counted = self.counted_decorators(symbol.module, definition)
        is_memoised = len(counted) < len(definition.decorators)
        parts.extend(d.digest for d in counted)
        module = self.library.locate(symbol.module)
        if isinstance(module, SourceModule) and "." not in symbol.name:
            changes = self.definitions.changes_to(module, symbol.name)
            parts.extend(f.definition.shell.digest for f in changes if not (is_memoised and only_asks(f.text)))
        if definition.guard is not None and definition.kind in {"function", "class"}:
            parts.append(definition.guard)
        documented |= own_documentation(self.resolver, self.definitions, symbol.module, definition)
        if documented & DOCSTRINGS and definition.docstring is not None:
            parts.append(definition.docstring)
        if documented & ANNOTATIONS and definition.annotations is not None:
            parts.append(definition.annotations)
        if documented & TEXT:
            parts.append(found.whole_lines(module).encode("utf-8", "surrogatepass"))
        if documented & LINES:
            parts.append(b"line %d" % found.first_line)
        return digest_parts(SHELL_CONTEXT, *parts)

    def counted_decorators(self, module: str, definition: Definition) -> list[Decorator]:
        """The decorators that are not HitSave's own."""
        return counted_decorators(self.resolver, module, definition)

    def visit_value(self, symbol: Symbol) -> None:
        """Take a module-level variable into the graph: what its value is made of is followed, what merely computes it is not."""
        maker = self.definitions.maker(symbol)
        self.graph.captures[symbol] = maker
        if maker is None:
            return
        for part in maker.definitions:
            for read in part.definition.shell.reads:
                for found in self.resolver.resolve(symbol.module, read):
                    if found.kind == "symbol" and (read.whole or self._is_class(found.symbol)):
                        self._note_whole(found.symbol, read)
                        self.reach(found.symbol, symbol)
        for found in self.definitions.lambdas_of(maker):
            self.reach(found.symbol, symbol)

    def visit_value_by_code(self, symbol: Symbol) -> None:
        """Take a module-level variable into the graph by its code: all that its text reads counts."""
        maker = self.definitions.maker(symbol)
        self.graph.captures[symbol] = maker
        for part in maker.definitions if maker else ():
            self.follow_part(part.definition.shell, part, symbol)

    def _is_class(self, symbol: Symbol) -> bool:
        found = self.find(symbol)
        return found is not None and found.definition.kind == "class"

    # --- following reads -------------------------------------------------------------------------------------------

    def follow_part(self, part: Part, found: Found, via: Symbol) -> None:
        """Follow everything that a shell or body reads."""
        self._note_reflecting(via, read_of_others(part.reflects, found.text))
        for read in part.reads:
            self.follow(via.module, read, via)
        self.graph.note_unused_imports(via.module, part, self.resolve)
        for unresolved in part.unresolved:
            self.untracked(unresolved.why, via, found.path, found.line)
            from hitsave.codegraph.flows import asked_of_its_own, asked_of_modules  # loads Python's parser

            own = asked_of_its_own(unresolved.why, found.text)
            at_import = part is found.definition.shell
            line = None if at_import else found.line - found.definition.span.name_line + unresolved.line
            self.reach_anything(Unforeseen(via, line, asked_of_modules(found.text), own, at_import, unresolved.why.startswith("import_module")))

    def reach_anything(self, place: Unforeseen) -> None:
        """Code that text can't name may be reached: the module of that place counts, and for the runtime every project module that is loaded."""
        self.reach_module(place.symbol.module, place.symbol, listed=place.of_its_own == "all")

    def resolve(self, module: str, read: Read) -> tuple[Resolution, ...]:
        """What a read stands for; the first is entered in the graph, code of all is followed."""
        return self.resolver.resolve(module, read)

    def follow(self, module: str, read: Read, via: Symbol, *, listed: bool = True) -> None:
        """Enter what a read stands for, and reach it; where it is a module, its names may be `listed`."""
        for position, found in enumerate(self.resolve(module, read)):
            if position == 0 and not (found.kind == "external" and found.distribution == OWN_DISTRIBUTION):
                self.graph.names[module, name_key(read, found.consumed)] = found
            match found.kind:
                case "symbol":
                    self._note_whole(found.symbol, read)
                    self._note_read_of(found, read, via)
                    self.reach(found.symbol, via)
                case "value":
                    self._note_read_of(found, read, via)
                    self.reach_value(found.symbol, via)
                case "module":
                    self.graph.modules.add(found.target)
                    if read.whole or len(read.path) == found.consumed:
                        self.reach_module(found.target, via, listed=listed)
                case "external":
                    if found.distribution != OWN_DISTRIBUTION:
                        self.graph.externals.add(found.distribution)
                        dotted = dotted_name(found, read)
                        self.graph.given |= read_of_what_it_is_given(self.library, found, dotted)
                        words = read_by_library(dotted) if read.whole or "." in dotted else ()
                        self._note_reflecting(via, words)
                        if dotted.startswith("sys.modules") and self._takes_modules(via):
                            self.reach_anything(Unforeseen(via, None, "all", "all", self.find(via) is None))
                        if words and WORDS.isdisjoint(read.path):
                            self.graph.reading_by_alias.add(via)
                case "compiled":
                    located = self.library.locate(found.target)
                    if isinstance(located, CompiledModule):
                        self.graph.compiled[found.target] = located.path
                case "builtin" | "nothing" | "names":
                    pass

    def _takes_modules(self, via: Symbol) -> bool:
        """Whether code takes modules out of ``sys.modules``; asking whether one is there gives nothing to read."""
        found = self.find(via)
        return found is None or _TAKEN.search(found.text) is not None

    def _note_whole(self, symbol: Symbol, read: Read) -> None:
        if read.whole:
            self.graph.escaping.add(symbol)

    def _note_reflecting(self, via: Symbol, words: Iterable[str]) -> None:
        """`via` reads this of definitions; nobody knows of which."""
        if not _NAME_ONLY.issuperset(words):
            self.graph.reflecting[via] = self.graph.reflecting.get(via, NOTHING) | documentation_read(words)
            if not SOURCE.isdisjoint(words):
                self.graph.reading_source.add(via)

    def _note_read_of(self, found: Resolution, read: Read, via: Symbol) -> None:
        """A chain that `via` reads goes on with attributes that stand for documentation: ``f.__doc__``."""
        rest = read.path[found.consumed :]
        words = read_by_attributes(rest)
        if _NAME_ONLY.issuperset(words):
            return
        definition = self.find(found.symbol) if found.kind == "symbol" else None
        is_own = rest[0].startswith("__") and definition is not None and not self.counted_decorators(found.symbol.module, definition.definition)
        if is_own:
            readers = self.graph.read_directly.setdefault(found.symbol, {})
            readers[via] = readers.get(via, NOTHING) | documentation_read(words)
        else:
            self._note_reflecting(via, words)

    def untracked(self, why: str, symbol: Symbol, path: str, line: int) -> None:
        """Note something that can't be followed."""
        entry = Untracked(why, symbol, path, line)
        if entry not in self.graph.untracked:
            self.graph.untracked.append(entry)

    def count_documentation(self, read: Iterable[int], idle: Container[Symbol] = (), of_some: Mapping[Symbol, int] | None = None) -> None:
        """From here on, of all definitions the documentation counts that is among what is `read`; besides, that which is read `of_some`, directly or by libraries, and no other.

        What only definitions read that are `idle` does not count.
        """
        of_all = NOTHING
        for what in read:
            of_all |= what
        for symbol, node in list(self.graph.code.items()):
            documented = of_all | (of_some or {}).get(symbol, NOTHING)
            for reader, what in self.graph.read_directly.get(symbol, {}).items():
                if reader not in idle:
                    documented |= what
            if self._escapes(symbol):
                documented |= self.graph.given
            documented = as_in_docstrings(documented, symbol.name)
            found = self.find(symbol) if node.documented != documented else None
            if found is not None:
                self.graph.code[symbol] = self.node(symbol, found, documented=documented, bare=node.kind == BARE)

    def _escapes(self, symbol: Symbol) -> bool:
        """Whether a definition, or the class that it is a member of, is used as a value."""
        owner = Symbol(symbol.module, symbol.name.rpartition(".")[0])
        return symbol in self.graph.escaping or owner in self.graph.escaping

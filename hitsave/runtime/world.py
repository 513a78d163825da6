"""A live process as the world that Records are checked against."""

from __future__ import annotations

from functools import cached_property
from types import FunctionType
from typing import TYPE_CHECKING, Any

from hitsave.codegraph.definitions import Found, Maker
from hitsave.codegraph.graph import BARE, CodeNode
from hitsave.codegraph.resolution import Resolution, parse_name_key
from hitsave.codegraph.symbols import Symbol
from hitsave.digest import Digest
from hitsave.errors import NoSourceError, UndigestibleError
from hitsave.freshness.accepted import Accepted
from hitsave.freshness.check import CaptureAnswer
from hitsave.freshness.record import CaptureCheck, CodeCheck, EnvironmentCheck, FileCheck, Record, is_of_a_call
from hitsave.freshness.surroundings import ARGUMENT_PATHS, Surroundings
from hitsave.runtime.captures import SeenCaptures, capture_value
from hitsave.runtime.made import carries_values, class_captures, has_attributes
from hitsave.runtime.names import LiveNames
from hitsave.runtime.objects import MISSING, ExternalCode, LiveObjects
from hitsave.runtime.standing_for import CLOSURE_MARK, VALUE_SUFFIX, resolved
from hitsave.values.digester import Digester

if TYPE_CHECKING:
    from hitsave.runtime.live import LiveWalker


class LiveWorld:
    """Answers checks from text and live objects together, for one memoised function.

    What it has found out it does not look for again: of a call that an edit made stale, many entries may be there, and most of what they ask for is the same.
    It is made for one look-up, while which no code of the user runs.
    """

    text_only = False

    def __init__(self, objects: LiveObjects, seen: SeenCaptures, surroundings: Surroundings, root: Symbol, function: FunctionType | None) -> None:
        self.objects = objects
        self.seen = seen
        self.surroundings = surroundings
        self.function = function
        self.symbol = root
        self.root = surroundings.root
        self.python = surroundings.python
        self.optimize = surroundings.optimize
        self.accepted = Accepted()
        self.paths: Digest | None = None
        """Where the files of a call's arguments lie, if it is a call that is looked at, and has some."""
        self.walked: LiveWalker | None = None
        """What followed the code since, for asking why a Record does not hold: it has looked at most of what that takes."""
        self._recorded: frozenset[str] = frozenset()
        self._pruned: frozenset[str] = frozenset()
        self._digests: dict[str, Digest | None] = {}
        self._by_code: set[str] = set()
        self._nodes: dict[tuple[Symbol, int, bool], tuple[Found, CodeNode]] = {}
        self._held: dict[Symbol, frozenset[str] | bool] = {}

    @cached_property
    def walker(self) -> LiveWalker:
        """Follows code as an evaluation does. What holds by answers of an earlier process needs none."""
        from hitsave.runtime.live import LiveWalker

        return LiveWalker(self.objects, root=self.symbol, function=self.function)

    def expecting(self, record: Record) -> LiveWorld:
        """This world, knowing which captures `record` has: an attribute that a class or function has got since is a change."""
        self._recorded = frozenset(c.symbol for c in record.captures)
        self._pruned = frozenset(c.symbol for c in record.code if c.body is None)
        return self

    def code(self, symbol: Symbol, *, documented: int, bare: bool) -> CodeNode | None:
        """A definition's digests, or None if the live object has something that the text and the Record don't."""
        if self.walked is not None:
            node = self.walked.graph.code.get(symbol)
            if node is not None and node.documented == documented and (node.kind == BARE) == bare:
                return node
        known = self._node(symbol, documented=documented, bare=bare)
        return None if known is None or self.has_more(known[0]) else known[1]

    def looks_made(self, record: Record) -> bool:
        """Whether the objects of its code, and what its names stand for, are now what `record` says; their text is not asked."""
        self.expecting(record)
        found = (self.objects.definitions.find(Symbol.parse(check.symbol)) for check in record.code)
        return not any(definition is None or self.has_more(definition) for definition in found) and all(
            check.resolution in {str(resolution) for resolution in self.name(check.module, check.name)} for check in record.names
        )

    def text(self, check: CodeCheck) -> CodeNode | None:
        """The digests of a definition as it is written now, whatever its live object has."""
        known = self._node(Symbol.parse(check.symbol), documented=check.documented, bare=check.kind == BARE)
        return None if known is None else known[1]

    def _node(self, symbol: Symbol, *, documented: int, bare: bool) -> tuple[Found, CodeNode] | None:
        key = symbol, documented, bare
        if key not in self._nodes:
            found = self.objects.definitions.find(symbol)
            if found is None:
                return None
            self._nodes[key] = found, self.walker.node(symbol, found, documented=documented, bare=bare)
        return self._nodes[key]

    def has_more(self, found: Found) -> bool:
        """Whether the live object that a definition made has something that neither its text nor the Record has."""
        symbol = found.symbol
        if symbol not in self._held:
            value = self.objects.object_at(symbol)
            if isinstance(value, type):
                self._held[symbol] = frozenset(f"{symbol}.{name}" for name, _ in class_captures(self.objects, symbol, value))
            elif self.is_known(symbol):
                return False
            else:
                self._held[symbol] = self._has_values_of_its_own(found, value)
        held = self._held[symbol]
        return not held <= self._recorded if isinstance(held, frozenset) else held and not self.is_known(symbol)

    def is_known(self, symbol: Symbol) -> bool:
        """Whether the Record has the value of what a definition made, or only its shell, and there is no more to ask it for."""
        return f"{symbol}{VALUE_SUFFIX}" in self._recorded or (str(symbol) in self._pruned and not has_attributes(self.objects.object_at(symbol)))

    def _has_values_of_its_own(self, found: Found, value: Any) -> bool:
        symbol = found.symbol
        if not isinstance(value, FunctionType) or "." in symbol.name or symbol == self.symbol or not carries_values(self.objects, value, found):
            return False
        made = self.objects.function(value)
        return not isinstance(made, ExternalCode) and made.symbol == symbol

    def definition(self, symbol: Symbol) -> Found | None:
        """The definition of a symbol in the text now."""
        return self.objects.definitions.find(symbol)

    def name(self, module: str, key: str) -> tuple[Resolution, ...]:
        """What a name stands for in this process."""
        return resolved(self.objects, module, parse_name_key(key))

    def capture(self, check: CaptureCheck) -> CaptureAnswer:
        """Digest the capture's value now; by its text where it was recorded so, or its module is not loaded."""
        symbol = Symbol.parse(check.symbol)
        if self.walked is not None and check.value is not None and self.walked.values.get(symbol) == check.value:
            return "same"
        if check.value is None:
            return self._by_text(symbol, check)
        value = capture_value(self.objects, symbol, self.function)
        if value is MISSING:
            if CLOSURE_MARK in symbol.name or self.objects.namespace(symbol.module) is not None:
                return "changed"
            return self._by_text(symbol, check)  # all that its text reads is in the Record too, see LiveWalker.drain
        digest = self._digest(symbol, value)
        if digest is None:
            return "changed"
        if digest == check.value or self.seen.look_closer(symbol, value, digest) == check.value:
            return self._by_text(symbol, check) if str(symbol) in self._by_code else "same"
        if check.unordered is not None and self._unordered(symbol, value) == check.unordered:
            return "same"
        return self._by_text(symbol, check) if self._inside(symbol, value) == check.value else "changed"

    def _unordered(self, symbol: Symbol, value: Any) -> Digest | None:
        from hitsave.runtime.unordered import unordered_digest  # loads Python's parser

        return unordered_digest(self.objects, self.objects.library, symbol, value)

    def _inside(self, symbol: Symbol, value: Any) -> Digest | None:
        """The digest of a capture without what functions of libraries keep in it, None if they keep nothing."""
        try:
            digester = Digester(LiveNames(self.objects), inside_only=True)
            digest = digester.digest(value, symbol.name)
        except (UndigestibleError, NoSourceError):
            return None
        return digest if digester.outside else None

    def _digest(self, symbol: Symbol, value: Any) -> Digest | None:
        key = str(symbol)
        if key not in self._digests:
            try:
                digester = Digester(LiveNames(self.objects))
                self._digests[key] = digester.digest(value, symbol.name)
                if digester.by_code:
                    self._by_code.add(key)
            except (UndigestibleError, NoSourceError):
                self._digests[key] = None
        return self._digests[key]

    def _by_text(self, symbol: Symbol, check: CaptureCheck) -> CaptureAnswer:
        maker = self.maker(symbol)
        return "same" if (maker.digest if maker else None) == check.made_by else "changed"

    def maker(self, symbol: Symbol) -> Maker | None:
        """The text that makes a module variable."""
        return self.objects.definitions.maker(symbol)

    def external(self, distribution: str, sensitivity: str) -> str:
        """The installed version."""
        return self.surroundings.external(distribution, sensitivity)

    def compiled(self, module: str) -> bytes | None:
        """The digest of a compiled extension's file."""
        return self.surroundings.compiled(module)

    def file(self, check: FileCheck) -> bytes | None:
        """The digest of a file or listing now. What the arguments of a call hold is in its key."""
        return check.digest if is_of_a_call(check) else self.surroundings.file(check)

    def environment(self, check: EnvironmentCheck) -> bytes | None:
        """The digest of an environment variable now."""
        if check.name == ARGUMENT_PATHS and self.paths is not None:
            return self.paths
        return self.surroundings.environment(check)

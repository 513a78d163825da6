"""What the code of a memoised function reaches: found before an evaluation, and kept for the next ones as long as nothing that it was found from is different.

A program may evaluate a function thousands of times, and following its code can take longer than the function does.
"""

from __future__ import annotations

import time
from types import CodeType, FunctionType, ModuleType
from typing import Final

from hitsave.codegraph.symbols import Symbol
from hitsave.digest import Digest
from hitsave.errors import NoSourceError, UndigestibleError
from hitsave.freshness.record import CodeCheck, NameCheck, Record
from hitsave.runtime import executed
from hitsave.runtime.captures import capture_value
from hitsave.runtime.guards import Guards
from hitsave.runtime.kept_reads import caches_of, counted, filled_properties, takers
from hitsave.runtime.live import LiveWalker
from hitsave.runtime.live_library import Asked, Moment
from hitsave.runtime.lookup import Miss, world_for
from hitsave.runtime.names import LiveNames
from hitsave.runtime.objects import MISSING
from hitsave.runtime.rebinding import binders_of, rebindable
from hitsave.runtime.recording import build_snapshot, checks_of_code
from hitsave.values.digester import Digester

_MOST_IN_VAIN: Final = 3
"""How often an analysis is kept that is of no use to the next evaluation, until none is kept of that function any more."""


def analyse(miss: Miss) -> None:
    """Follow the code of the call that is to be evaluated, digest what it reads besides its arguments, and note what has to be known of both when it ends."""
    shared, memo = miss.engine, miss.memo
    kept = memo.analysis
    if kept is None:
        kept = memo.analysis = KeptAnalysis()
    function = memo.function if isinstance(memo.function, FunctionType) else None
    walker = kept.again(miss)
    if walker is None:
        walker = _followed(miss, function)
        kept.keep(miss, walker)
        shared.keep()
    found = miss.found
    binders = binders_of(walker, function) if found is None else found.binders
    caches = caches_of(walker) if found is None else found.caches
    values = {s: capture_value(shared.objects, s, function) for s, digest in walker.values.items() if digest is not None}
    miss.held = shared.seen.survey(values.values())
    for symbol, value in values.items():
        digest = walker.values[symbol]
        if digest is not None and value is not MISSING:
            walker.values[symbol] = shared.seen.digest(symbol, value, digest)
    miss.fillers, miss.caches = takers(walker, shared.seen.filled(values)), counted(caches)
    miss.properties = filled_properties(miss.held, [value for _, value in miss.inputs.bound])
    shared.seen.let_go()
    miss.rebindable = rebindable(shared.objects, values, binders)
    miss.walker = walker
    miss.loaded = shared.objects.loaded_modules()
    can_change = {n.path for symbol, n in walker.graph.code.items() if not shared.objects.library.keeps(symbol.module)}
    miss.signatures = shared.library.signatures(can_change)


def _followed(miss: Miss, function: FunctionType | None) -> LiveWalker:
    """All that the call reaches, by text and live objects."""
    shared = miss.engine
    walker = LiveWalker(shared.objects, root=miss.root, function=function)
    walker.names.reached = miss.inputs.reached
    walker.graph.roots = (miss.root,)
    with shared.objects.library.one_moment(miss.moment) as moment:
        walker.reach(miss.root, None)
        walker.take_reached(miss.root)
        walker.drain()
        if function is not None:
            walker.visit_root_function()
            walker.drain()
    miss.asked = moment.asked()
    return walker


class KeptAnalysis:
    """The last analysis of one memoised function, from its second one on: most programs evaluate a function once, or never."""

    def __init__(self) -> None:
        self._analyses = 0
        self._in_vain = 0
        self._found: Found | None = None

    def keep(self, miss: Miss, walker: LiveWalker) -> None:
        """Keep what was found for a call, if that is the same for all."""
        self._analyses += 1
        if self._analyses > 1 and self._in_vain < _MOST_IN_VAIN and not _brings_code(miss) and miss.asked is not None:
            self._found = miss.found = Found(miss, walker, miss.asked)

    def again(self, miss: Miss) -> LiveWalker | None:
        """What would be found for a call now, without looking for it; None where something is different, or brought by the call itself."""
        found = self._found
        if found is None or _brings_code(miss):
            return None
        with miss.engine.objects.library.one_moment(Moment()):
            walker = found.again(miss)
        if walker is None:
            self._in_vain += 1
            self._found = None
        else:
            self._in_vain = 0
            miss.asked, miss.found = found.asked, found
        return walker


def _brings_code(miss: Miss) -> bool:
    reached = miss.inputs.reached
    return bool(reached.code or reached.modules or reached.externals)


class Found:
    """What was found, and what it was found from: text (`asked`), modules that were loaded, objects that names stand for, classes and functions (`guards`), values.

    `binders` and `caches` are what code binds and where it caches. `foretold` is code that ran and was reached.
    """

    def __init__(self, miss: Miss, walker: LiveWalker, asked: Asked) -> None:
        objects = miss.engine.objects
        self.asked = asked
        self.binders, self.caches = binders_of(walker, walker.function), caches_of(walker)
        self.foretold: dict[int, CodeType] = {}
        self._written: tuple[object, Written] | None = None
        self._walker = walker.copied()
        self._loaded = objects.loaded_modules()
        self._modules = self._live_modules(miss)
        self._guards = Guards(_as_record(walker), world_for(miss), time.time_ns(), met=tuple(walker.live.values()))
        # What a variable is bound to is known by its digest.
        variables = {(id(space), s.name) for s in walker.values if (space := objects.namespace(s.module)) is not None}
        self._guards.slots = [slot for slot in self._guards.slots if (id(slot[0]), slot[1]) not in variables]
        self._plain = {s for s, digest in walker.values.items() if digest is not None and _digested(miss, walker.function, s)[1]}

    def again(self, miss: Miss) -> LiveWalker | None:
        """A walker that went where the one went that is kept; None where another would go elsewhere now."""
        objects, library = miss.engine.objects, miss.engine.objects.library
        try:
            if (objects.loaded_modules() is not self._loaded and self._live_modules(miss) != self._modules) or not self._guards.hold(world_for(miss)):
                return None
            if not all((now := library.locate(name)) is was or now == was for name, was in self.asked.located.items()):
                return None
            if not all(library.reads_documentation(name) == reads for name, reads in self.asked.readers.items()):
                return None
            values = self._values(miss)
        except (NoSourceError, UndigestibleError):
            return None
        if values is None:
            return None
        walker = self._walker.copied()
        walker.values.update(values)
        return walker

    def written(self, walker: LiveWalker, root: str) -> Written:
        """What is stored of the code that `walker` reached, which began as the one that is kept; as it was stored before, if nothing ran since that never had."""
        before, now = self._walker, walker
        is_all = all(
            len(getattr(now.graph, name)) == len(getattr(before.graph, name)) for name in ("code", "names", "captures", "compiled", "externals")
        ) and (len(now.values), now.texts, now.inside.keys()) == (len(before.values), before.texts, before.inside.keys())
        if not is_all or not self._guards.hold_of_functions():
            return Written(walker, root)
        stamp = executed.stamp(), now.loading, dict(now.values), list(now.graph.untracked), root
        if self._written is None or self._written[0] != stamp:
            written = Written(walker, root)
            self._written = (executed.stamp(), *stamp[1:]), written
        return self._written[1]

    def _values(self, miss: Miss) -> dict[Symbol, Digest] | None:
        """The digests of captures now; None if one was or is of a value that may bring code with it, and changed."""
        values: dict[Symbol, Digest] = {}
        for symbol, before in self._walker.values.items():
            if before is None:
                continue
            digest, is_plain = _digested(miss, self._walker.function, symbol)
            if digest != before and not (is_plain and symbol in self._plain):
                return None
            values[symbol] = digest
        return values

    def _live_modules(self, miss: Miss) -> dict[str, ModuleType | None]:
        objects = miss.engine.objects
        return {name: objects.live_module(name) for name in objects.loaded_modules()}


class Written:
    """What is stored of the code that an evaluation reached: checks, and a Snapshot of `texts`, encoded."""

    def __init__(self, walker: LiveWalker, root: str) -> None:
        self.of_code = checks_of_code(walker)
        snapshot, self.texts = build_snapshot(walker, root)
        self.snapshot = snapshot.encode()
        self._encoded: tuple[Record, bytes] | None = None

    def encoded(self, record: Record) -> bytes:
        """The canonical bytes of a Record, often that of the evaluation before."""
        if self._encoded is None or self._encoded[0] != record:
            self._encoded = record, record.encode()
        return self._encoded[1]


def _digested(miss: Miss, function: FunctionType | None, symbol: Symbol) -> tuple[Digest, bool]:
    """The digest of a capture now, and whether it is of a value that has no code in it."""
    objects = miss.engine.objects
    value = capture_value(objects, symbol, function)
    if value is MISSING:
        raise UndigestibleError(symbol.name, "variable that is gone", "")
    names = LiveNames(objects)
    digester = Digester(names)
    digest = digester.digest(value, symbol.name)
    return digest, not (digester.outside or digester.by_code or names.reached.code or names.reached.modules or names.reached.externals)


def _as_record(walker: LiveWalker) -> Record:
    """All names and code that were looked at, to have guards stand for them."""
    return Record(
        python="",
        optimize=0,
        code=tuple(CodeCheck(str(symbol), node.kind, node.shell, None, node.documented) for symbol, node in walker.graph.code.items()),
        names=tuple(NameCheck(module, key, str(found)) for (module, key), found in walker.graph.names.items()),
        captures=(),
    )

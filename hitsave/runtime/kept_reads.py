"""What caches that an evaluation takes from were filled with by reading: the evaluation depends on that as if it had read it itself.

A cache may have been filled by another evaluation, or while nothing was evaluated. What fills it are the functions that name it (or, of `functools.lru_cache`,
the function in it) with all that these reach; so of all reads of the process (`read_log`), those count that code of these functions made, whenever that was.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Iterable, Mapping
from types import CodeType, FunctionType
from typing import Any, Final, cast

from hitsave.codegraph.symbols import Symbol
from hitsave.runtime import read_log
from hitsave.runtime.live import LiveWalker
from hitsave.runtime.reads import Recording
from hitsave.values.classes import layout_of
from hitsave.values.held import Survey, survey
from hitsave.values.rules.finding import find_rule

_CACHED: Final[Any] = type(functools.lru_cache(int))
Count = tuple[Symbol, Any, int]
"""A function with a cache, that cache, and how often it had given something."""


def caches_of(walker: LiveWalker) -> list[tuple[Symbol, Any]]:
    """The functions with `functools.lru_cache` that an evaluation reaches."""
    found = [(symbol, walker.objects.object_at(symbol)) for symbol in (*walker.graph.code, *walker.graph.captures)]
    return [(symbol, value) for symbol, value in found if type(value) is _CACHED]


def counted(caches: Iterable[tuple[Symbol, Any]]) -> list[Count]:
    """These functions, before an evaluation begins."""
    return [(symbol, cache, cache.cache_info().hits) for symbol, cache in caches]


def takers(walker: LiveWalker, filled: Iterable[Symbol]) -> set[Symbol]:
    """The functions that name one of these variables, which were filled before."""
    wanted = {*filled}
    return {symbol for symbol, targets in walker.graph.edges.items() if not wanted.isdisjoint(targets)} if wanted else set()


def filled_properties(captures: Survey, arguments: Collection[Any]) -> set[CodeType]:
    """The functions of `functools.cached_property` whose results objects in these values keep already: digests leave them out.

    Nobody looks for them where nothing was read that such a function could keep: arguments may be large.
    """
    found: set[CodeType] = set()
    if all(code is not None and code.co_name == "<module>" for code in list(read_log.reads)):
        return found
    for contents in (*captures.contents.values(), *survey(arguments).contents.values()):
        cls = type(cast("object", contents.owner))
        skipped = layout_of(cls, find_rule(cls)[1]).skipped
        for name in skipped and skipped & getattr(contents.owner, "__dict__", {}).keys():
            part = next((vars(base).get(name) for base in cls.__mro__ if name in vars(base)), None)
            if isinstance(part, functools.cached_property) and isinstance(part.func, FunctionType):
                found.add(part.func.__code__)
    return found


def kept_reads(
    walker: LiveWalker,
    fillers: Iterable[Symbol],
    properties: Iterable[CodeType],
    caches: Iterable[Count],
    symbols_of: Callable[[CodeType], Iterable[Symbol]],
    late: Mapping[str, CodeType],
) -> list[Recording]:
    """What was read for the caches that an evaluation took from. `symbols_of` gives the symbols whose text some code is part of.

    What a module reads as it loads is kept in its variables. They count by their values where it is loaded; `late` are those that were loaded only when they were needed
    (by file), so that the next process may have to tell before they are.
    """
    wanted = {
        *fillers,
        *(s for code in properties for s in symbols_of(code)),
        *(symbol for symbol, cache, hits in caches if cache.cache_info().hits > hits),
    }
    waiting = list(wanted)
    for symbol in waiting:
        new = [target for target in walker.graph.edges.get(symbol, ()) if target not in wanted]
        wanted.update(new)
        waiting.extend(new)
    at_import = [code for code in list(read_log.reads) if code is not None and code.co_name == "<module>"]
    modules = {symbol.module for symbol in (*walker.graph.code, *walker.values)} if at_import else set[str]()
    loaded = {
        code
        for file, code in (late.items() if at_import else ())
        if any(code is reader for reader in at_import) and walker.objects.library.files.module_name(file) in modules
    }

    def counts(code: CodeType | None) -> bool:
        if code is None:
            return bool(wanted)
        return code in loaded if code.co_name == "<module>" else not wanted.isdisjoint(symbols_of(code))

    return [_as_recording(found) for code, found in list(read_log.reads.items()) if counts(code)] if wanted or loaded else []


def _as_recording(found: read_log.Reads) -> Recording:
    return Recording(
        opened=dict(found.opened),
        listed=dict(found.listed),
        environment=dict(found.variables),
        whole_environment=found.whole_environment,
        folder=found.folder,
    )

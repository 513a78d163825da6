"""From a function to all functions of the project that it calls, or hands on to be called.

Narrower than the code graph, which says on what a result depends: of a class that is only used through two of its methods, all of it counts there,
and here the two methods. Where text does not tell on what a method is called, it is one of a class that was made on the way.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Final

from hitsave.advice.meaning import Class, Function, Meaning, Meanings, Outside, Placed, Unknown
from hitsave.advice.remembered import Remembered
from hitsave.advice.sights import Use
from hitsave.codegraph.symbols import Symbol

_MOST: Final = 3000
"""Functions that are followed from one root; beyond, what is found is enough."""
_CONSTRUCTORS: Final = ("__init__", "__new__", "__post_init__")
_FREQUENT: Final = frozenset(
    [
        "get",
        "items",
        "keys",
        "values",
        "append",
        "extend",
        "add",
        "update",
        "pop",
        "remove",
        "clear",
        "insert",
        "sort",
        "reverse",
        "copy",
        "index",
        "count",
        "join",
        "split",
        "strip",
        "replace",
        "format",
        "encode",
        "decode",
        "read",
        "write",
        "close",
        "open",
        "startswith",
        "endswith",
        "lower",
        "upper",
        "find",
        "search",
        "match",
        "sub",
        "group",
        "groups",
        "setdefault",
        "discard",
        "union",
        "issubset",
        "mean",
        "sum",
        "max",
        "min",
        "std",
        "reshape",
        "astype",
        "apply",
        "map",
        "filter",
        "flush",
        "seek",
        "tell",
        "send",
        "put",
        "name",
        "size",
        "shape",
        "run",
        "start",
        "stop",
        "reset",
        "set",
        "load",
        "save",
        "dump",
        "dumps",
        "loads",
        "parse",
        "render",
        "next",
        "build",
        "create",
        "delete",
        "exists",
        "execute",
        "info",
        "debug",
        "warning",
        "error",
        "log",
        "exists",
        "is_file",
        "is_dir",
        "result",
        "submit",
    ]
)
"""Methods that so many types have that the name says nothing."""


@dataclass(frozen=True, slots=True)
class Call:
    """That `caller` calls `callee` in `use`. `bound`: what it is called on is the callee's first parameter; `made`: the callee makes that object itself."""

    caller: Symbol
    callee: Symbol
    use: Use
    bound: bool
    made: bool = False


@dataclass
class Reach:
    """What a root reaches, itself first. `via` leads back to the root; `uses` are those of each function with what they may stand for."""

    root: Symbol
    functions: dict[Symbol, Placed] = field(default_factory=dict[Symbol, Placed])
    via: dict[Symbol, Symbol] = field(default_factory=dict[Symbol, Symbol])
    calls: list[Call] = field(default_factory=list[Call])
    uses: dict[Symbol, list[tuple[Use, tuple[Meaning, ...]]]] = field(default_factory=dict[Symbol, list[tuple[Use, tuple[Meaning, ...]]]])

    def valued(self) -> set[Symbol]:
        """The functions whose value may go on to more than print and logging."""
        found = {self.root}
        waiting = [self.root]
        after: dict[Symbol, list[Call]] = {}
        for call in self.calls:
            if not call.use.shown or call.use.discarded:
                after.setdefault(call.caller, []).append(call)
        while waiting:
            for call in after.get(waiting.pop(), ()):
                if call.callee not in found:
                    found.add(call.callee)
                    waiting.append(call.callee)
        return found

    def chain(self, symbol: Symbol) -> tuple[Symbol, ...]:
        """How a function is reached, from the root to it."""
        path = [symbol]
        while path[-1] in self.via:
            path.append(self.via[path[-1]])
        return tuple(reversed(path))


class Reacher:
    """Finds what functions reach. What a function's uses stand for is found once; `forget` the modules that are others."""

    def __init__(self, meanings: Meanings, stop: Callable[[], None]) -> None:
        self._meanings = meanings
        self._stop = stop
        self._uses: Remembered[str, list[tuple[Use, tuple[Meaning, ...]]]] = Remembered(meanings.library)

    def forget(self, modules: Collection[str]) -> None:
        """Let go of what depends on one of these modules."""
        self._meanings.forget(modules)
        self._uses.forget(modules)

    def uses(self, placed: Placed) -> list[tuple[Use, tuple[Meaning, ...]]]:
        """The uses of a function with what they may stand for."""
        return self._uses.get(placed.symbol.module, placed.symbol.name, lambda: self._find_uses(placed))

    def _find_uses(self, placed: Placed) -> list[tuple[Use, tuple[Meaning, ...]]]:
        deed = placed.deed
        owner = Symbol(placed.symbol.module, deed.owner) if deed.owner else None
        first = deed.parameters[0].name if deed.owner and deed.parameters and not deed.static else None
        return [(use, self._meanings.of(placed.symbol.module, use.trail, owner, first)) for use in deed.uses]

    def reach(self, root: Symbol) -> Reach:
        """All that `root` reaches."""
        reach = Reach(root)
        waiting = deque([root])
        made: dict[Symbol, None] = {}
        unknown: dict[str, list[tuple[Symbol, Use]]] = {}
        settled: set[tuple[Symbol, str]] = set()
        while waiting and len(reach.functions) < _MOST:
            self._stop()
            symbol = waiting.popleft()
            placed = self._meanings.function(symbol)
            if placed is not None and symbol not in reach.functions:
                reach.functions[symbol] = placed
                if placed.deed.owner:
                    made.setdefault(Symbol(symbol.module, placed.deed.owner))
                reach.uses[symbol] = self.uses(placed)
                for use, meanings in reach.uses[symbol]:
                    for meaning in meanings:
                        for target, bound, fresh in self._targets(meaning, use, made, unknown, symbol):
                            self._enter(reach, waiting, Call(symbol, target, use, bound, fresh))
            if not waiting:
                for caller, target, use in list(self._dispatched(made, unknown, settled)):
                    self._enter(reach, waiting, Call(caller, target, use, bound=True))
        return reach

    def _enter(self, reach: Reach, waiting: deque[Symbol], call: Call) -> None:
        reach.calls.append(call)
        if call.callee not in reach.functions and call.callee not in reach.via and call.callee != reach.root:
            reach.via[call.callee] = call.caller
            waiting.append(call.callee)

    def _targets(
        self, meaning: Meaning, use: Use, made: dict[Symbol, None], unknown: dict[str, list[tuple[Symbol, Use]]], caller: Symbol
    ) -> Iterator[tuple[Symbol, bool, bool]]:
        match meaning:
            case Function(symbol, bound):
                yield symbol, bound, False
            case Class(symbol):
                if use.arguments is not None or meaning.made:
                    made.setdefault(symbol)
                    for name in _CONSTRUCTORS:
                        placed = self._meanings.methods(symbol, name)
                        if placed is not None:
                            yield placed.symbol, True, True
                    if use.managed:
                        for name in ("__enter__", "__exit__", "__aenter__", "__aexit__"):
                            placed = self._meanings.methods(symbol, name)
                            if placed is not None:
                                yield placed.symbol, True, True
            case Unknown(names) if use.arguments is not None and len(names) > 1 and names[-1] not in _FREQUENT:
                unknown.setdefault(names[-1], []).append((caller, use))
            case _:
                pass

    def _dispatched(
        self, made: dict[Symbol, None], unknown: dict[str, list[tuple[Symbol, Use]]], settled: set[tuple[Symbol, str]]
    ) -> Iterator[tuple[Symbol, Symbol, Use]]:
        for cls in list(made):
            for name, callers in list(unknown.items()):
                if (cls, name) not in settled:
                    settled.add((cls, name))
                    placed = self._meanings.methods(cls, name)
                    if placed is not None:
                        for caller, use in callers:
                            yield caller, placed.symbol, use


def outside_names(meanings: tuple[Meaning, ...]) -> list[str]:
    """The external names among what a use may stand for."""
    return [meaning.name for meaning in meanings if isinstance(meaning, Outside)]

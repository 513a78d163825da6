"""What calls do to the parameters of the functions that they pass through.

A helper that changes its argument is a finding only where that argument was given to the memoised function: changing a list that the function made itself is fine.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from hitsave.advice.changes import MUTATING
from hitsave.advice.judging import in_memory, judge_method, writes_to
from hitsave.advice.meaning import Outside, Unknown
from hitsave.advice.reach import Call, Reach
from hitsave.advice.rules import Level
from hitsave.advice.sights import Deed, Spot, Use
from hitsave.codegraph.symbols import Symbol
from hitsave.structs import NamedTuple

_MOST: Final = 20_000
_LONG: Final = 4
"""Functions in a chain, beyond which it is no more than possible that a change reaches the argument: somebody on the way may have made a copy."""
CHECKING: Final = ("check", "_check", "validate", "_validate", "assert", "ensure", "raise", "verify", "require", "expect")
"""How methods begin that only look, and raise."""
TELLING: Final = frozenset({"debug", "info", "warning", "warn", "error", "exception", "critical", "log", "print", "echo", "join"})


class Effect(NamedTuple):
    """What is done to a parameter, where, and through which functions."""

    code: str
    level: Level
    words: str
    spot: Spot
    chain: tuple[Symbol, ...]


def effects_on_parameters(reach: Reach) -> list[Effect]:
    """What is done to the parameters of the root, by itself and by what it calls."""
    done: dict[tuple[Symbol, str], list[Effect]] = {}
    waiting: list[tuple[Symbol, str]] = []

    def add(symbol: Symbol, parameter: str, effect: Effect) -> None:
        effects = done.setdefault((symbol, parameter), [])
        if all((e.spot, e.chain[-1], e.code) != (effect.spot, effect.chain[-1], effect.code) for e in effects):
            effects.append(effect)
            waiting.append((symbol, parameter))

    for symbol in reach.functions:
        for parameter, effect in _own_effects(reach, symbol):
            add(symbol, parameter, effect)
    into: dict[Symbol, list[Call]] = {}
    for call in reach.calls:
        if call.use.arguments is not None:
            into.setdefault(call.callee, []).append(call)
    steps = 0
    while waiting and steps < _MOST:
        symbol, parameter = waiting.pop(0)
        steps += 1
        for call in into.get(symbol, ()):
            owner = passed_to(call, reach.functions[symbol].deed, parameter)
            if owner is not None and call.caller != symbol:
                for effect in done[symbol, parameter]:
                    if call.caller not in effect.chain:
                        add(call.caller, owner, effect._replace(chain=(call.caller, *effect.chain)))
    found = [effect for (symbol, _), effects in done.items() if symbol == reach.root for effect in effects]
    return [effect._replace(level="note", words=f"may be one that {effect.words}") if len(effect.chain) > _LONG else effect for effect in found]


def _own_effects(reach: Reach, symbol: Symbol) -> Iterator[tuple[str, Effect]]:
    """What a function does to its parameters by its own text."""
    deed = reach.functions[symbol].deed
    for change in deed.changes:
        if change.kind == "parameter":
            words = f"changes its argument {change.owner}: {change.text}"
            yield change.owner, Effect("HS006", "warning", words, change.spot, (symbol,))
    for use, meanings in reach.uses[symbol]:
        if use.arguments is not None and use.receiver is not None and all(isinstance(m, Unknown | Outside) for m in meanings):
            effect = _of_unknown(symbol, use)
            if effect is not None:
                yield use.receiver, effect


def passed_to(call: Call, callee: Deed, parameter: str) -> str | None:
    """The caller's parameter, a part of which is given to `parameter` of the callee; None if what is given is the caller's own."""
    names = [p.name for p in callee.parameters if not p.keyword_only]
    if call.bound and names[:1] == [parameter]:
        return None if call.made else call.use.receiver
    position = names.index(parameter) - call.bound if parameter in names else None
    positional = 0
    for argument in call.use.arguments or ():
        if argument.keyword == parameter:
            return argument.owner
        if argument.keyword is None:
            if positional == position and not argument.starred:
                return argument.owner
            positional += 1
    return None


def _of_unknown(symbol: Symbol, use: Use) -> Effect | None:
    """What a call of a method on a parameter does that text does not know: one whose value nobody takes is there for its effect."""
    method = use.trail.names[-1]
    if method in TELLING or method in MUTATING or method.startswith(CHECKING) or use.receiver is None:
        return None
    if writes_to(method) and not (method == "close" and not use.discarded) and (use.discarded or method in {"write", "writelines", "writerow"}):
        words = (
            f"closes its argument {use.receiver}"
            if method == "close"
            else f"writes to its argument {use.receiver}, which a hit leaves out: {use.text}"
        )
        return Effect("HS007", "warning", words, use.spot, (symbol,))
    if use.discarded and not in_memory(use) and not any(judge_method(method, use)):
        return Effect("HS006", "warning", f"calls a method of its argument {use.receiver} for its effect: {use.text}", use.spot, (symbol,))
    return None

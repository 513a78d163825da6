"""Counters and the like: variables of modules and classes that a function binds to another immutable value.

Such a variable counts by its value before. What it was bound to is kept with the entry, and a hit binds it again, so that the next call finds what it would have found.
Where others may have had a hand in it (threads, the callers of generators, other tasks), the result is not stored.

A variable that is bound and never read does not count, unless it had that very value before: then nobody can tell whether it was bound at all.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any, Final, cast

from hitsave.codegraph.symbols import Symbol
from hitsave.errors import ChangedError
from hitsave.runtime.made import codes_of
from hitsave.runtime.objects import MISSING, LiveObjects
from hitsave.storage.packing import pack, unpack
from hitsave.structs import field, mutable
from hitsave.values.stored import decode, encode, is_atomic

if TYPE_CHECKING:
    from hitsave.runtime.live import LiveWalker
    from hitsave.storage.entry import Entry

_RESUMABLE: Final = 0x20 | 0x80 | 0x200
_LARGEST: Final = 16_384
"""Bytes of a value that is kept for this; a counter has few."""
_KEY: Final = "rebound"


@mutable
class Rebindable:
    """What an evaluation may bind, as it was when it began.

    `atoms`  captures that were immutable, and may become another immutable value.
    `unread` variables that reached code binds and none reads: the value that each had, and the code that binds it.
    `alone`  whether no other thread was there that could have changed them.
    """

    atoms: dict[Symbol, Any] = field(factory=dict)
    unread: dict[Symbol, tuple[Any, set[CodeType]]] = field(factory=dict)
    alone: bool = False


def rebindable(objects: LiveObjects, values: dict[Symbol, Any], binders: dict[Symbol, set[CodeType]]) -> Rebindable:
    """What an evaluation may bind; `values` are those of the captures, and `binders` what `binders_of` gives."""
    found = Rebindable(alone=threading.active_count() == 1)
    found.atoms = {s: v for s, v in values.items() if is_atomic(v) and _place(objects, s) is not None}
    for target, codes in binders.items():
        space = objects.namespace(target.module)
        if space is not None:
            found.unread[target] = space.get(target.name, MISSING), codes
    return found


def binders_of(walker: LiveWalker, function: FunctionType | None) -> dict[Symbol, set[CodeType]]:
    """The variables that reached code binds and none reads, with the code that binds each."""
    objects = walker.objects
    found: dict[Symbol, set[CodeType]] = {}
    for symbol in walker.graph.code:
        value = function if symbol == walker.root else objects.object_at(symbol)
        for code in codes_of(value):
            for name in bound_globals(code):
                target = Symbol(symbol.module, name)
                space = objects.namespace(symbol.module)
                if target not in walker.values and space is not None and space.get("__file__") == code.co_filename:
                    found.setdefault(target, set()).add(code)
    return found


def bound_globals(code: CodeType) -> frozenset[str]:
    """The global names that a code object binds or deletes, its nested functions apart."""
    known = _known.get(code)
    if known is None:
        from opcode import opmap  # of no use to a hit

        stores, extended = {opmap["STORE_GLOBAL"], opmap["DELETE_GLOBAL"]}, opmap["EXTENDED_ARG"]
        names: set[str] = set()
        raw, high = code.co_code, 0
        for at in range(0, len(raw), 2) if not stores.isdisjoint(raw[::2]) else ():
            argument = raw[at + 1] | high
            high = argument << 8 if raw[at] == extended else 0
            if raw[at] in stores:
                names.add(code.co_names[argument])
        known = _known[code] = frozenset(names)
    return known


_known: Final[dict[CodeType, frozenset[str]]] = {}


def can_be_bound_again(before: Rebindable, symbol: Symbol, value: Any, function: FunctionType | None, objects: LiveObjects) -> bool:
    """Whether a hit could bind a capture to `value` as the evaluation did, and nobody else can have done it."""
    return (
        symbol in before.atoms
        and is_atomic(value)
        and _place(objects, symbol) is not None
        and before.alone
        and threading.active_count() == 1
        and function is not None
        and not function.__code__.co_flags & _RESUMABLE
    )


def unread_that_were_bound(
    before: Rebindable, function: FunctionType | None, objects: LiveObjects, ran: Iterable[CodeType] | None, within: set[Symbol]
) -> tuple[dict[Symbol, Any], list[Symbol]]:
    """Of the variables that are bound and never read: those that have another value now, with it; and those that may have been bound to the value that they had.

    `ran` is the code that is known to have run, None where none is; `within` are variables that hits and evaluations in this one bound. ChangedError for what can't be done again.
    """
    changed: dict[Symbol, Any] = {}
    same: list[Symbol] = []
    for symbol, (value, binders) in before.unread.items():
        space = objects.namespace(symbol.module)
        now = MISSING if space is None else space.get(symbol.name, MISSING)
        if now is value or (is_atomic(now) and is_atomic(value) and _equal(now, value)):
            if value is not MISSING and is_atomic(value) and (ran is None or symbol in within or not binders.isdisjoint(ran)):
                same.append(symbol)
        elif can_be_bound_again(Rebindable({symbol: value}, alone=before.alone), symbol, now, function, objects):
            changed[symbol] = now
        else:
            raise changed_error(symbol)
    return changed, same


def _equal(one: Any, other: Any) -> bool:
    return type(one) is type(other) and b"".join(encode(one).pickled) == b"".join(encode(other).pickled)


def changed_error(symbol: Symbol) -> ChangedError:
    """That a variable is not what it was, and why that matters."""
    from hitsave.runtime.standing_for import CLOSURE_MARK, VALUE_SUFFIX

    return ChangedError(
        f"{symbol.name.rpartition(CLOSURE_MARK)[2].removesuffix(VALUE_SUFFIX)} changed while it ran, which a stored result could not do again (rule HS006)",
        "Return what is to be kept, and let the caller keep it",
        value_path=str(symbol),
    )


def as_extra(bound: dict[Symbol, Any]) -> bytes | None:
    """What is kept with an entry of what its evaluation bound; ChangedError for a value that is too large."""
    if not bound:
        return None
    rows: list[list[Any]] = []
    for symbol, value in bound.items():
        content = b"".join(bytes(chunk) for chunk in encode(value).chunks())
        if len(content) > _LARGEST:
            raise changed_error(symbol)
        rows.append([str(symbol), content])
    return pack({_KEY: rows})


def bound_by(entry: Entry) -> dict[str, bytes]:
    """The variables that the evaluation of `entry` bound, with their stored values."""
    content = cast("dict[str, list[tuple[str, bytes]]]", {} if entry.extra is None else unpack(entry.extra))
    return dict(content.get(_KEY, []))


def bind_again(objects: LiveObjects, entry: Entry) -> list[Symbol]:
    """Do what the evaluation of `entry` did to variables; these."""
    bound: list[Symbol] = []
    for text, value in bound_by(entry).items():
        symbol = Symbol.parse(text)
        place = _place(objects, symbol)
        if isinstance(place, dict):
            place[symbol.name] = decode(memoryview(value))
        elif place is not None:
            type.__setattr__(place, symbol.name.rpartition(".")[2], decode(memoryview(value)))
        bound.append(symbol)
    return bound


def _place(objects: LiveObjects, symbol: Symbol) -> dict[str, Any] | type | None:
    """The namespace or class that a variable is of; None where binding it may do more than that."""
    if "<" in symbol.name:
        return None
    owner, _, name = symbol.name.rpartition(".")
    if not owner:
        return objects.namespace(symbol.module)
    cls = objects.object_at(Symbol(symbol.module, owner))
    plain = isinstance(cls, type) and cast("Any", type(cls)).__setattr__ is type.__setattr__ and name in vars(cls)
    return cls if plain else None

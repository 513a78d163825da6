"""The values that code reads besides its arguments: where they are in the process, and what an evaluation does to them.

A capture that an evaluation only *fills* (slots that were absent or None became values; a dictionary or set that only grew) is a cache.
It digests as if unfilled from then on, for every function that reads it, until something else changes it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from types import CellType, FunctionType
from typing import Any, Final, cast

from hitsave.codegraph.symbols import Symbol
from hitsave.digest import Digest
from hitsave.errors import HitSaveError
from hitsave.runtime.live import CLOSURE_MARK, VALUE_SUFFIX
from hitsave.runtime.objects import MISSING, LiveObjects

_SHAPE_LIMIT: Final = 20_000
"""How many slots of a capture are remembered to see afterwards what was filled; a larger capture counts as changed."""

DigestOf = Callable[[Any], Digest]


def capture_value(objects: LiveObjects, symbol: Symbol, function: FunctionType | None) -> Any:
    """The value of a capture now, MISSING if there is none; runs no user code."""
    if CLOSURE_MARK not in symbol.name:
        return objects.object_at(Symbol(symbol.module, symbol.name.removesuffix(VALUE_SUFFIX)))
    cell = captured_cell(symbol, function)
    try:
        return MISSING if cell is None else cell.cell_contents
    except ValueError:
        return MISSING


def captured_cell(symbol: Symbol, function: FunctionType | None) -> CellType | None:
    """The closure cell of a memoised function that a capture stands for; None if it stands for something else, or the function has no such cell."""
    _, mark, name = symbol.name.rpartition(CLOSURE_MARK)
    if not mark or function is None or function.__closure__ is None or name not in function.__code__.co_freevars:
        return None
    return function.__closure__[function.__code__.co_freevars.index(name)]


@dataclass(frozen=True, slots=True)
class _Slot:
    """What one slot held: its digest, and the shape below it."""

    digest: Digest | None
    shape: Shape | None


@dataclass(frozen=True, slots=True)
class Shape:
    """How a value was built before an evaluation, as far as is needed to see what was filled: `slots` of a dict or an instance, `members` of a set."""

    kind: type
    slots: dict[Any, _Slot]
    order: bool
    members: frozenset[Digest] | None = None


class _Budget:
    def __init__(self) -> None:
        self.left = _SHAPE_LIMIT


def shape_of(value: Any, digest: DigestOf) -> Shape | None:
    """The shape of a mutable value; None for one that can't be filled, or that is too large."""
    budget = _Budget()
    try:
        return _shape(value, digest, budget, 0)
    except (_TooLarge, HitSaveError):
        return None


class _TooLarge(Exception):
    pass


def _slots(value: Any) -> dict[Any, Any] | None:
    if isinstance(value, dict):
        return dict(cast("dict[Any, Any]", value))
    if isinstance(value, (type, FunctionType)):
        return None
    try:
        own: Any = object.__getattribute__(value, "__dict__")
    except AttributeError:
        return None
    return cast("dict[Any, Any]", own) if isinstance(own, dict) else None


def _shape(value: Any, digest: DigestOf, budget: _Budget, depth: int) -> Shape | None:
    if type(value) is set:
        return Shape(set, {}, order=False, members=frozenset(digest(v) for v in cast("set[Any]", value)))
    slots = _slots(value)
    if slots is None or depth > 6:
        return None
    budget.left -= len(slots)
    if budget.left < 0:
        raise _TooLarge
    return Shape(
        cast("type[Any]", type(value)),
        {k: _Slot(None if v is None else digest(v), _shape(v, digest, budget, depth + 1)) for k, v in slots.items()},
        order=isinstance(value, dict),
    )


def only_filled(before: Shape | None, value: Any, digest: DigestOf) -> bool:
    """Whether `value` is what had shape `before`, with nothing changed but slots that were absent or None and have values now."""
    if before is None or type(value) is not before.kind:
        return False
    if before.members is not None:
        return before.members <= {digest(v) for v in value}
    slots = _slots(value)
    if slots is None:
        return False
    if before.order and list(islice(slots, len(before.slots))) != list(before.slots):
        return False
    for key, slot in before.slots.items():
        now = slots.get(key, MISSING)
        if now is MISSING:
            return False
        if slot.digest is None or (now is not None and digest(now) == slot.digest):
            continue
        if now is None or not only_filled(slot.shape, now, digest):
            return False
    return True


class FilledCaptures:
    """Remembers, for this process, which captures were filled by evaluations, and what they digest as."""

    def __init__(self) -> None:
        self._unfilled: dict[Symbol, dict[Digest, Digest]] = {}

    def as_unfilled(self, symbol: Symbol, digest: Digest) -> Digest:
        """The digest that stands for a capture whose value has `digest` now."""
        return self._unfilled.get(symbol, {}).get(digest, digest)

    def filled(self, symbol: Symbol, before: Digest, after: Digest) -> None:
        """An evaluation filled `symbol`; its value digested as `before` and digests as `after`."""
        known = self._unfilled.setdefault(symbol, {})
        known[after] = known.get(before, before)
        if len(known) > 64:
            known.pop(next(iter(known)))

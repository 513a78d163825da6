"""The memory tier: what was looked up once in this process is given again without digesting, the database, or a lock.

Only for the commonest calls, those with scalars and text for arguments and a result that is small; all others take the ordinary way, and so does
one call in a while, so that what other processes cleared or stored is noticed.
"""

from __future__ import annotations

from time import monotonic
from types import FunctionType
from typing import TYPE_CHECKING, Any, Final

from hitsave.runtime.engine import live_evaluations
from hitsave.runtime.memo import UNKNOWN
from hitsave.runtime.mode import is_disabled
from hitsave.runtime.process import raw_key, raw_variables
from hitsave.runtime.statistics import HitCounter
from hitsave.values.stored import decode, is_atomic

if TYPE_CHECKING:
    from hitsave.runtime.compiled_guards import Holds
    from hitsave.runtime.guards import Guards
    from hitsave.runtime.memo import Memoised
    from hitsave.storage.entry import Entry
    from hitsave.storage.store import Store

_MODE: Final = raw_key("HITSAVE")
_STORE: Final = raw_key("HITSAVE_DIR")
_TRUSTED_FOR: Final = 1.0
"""Seconds after which the store is asked again."""
_MOST_CALLS: Final = 1024
"""Calls of one function that are remembered."""
_LARGEST: Final = 16_384
"""Bytes of a result that is kept as it is stored."""
_SCALARS: Final = frozenset({int, float, str, bytes, bool, type(None)})

_generation = 0


def forget_all() -> None:
    """Ask the store about every call again: something was removed from it."""
    global _generation  # noqa: PLW0603 - one a process
    _generation += 1


class Memory:
    """What is remembered of one memoised function: by the types of a call's arguments and the names of those given by name, then by their values."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        """Nothing is known."""
        self._known: dict[tuple[Any, ...], dict[tuple[Any, ...], _Known]] = {}

    def recall(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The result of a call, or UNKNOWN: also when it is time to ask the store, or anything is different.

        Runs no code of the arguments: it looks at values only where their types are those of scalars.
        """
        if kwargs:
            known = self._known.get((*map(type, args), *kwargs, *map(type, kwargs.values())))
            args = (*args, *kwargs.values())
        else:
            known = self._known.get((*map(type, args),))
        found = None if known is None else known.get(args)
        if (
            found is None
            or found.until < monotonic()
            or live_evaluations
            or is_disabled()
            or found.mode != raw_variables.get(_MODE)
            or found.store != raw_variables.get(_STORE)
            or found.generation != _generation
        ):
            return UNKNOWN
        try:
            if not found.holds():
                return UNKNOWN
        except Exception:  # noqa: BLE001 - a name that is gone, or an object that can't be compared: it is another
            return UNKNOWN
        found.hits.add()
        return found.value if found.is_shared else decode(memoryview(bytearray(found.value)))

    def remember(
        self, memo: Memoised[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], value: Any, entry: Entry, guards: Guards, store: Store
    ) -> None:
        """Remember a call that was a hit, if it is one of those that can be recalled."""
        values = (*args, *kwargs.values())
        if memo.depends or not _are_scalars(values) or not isinstance(memo.function, FunctionType):
            return
        if not is_atomic((memo.function.__defaults__, *(memo.function.__kwdefaults__ or {}).values())):
            return
        if entry.metrics is not None or entry.inline is None or len(entry.inline) > _LARGEST:
            return
        holds = guards.compiled()
        if holds is None:
            return
        known = self._known.setdefault((*map(type, args), *kwargs, *map(type, kwargs.values())), {})
        if len(known) >= _MOST_CALLS:
            known.pop(next(iter(known)))
        known[values] = _Known(holds, value, entry, store)


def _are_scalars(values: tuple[Any, ...]) -> bool:
    """Whether all are exact scalars of which two that are equal, and of one type, are the same: 0.0 and -0.0 are not."""
    return all(type(value) in _SCALARS and not (type(value) is float and value == 0) for value in values)


class _Known:
    """One call's result. `is_shared` if it may be handed out as it is; else it is made of `value`, the stored bytes, each time."""

    __slots__ = ("generation", "hits", "holds", "is_shared", "mode", "store", "until", "value")

    def __init__(self, holds: Holds, value: Any, entry: Entry, store: Store) -> None:
        self.holds = holds
        self.is_shared = is_atomic(value)
        self.value: Any = value if self.is_shared else entry.inline
        self.hits = HitCounter(store, entry)
        self.mode = raw_variables.get(_MODE)
        self.store = raw_variables.get(_STORE)
        self.until = monotonic() + _TRUSTED_FOR
        self.generation = _generation

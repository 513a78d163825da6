"""``@memo(seed=…)``: the process's random generators begin at a seed while the function runs, and go on afterwards as if it had drawn nothing.

`random`, numpy's and torch's own generators, as far as these are loaded. Generators that a program makes itself take their seeds from it.
"""

from __future__ import annotations

import random
import sys
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Iterable
from contextlib import suppress
from functools import partial
from importlib import import_module
from types import coroutine
from typing import Any, Final

from hitsave.runtime.engine import current_evaluation

SEEDED_LIBRARIES: Final = ("numpy", "torch")
_GENERATOR: Final = 0x20
_COROUTINE: Final = 0x80
_ASYNC_GENERATOR: Final = 0x200
_active: Final[list[_Chance]] = []


def seeded(function: Callable[..., Any], seed: int, flags: int) -> Callable[..., Any]:
    """`function`, under a seed; of the kind that the flags of its code say."""

    def plain(*args: Any, **kwargs: Any) -> Any:
        with _Chance(seed):
            return function(*args, **kwargs)

    def generator(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        chance = _Chance(seed)
        with chance:
            inner = function(*args, **kwargs)
        return (yield from _stepwise(inner, chance))

    async def awaited(*args: Any, **kwargs: Any) -> Any:
        return await _awaited(function(*args, **kwargs), _Chance(seed))

    async def async_generator(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
        chance, inner = _Chance(seed), function(*args, **kwargs)
        step: Awaitable[Any] = inner.__anext__()
        try:
            while True:
                try:
                    item = await _awaited(step, chance)
                except StopAsyncIteration:
                    return
                try:
                    step = inner.asend((yield item))
                except GeneratorExit:
                    raise
                except BaseException as thrown:  # noqa: BLE001 - whatever is thrown in goes into the function
                    step = inner.athrow(thrown)
        finally:
            await _awaited(inner.aclose(), chance)

    if flags & _ASYNC_GENERATOR:
        return async_generator
    return awaited if flags & _COROUTINE else generator if flags & _GENERATOR else plain


def load(distributions: Iterable[str]) -> None:
    """Load the libraries that have a generator of their own, if they are among these: what is loaded while a function runs begins at no seed."""
    for name in set(distributions) & set(SEEDED_LIBRARIES):
        with suppress(ImportError):
            import_module(name)


class _Chance:
    """Within it, the generators are those of one function; without, those of everybody else. May be entered again and again."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._inside: dict[str, Any] | None = None
        self._outside: dict[str, Any] = {}
        self._thread = 0

    def __enter__(self) -> None:
        self._thread = threading.get_ident()
        if any(other._thread != self._thread for other in _active):  # noqa: SLF001 - of this class
            _cannot_be_repeated("another thread drew from the same random generators at the same time", everywhere=True)
        _active.append(self)
        self._outside = _states()
        if self._inside is None:
            _seed(self._seed)
        else:
            _restore(self._inside)

    def __exit__(self, *_: object) -> None:
        self._inside = _states()
        _active.remove(self)
        for late in self._inside.keys() - self._outside.keys():
            _cannot_be_repeated(f"{late} was loaded while the function ran, so its random numbers came from no seed")
        _restore(self._outside)


def _cannot_be_repeated(why: str, *, everywhere: bool = False) -> None:
    from hitsave.runtime.engine import live_evaluations

    evaluation = current_evaluation.get()
    for each in live_evaluations if everywhere else filter(None, [evaluation]):
        each.unrepeatable = each.unrepeatable or why


def _stepwise(inner: Any, chance: _Chance) -> Generator[Any, Any, Any]:
    step: Callable[[], Any] = partial(inner.send, None)
    while True:
        try:
            with chance:
                item = step()
        except StopIteration as end:
            return end.value
        try:
            step = partial(inner.send, (yield item))
        except GeneratorExit:
            with chance:
                inner.close()
            raise
        except BaseException as thrown:  # noqa: BLE001 - whatever is thrown in goes into the function
            step = partial(inner.throw, thrown)


@coroutine
def _awaited(awaitable: Awaitable[Any], chance: _Chance) -> Generator[Any, Any, Any]:
    return (yield from _stepwise(awaitable.__await__(), chance))


def _seed(seed: int) -> None:
    random.seed(seed)
    if "numpy" in sys.modules:
        import_module("numpy.random").seed(seed)
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(seed)


def _states() -> dict[str, Any]:
    states: dict[str, Any] = {"random": random.getstate()}
    if "numpy" in sys.modules:
        with suppress(ImportError, AttributeError):  # it may be on its way, or something else of that name
            states["numpy"] = import_module("numpy.random").get_state()
    torch: Any = sys.modules.get("torch")
    if torch is not None and hasattr(torch, "get_rng_state"):
        states["torch"] = torch.get_rng_state(), torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else None
    return states


def _restore(states: dict[str, Any]) -> None:
    random.setstate(states["random"])
    if "numpy" in states:
        import_module("numpy.random").set_state(states["numpy"])
    if "torch" in states:
        torch: Any = sys.modules["torch"]
        on_processor, on_cards = states["torch"]
        torch.set_rng_state(on_processor)
        if on_cards is not None:
            torch.cuda.set_rng_state_all(on_cards)

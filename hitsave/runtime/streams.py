"""Runs generator functions, and replays what they gave.

What a generator gave is stored when it is exhausted, if nothing was sent or thrown into it and its items are what they were when it gave them.
Between two items the caller runs, not the function: what the caller does then is no part of the evaluation.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Generator
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from hitsave.digest import Digest
from hitsave.errors import ChangedError
from hitsave.runtime import evaluate, lookup, recorder
from hitsave.runtime.asking import say_why
from hitsave.runtime.names import LiveNames
from hitsave.runtime.sharing import calls
from hitsave.runtime.stepping import steps
from hitsave.values.digester import Digester
from hitsave.values.stored import is_atomic

if TYPE_CHECKING:
    from hitsave.runtime.memo import Memoised
    from hitsave.runtime.mode import Mode


class Replay:
    """What an exhausted generator gave: its items and its return value."""

    __slots__ = ("items", "returned")

    def __init__(self, items: list[Any], returned: Any) -> None:
        self.items = items
        self.returned = returned

    def __reduce__(self) -> tuple[Any, ...]:
        return Replay, (self.items, self.returned)

    def __hitsave_view__(self) -> Any:
        return self.items if self.returned is None else {"items": self.items, "returned": self.returned}


def generator(memo: Memoised[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], mode: Mode | None) -> Generator[Any, Any, Any]:
    """A call of a generator function.

    A hit gives what was stored. If something is sent or thrown in, which no store can answer, the function itself is brought to that place and goes on.
    """
    found = calls.or_from_team(lookup.look_up(memo, args, kwargs, mode=mode))
    if isinstance(found, lookup.Uncached):
        return (yield from cast("Generator[Any, Any, Any]", memo.run(*args, **kwargs)))
    inner: Any = None
    step: Callable[[], Any] | None = None
    if isinstance(found, lookup.Hit):
        given = 0
        for item in found.value.items:
            given += 1
            try:
                sent = yield item
            except GeneratorExit:
                raise
            except BaseException as thrown:  # noqa: BLE001 - whatever the caller throws goes into the function
                inner = memo.run(*args, **kwargs)
                step = partial(inner.throw, thrown)
                break
            if sent is not None:
                inner = memo.run(*args, **kwargs)
                step = partial(inner.send, sent)
                break
        if inner is None:
            return found.value.returned
        for _ in range(given):
            next(inner)
    tape = _Tape(found)
    try:
        with tape:
            inner = inner or memo.run(*args, **kwargs)
        while True:
            try:
                with tape:
                    item = (step or inner.__next__)()
            except StopIteration as end:
                tape.finish(end.value)
                return end.value
            tape.keep(item)
            try:
                sent = yield item
            except GeneratorExit:
                tape.stop()
                with tape:
                    inner.close()
                raise
            except BaseException as thrown:  # noqa: BLE001 - as above
                step = partial(inner.throw, thrown)
                tape.stop()
            else:
                step = None if sent is None else partial(inner.send, sent)
                if sent is not None:
                    tape.stop()
    finally:
        tape.close()


async def async_generator(memo: Memoised[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], mode: Mode | None) -> AsyncGenerator[Any, Any]:
    """As `generator`, for an asynchronous one."""
    found = await calls.or_from_team_beside(lookup.look_up(memo, args, kwargs, mode=mode))
    inner: Any = None
    step: Callable[[], Any] | None = None
    if isinstance(found, lookup.Hit):
        given = 0
        for item in found.value.items:
            given += 1
            try:
                sent = yield item
            except GeneratorExit:
                raise
            except BaseException as thrown:  # noqa: BLE001 - whatever the caller throws goes into the function
                inner = memo.run(*args, **kwargs)
                step = partial(inner.athrow, thrown)
                break
            if sent is not None:
                inner = memo.run(*args, **kwargs)
                step = partial(inner.asend, sent)
                break
        if inner is None:
            return
        for _ in range(given):
            await inner.__anext__()
    tape = _Tape(found)
    try:
        with tape:
            inner = inner or memo.run(*args, **kwargs)
        while True:
            try:
                item = await tape.drive((step or inner.__anext__)())
            except StopAsyncIteration:
                tape.finish(None)
                return
            tape.keep(item)
            try:
                sent = yield item
            except GeneratorExit:
                tape.stop()
                await tape.drive(inner.aclose())
                raise
            except BaseException as thrown:  # noqa: BLE001 - as above
                step = partial(inner.athrow, thrown)
                tape.stop()
            else:
                step = None if sent is None else partial(inner.asend, sent)
                if sent is not None:
                    tape.stop()
    finally:
        tape.close()


class _Tape:
    """Keeps what a generator gives, for a Miss; does nothing for any other call. Within it, the function runs; outside, the caller does."""

    def __init__(self, found: lookup.Hit | lookup.Miss | lookup.Uncached) -> None:
        self._miss = found if isinstance(found, lookup.Miss) else None
        self._items: list[Any] = []
        self._digests: list[Digest | None] = []
        self._keeps = False
        self._problem: Exception | None = None
        self._error: BaseException | None = None
        if self._miss is not None:
            evaluate.prepare(self._miss, wait=False)
            say_why(self._miss)
            evaluate.suspend(self._miss)
            self._keeps = self._miss.mode != "readonly" and not self._miss.spoiled

    def __enter__(self) -> None:
        if self._miss is not None:
            evaluate.resume(self._miss)

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if not isinstance(error, (StopIteration, StopAsyncIteration)):
            self._error = error
        if self._miss is not None:
            evaluate.suspend(self._miss)

    async def drive(self, awaited: Any) -> Any:
        """Await a step of an asynchronous generator."""
        if self._miss is None:
            return await awaited
        with self:
            return await steps(awaited, self._miss)

    def keep(self, item: Any) -> None:
        """An item was given: remember it, and what it is now."""
        if self._keeps:
            try:
                digest = self._digest(item)
            except Exception as problem:  # noqa: BLE001 - the cache must never break the program
                self.stop()
                self._problem = problem
            else:
                self._items.append(item)
                self._digests.append(digest)

    def stop(self) -> None:
        """What the generator gives from here on is not what it would give by itself."""
        self._keeps = False
        self._items, self._digests = [], []

    def finish(self, returned: Any) -> None:
        """The generator is exhausted: store what it gave."""
        if self._miss is None:
            return
        try:
            for number, (item, digest) in enumerate(zip(self._items, self._digests, strict=True)):
                if digest is not None and self._digest(item) != digest:
                    what = f"item {number} was changed after the function gave it, so what it gave can't be given again"
                    raise ChangedError(what, "Change a copy of it", value_path="item")
        except Exception as problem:  # noqa: BLE001 - the cache must never break the program
            self._problem = problem
        miss, self._miss = self._miss, None
        if self._problem is not None:
            evaluate.finish_unstored(miss, self._problem)
        elif self._keeps:
            evaluate.finish(miss, Replay(self._items, returned))
        else:
            evaluate.abandon(miss)

    def close(self) -> None:
        """The generator is left, exhausted or not."""
        miss, self._miss = self._miss, None
        if miss is not None:
            evaluate.abandon(miss, self._error if self._keeps else None)

    def _digest(self, item: Any) -> Digest | None:
        """The digest of an item; None for one that nobody can change."""
        if is_atomic(item):
            return None
        assert self._miss is not None
        shared = self._miss.engine
        with recorder.own_work(), shared.lock:
            return Digester(LiveNames(shared.objects)).digest(item, f"item {len(self._items)}")

"""Runs the user's function, once, in each of its kinds: plain, coroutine, generator, asynchronous generator."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from typing import TYPE_CHECKING, Any, cast

from hitsave.runtime import evaluate, lookup
from hitsave.runtime.asking import say_why
from hitsave.values.copying import copy_value

if TYPE_CHECKING:
    from hitsave.runtime.memo import Memoised
    from hitsave.runtime.mode import Mode


def plain(memo: Memoised[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], mode: Mode | None) -> Any:
    """A call of an ordinary function."""
    found = lookup.look_up(memo, args, kwargs, mode=mode)
    if isinstance(found, lookup.Hit):
        return found.value
    if isinstance(found, lookup.Uncached):
        return memo.function(*args, **kwargs)
    hit = evaluate.prepare(found)
    if hit is not None:
        return hit.value
    say_why(found)
    try:
        result = memo.function(*args, **kwargs)
    except BaseException:
        evaluate.abandon(found)
        raise
    evaluate.finish(found, result)
    return result


async def coroutine(memo: Memoised[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], mode: Mode | None) -> Any:
    """A call of a coroutine function; never waits for another evaluation on its own loop."""
    found = lookup.look_up(memo, args, kwargs, mode=mode)
    if isinstance(found, lookup.Hit):
        return found.value
    if isinstance(found, lookup.Uncached):
        return await memo.function(*args, **kwargs)
    evaluate.prepare(found, wait=False)
    say_why(found)
    try:
        result = await memo.function(*args, **kwargs)
    except BaseException:
        evaluate.abandon(found)
        raise
    evaluate.finish(found, result)
    return result


class Replay:
    """What an exhausted generator gave: its items and its return value."""

    __slots__ = ("items", "returned")

    def __init__(self, items: list[Any], returned: Any) -> None:
        self.items = items
        self.returned = returned

    def __reduce__(self) -> tuple[Any, ...]:
        return Replay, (self.items, self.returned)


def generator(memo: Memoised[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], mode: Mode | None) -> Generator[Any, Any, Any]:
    """A call of a generator function: stored when it is exhausted, unless something was sent or thrown into it."""
    found = lookup.look_up(memo, args, kwargs, mode=mode)
    if isinstance(found, lookup.Uncached):
        return (yield from cast("Generator[Any, Any, Any]", memo.function(*args, **kwargs)))
    hit = found if isinstance(found, lookup.Hit) else evaluate.prepare(found, wait=False)
    if hit is not None:
        yield from hit.value.items
        return hit.value.returned
    assert isinstance(found, lookup.Miss)
    say_why(found)
    items: list[Any] = []
    storable = True
    exhausted = False
    inner = memo.function(*args, **kwargs)
    try:
        send: Any = None
        step = inner.__next__
        while True:
            try:
                item = step() if send is None else inner.send(send)
            except StopIteration as end:
                exhausted = True
                if storable:
                    evaluate.finish(found, Replay(items, end.value))
                return end.value
            step, send = inner.__next__, None
            if storable:
                items.append(copy_value(item))
            try:
                send = yield item
                storable = storable and send is None
            except GeneratorExit:
                inner.close()
                raise
            except BaseException as thrown:  # noqa: BLE001 - whatever the caller throws goes into the function
                storable = False
                raised = thrown
                step = lambda: inner.throw(raised)  # noqa: B023, E731 - used up before the next turn
    finally:
        if not (exhausted and storable):
            evaluate.abandon(found)


async def async_generator(memo: Memoised[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], mode: Mode | None) -> AsyncGenerator[Any, Any]:
    """As `generator`, for an asynchronous one."""
    found = lookup.look_up(memo, args, kwargs, mode=mode)
    if isinstance(found, lookup.Hit):
        for item in found.value.items:
            yield item
        return
    if isinstance(found, lookup.Miss):
        evaluate.prepare(found, wait=False)
        say_why(found)
    items: list[Any] = []
    storable, exhausted = isinstance(found, lookup.Miss), False
    inner = memo.function(*args, **kwargs)
    try:
        send: Any = None
        step = inner.__anext__
        while True:
            try:
                item = await (step() if send is None else inner.asend(send))
            except StopAsyncIteration:
                exhausted = True
                if storable and isinstance(found, lookup.Miss):
                    evaluate.finish(found, Replay(items, None))
                return
            step, send = inner.__anext__, None
            if storable:
                items.append(copy_value(item))
            try:
                send = yield item
                storable = storable and send is None
            except GeneratorExit:
                await inner.aclose()
                raise
            except BaseException as thrown:  # noqa: BLE001 - whatever the caller throws goes into the function
                storable = False
                raised = thrown
                step = lambda: inner.athrow(raised)  # noqa: B023, E731 - used up before the next turn
    finally:
        if isinstance(found, lookup.Miss) and not (exhausted and storable):
            evaluate.abandon(found)

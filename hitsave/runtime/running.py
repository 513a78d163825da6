"""Runs the user's function, once, in each of its kinds: plain and coroutine here, generators in `streams`.

What evaluates is loaded by `lookup`, when there is something to evaluate: a process whose calls all hit does without.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hitsave.runtime import lookup
from hitsave.runtime.engine import current_evaluation
from hitsave.runtime.sharing import calls

if TYPE_CHECKING:
    from asyncio import Future

    from hitsave.digest import Digest
    from hitsave.runtime.memo import Memoised
    from hitsave.runtime.mode import Mode


def plain(memo: Memoised[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], mode: Mode | None) -> Any:
    """A call of an ordinary function."""
    found = calls.or_from_team(lookup.look_up(memo, args, kwargs, mode=mode))
    if isinstance(found, lookup.Hit):
        return found.value
    if isinstance(found, lookup.Uncached):
        return memo.run(*args, **kwargs)
    from hitsave.runtime import evaluate
    from hitsave.runtime.asking import say_why

    hit = evaluate.prepare(found)
    if hit is not None:
        return hit.value
    say_why(found)
    try:
        result = memo.run(*args, **kwargs)
    except BaseException as error:
        evaluate.abandon(found, error)
        raise
    evaluate.finish(found, result)
    return result


_in_flight: Final[dict[tuple[int, Digest], Future[None]]] = {}
"""What coroutines compute at the moment, by their event loop and EntryKey."""


async def coroutine(memo: Memoised[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], mode: Mode | None) -> Any:
    """A call of a coroutine function. It waits for another task that computes the same, never for another thread or process, and never within an evaluation."""
    found = lookup.look_up(memo, args, kwargs, mode=mode)
    flight: tuple[int, Digest] | None = None
    while isinstance(found, lookup.Miss) and found.mode == "on" and memo.last_was_stored and current_evaluation.get() is None:
        flight = _flight(found)
        if flight is None or flight not in _in_flight:
            break
        await _landing(_in_flight[flight])
        found = lookup.look_up(memo, args, kwargs, mode=mode)
    if isinstance(found, lookup.Hit):
        return found.value
    if isinstance(found, lookup.Uncached):
        return await memo.run(*args, **kwargs)
    from hitsave.runtime import evaluate
    from hitsave.runtime.asking import say_why
    from hitsave.runtime.stepping import steps

    landed = _take_off(flight)
    try:
        found = await calls.or_from_team_beside(found)
        if isinstance(found, lookup.Hit):
            return found.value
        evaluate.prepare(found, wait=False)
        say_why(found)
        try:
            result = await steps(memo.run(*args, **kwargs), found)
        except BaseException as error:
            evaluate.abandon(found, error)
            raise
        evaluate.finish(found, result)
        return result
    finally:
        if flight is not None and landed is not None:
            del _in_flight[flight]
            if not landed.done():
                landed.set_result(None)


def _flight(miss: lookup.Miss) -> tuple[int, Digest] | None:
    """By which a coroutine's evaluation is known to the other tasks of its event loop; None where asyncio does not drive it."""
    from asyncio import get_running_loop

    try:
        return id(get_running_loop()), miss.inputs.key
    except RuntimeError:
        return None


def _take_off(flight: tuple[int, Digest] | None) -> Future[None] | None:
    if flight is None or flight in _in_flight:
        return None
    from asyncio import get_running_loop

    future = _in_flight[flight] = get_running_loop().create_future()
    return future


async def _landing(flight: Future[None]) -> None:
    from asyncio import wait

    await wait([flight])  # unlike awaiting it, leaves it alone when this task is cancelled

"""What a user would have: functions whose results are remembered. What each gives is known without calling it."""

from __future__ import annotations

import asyncio
import time

from tally import AFTER, anew, is_deep, mark

from hitsave import experiment, log, memo


def expected(n: int) -> object:
    """What the call of number `n` gives: something small, something large, something in between, or an experiment's result."""
    match n % 4:
        case 0:
            return {"n": n, "square": n * n, "text": str(n) * 10}
        case 1:
            return n.to_bytes(4, "big") * 25_000
        case 2:
            return [n, "x" * 20_000, [n] * 50]
        case _:
            return {"loss": 1 / (n + 1)}


@memo
def small(n: int) -> object:
    """Kept in its row."""
    mark(n)
    return expected(n)


@memo
def large(n: int) -> object:
    """Kept in a file."""
    mark(n)
    return expected(n)


@memo
def middling(n: int) -> object:
    """Just too large for its row."""
    mark(n)
    return expected(n)


@experiment
def trial(n: int) -> object:
    """With a metric and a line in the lists while it runs."""
    mark(n)
    log(loss=1 / (n + 1))
    return expected(n)


@memo
def boxed(box: list[int]) -> object:
    """Whose argument is no scalar, so that each hit is read from the store."""
    mark(box[0])
    return expected(box[0])


@memo
def another(n: int) -> str:
    """What it gives differs from one evaluation to the next."""
    mark(n)
    return f"{n} {anew()}"


@memo
async def another_async(n: int) -> str:
    """As a coroutine that waits."""
    mark(n)
    await asyncio.sleep(0.001)
    return f"{n} {anew()}"


@memo
def slow(n: int, seconds: float) -> str:
    """Takes a while, and gives something else each time."""
    mark(n)
    time.sleep(seconds)
    mark(n + AFTER)
    return f"{n} {anew()}"


@memo
def first(n: int) -> int:
    """Needs `second`, which needs this, once."""
    mark(n)
    time.sleep(0.02)
    return n if is_deep() else second(n)


@memo
def second(n: int) -> int:
    """Needs `first`, which needs this, once."""
    mark(n)
    time.sleep(0.02)
    return n if is_deep() else first(n)


@memo
def knot(n: int) -> int:
    """Calls itself with what it was called with, once."""
    mark(n)
    return n if is_deep() else knot(n)


def call_boxed(n: int) -> object:
    """The call of number `n`, read from the store wherever that can be."""
    return trial(n) if n % 4 == 3 else boxed([n])


def call(n: int) -> object:
    """The call of number `n`."""
    return (small, large, middling, trial)[n % 4](n)

"""Drives a coroutine step by step, so that what other tasks do in between is no part of its evaluation."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator
from functools import partial
from types import coroutine
from typing import TYPE_CHECKING, Any

from hitsave.runtime import evaluate

if TYPE_CHECKING:
    from hitsave.runtime.lookup import Miss


@coroutine
def steps(awaited: Coroutine[Any, Any, Any], miss: Miss) -> Generator[Any, Any, Any]:
    """Await `awaited`, a part of the evaluation of `miss`. The clock runs on while it waits: that is what would be waited for again."""
    step: Callable[[], Any] = partial(awaited.send, None)
    while True:
        try:
            asked = step()
        except StopIteration as end:
            return end.value
        evaluate.leave(miss)
        try:
            answer = yield asked
        except GeneratorExit:
            evaluate.enter(miss)
            awaited.close()
            raise
        except BaseException as thrown:  # noqa: BLE001 - whatever is thrown in goes to where it waits
            step = partial(awaited.throw, thrown)
        else:
            step = partial(awaited.send, answer)
        evaluate.enter(miss)

"""Many calls of one memoised function: each is remembered as it ends, so that what was interrupted goes on where it was.

All are looked up first, so that it is known how many have to be computed; these run one after the other here, or side by side in an executor.
"""

from __future__ import annotations

import multiprocessing
import signal
import sys
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from contextvars import copy_context
from typing import TYPE_CHECKING, Any

from hitsave.errors import SettingError
from hitsave.runtime import lookup, running
from hitsave.runtime.bound import BoundMemoised
from hitsave.runtime.engine import engine
from hitsave.runtime.mode import Mode, current_mode
from hitsave.runtime.progress import Progress
from hitsave.values.stored import decode, encode

if TYPE_CHECKING:
    from hitsave.digest import Digest
    from hitsave.runtime.memo import Memoised

    Call = Memoised[..., Any] | BoundMemoised[..., Any]

Arguments = tuple[Any, ...]
Ended = Callable[[int, "Callable[[], Any]"], None]
"""Told the number of a call that ended, and what gives its result or raises its exception."""


def map_calls(
    call: Call, iterables: tuple[Iterable[Any], ...], *, workers: int | Executor, return_exceptions: bool, progress: bool | None
) -> list[Any]:
    """As `Memoised.map`."""
    memo, before = _unbound(call)
    if not memo.is_plain:
        raise SettingError(f"map is for ordinary functions, and {memo.name}() is a coroutine or generator function", "Call it in a loop of your own")
    if isinstance(workers, int) and workers < 1:
        raise SettingError(f"map(workers={workers!r}) takes a number of processes, from 1 on, or an Executor", "Write workers=4")
    items: list[Arguments] = list(zip(*iterables, strict=False))
    results: list[Any] = [None] * len(items)
    told = Progress(memo.name, len(items), wanted=progress)
    mode = current_mode()

    def ended(number: int, result: Callable[[], Any]) -> None:
        try:
            results[number] = result()
        except Exception as error:
            told.failed()
            error.add_note(f"It was raised in item {number} of {memo.name}.map().")
            if not return_exceptions:
                raise
            results[number] = error
        else:
            told.computed()

    waiting = list(range(len(items)))
    try:
        while waiting:
            misses: dict[Digest | int, int] = {}
            again: list[int] = []
            for number in waiting:
                found = lookup.look_up(memo, before + items[number], {}, mode=mode)
                if isinstance(found, lookup.Hit):
                    results[number] = found.value
                    told.hit()
                    continue
                key = found.inputs.key if isinstance(found, lookup.Miss) else number
                if misses.setdefault(key, number) != number:
                    again.append(number)  # the same call is in the list before it
            if misses:
                told.to_compute(len(misses))
                _compute(call, {number: items[number] for number in misses.values()}, mode, workers, ended)
            waiting = again
            mode = "on" if mode == "refresh" else mode  # what was computed just now is new enough
    finally:
        told.end()
    return results


def _unbound(call: Call) -> tuple[Memoised[..., Any], Arguments]:
    """The memoised function that is called, and the arguments that come before the item: the instance of a method."""
    return (call.__func__, (call.__self__,)) if isinstance(call, BoundMemoised) else (call, ())


def _called(call: Call, arguments: Arguments, mode: Mode) -> Any:
    memo, before = _unbound(call)
    return running.plain(memo, before + arguments, {}, mode)


def _compute(call: Call, items: dict[int, Arguments], mode: Mode, workers: int | Executor, ended: Ended) -> None:
    """Compute what is missing. An exception that `ended` raises ends it: what is under way is finished, nothing else begins."""
    if isinstance(workers, int) and (workers == 1 or len(items) < 2):
        for number, arguments in items.items():
            ended(number, lambda arguments=arguments: _called(call, arguments, mode))
        return
    if isinstance(workers, ThreadPoolExecutor):
        futures = {workers.submit(copy_context().run, _called, call, arguments, mode): number for number, arguments in items.items()}
        _collect(futures, ended, lambda future: future.result())
    elif isinstance(workers, Executor):
        futures = {workers.submit(_in_worker, call, arguments, mode): number for number, arguments in items.items()}
        _collect(futures, ended, _brought_back)
    else:
        with _processes(call, min(workers, len(items))) as pool:
            futures = {pool.submit(_in_own_worker, arguments, mode): number for number, arguments in items.items()}
            _collect(futures, ended, _brought_back)


def _collect(futures: dict[Future[Any], int], ended: Ended, result: Callable[[Future[Any]], Any]) -> None:
    try:
        for future in as_completed(futures):
            ended(futures[future], lambda future=future: result(future))
    finally:
        for future in futures:
            future.cancel()


def _in_worker(call: Call, arguments: Arguments, mode: Mode) -> bytes:
    """In another process: call the function. What it gives goes back in the form in which it is stored, which takes more than plain pickling does."""
    return b"".join(encode(_called(call, arguments, mode), engine().objects.main_name()).chunks())


def _brought_back(future: Future[bytes]) -> Any:
    return decode(memoryview(bytearray(future.result())), engine().objects.live_module)


# --- processes of our own --------------------------------------------------------------------------------------------

_call: Call | None = None
"""In a process of ours: what it is there to call. Given to it as it begins, so that a forked one needs no name for it."""


def _begin(call: Call) -> None:
    global _call  # noqa: PLW0603 - one a process, which is there for nothing else
    _call = call
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interruption is the parent's affair, who ends this process


def _in_own_worker(arguments: Arguments, mode: Mode) -> bytes:
    assert _call is not None
    return _in_worker(_call, arguments, mode)


@contextmanager
def _processes(call: Call, count: int) -> Generator[ProcessPoolExecutor]:
    """A pool of so many processes. Where somebody interrupts, they are ended at once."""
    pool = ProcessPoolExecutor(count, mp_context=_context(call), initializer=_begin, initargs=(call,))
    try:
        yield pool
    except BaseException as problem:
        if not isinstance(problem, Exception):
            _terminate(pool)
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _context(call: Call) -> Any:
    """How processes are made: as Python does, but for what only a fork can find again, in a notebook or a function."""
    memo, _ = _unbound(call)
    can_be_imported = "<locals>" not in memo.name and (memo.__module__ != "__main__" or hasattr(sys.modules["__main__"], "__file__"))
    return multiprocessing.get_context(None if can_be_imported or "fork" not in multiprocessing.get_all_start_methods() else "fork")


def _terminate(pool: ProcessPoolExecutor) -> None:
    # Python 3.14 has a method for it.
    processes: dict[int, Any] = getattr(pool, "_processes", None) or {}
    for process in list(processes.values()):
        process.terminate()

"""A call of each kind of function. What it needs is loaded by the first one of the process.

Where that fails, as when too many files are open, the function runs uncached, and the next call tries again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hitsave.runtime.notices import warn_once

if TYPE_CHECKING:
    from hitsave.runtime.memo import Memoised


def plain(memo: Memoised[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], mode: Any = None) -> Any:
    """A call of an ordinary function."""
    try:
        from hitsave.runtime import running
    except Exception as problem:  # noqa: BLE001 - the cache must never break the program
        _say_uncached(memo, problem)
    else:
        return running.plain(memo, args, kwargs, mode)
    return memo.run(*args, **kwargs)


def coroutine(memo: Memoised[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], mode: Any = None) -> Any:
    """A call of a coroutine function; the coroutine."""
    try:
        from hitsave.runtime import running
    except Exception as problem:  # noqa: BLE001 - as above
        _say_uncached(memo, problem)
    else:
        return running.coroutine(memo, args, kwargs, mode)
    return memo.run(*args, **kwargs)


def generator(memo: Memoised[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], mode: Any = None) -> Any:
    """A call of a generator function; the generator."""
    try:
        from hitsave.runtime import streams
    except Exception as problem:  # noqa: BLE001 - as above
        _say_uncached(memo, problem)
    else:
        return streams.generator(memo, args, kwargs, mode)
    return memo.run(*args, **kwargs)


def async_generator(memo: Memoised[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], mode: Any = None) -> Any:
    """A call of an asynchronous generator function; the generator."""
    try:
        from hitsave.runtime import streams
    except Exception as problem:  # noqa: BLE001 - as above
        _say_uncached(memo, problem)
    else:
        return streams.async_generator(memo, args, kwargs, mode)
    return memo.run(*args, **kwargs)


def _say_uncached(memo: Memoised[..., Any], problem: Exception) -> None:
    warn_once("loading", f"{memo.name}() runs uncached: HitSave could not be loaded ({type(problem).__name__}: {problem}).")

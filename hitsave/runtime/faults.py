"""What is said when a call goes on without the cache: what stood in the way, and what to do. One warning a function and cause."""

from __future__ import annotations

from types import CodeType
from typing import TYPE_CHECKING, Any

from hitsave.errors import HitSaveError, StoreError, UndigestibleError
from hitsave.runtime.notices import warn_once

if TYPE_CHECKING:
    from collections.abc import Hashable

    from hitsave.runtime.memo import Memoised


def say_uncached(memo: Memoised[..., Any], problem: Exception) -> str:
    """Warn that a call of `memo` is not looked up; gives what stood in the way."""
    why = sentence(memo, problem)
    warn_once(_cause(memo, problem, "uncached"), f"{memo.name}() runs uncached: {why}")
    return why


def say_not_stored(memo: Memoised[..., Any], problem: Exception) -> str:
    """Warn that a result of `memo` is not stored; gives what stood in the way."""
    why = sentence(memo, problem)
    warn_once(_cause(memo, problem, "not stored"), f"The result of {memo.name}() is not stored: {why}")
    return why


def _cause(memo: Memoised[..., Any], problem: Exception, effect: str) -> Hashable:
    """What two problems that are one to a person have in common: their texts may differ by an address, and a store is the same to all functions."""
    if isinstance(problem, StoreError):
        return type(problem), problem.path
    code = getattr(memo.function, "__code__", None)
    place = (code.co_filename, code.co_firstlineno) if isinstance(code, CodeType) else memo.__module__
    return memo.name, place, effect, type(problem), getattr(problem, "value_path", "")


def sentence(memo: Memoised[..., Any], problem: Exception) -> str:
    """What stands in the way of looking up or storing a call of `memo`, and what to do."""
    match problem:
        case UndigestibleError():
            return f"{problem} {_how_to_leave_out(memo, problem.value_path)}."
        case HitSaveError():
            return str(problem)
        case RecursionError():
            return "the stack is nearly full, or a value is nested too deeply. Call it from less deep, or raise sys.setrecursionlimit()."
        case _:
            return f"HitSave failed with {type(problem).__name__}: {problem}. Please report it."


def _how_to_leave_out(memo: Memoised[..., Any], path: str) -> str:
    parameter = path.partition(".")[0].partition("[")[0]
    if parameter in memo.binder.parameters:
        quoted = f'"{path}"' if '"' not in path else f"'{path}'"
        return f"If it can't change the result, leave it out: @{memo.kind}(ignore={quoted})"
    return "Make it within the function, or pass it as an argument that is ignored"

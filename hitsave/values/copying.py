"""Copies of values, made before somebody can change them."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
# What objects of any type and library hold has no type that is known here.
from __future__ import annotations

import _pickle as pickle  # that of C, without the Python one, which takes 3 ms to load
from typing import Any, NoReturn

from hitsave.errors import HitSaveError, UnstorableError
from hitsave.values.stored import decode, encode, is_atomic


class Uncopied:
    """Stands where a copy could not be made; can't be stored."""

    __slots__ = ("problem",)

    def __init__(self, problem: str) -> None:
        self.problem = problem

    def __reduce__(self) -> NoReturn:
        raise UnstorableError(self.problem)


def copy_value(value: Any) -> Any:
    """A copy of `value` that shares nothing with it that can change: what storing and loading it would give.

    Never raises an Exception: what can't be pickled comes back as an `Uncopied`, and is found out when it is stored.

    >>> rows = [[1], [2]]
    >>> copy = copy_value(rows)
    >>> rows[0].append(9)
    >>> copy
    [[1], [2]]
    """
    if is_atomic(value):
        return value
    try:
        return decode(b"".join(encode(value).chunks()))
    except (HitSaveError, pickle.PickleError) as problem:
        return Uncopied(str(problem))
    except Exception as problem:  # noqa: BLE001 - loading runs code of any class
        return Uncopied(f"{type(problem).__name__}: {problem}")

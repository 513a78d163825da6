"""What users say about types of theirs: by which other value they are to be digested."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from hitsave.errors import SettingError
from hitsave.values.classes import linearised
from hitsave.values.encoding import PLAIN

T = TypeVar("T")

_exactly: dict[type, Callable[[Any], Any]] = {}
_with_subclasses: dict[type, Callable[[Any], Any]] = {}


def register_reducer(cls: type[T], reduce: Callable[[T], Any], *, subclasses: bool = False) -> None:
    """Digest values of `cls` by what `reduce` gives for them, instead of by what they hold.

    `reduce` must give something that can be digested, and that differs wherever the value matters; it is called for each value met.
    With `subclasses`, values of subclasses are digested so, too. SettingError for a plain built-in type.

    >>> class Connection:
    ...     url = "sqlite://"
    >>> register_reducer(Connection, lambda connection: connection.url)
    """
    if cls in PLAIN or cls is object:
        raise SettingError(f"a reducer can't be registered for {cls.__name__}", "Register it for a class of your own")
    (_with_subclasses if subclasses else _exactly)[cls] = reduce


def find_reducer(cls: type) -> Callable[[Any], Any] | None:
    """The reducer for values of a class."""
    if not _exactly and not _with_subclasses:
        return None
    found = _exactly.get(cls)
    if found is None and _with_subclasses:
        found = next((_with_subclasses[base] for base in linearised(cls) if base in _with_subclasses), None)
    return found

"""Parameters whose annotation says that they are paths and count by what is there: which they are, and calls in which they are paths."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, cast

from hitsave.patterns import pattern
from hitsave.structs import NamedTuple

if TYPE_CHECKING:
    from hitsave.runtime.binder import Binder

PathKind: TypeAlias = Literal["file", "folder", "output"]


class Mark(NamedTuple):
    """Stands in an annotation."""

    kind: PathKind


_NAMES: Final[dict[str, PathKind]] = {"InputFile": "file", "InputDir": "folder", "OutputFile": "output"}
_DOTTED: Final = pattern(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_ABSENT: Final = object()


def path_parameters_of(binder: Binder | None) -> dict[str, PathKind] | None:
    """The parameters of a function that are annotated so, or as lists, tuples, dictionaries or alternatives of them; None if there are none."""
    if binder is None:
        return None
    function = binder.function
    try:
        annotations: dict[str, Any] = function.__annotations__
    except Exception:  # noqa: BLE001 - from Python 3.14 on, annotations are evaluated when they are asked for, and may name what is not there
        return None
    found: dict[str, PathKind] = {}
    for name, note in annotations.items():
        kind = _kind_in(note, function.__globals__)
        if kind is not None and name != "return":
            found[name] = kind
    return found or None


def with_paths(value: Any, each: Callable[[str], Any]) -> Any:
    """`value` with what `each` gives for every path in it: in lists, tuples, sets and dictionaries, too. What is no path stays."""
    if isinstance(value, (str, os.PathLike)):
        return each(os.fsdecode(cast("str | os.PathLike[str]", value)))
    match value:
        case list() | tuple() | set() | frozenset() if type(cast("object", value)) in {list, tuple, set, frozenset}:
            items: list[Any] = list(cast("list[Any]", value))
            if isinstance(value, (set, frozenset)):
                items.sort(key=str)  # or every process would number its paths in another way
            made = [with_paths(item, each) for item in items]
            return type(cast("Any", value))(made)
        case dict():
            pairs = cast("dict[Any, Any]", value)
            return {key: with_paths(item, each) for key, item in pairs.items()}
        case _:
            return value


def given_as_paths(binder: Binder, kinds: dict[str, PathKind]) -> Callable[..., Any]:
    """A function, called with a `Path` for every path."""
    function = binder.function

    def call(*args: Any, **kwargs: Any) -> Any:
        from pathlib import Path

        bound = binder.bind(args, kwargs)
        if bound is None:  # Python says best why not
            return function(*args, **kwargs)
        values = {name: with_paths(value, Path) if name in kinds else value for name, value in bound}
        more = values[binder.varargs] if binder.varargs is not None else ()
        by_name: dict[str, Any] = {name: values[name] for name in binder.keyword_only}
        if binder.varkeywords is not None:
            by_name |= values[binder.varkeywords]
        return function(*(values[name] for name in binder.positional), *more, **by_name)

    return call


def _kind_in(note: Any, space: dict[str, Any]) -> PathKind | None:
    if isinstance(note, str):
        for dotted in _DOTTED.findall(note):
            kind = _kind_named(dotted, space)
            if kind is not None:
                return kind
        return None
    for mark in getattr(note, "__metadata__", ()):
        if isinstance(mark, Mark):
            return mark.kind
    for part in getattr(note, "__args__", ()):
        kind = _kind_in(part, space)
        if kind is not None:
            return kind
    return None


def _kind_named(dotted: str, space: dict[str, Any]) -> PathKind | None:
    """What a name in the text of an annotation stands for; one that is imported for type checkers only, by its last part."""
    first, *rest = dotted.split(".")
    found: Any = space.get(first, _ABSENT)
    if found is _ABSENT:
        return _NAMES.get(dotted.rpartition(".")[2])
    for part in rest:
        found = getattr(found, part, _ABSENT)
    for mark in getattr(found, "__metadata__", ()):
        if isinstance(mark, Mark):
            return mark.kind
    return None

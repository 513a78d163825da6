"""Where two values that should be equal differ: the path to the first difference, and what stands there in each."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Final, cast

from hitsave.digest import Digest
from hitsave.structs import NamedTuple
from hitsave.values.views.brief import brief

_DEEPEST: Final = 30


class Difference(NamedTuple):
    """`path` as a person would write it, ``result["loss"]``; what stands there then and now, in a few words."""

    path: str
    then: str
    now: str

    def __str__(self) -> str:
        return f"{self.path} was {self.then} and is {self.now}"


def first_difference(then: Any, now: Any, digest: Callable[[Any], Digest], path: str = "result", depth: int = 0) -> Difference:
    """The first part in which two values with different digests differ. Parts are equal where their digests are."""
    if type(then) is type(now) and depth < _DEEPEST:
        parts = _parts(then), _parts(now)
        if parts[0] is not None and parts[1] is not None:
            missing = next((k for k in parts[0] if k not in parts[1]), None)
            added = next((k for k in parts[1] if k not in parts[0]), None)
            if missing is not None:
                return Difference(path + missing, brief(parts[0][missing]), "not there")
            if added is not None:
                return Difference(path + added, "not there", brief(parts[1][added]))
            for step, part in parts[0].items():
                if digest(part) != digest(parts[1][step]):
                    return first_difference(part, parts[1][step], digest, path + step, depth + 1)
        elif (found := _array_difference(then, now, path)) is not None:
            return found
    texts = brief(then), brief(now)
    if texts[0] == texts[1]:
        return Difference(path, texts[0], f"another {texts[1]}")
    return Difference(path, *texts)


def _parts(value: Any) -> dict[str, Any] | None:
    """The parts of a value by how each is written after it; None where nobody can look inside."""
    if isinstance(value, dict):
        return {
            f"[{k!r}]" if type(k) in {str, int, float, bool, bytes, type(None)} else f"[{brief(k)}]": v
            for k, v in cast("dict[Any, Any]", value).items()
        }
    if isinstance(value, (list, tuple)):
        items = cast("list[Any]", value)
        return {f"[{n}]": v for n, v in enumerate(items)}
    try:
        own: Any = object.__getattribute__(value, "__dict__")
    except AttributeError:
        return None
    return {f".{k}": v for k, v in cast("dict[str, Any]", own).items()} if isinstance(own, dict) and not isinstance(value, type) else None


def _array_difference(then: Any, now: Any, path: str) -> Difference | None:
    numpy: Any = sys.modules.get("numpy")
    if numpy is None or type(then) is not numpy.ndarray or then.shape != now.shape or then.dtype != now.dtype or then.dtype.hasobject:
        return None
    unequal = (then != now) & ~((then != then) & (now != now))  # noqa: PLR0124 - not a number is unequal to itself
    places = numpy.argwhere(unequal)
    if not len(places):
        return None
    first = tuple(int(n) for n in places[0])
    where = f"{path}[{', '.join(map(str, first))}]" if first else path
    return Difference(where, str(then[first]), f"{now[first]} ({len(places):,} of {then.size:,} elements differ)")

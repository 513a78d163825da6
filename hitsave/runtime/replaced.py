"""Notices when the code or the defaults of a function are replaced, as autoreload does; not where libraries do it to their own (`types.coroutine`, `namedtuple`). And when a class is given other bases.

To look at ``function.__code__`` would be slow: reading it is an audit event, of which every hook is told. So is writing it, and that happens seldom.
"""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any, Final

from hitsave.runtime.auditing import listen
from hitsave.runtime.frames import caller
from hitsave.runtime.read_log import whose

_EVENT: Final = "object.__setattr__"
_COUNTED: Final = frozenset({"__code__", "__defaults__", "__kwdefaults__"})
_BASES: Final = "__bases__"
times: int = 0
"""How often it happened in this process since `watch`."""
_written: Final[dict[int, tuple[type, tuple[type, ...]]]] = {}
"""Classes that were given other bases, by identity, with those that they had first."""


def _is_within_libraries(
    function: Any, value: Any, whose: Callable[[str], str] = whose, caller: Callable[[int], FrameType] = caller, code_type: type[CodeType] = CodeType
) -> bool:
    """Whether a library does it to a function of a library, or to one that was made of no file."""
    files = [code.co_filename for code in (getattr(function, "__code__", None), value) if isinstance(code, code_type)]
    return whose(caller(3).f_code.co_filename) != "project" and all(file.startswith("<") or whose(file) != "project" for file in files)


# What it needs is its own: a hook is still called when the globals of this module are gone.
def _noticed(
    args: tuple[Any, ...],
    counted: frozenset[str] = _COUNTED,
    is_within_libraries: Callable[[Any, Any], bool] = _is_within_libraries,
    bases: str = _BASES,
    written: dict[int, tuple[type, tuple[type, ...]]] = _written,
    kind: type[type] = type,
) -> None:
    global times  # noqa: PLW0603
    if args[1] == bases and isinstance(args[0], kind):
        written.setdefault(id(args[0]), (args[0], args[0].__bases__))
        times += 1
    elif args[1] in counted and not is_within_libraries(args[0], args[2]):
        times += 1


def has_other_bases(cls: type) -> bool:
    """Whether a class has other bases than those that it was made with."""
    return bool(_written) and id(cls) in _written and _written[id(cls)][1] != cls.__bases__


def watch() -> None:
    """Begin to count."""
    listen(_EVENT, _noticed)

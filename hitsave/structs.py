"""Classes with named fields, as `dataclasses` makes them, that cost next to nothing to define.

A dataclass takes 0.6 ms to be made, because its methods are written as text and compiled, and `dataclasses` itself loads `inspect`, 10 ms more.
Every start of a program that uses HitSave would pay that thirty times. Here methods are shared, and ``__init__`` is compiled when the first object is made.
`NamedTuple` is that of `typing`, whose making takes 0.2 ms, seventy times, made in the same way.
"""

from __future__ import annotations

import collections
from collections.abc import Callable, Iterable
from functools import cached_property
from operator import attrgetter
from types import FunctionType
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast, dataclass_transform

T = TypeVar("T")

_ABSENT: Final = object()
_field_at: Final[Callable[[int, str], Any]] = vars(collections)["_tuplegetter"]
"""What reads a field of any named tuple, in C."""
_WORTH_IT: Final = 20
"""Objects of a class for which compiling its ``__new__`` takes longer than doing without."""
_new_tuple: Final = cast("Callable[[type, Iterable[Any]], Any]", tuple.__new__)
_values_of: Final[dict[type, Callable[[Any], tuple[Any, ...]]]] = {}
"""By class, what gives the fields of an object as a tuple."""


class _MadeBy:
    """Stands in a class for the default of a field that each object gets anew."""

    def __init__(self, factory: Callable[[], Any]) -> None:
        self.factory = factory


def field(*, factory: Callable[[], T]) -> T:
    """The default of a field that is made anew for each object: ``field(factory=dict)``."""
    made: Any = _MadeBy(factory)
    return made


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(cls: type[T]) -> type[T]:
    """Make a class whose objects have the annotated fields, can't be changed, and are equal and hashed by their fields.

    The class is made again, with slots (and with room for what `functools.cached_property` keeps, if it has any): its methods can't use `super`.
    Methods that it defines itself stay. Objects of a frozen class are pickled by their fields.

    >>> @frozen
    ... class Point:
    ...     x: int
    ...     y: int = 0
    >>> Point(1) == Point(1, 0), Point(2)
    (True, Point(x=2, y=0))
    """
    return _with_fields(
        cls, {"__setattr__": _refuse_to_set, "__delattr__": _refuse_to_delete, "__eq__": _is_equal, "__hash__": _hash, "__reduce__": _reduce}
    )


@dataclass_transform(field_specifiers=(field,))
def mutable(cls: type[T]) -> type[T]:
    """As `frozen`, for objects whose fields may be set: they are equal by their fields and not hashable.

    >>> @mutable
    ... class Counts:
    ...     hits: int = 0
    ...     names: list[str] = field(factory=list)
    >>> counts = Counts(names=["a"])
    >>> counts.hits += 1
    >>> counts
    Counts(hits=1, names=['a'])
    """
    return _with_fields(cls, {"__eq__": _is_equal, "__hash__": None})


def changed(value: T, **changes: Any) -> T:
    """A copy of a `frozen` object with other values of some fields.

    >>> @frozen
    ... class Point:
    ...     x: int
    ...     y: int
    >>> changed(Point(1, 2), y=3)
    Point(x=1, y=3)
    """
    made: Any = type(value)
    return made(**{**dict(zip(made.__match_args__, _values_of[made](value), strict=True)), **changes})


def _with_fields(cls: type[T], methods: dict[str, Any]) -> type[T]:
    own = dict(vars(cls))
    names = tuple(own["__annotations__"])
    defaults = {name: own.pop(name) for name in names if name in own}
    for given in ("__dict__", "__weakref__"):
        own.pop(given, None)
    keeps = any(type(value) is cached_property for value in own.values())
    space: dict[str, Any] = {"__repr__": _repr, **methods, **own}
    space |= {
        "__slots__": (*names, "__dict__") if keeps else names,
        "__match_args__": names,
    }

    def first(self: Any, *args: Any, **kwargs: Any) -> None:
        made.__init__ = _initialiser(made, names, defaults)
        made.__init__(self, *args, **kwargs)

    space["__init__"] = first
    made: Any = type(cls)(cls.__name__, cls.__bases__, space)
    get = attrgetter(*names)
    _values_of[made] = get if len(names) > 1 else lambda value: (get(value),)
    return made


def _initialiser(cls: type, names: tuple[str, ...], defaults: dict[str, Any]) -> Any:
    """The ``__init__`` of a class: it puts its arguments past ``__setattr__`` into the slots."""
    space: dict[str, Any] = {"_ABSENT": _ABSENT}
    parameters: list[str] = []
    lines: list[str] = []
    for name in names:
        space[f"_set_{name}"] = vars(cls)[name].__set__
        default = defaults.get(name, _ABSENT)
        value = name
        if isinstance(default, _MadeBy):
            space[f"_make_{name}"] = default.factory
            value = f"_make_{name}() if {name} is _ABSENT else {name}"
            parameters.append(f"{name}=_ABSENT")
        elif name in defaults:
            space[f"_default_{name}"] = default
            parameters.append(f"{name}=_default_{name}")
        else:
            parameters.append(name)
        lines.append(f"    _set_{name}(self, {value})\n")
    return _function(cls.__qualname__, "__init__", f"(self, {', '.join(parameters)}):\n{''.join(lines)}", space)


def _repr(self: Any) -> str:
    fields = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__match_args__)
    return f"{type(self).__qualname__}({fields})"


def _is_equal(self: Any, other: object) -> bool:
    if type(other) is not type(self):
        return NotImplemented
    values = _values_of[type(self)]
    return values(self) == values(other)


def _hash(self: Any) -> int:
    return hash(_values_of[type(self)](self))


def _reduce(self: Any) -> tuple[Any, ...]:
    return self.__class__, _values_of[self.__class__](self)


def _refuse_to_set(self: Any, name: str, value: object) -> None:  # noqa: ARG001 - as Python calls it
    raise AttributeError(f"{type(self).__name__} can't be changed: {name} is set once and for all")


def _refuse_to_delete(self: Any, name: str) -> None:
    raise AttributeError(f"{type(self).__name__} can't be changed: {name} can't be deleted")


class _NamedTuples(type):
    """Makes a class of tuples with named fields, as `typing.NamedTuple` does, of a class statement that derives from it."""

    def __new__(cls, name: str, bases: tuple[type, ...], space: dict[str, Any]) -> Any:  # noqa: ARG004 - what is made is an ordinary class
        names = tuple(space.get("__annotations__", ()))
        defaults = {name: space[name] for name in names if name in space}
        getters = {name: _field_at(place, "") for place, name in enumerate(names)}

        calls = 0

        def first(_cls: Any, *args: Any, **kwargs: Any) -> Any:
            nonlocal calls
            calls += 1
            if len(args) == len(names) and not kwargs and calls < _WORTH_IT:
                return _new_tuple(_cls, args)
            made.__new__ = staticmethod(_maker(name, names, defaults))
            return made.__new__(_cls, *args, **kwargs)

        shared = {"_make": classmethod(_make), "_replace": _replace, "_asdict": _asdict, "__getnewargs__": _plain, "__repr__": _repr}
        fields = {"__slots__": (), "__match_args__": names, "_fields": names, "_field_defaults": defaults, "__new__": first}
        made: Any = type(name, (tuple,), {**shared, **space, **fields, **getters})
        return made


class _NamedTuple:
    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        return (_DERIVES,)


_DERIVES: Final = type.__new__(_NamedTuples, "NamedTuple", (), {})

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple  # noqa: PLC0414 - to be imported from here
else:
    NamedTuple = _NamedTuple()


def _maker(name: str, names: tuple[str, ...], defaults: dict[str, Any]) -> Any:
    """The ``__new__`` of a class of named tuples."""
    parameters = ", ".join(f"{n}=_default_{n}" if n in defaults else n for n in names)
    space: dict[str, Any] = {"_new": _new_tuple, **{f"_default_{n}": value for n, value in defaults.items()}}
    return _function(name, "__new__", f"(_cls, {parameters}):\n    return _new(_cls, ({''.join(n + ', ' for n in names)}))\n", space)


def _function(of: str, name: str, rest: str, space: dict[str, Any]) -> Any:
    """A method of the class `of`, made of text. It counts as code of this file: what is of no file may be the user's, which is watched as it runs."""
    text = compile(f"def {name}{rest}", f"{__file__}: {of}.{name}", "exec")
    FunctionType(text, space)()  # without `exec`, which modules are noticed by as they load
    made = space[name]
    made.__qualname__ = f"{of}.{name}"
    return made


def _make(cls: Any, values: Iterable[Any]) -> Any:
    made = _new_tuple(cls, values)
    if len(made) != len(cls._fields):
        raise TypeError(f"{cls.__name__} has {len(cls._fields)} fields, and {len(made)} values were given")
    return made


def _replace(self: Any, /, **changes: Any) -> Any:
    kind: type = self.__class__
    made = _new_tuple(kind, map(changes.pop, self._fields, self))
    if changes:
        raise TypeError(f"{type(self).__name__} has no field {next(iter(changes))!r}")
    return made


def _asdict(self: Any) -> dict[str, Any]:
    return dict(zip(self._fields, self, strict=True))


def _plain(self: Any) -> tuple[Any, ...]:
    return tuple(self)

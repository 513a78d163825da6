"""How to look inside an object without running any code of its class: no properties, no ``__getattr__``, no metaclass.

A *layout* says, for one class, which rule covers what the object has from built-in or known types, and where its attributes are.
"""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
# What objects of any type and library hold has no type that is known here.
from __future__ import annotations

import functools
import struct
from collections.abc import Iterator, Mapping
from types import BuiltinFunctionType, GetSetDescriptorType, MappingProxyType, MemberDescriptorType
from typing import Any, Final, cast

from hitsave.values.bookkeeping import EMPTY_UNTIL_ASKED, LEFT_OUT

_POINTER: Final = struct.calcsize("P")
_HEAP_TYPE: Final = 1 << 9
_DISALLOW_INSTANTIATION: Final = 1 << 7

# Read through `type` itself, so that no metaclass has a say.
_flags = type.__dict__["__flags__"].__get__
_mro = type.__dict__["__mro__"].__get__
_dict = type.__dict__["__dict__"].__get__
_module = type.__dict__["__module__"].__get__
_qualname = type.__dict__["__qualname__"].__get__
_basicsize = type.__dict__["__basicsize__"].__get__
_itemsize = type.__dict__["__itemsize__"].__get__
_base = type.__dict__["__base__"].__get__


def linearised(cls: type) -> tuple[type, ...]:
    """The classes that `cls` inherits from, itself first."""
    return cast("tuple[type, ...]", _mro(cls))


def namespace(cls: type) -> MappingProxyType[str, Any]:
    """The attributes of the class itself."""
    return cast("MappingProxyType[str, Any]", _dict(cls))


def full_name(cls: type) -> str:
    """``module:qualified.name``, as the class says it.

    >>> full_name(dict)
    'builtins:dict'
    """
    try:
        module = _module(cls)
    except AttributeError:  # the class's own namespace has something else under that name
        module = "?"
    return f"{module}:{_qualname(cls)}"


def display_name(cls: type) -> str:
    """The name of a class in a message: with its module, unless it is a built-in."""
    module, _, name = full_name(cls).partition(":")
    return name if module == "builtins" else f"{module}.{name}"


def is_made_in_python(cls: type) -> bool:
    """Whether the class adds nothing to its bases but Python attributes: no state that only C code sees."""
    flags = _flags(cls)
    if not flags & _HEAP_TYPE or flags & _DISALLOW_INSTANTIATION:
        return False
    own = namespace(cls)
    new = own.get("__new__")
    if type(new) is BuiltinFunctionType and new.__self__ is cls:
        return False
    base = _base(cls)
    if base is None or _itemsize(cls) != _itemsize(base):
        return False
    slots = sum(type(value) is MemberDescriptorType and value.__objclass__ is cls for value in own.values())
    # Besides its slots, a Python class may add a pointer to a dict and one to a list of weak references.
    return bool(_basicsize(cls) - _basicsize(base) <= _POINTER * (slots + 2))


_layouts: Final[dict[type, tuple[int, int, Layout]]] = {}
_MOST_LAYOUTS: Final = 4096


def layout_of(cls: type, covered: int) -> Layout:
    """The layout of a class. It is remembered until attributes are added to the class or one that it inherits from."""
    attributes = sum(map(len, map(namespace, linearised(cls))))
    known = _layouts.get(cls)
    if known is None or known[0] != covered or known[1] != attributes:
        if len(_layouts) >= _MOST_LAYOUTS:
            _layouts.clear()
        known = _layouts[cls] = covered, attributes, Layout(cls, covered)
    return known[2]


class Layout:
    """Where an object of one class keeps what it has.

    `made_in_python`  the classes from `cls` on, up to the first that a rule covers or that C code has state in; `rest` is that class and those after it.
    `attributes`      gives the object's ``__dict__``; None if it has none.
    `slots`           the names and getters of the slots of `made_in_python`, the base's first, and sorted in a class.
    `skipped`         names in ``__dict__`` that are filled once, by ``functools.cached_property``, and those that a library keeps for itself.
    `lazy`            slots that are as good as None while they are empty.
    """

    __slots__ = ("attributes", "cls", "lazy", "made_in_python", "rest", "skipped", "slots")

    def __init__(self, cls: type, covered: int) -> None:
        mro = linearised(cls)
        self.cls = cls
        self.made_in_python = mro[:covered]
        self.rest = mro[covered:]
        self.attributes = _attribute_getter(mro)
        self.slots = tuple(slot for base in reversed(self.made_in_python) for slot in _slots_of(base))
        self.skipped = frozenset(_filled_once(mro)).union(*_kept(LEFT_OUT, mro)) if self.attributes is not None else frozenset[str]()
        self.lazy = frozenset[str]().union(*_kept(EMPTY_UNTIL_ASKED, mro))


def _attribute_getter(mro: tuple[type, ...]) -> Any:
    for cls in mro:
        descriptor: Any = namespace(cls).get("__dict__")
        if type(descriptor) in {GetSetDescriptorType, MemberDescriptorType} and descriptor.__objclass__ is cls:
            return descriptor.__get__
    return None


def _slots_of(cls: type) -> list[tuple[str, Any]]:
    members: list[tuple[str, Any]] = [(name, value) for name, value in namespace(cls).items() if type(value) is MemberDescriptorType]
    return sorted((name, value.__get__) for name, value in members if value.__objclass__ is cls and value.__name__ == name)


def _filled_once(mro: tuple[type, ...]) -> list[str]:
    seen: set[str] = set()
    names: list[str] = []
    for cls in mro:
        for name, value in namespace(cls).items():
            if name not in seen:
                seen.add(name)
                if functools.cached_property in linearised(type(value)):
                    names.append(name)
    return names


def _kept(table: Mapping[str, frozenset[str]], mro: tuple[type, ...]) -> Iterator[frozenset[str]]:
    return (table[name] for name in map(full_name, mro) if name in table)


def slot_values(value: object, slots: tuple[tuple[str, Any], ...]) -> tuple[Any, ...]:
    """The names and values of the slots that are set, in turn."""
    found: list[Any] = []
    for name, get in slots:
        try:
            content = get(value)
        except AttributeError:
            continue
        found += (name, content)
    return tuple(found)

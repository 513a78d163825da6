"""Shapes tell objects that have more than their text gives them from those that have not."""

from __future__ import annotations

import dataclasses
import enum
import functools

import pytest

from hitsave.runtime.shapes import Shapes


def _function(x, by=1.0, *, more="b"):
    return x, by, more


class _Class:
    rate = 1

    def method(self, more=(1, 2)):
        return more

    @property
    def shown(self):
        return 1


def _shape(value):
    return Shapes([__file__], to_keep=False).of(value)


def _copy():
    """The same class, made again by other statements than those of its text."""
    return type("_Class", (), {name: value for name, value in vars(_Class).items() if name not in {"__dict__", "__weakref__"}})


def test_a_function_and_a_class_have_shapes_that_are_plain():
    """They are kept as msgpack."""
    from hitsave.storage.packing import pack, unpack

    for value in (_function, _Class):
        assert _shape(value) is not None
        assert unpack(pack(_shape(value))) == _shape(value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("method", lambda self: 1),
        ("method", staticmethod(_Class.method)),
        ("method", 1),
        ("shown", property(_function)),
        ("rate", "1"),
        ("rate", _function),
        ("another", 1),
        ("__call__", _function),
    ],
)
def test_an_attribute_that_is_another_shows(name, value):
    """Its value is seen by checks of its own, its kind and its functions here."""
    cls = _copy()
    cls.__qualname__ = _Class.__qualname__
    assert _shape(cls) == _shape(_Class)
    setattr(cls, name, value)
    assert _shape(cls) != _shape(_Class)


def test_what_a_function_carries_shows():
    """Defaults are part of its shape; with attributes or a closure it has none."""

    def other(x):
        return x

    def bound():
        return other

    one, two = _shape(other), _shape(_function)
    assert one != two
    other.__defaults__ = (1,)
    assert _shape(other) not in (one, None)
    other.__defaults__ = ([],)
    assert _shape(other) is None
    other.__defaults__ = None
    assert _shape(other) == one
    other.mark = 1
    assert _shape(other) is None
    assert _shape(bound) is None


def test_what_other_tools_make_has_a_shape_or_none():
    """Methods that were made of text stand for themselves; what may hold values has none."""

    @dataclasses.dataclass
    class Made:
        x: int = 1

    class Colour(enum.Enum):
        RED = 1

    assert Shapes([], to_keep=True).of(Made) is not None
    assert _shape(Colour) is None
    assert _shape(functools.partial(_function)) is None
    assert _shape(eval("lambda: 1")) is not None
    assert Shapes([], to_keep=False).of(_function) is None

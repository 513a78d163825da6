"""`hitsave.structs`: what its classes have of dataclasses."""

from __future__ import annotations

import copy
import pickle
from functools import cached_property

import pytest

from hitsave import structs
from hitsave.structs import NamedTuple, changed, field, frozen, mutable


@frozen
class Point:
    """A place."""

    x: int
    y: int = 0

    @property
    def sum(self) -> int:
        return self.x + self.y


@frozen
class Named:
    name: str

    @cached_property
    def length(self) -> int:
        return len(self.name)


@frozen
class Loose:
    name: str
    note: str = ""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Loose) and self.name == other.name

    def __hash__(self) -> int:
        return hash(self.name)


@mutable
class Counts:
    hits: int
    names: list[str] = field(factory=list)
    last: str | None = None


def test_fields_are_given_by_place_or_by_name_or_left_to_their_default():
    """As with a dataclass."""
    assert (Point(1).x, Point(1).y, Point(1, 2).y, Point(y=3, x=4).sum) == (1, 0, 2, 7)


@pytest.mark.parametrize(("args", "kwargs"), [((), {}), ((1, 2, 3), {}), ((1,), {"x": 1}), ((1,), {"z": 1})])
def test_a_call_that_does_not_fit_is_a_type_error(args, kwargs):
    """The first call of a class and every later one."""
    for _ in range(2):
        with pytest.raises(TypeError, match=r"Point\.__init__"):
            Point(*args, **kwargs)


def test_frozen_objects_are_equal_and_hashed_by_their_fields_and_class():
    """Two classes with the same fields are different."""
    assert Point(1, 2) == Point(1, 2)
    assert Point(1, 2) != Point(2, 1)
    assert Point(1, 2) != (1, 2)
    assert Named("a") != Loose("a")
    assert {Point(1): "a"}[Point(1, 0)] == "a"
    assert hash(Named("a")) == hash(Named("a"))


def test_frozen_objects_cannot_be_changed():
    """Neither what there is nor anything new, and nothing can be deleted."""
    point = Point(1)
    for name in ("x", "other"):
        with pytest.raises(AttributeError):
            setattr(point, name, 2)
    with pytest.raises(AttributeError):
        del point.x
    assert point == Point(1)


def test_methods_that_a_class_defines_stay():
    """Its own equality is the one that counts."""
    assert Loose("a", "b") == Loose("a", "c")
    assert len({Loose("a", "b"), Loose("a", "c")}) == 1


def test_a_cached_property_has_room():
    """Such a class has a ``__dict__`` beside its slots."""
    named = Named("abc")
    assert (named.length, vars(named)) == (3, {"length": 3})
    assert not hasattr(Point(1), "__dict__")


def test_mutable_objects_can_be_changed_and_have_defaults_of_their_own():
    """A list that is made for each."""
    one, other = Counts(1), Counts(hits=1)
    one.names.append("a")
    one.last = "a"
    assert (one, other) == (Counts(1, ["a"], "a"), Counts(1))
    assert one != other
    with pytest.raises(TypeError):
        hash(one)


def test_they_are_printed_matched_copied_and_pickled_like_dataclasses():
    """Whatever the order of their first uses."""
    assert repr(Counts(1)) == "Counts(hits=1, names=[], last=None)"
    match Point(1, 2):
        case Point(x, y):
            assert (x, y) == (1, 2)
    point = Point(5, 6)
    assert pickle.loads(pickle.dumps(point)) == copy.deepcopy(point) == copy.copy(point) == point
    counts = copy.deepcopy(Counts(1, ["a"]))
    assert counts == Counts(1, ["a"])


def test_changed_makes_a_copy_with_other_values():
    """The original stays, and a name that is no field is a type error."""
    point = Point(1, 2)
    assert (changed(point, y=3), point) == (Point(1, 3), Point(1, 2))
    with pytest.raises(TypeError):
        changed(point, z=3)


def test_a_docstring_and_names_stay():
    """The class is made again, and is the same to a reader."""
    assert (Point.__doc__, Point.__module__, Point.__qualname__) == ("A place.", __name__, "Point")


class Place(NamedTuple):
    """A named tuple."""

    x: int
    y: str = "b"

    @property
    def both(self) -> str:
        return f"{self.x}{self.y}"


def test_named_tuples_are_those_of_typing():
    """However many have been made, and whichever way."""
    for _ in range(50):
        place = Place(1, "c")
        assert (place, place.x, place.y, place.both) == ((1, "c"), 1, "c", "1c")
        assert Place(1) == Place(x=1) == Place._make([1, "b"]) == (1, "b")
    assert type(Place) is type
    assert (Place.__mro__[1:], Place._fields, Place._field_defaults, Place.__doc__) == ((tuple, object), ("x", "y"), {"y": "b"}, "A named tuple.")
    assert repr(place) == "Place(x=1, y='c')"
    assert (place._replace(y="d"), place._asdict()) == ((1, "d"), {"x": 1, "y": "c"})
    copied = pickle.loads(pickle.dumps(place))
    assert (copied, type(copied), copy.deepcopy(place), type(copy.copy(place))) == (place, Place, place, Place)
    match place:
        case Place(x, y):
            assert (x, y) == (1, "c")


@pytest.mark.parametrize("wrong", [Place, lambda: Place(1, "b", 3), lambda: Place(1, z=2), lambda: Place._make([1]), lambda: Place(1)._replace(z=1)])
def test_a_named_tuple_with_other_fields_is_a_type_error(wrong):
    """As ever."""
    with pytest.raises(TypeError):
        wrong()


def test_methods_made_of_text_are_code_of_this_package():
    """What is of no file is taken for the user's, and watched."""
    assert (Point(1).sum, Place(x=1).y) == (1, "b")  # made as they are used
    for method in (vars(Point)["__init__"], Place.__new__):
        assert method.__code__.co_filename.startswith(structs.__file__)

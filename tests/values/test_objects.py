"""Objects: by their class, their attributes and their slots, and without running any code of theirs."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field

import attrs
import pydantic
import pytest


@dataclass
class Point:
    x: float
    y: float = 0.0


@dataclass(slots=True)
class Slotted:
    x: float
    tags: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Frozen:
    x: float


@attrs.define
class Attrs:
    x: float
    inner: object = None


class Model(pydantic.BaseModel):
    x: float
    names: set[str] = set()


class Base:
    __slots__ = ("_Base__own", "__dict__", "a")


class Derived(Base):
    __slots__ = ("b",)


def test_attributes_count(digest):
    """Values, names, order, and what is absent; for every way to define a class."""
    swapped = Point(1.0)
    del swapped.x
    swapped.x = 1.0
    missing = Point(1.0)
    del missing.y
    values = [
        Point(1.0),
        Point(2.0),
        Point(1, 0.0),
        swapped,
        missing,
        Slotted(1.0),
        Slotted(1.0, ["a"]),
        Frozen(1.0),
        Attrs(1.0),
        Attrs(1.0, Attrs(2.0)),
        Attrs(1.0, [Attrs(2.0)]),
    ]
    values += [Model(x=1), Model(x=1, names={"a"}), Model(x=2)]
    assert len({digest(value) for value in values}) == len(values)


def test_objects_made_alike_are_alike(digest):
    """Whatever they share."""
    tags = ["a"]
    assert digest([Slotted(1.0, tags), Slotted(1.0, tags)]) == digest([Slotted(1.0, ["a"]), Slotted(1.0, ["a"])])
    assert digest(Model(x=1, names={"a", "b", "c"})) == digest(Model(x=1, names={"c", "b", "a"}))
    inner = Attrs(3.0)
    assert digest([Attrs(1.0, inner), inner]) == digest([Attrs(1.0, Attrs(3.0)), Attrs(3.0)])


def test_slots_of_all_bases_count_and_unset_ones_do_not(digest):
    """With a dict or without."""
    one, other = Derived(), Derived()
    assert digest(one) == digest(other)
    for name in ("a", "b", "_Base__own", "free"):
        before = digest(one)
        setattr(one, name, 1)
        assert digest(one) != before
        setattr(other, name, 1)
        assert digest(one) == digest(other)


def test_slots_and_attributes_are_told_apart(digest):
    """`a` as a slot and `a` in the dict are two things."""
    one, other = Base(), Base()
    one.a = 1
    vars(other)["a"] = 1
    assert digest(one) != digest(other)


def test_what_fills_itself_once_does_not_count(digest):
    """`functools.cached_property`, of a base too; until something else shadows it."""

    class Circle:
        def __init__(self, radius):
            self.radius = radius

        @functools.cached_property
        def area(self):
            return 3 * self.radius**2

    class Ring(Circle):
        pass

    for circle in (Circle(1), Ring(1)):
        before = digest(circle)
        assert circle.area == 3
        assert digest(circle) == before
        circle.colour = "red"
        assert digest(circle) != before


class Trap:
    """A class that fails the test if any of its code runs."""

    def __init__(self):
        object.__getattribute__(self, "__dict__")["kept"] = [1]

    def _sprung(self, *arguments, **more):
        raise AssertionError("digesting ran code of the class")

    __getattribute__ = __getattr__ = __eq__ = __repr__ = __str__ = __reduce__ = __reduce_ex__ = __getstate__ = __iter__ = __len__ = __bool__ = _sprung
    __hash__ = __copy__ = __deepcopy__ = __format__ = __sizeof__ = __dir__ = __call__ = __contains__ = __getitem__ = __lt__ = _sprung  # type: ignore[assignment]
    kept = property(_sprung)

    @functools.cached_property
    def once(self):
        self._sprung()


def sprung(self, *arguments, **more):
    raise AssertionError("digesting ran code of the class")


HOOKS = [
    "__getattribute__",
    "__getattr__",
    "__eq__",
    "__hash__",
    "__repr__",
    "__str__",
    "__reduce__",
    "__reduce_ex__",
    "__getstate__",
    "__getnewargs__",
    "__iter__",
    "__len__",
    "__bool__",
    "__getitem__",
    "__contains__",
    "__copy__",
    "__buffer__",
    "__index__",
    "__int__",
    "__float__",
    "__complex__",
    "keys",
    "items",
    "values",
    "copy",
    "get",
]


@pytest.mark.parametrize("base", [object, int, float, complex, str, bytes, bytearray, tuple, list, dict, set, frozenset, Exception])
def test_no_code_of_a_class_runs(digest, base):
    """Nor of one derived from a built-in type: neither operators nor iteration nor attribute access."""
    from collections import OrderedDict, defaultdict, deque

    for kind in (base, OrderedDict, defaultdict, deque):
        trap = type("Trap", (kind,), dict.fromkeys(HOOKS, sprung))
        value = kind.__new__(trap)
        object.__setattr__(value, "kept", 1)
        assert digest([value, {"a": value}]) == digest([value, {"a": value}])


def test_no_code_of_a_trap_runs(digest):
    """Properties and cached properties are not triggered, and the object is as it was."""
    trap = Trap()
    assert digest(trap) == digest(Trap())
    assert object.__getattribute__(trap, "__dict__") == {"kept": [1]}


def test_no_code_of_a_metaclass_runs(digest):
    """A class is looked into past its metaclass."""

    class Meta(type):
        def __getattribute__(cls, name):
            raise AssertionError(name)

    class Strange(metaclass=Meta):
        __slots__ = ("a", "b")

    from hitsave.values.code_names import FunctionName, PlainNames
    from hitsave.values.digester import Digester

    class Names(PlainNames):
        def class_(self, cls):
            return "Strange"

        def function(self, function):
            return FunctionName("f")

    value = object.__new__(Strange)
    assert Digester(Names()).digest([value, Strange], "x") == Digester(Names()).digest([value, Strange], "x")


def test_an_object_that_holds_itself_has_a_digest(digest):
    """Parents that know their children, doubly linked lists, graphs."""

    class Node:
        def __init__(self, name):
            self.name, self.next, self.previous, self.near = name, None, None, set()

    def ring(names):
        nodes = [Node(name) for name in names]
        for node, after in zip(nodes, nodes[1:] + nodes[:1], strict=True):
            node.next, after.previous = after, node
            node.near |= {after, *nodes[::2]}
        return nodes

    nodes, twins = ring("abcdefgh"), ring("abcdefgh")
    assert [digest(node) for node in nodes] == [digest(node) for node in twins]
    assert len({digest(node) for node in nodes}) == 8
    assert digest(nodes) == digest(twins)
    twins[5].name = "z"
    assert len({digest(node) for node in nodes} & {digest(node) for node in twins}) == 0


def test_objects_that_are_all_alike_and_hold_each_other_are_one_value(digest):
    """In a ring of equal nodes nobody can tell where he is, nor how long the ring is."""

    class Link:
        pass

    def ring(length):
        links = [Link() for _ in range(length)]
        for link, after in zip(links, links[1:] + links[:1], strict=True):
            link.after = after
        return links[0]

    assert digest(ring(1)) == digest(ring(2)) == digest(ring(7))
    marked = ring(7)
    marked.after.after.mark = 1
    assert digest(marked) != digest(ring(7))


def test_a_large_graph_is_digested_in_time_linear_in_its_size(digest):
    """5,000 nodes, each holding ten others, entered from a list of all: no path through it is walked twice."""
    import random

    class Node:
        def __init__(self, number):
            self.number, self.others = number, []

    def graph(seed):
        chance = random.Random(seed)
        nodes = [Node(number) for number in range(5000)]
        for node in nodes:
            node.others = chance.sample(nodes, 10)
        return nodes

    assert digest(graph(1)) == digest(graph(1)) != digest(graph(2))


def test_depth_is_not_limited_by_recursion(digest):
    """A chain of 10,000 objects, of lists, of dicts, closed to a cycle or not."""

    class Link:
        def __init__(self, after):
            self.after = after

    def chain(link, end):
        value = end
        for _ in range(10_000):
            value = link(value)
        return value

    for link in (Link, lambda value: [value], lambda value: {"a": value}, lambda value: (value,), lambda value: [value, int]):
        assert digest(chain(link, 1)) == digest(chain(link, 1)) != digest(chain(link, 2))
    closed = Link(None)
    closed.after = chain(Link, closed)
    assert digest(closed) == digest(closed.after)


def test_shared_objects_are_looked_into_once(digest):
    """10,000 levels, each holding the one below twice, in lists, dicts and objects; as a tree that is 2 to the power of 10,000 nodes."""

    def levels(make):
        value = 1
        for _ in range(10_000):
            value = make(value)
        return value

    for make in (
        lambda v: [v, v],
        lambda v: (v, v),
        lambda v: {"a": v, "b": v},
        lambda v: Point(v, v),
        lambda v: Slotted(v, v),
        lambda v: [v, {"a": [v, int]}],
    ):
        assert digest(levels(make)) == digest(levels(make))

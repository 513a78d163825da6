"""Classes made by attrs, and what they do."""

from __future__ import annotations

import sys

from hitsave import memo

import attr
from attrs import asdict, converters, define, evolve, field, fields, frozen, validators


@define(order=True)
class Point:
    """A place."""

    x: int = field(converter=int, validator=validators.ge(0))
    y: float = field(default=2.5, repr=lambda v: f"<{v}>")
    tags: list = field(factory=list, eq=False)


@frozen
class Line:
    """Two places."""

    start: Point
    end: Point = field(default=None, converter=converters.optional(lambda p: p))
    name: str = field(default="line", kw_only=True, validator=validators.instance_of(str))


@attr.s(slots=True, hash=True)
class Old:
    """In the old spelling."""

    a = attr.ib(default=attr.Factory(lambda: 7))
    b = attr.ib(default=3, validator=attr.validators.in_([3, 4]))


@memo
def shown(x, y):
    """Texts and comparisons."""
    sys.audit("mutation.ran", "shown")
    p, q = Point(x, y), Point(x)
    return repr(p), p == q, p < q, repr(Line(p, q, name="n")), repr(Old())


@memo
def unrolled(x):
    """As plain values, and a changed copy."""
    sys.audit("mutation.ran", "unrolled")
    line = Line(Point(x, tags=["t"]), None)
    return asdict(line), asdict(evolve(line, name="other", start=Point(1))), [f.name for f in fields(Line)]


@memo
def refused(x, b):
    """What is said of a value that does not fit."""
    sys.audit("mutation.ran", "refused")
    said = []
    for make in (lambda: Point(x), lambda: Old(b=b), lambda: Line(None, name=3)):
        try:
            said.append(repr(make()))
        except (TypeError, ValueError) as problem:
            said.append(str(problem.args[0]))
    return said


CALLS = [(shown, (3, 4.5)), (unrolled, (9,)), (refused, (-1, 5)), (refused, ("12", 4))]

"""Functions, classes and modules: by the identity that the callback gives, and by the values that a function carries."""

from __future__ import annotations

import functools
import math
from typing import Any

import pytest

from hitsave.errors import UndigestibleError
from hitsave.values.code_names import CodeNames, FunctionName, PlainNames
from hitsave.values.digester import Digester


class Noted(PlainNames):
    """Names that note what they were asked for."""

    def __init__(self, *, external: bool = False) -> None:
        self.asked: list[object] = []
        self.external = external

    def function(self, function, /):
        self.asked.append(function)
        return FunctionName(function.__qualname__, external=self.external)

    def class_(self, cls, /):
        self.asked.append(cls)
        return super().class_(cls)

    def module(self, module, /):
        self.asked.append(module)
        return super().module(module)


def digest_with(names: CodeNames, value: object) -> bytes:
    return Digester(names).digest(value, "x")


def make(n, default=None, *, word="a"):
    def inner(x=default, *, y=word):
        return x, y, n

    return inner


def test_what_a_function_carries_counts(digest):
    """Closure cells, defaults, keyword defaults, attributes; `__wrapped__` not, since a wrapper holds what it wraps in a cell."""
    marked = make(1)
    marked.mark = 1
    different = [make(1), make(2), make(1, 2), make(1, word="b"), make([1]), make(make(1)), marked]
    assert len({digest(f) for f in different}) == len(different)
    assert digest(make(1)) == digest(make(1))
    wrapper = functools.wraps(len)(make(1))
    unmarked = make(1)
    unmarked.__qualname__, unmarked.__module__ = wrapper.__qualname__, wrapper.__module__
    assert "__wrapped__" in vars(wrapper)
    assert digest_with(Noted(), wrapper) == digest_with(Noted(), unmarked)


def test_an_external_function_is_its_identity_and_its_closure():
    """Its version is somebody else's matter, but what it was made with may be the user's."""
    assert digest_with(Noted(external=True), make(1)) == digest_with(Noted(external=True), make(1, 2))
    assert digest_with(Noted(external=True), make(1)) != digest_with(Noted(external=True), make(2))


def test_what_a_library_keeps_for_itself_need_not_have_a_digest():
    """The value counts without it, by the code that makes it, and says so; the user's own values still have to have one."""
    with open(__file__, encoding="utf-8") as file:
        digester = Digester(Noted(external=True))
        digest = digester.digest([make(file)], "x")
        assert digester.by_code == [("x[0]", "function of a library")]
        assert digest == Digester(Noted(external=True), inside_only=True).digest([make(3)], "x")
        assert digester.digest([make(3)], "x") != digest
        with pytest.raises(UndigestibleError, match=r"x\[1\]"):
            digester.digest([make(3), file], "x")


def test_a_dispatching_function_is_the_functions_that_it_dispatches_to():
    """In whatever order they were registered, and whatever it was called with so far."""

    def dispatching(*kinds):
        made = functools.singledispatch(make(0))
        for number, kind in enumerate(kinds, 1):
            made.register(kind, make(number))
        return made

    first, second = dispatching(int, str), dispatching(int, str)
    first(2)
    assert digest_with(PlainNames(), first) == digest_with(PlainNames(), second) != digest_with(PlainNames(), dispatching(str, int))


def test_a_dispatching_method_is_the_functions_that_it_dispatches_to():
    """Not what it remembers of the objects that it was called on, of which some can't be remembered."""

    def dispatching(number):
        @functools.total_ordering
        class Dispatching:
            __hash__ = None

            def __eq__(self, other):
                return True

            def __lt__(self, other):
                return False

            kind = functools.singledispatchmethod(lambda self, value: make(number)(value))

        Dispatching.kind.register(int, make(number))
        return vars(Dispatching)["kind"], Dispatching()

    kind, owner = dispatching(1)
    before = digest_with(PlainNames(), kind)
    owner.kind(1.5)
    assert digest_with(PlainNames(), kind) == before != digest_with(PlainNames(), dispatching(2)[0])


def test_a_key_made_of_a_comparison_counts_by_it(digest):
    """`functools.cmp_to_key`, which is written in C."""
    assert digest(functools.cmp_to_key(make(1))) == digest(functools.cmp_to_key(make(1))) != digest(functools.cmp_to_key(make(2)))


def test_a_function_that_calls_itself_has_a_digest(digest):
    """A local function's closure may hold the function."""

    def outer(n):
        def inner(x):
            return inner(x - 1) if x else n

        return inner

    assert digest(outer(1)) == digest(outer(1)) != digest(outer(2))


def test_an_empty_cell_is_a_value_of_its_own(digest):
    """A name that is bound after the function was made."""

    def outer(fill):
        def inner():
            return late

        if fill:
            late = None
        return inner

    assert digest(outer(fill=False)) == digest(outer(fill=False)) != digest(outer(fill=True))


def test_cells_count_by_their_names(digest):
    """Two functions that hold the same values under exchanged names do different things."""

    def outer(a, b):
        def inner():
            return a - b

        return inner

    assert digest(outer(1, 2)) != digest(outer(2, 1))


def test_the_callback_is_asked_for_all_code_in_a_value():
    """At any depth: functions, classes of instances, classes, modules of extensions; not for what Python itself brings."""

    class Kind:
        pass

    class Other:
        pass

    kind = Kind()
    kind.steps = [make(Other), {"m": math}, len, 1.5, "a"]
    names = Noted()
    digest_with(names, {"a": [kind, kind]})
    assert set(names.asked) == {Kind, Other, math, kind.steps[0]}


def test_a_method_counts_with_its_object(digest):
    """`model.predict` as an argument brings the model."""

    class Model:
        def __init__(self, rate):
            self.rate = rate

        def predict(self):
            return self.rate

        def other(self):
            return self.rate

    assert digest(Model(1).predict) == digest(Model(1).predict)
    assert len({digest(f) for f in (Model(1).predict, Model(2).predict, Model(1).other, Model.predict)}) == 4


def test_a_class_is_its_identity(digest):
    """The runtime follows its code and attributes, to which its name leads."""
    Empty: Any = type("Empty", (), {})  # noqa: N806 - a class
    before = digest(Empty)
    Empty.extra = 1
    assert digest(Empty) == before
    assert digest(Empty) != digest(Empty())


def made_class(n, mark=None):
    class Made:
        kind = n

        def go(self):
            return n, super().__init__()

        def other(self):
            return mark

    return Made


def test_a_local_class_counts_with_what_its_function_gave_it(digest):
    """Its data and its closures; so do its instances. Where that has no digest, its code stands for it."""
    for of in (lambda cls: cls, lambda cls: cls(), lambda cls: [cls]):
        assert digest(of(made_class(1))) == digest(of(made_class(1))) != digest(of(made_class(2)))
        assert digest(of(made_class(1))) != digest(of(made_class(1, 3)))
    with open(__file__, encoding="utf-8") as file:
        digester = Digester(PlainNames())
        digester.digest(made_class(1, file), "x")
        assert digester.by_code == [("x", "local class")]

"""What a decorated function is besides a cache: the function that it was."""

from __future__ import annotations

import asyncio
import copy
import functools
import inspect
import pickle
import typing
import weakref

import pytest

from hitsave import experiment, memo
from hitsave.errors import SettingError
from hitsave.values.held import survey


@memo
def documented(a: int, b: str = "x", *rest: int, key: float = 3.0, **more: object) -> float:
    """Its own words."""
    return a + key


@memo(version="2")
async def coroutine(x):
    return x


@memo
def generator(x):
    yield x


@memo
async def asynchronous(x):
    yield x


class Base:
    """With every kind of method, in either order of decorators where there are two."""

    def __init__(self, n: int) -> None:
        self.n = n

    def __eq__(self, other):
        return type(other) is type(self) and other.n == self.n

    __hash__ = None

    @memo
    def method(self, x, *, y=1):
        """A method's words."""
        return self.n + x + y

    @memo
    async def waits(self, x):
        return self.n + x

    @classmethod
    @memo
    def of_class(cls, x):
        return cls.__name__, x

    @memo
    @classmethod
    def of_class_too(cls, x):
        return cls.__name__, x

    @staticmethod
    @memo
    def static(x):
        return x

    @memo
    @staticmethod
    def static_too(x):
        return x

    @property
    @memo
    def proper(self):
        return self.n * 2

    @functools.cached_property
    @memo
    def proper_once(self):
        return self.n * 3

    @memo
    def __call__(self, x):
        return self.n * x

    class Inner:  # noqa: D106 - an example
        @memo
        def method(self):
            return 1


class Derived(Base):
    @memo
    def method(self, x, *, y=1):
        return super().method(x, y=y) * 10


def test_names_and_documentation_are_the_functions_own():
    """Whatever reads them finds what it would have found."""
    plain = documented.function
    assert (documented.__name__, documented.__qualname__, documented.__module__) == ("documented", "documented", __name__)
    assert documented.__doc__ == inspect.getdoc(documented) == "Its own words."
    assert inspect.signature(documented) == inspect.signature(plain)
    assert typing.get_type_hints(documented) == typing.get_type_hints(plain)
    assert inspect.getsource(documented) == inspect.getsource(plain)
    assert inspect.unwrap(documented) is documented.__wrapped__ is plain
    assert repr(documented) == f"<memo {__name__}.documented>"


@pytest.mark.parametrize("ask", [inspect.iscoroutinefunction, inspect.isgeneratorfunction, inspect.isasyncgenfunction, callable])
def test_it_is_of_the_functions_kind(ask):
    """Frameworks ask before they call."""
    for made in (documented, coroutine, generator, asynchronous, Base.method, Base(1).waits, Base.waits, Base.of_class, Base.static_too):
        assert ask(made) == ask(getattr(made, "__func__", made).function), made
    assert inspect.iscoroutinefunction(Base(1).waits)


def test_attributes_of_the_function_are_kept():
    """Some libraries mark functions so."""

    def marked():
        return 1

    marked.mark = "m"
    assert memo(marked).mark == "m"


def test_wraps_sees_through_it():
    """Another decorator above it passes on its name and signature."""

    @functools.wraps(documented)
    def above(*args, **kwargs):
        return documented(*args, **kwargs)

    assert above.__name__ == "documented"
    assert inspect.signature(above) == inspect.signature(documented)
    assert above.__wrapped__ is documented


@pytest.mark.parametrize("made", [documented, coroutine, generator, Base.method, Base.static, Base.static_too, Base.Inner.method], ids=repr)
def test_it_is_pickled_and_copied_by_name(made):
    """As functions are: what comes back is the same object."""
    assert pickle.loads(pickle.dumps(made)) is made
    assert copy.copy(made) is made
    assert copy.deepcopy(made) is made


def test_a_local_one_cannot_be_pickled_any_more_than_a_local_function():
    """There is no name to find it by."""

    @memo
    def local():
        return 1

    with pytest.raises((pickle.PicklingError, AttributeError), match="local"):
        pickle.dumps(local)


def test_bound_methods_are_pickled_with_what_they_are_bound_to():
    """The instance travels along; a class is named."""
    again = pickle.loads(pickle.dumps(Base(3).method))
    assert again(1) == 5
    assert again.__self__ == Base(3)
    assert pickle.loads(pickle.dumps(Base.of_class))(1) == ("Base", 1)
    assert pickle.loads(pickle.dumps(Derived.of_class_too))(1) == ("Derived", 1)
    assert copy.deepcopy(Base(3).method)(1) == 5


def test_it_can_be_referred_to_weakly_and_be_a_key():
    """Registries hold functions so."""
    base = Base(1)
    for made in (documented, Base.method):
        assert weakref.ref(made)() is made
        assert {made: 1}[made] == 1
    assert {base.method: 1}[base.method] == 1
    assert base.method == base.method
    assert base.method != Base(1).method
    assert base.method != base.waits


def test_bound_methods_look_like_bound_methods():
    """Without the parameter that is filled in."""
    base = Base(1)
    assert str(inspect.signature(base.method)) == "(x, *, y=1)"
    assert str(inspect.signature(Base.of_class)) == str(inspect.signature(Base.of_class_too)) == "(x)"
    assert str(inspect.signature(Base.method)) == "(self, x, *, y=1)"
    assert (base.method.__name__, base.method.__doc__) == ("method", "A method's words.")
    assert base.method.__self__ is base
    assert repr(base.method) == f"<bound <memo {__name__}.Base.method> of Base>"
    assert repr(Derived.of_class_too) == f"<bound <memo {__name__}.Base.of_class_too> of Derived>"


def test_methods_of_every_kind_give_what_they_gave():
    """Through the instance, the class and a subclass; called twice, so that the second is a hit."""
    base, derived = Base(1), Derived(2)
    for _ in range(2):
        assert [base.method(1), base.method(x=1, y=2), Base.method(base, 1), derived.method(1)] == [3, 4, 3, 40]
        assert [base.of_class(1), Base.of_class(1), Derived.of_class(1)] == [("Base", 1), ("Base", 1), ("Derived", 1)]
        assert [base.of_class_too(1), Base.of_class_too(1), Derived.of_class_too(1)] == [("Base", 1), ("Base", 1), ("Derived", 1)]
        assert [base.static(1), Base.static(2), base.static_too(3), Base.static_too(4)] == [1, 2, 3, 4]
        assert [base.proper, derived.proper, base.proper_once, base(5), asyncio.run(derived.waits(4))] == [2, 4, 3, 5, 6]
    assert base.method.is_cached(1)
    assert base.method.is_cached(x=1)
    assert not base.method.is_cached(2)
    assert Base.of_class_too.is_cached(1)
    assert not Base.of_class_too.is_cached(9)
    assert derived.method.explain(1) == Derived.method.explain(derived, 1)
    assert derived.method.uncached(1) == 40
    assert derived.method.rerun(1) == 40


@pytest.mark.parametrize(
    "wrong",
    [documented, lambda: documented(1, a=2), lambda: Base(1).method(1, 2), Base.static_too, lambda: Base(1).static(1, 2, 3)],
)
def test_a_call_that_does_not_fit_raises_as_ever(wrong):
    """Python's own TypeError, with nothing of ours around it."""
    with pytest.raises(TypeError, match=r"^[\w.]+\(\) (missing|got multiple values|takes)") as raised:
        wrong()
    assert raised.value.__context__ is None


@pytest.mark.parametrize(
    ("decorate", "says"),
    [
        (lambda: memo(Base), "@memo is for functions and methods, and Base is a class. Decorate its methods, or a function that makes one."),
        (lambda: experiment(int), "@experiment is for functions and methods, and int is a class."),
        (lambda: memo(version="2")(Base), "and Base is a class."),
        (lambda: memo("2"), "@memo is for functions and methods, not for '2'. Its options are given by name"),
        (lambda: memo(property(len)), "not for what @property makes. Write @property above @memo."),
        (lambda: memo(functools.cached_property(len)), "not for what @cached_property makes. Write @cached_property above @memo."),
        (lambda: memo(versoin="2"), "memo() has no option versoin; it has ignore, depends, version, local_only, seed and replay_output"),
        (lambda: experiment(ttl=3, key=1), "experiment() has no option key, ttl;"),
    ],
)
def test_what_cannot_be_decorated_is_refused_at_once(decorate, says):
    """With what to do instead."""
    with pytest.raises(TypeError) as raised:
        decorate()
    assert says in str(raised.value)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"ignore": "logger"}, "has no parameter 'logger' to ignore. Its parameters are: x."),
        ({"ignore": ("x", "y.session")}, "has no parameter 'y' to ignore. Its parameters are: x."),
        ({"ignore": 3}, '@memo(ignore=…) takes names of parameters, not 3. Write ignore=("logger", "self.session").'),
        ({"depends": len}, "takes a tuple of functions, classes or values, not <built-in function len>. Write depends=(helper,)."),
        ({"depends": "helper"}, "Write depends=(helper,)."),
        ({"version": 2}, '@memo(version=…) takes text, not 2. Write version="2".'),
    ],
)
def test_an_option_that_cannot_be_is_refused_at_once(options, says):
    """Not at the first call, in the middle of a run."""
    with pytest.raises(SettingError) as raised:

        @memo(**options)
        def function(x):
            return x

    assert says in str(raised.value)


def test_decorating_twice_is_decorating_once():
    """The outer decorator and its options count."""

    @experiment(version="2")
    @memo(version="1")
    def function(x):
        return x

    assert (function.kind, function.version) == ("experiment", "2")
    assert not hasattr(function.function, "function")


def test_what_a_memoised_function_leads_to_is_its_function():
    """Not its engine, from which everything in the process is reached: a function that has captured another is surveyed before each of its evaluations."""
    documented.is_cached(1)  # which makes the engine
    assert all("hitsave" not in type(contents.owner).__module__ for contents in survey([documented, Base(1).method]).contents.values())

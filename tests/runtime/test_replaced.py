"""Functions whose code or defaults are replaced: whoever does it in the project is noticed, what libraries do to their own is not."""

from __future__ import annotations

import collections
import types

import pytest

import hitsave.runtime.memo  # noqa: F401 - begins to watch
from hitsave.runtime import replaced


def helper(x=1):
    return x


def other(x=2):
    return -x


Point = collections.namedtuple("Point", "x y")  # noqa: PYI024 - it is what sets defaults


def replace_code():
    helper.__code__ = other.__code__


def replace_defaults():
    helper.__defaults__ = (3,)


def replace_defaults_of_what_a_library_made():
    Point.__new__.__defaults__ = (0, 0)  # type: ignore[attr-defined]


def decorated_by_a_library():
    @types.coroutine
    def steps():
        yield


@pytest.mark.parametrize("how", [replace_code, replace_defaults, replace_defaults_of_what_a_library_made, decorated_by_a_library])
def test_what_changes_a_function_of_the_project_is_noticed(how):
    """By it itself, or by a library that is given it."""
    before = replaced.times
    how()
    assert replaced.times > before


def test_what_a_library_makes_is_no_replacement():
    """Each that counts has all modules compared with their text."""
    before = replaced.times
    collections.namedtuple("Pair", "left right", defaults=(1, 2))  # noqa: PYI024
    assert replaced.times == before

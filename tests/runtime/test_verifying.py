"""``HITSAVE=verify`` runs a sample of hits again, compares, and says what it found."""

from __future__ import annotations

import re

import pytest

from hitsave.values.code_names import PlainNames
from hitsave.values.digester import Digester

HONEST = """
    from hitsave import memo

    @memo
    def total(n):
        print("total", n)
        return {"n": n, "squares": [i * i for i in range(n)]}

    @memo
    def numbers(n):
        print("numbers", n)
        yield from range(n)
        return n

    for n in range(1, 5):
        total(n), list(numbers(n))
"""
# What a C function asks the system for another is not tracked.
DISHONEST = """
    import operator, os, sys, random
    from hitsave import memo

    def world():
        return operator.methodcaller("stat", "world")(os).st_size

    @memo
    def plain(n, api_key="k"):
        print("plain runs")
        return {"loss": [n, world()], "same": 1}

    @memo
    def stream(n):
        print("stream runs")
        for i in range(n):
            yield i + (world() if i == 1 else 0)

    @memo
    def fails(n):
        print("fails runs")
        if world() > 3:
            raise ValueError("too large")
        return world()

    if sys.argv[1] == "stream":
        print(list(stream(3)))
    else:
        try:
            print(globals()[sys.argv[1]](3))
        except ValueError as error:
            print("raised", error)
"""


def test_hits_that_are_right_stay_and_are_counted(project):
    """Each function runs once for a verified hit; one line at the end says how many were compared."""
    project.script(HONEST)
    entries = project.entries()
    said = project.run("main.py", HITSAVE="verify", HITSAVE_VERIFY="1")
    assert sorted(said.printed) == sorted([f"{name} {n}" for name in ("total", "numbers") for n in range(1, 5)])
    assert said.notices == ["verified 8 of 8 hits: all as stored"]
    assert (said.warnings, said.rest) == ([], "")
    assert project.entries() == entries
    assert project.run().quiet == []


def test_a_share_of_hits_is_verified(project):
    """The first hit of each function always, and of the others the share that HITSAVE_VERIFY says: a tenth where it says nothing."""
    project.script(HONEST)
    none = project.run("main.py", HITSAVE="verify", HITSAVE_VERIFY="0")
    assert (none.printed, none.notices) == ([], ["verified 0 of 8 hits: none was run again"])
    some = project.run("main.py", HITSAVE="verify")
    assert {"total 1", "numbers 1"} <= set(some.printed)
    assert some.notices == [f"verified {len(some.printed)} of 8 hits: all as stored"]


def test_nothing_is_said_where_nobody_asked(project):
    """HITSAVE_VERIFY alone does nothing, and HITSAVE_NOTICES=off is obeyed."""
    project.script(HONEST)
    assert project.run("main.py", HITSAVE_VERIFY="1").quiet == []
    assert project.run("main.py", HITSAVE="verify", HITSAVE_NOTICES="off").notices == []


def test_a_share_that_is_none_is_said(project):
    """Text, and numbers beyond 0 and 1, are taken as the default, with one warning."""
    project.script(HONEST)
    said = project.run("main.py", HITSAVE="verify", HITSAVE_VERIFY="10%")
    assert said.warnings == [
        "HITSAVE_VERIFY='10%' is no number from 0 to 1; it is taken as 0.1. Set it to the share of hits that are to be run again."
    ]


@pytest.mark.parametrize(
    ("name", "call", "now", "difference"),
    [
        ("plain", "plain(n=3, api_key=(secret)), MAIN:8,", "{'loss': [3, 5], 'same': 1}", "result['loss'][1] was 2 and is 5"),
        ("stream", "stream(n=3), MAIN:13,", "[0, 6, 2]", "result['items'][1] was 3 and is 6"),
        ("fails", "fails(n=3), MAIN:19,", "raised too large", "it returned 2 and now raises ValueError: too large"),
    ],
)
def test_a_hit_that_is_wrong_is_told_removed_and_never_served(project, name, call, now, difference):
    """The caller gets what the function gives now, which ran once; one warning names the call, the function's place and the first difference."""
    main = project.write("main.py", DISHONEST)
    project.write("world", "12")
    stored = project.run("main.py", name).quiet
    project.write("world", "12345")
    assert project.run("main.py", name).quiet == stored[1:]  # it is not tracked
    said = project.run("main.py", name, HITSAVE="verify")
    assert said.printed == [f"{name} runs", now]
    (warning,) = said.warnings
    told = re.sub(r"entry \w+ of [-\d: ]+", "ENTRY", warning).replace(str(main), "MAIN")
    assert told.startswith(
        f"{call} does not give what is stored of it (ENTRY): {difference}. It is removed. Its code depends on something that is not"
    )
    assert said.notices == [f"verified 1 of 1 hit: 0 as stored, 1 not: {name}() ×1"]
    after = project.run("main.py", name)
    assert after.quiet == ([f"{name} runs", now] if name == "fails" else [now])


def test_the_programs_random_numbers_stay_what_they_are(project):
    """Choosing the sample takes nothing from the `random` module's generator."""
    text = """
        import random
        from hitsave import memo

        @memo
        def total(n):
            return n

        random.seed(1)
        for n in range(20):
            total(n)
        print(random.random())
    """
    first = project.script(text).printed
    assert project.run("main.py", HITSAVE="verify", HITSAVE_VERIFY="0.5").printed == first


def test_values_that_change_by_being_stored_are_no_difference(project):
    """What a class leaves out of its pickles, every hit has lost."""
    text = """
        from hitsave import memo

        class Box:
            def __init__(self, n):
                self.n, self.scratch = n, [n]
            def __getstate__(self):
                return {"n": self.n}

        @memo
        def box(n):
            return Box(n)

        print(box(1).n)
    """
    project.script(text)
    assert project.run("main.py", HITSAVE="verify").notices == ["verified 1 of 1 hit: all as stored"]


def test_coroutines_and_methods_are_verified(project):
    """What kind of function it is makes no difference."""
    text = """
        import asyncio
        from hitsave import memo, experiment

        class Model:
            @memo
            def fit(self, n):
                return n

        @experiment
        async def fetch(n):
            return n

        Model().fit(1)
        asyncio.run(fetch(1))
    """
    project.script(text)
    assert project.run("main.py", HITSAVE="verify").notices == ["verified 2 of 2 hits: all as stored"]
    assert project.entries() == 2


def test_the_first_difference_is_found():
    """In dictionaries, sequences, objects and arrays, at any depth."""
    import numpy as np

    from hitsave.runtime.differing import first_difference

    class Point:
        def __init__(self, x):
            self.x = x

    def told(then, now):
        return str(first_difference(then, now, lambda value: Digester(PlainNames()).digest(value, "")))

    assert told(1, 2) == "result was 1 and is 2"
    assert told(1, 1.0) == "result was 1 and is 1.0"
    assert told({"a": [1, {"b": (1, 2)}]}, {"a": [1, {"b": (1, 3)}]}) == "result['a'][1]['b'][1] was 2 and is 3"
    assert told({"a": 1}, {"a": 1, "b": 2}) == "result['b'] was not there and is 2"
    assert told([1, 2], [1]) == "result[1] was 2 and is not there"
    assert told({1, 2}, {1, 3}) == "result was {1, 2} and is {1, 3}"
    assert told([np.arange(3)], [np.array([0, 5, 2])]) == "result[0][1] was 1 and is 5 (1 of 3 elements differ)"
    assert told(np.arange(3), np.arange(4)) == "result was ndarray (3,) and is ndarray (4,)"

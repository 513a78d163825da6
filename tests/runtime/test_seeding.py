"""`@memo(seed=…)`: chance that can be had again, and that disturbs nobody else's."""

from __future__ import annotations

import pytest

from hitsave import memo
from hitsave.errors import SettingError

DRAWING = """
    import random
    import numpy as np
    from hitsave import memo

    def drawn():
        return round(random.random(), 6), round(float(np.random.rand()), 6)

    @memo(seed=7)
    def f(n):
        print("computing")
        return [drawn() for _ in range(n)]
"""


def test_the_seed_makes_the_result(project):
    """The same in every process and mode; another seed is another result, and another key."""
    first = project.script(DRAWING + "    print(f(2))").quiet
    assert first[0] == "computing"
    assert project.run("main.py").quiet == first[1:]
    assert project.run("main.py", HITSAVE="off").quiet == first
    assert project.run("main.py", HITSAVE="refresh").quiet == first
    project.edit("main.py", "seed=7", "seed=8")
    other = project.run("main.py").quiet
    assert (other[0], other[1] != first[1]) == ("computing", True)
    project.edit("main.py", "seed=8", "seed=7")
    assert project.run("main.py").quiet == first[1:]
    expected = "import random, numpy as np; random.seed(7); np.random.seed(7); print([(round(random.random(), 6), round(float(np.random.rand()), 6)) for _ in range(2)])"
    assert project.run("-c", expected).quiet == first[1:]


def test_the_generators_around_it_go_on_as_if_nothing_was_drawn(project):
    """Hit or miss."""
    around = """
    random.seed(1); np.random.seed(1)
    before = drawn()
    random.seed(1); np.random.seed(1)
    f(3)
    assert drawn() == before
    random.seed(1); np.random.seed(1)
    f(3)
    assert drawn() == before
    try:
        f("x")
    except TypeError:
        pass
    """
    assert project.script(DRAWING + around).quiet == ["computing", "computing"]


def test_generators_and_coroutines_have_chance_of_their_own(project):
    """Between two items, and while one waits, others draw."""
    printed = project.script("""
        import asyncio, random
        from hitsave import memo

        def numbers():
            return [random.random() for _ in range(3)]

        random.seed(7)
        expected = numbers()

        @memo(seed=7)
        def items():
            for _ in range(3):
                yield random.random()

        @memo(seed=7)
        async def waiting(n):
            found = []
            for _ in range(3):
                found.append(random.random())
                await asyncio.sleep(0)
            return found

        @memo(seed=7)
        async def streamed():
            for _ in range(3):
                yield random.random()
                await asyncio.sleep(0)

        random.seed(1)
        around = numbers()
        random.seed(1)
        mixed = [(item, random.random()) for item in items()]
        print([a for a, _ in mixed] == expected, [b for _, b in mixed] == around)

        async def main():
            both = await asyncio.gather(waiting(1), waiting(2))
            print(both == [expected, expected], [x async for x in streamed()] == expected)

        asyncio.run(main())

        @memo(seed=7)
        def echo():
            got = yield random.random()
            try:
                yield got, random.random()
            except KeyError:
                yield "thrown", random.random()

        running = echo()
        print([next(running), running.send("sent"), running.throw(KeyError())] == [expected[0], ("sent", expected[1]), ("thrown", expected[2])])
        running.close()
        """).quiet
    assert printed == ["True True", "True True", "True"]


def test_inner_seeds_are_inside_outer_ones(project):
    """Whether the inner call is a hit or not, the outer one draws the same."""
    printed = project.script("""
        import random
        from hitsave import memo

        @memo(seed=1)
        def inner(n):
            return random.random()

        @memo(seed=2)
        def outer(n):
            return [random.random(), inner(n), random.random()]

        first = outer(1)
        outer.clear()
        print(outer(1) == first, len({*first}))
        random.seed(2)
        print([random.random(), random.random()] == [first[0], first[2]])
        """).quiet
    assert printed == ["True 3", "True"]


def test_a_library_that_the_function_imports_is_seeded_too(project):
    """Its code names it, so it is loaded before; one that nobody could know of keeps the result from being stored."""
    project.write("hidden.py", "import importlib\n\ndef rand():\n    return importlib.import_module('num' + 'py').random.rand()\n")
    text = """
        from hitsave import memo

        @memo(seed=7)
        def named():
            import numpy
            return numpy.random.rand()

        print(named())
        """
    first = project.script(text).quiet
    assert project.run("main.py", HITSAVE="refresh").quiet == first
    hidden = project.script("""
        from hitsave import memo
        from hidden import rand

        @memo(seed=7)
        def f():
            return rand()

        f()
        """)
    assert "numpy was loaded while the function ran, so its random numbers came from no seed" in hidden.warned


def test_threads_that_draw_at_once_are_not_stored(project):
    """The process has one generator for all of them."""
    said = project.script("""
        import random, threading
        from hitsave import memo

        @memo(seed=1)
        def f(n, meet):
            meet.wait(5)
            return random.random()

        f = memo(seed=1, ignore="meet")(f.function)
        meet = threading.Barrier(2)
        threads = [threading.Thread(target=f, args=(n, meet)) for n in range(2)]
        [t.start() for t in threads]
        [t.join() for t in threads]
        """)
    assert "another thread drew from the same random generators" in said.warned
    assert project.entries() == 0


@pytest.mark.parametrize("seed", [1.5, True, -1, 2**32, "1"])
def test_a_seed_that_is_none_is_refused(seed):
    """When the function is decorated."""
    with pytest.raises(SettingError, match="takes a whole number from 0 to"):
        memo(seed=seed)

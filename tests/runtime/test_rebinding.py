"""Variables that a function binds to another immutable value are bound again by a hit."""

from __future__ import annotations

import pytest

COUNTER = """
    from hitsave import memo

    count = 0

    class Meter:
        total = 0.0

    def bump():
        global count
        count += 1
        return count

    @memo
    def numbered(x):
        print("numbered")
        return f"{x} is number {bump()}"

    @memo
    def metered(x):
        print("metered")
        Meter.total += x
        return Meter.total

    @memo
    def outer(x):
        print("outer")
        return numbered(x), metered(x)
"""


def test_a_sequence_of_calls_finds_what_it_would_have_found(project):
    """Each call counts by the value before, so the second process hits every one, and ends with the same counters."""
    text = (
        COUNTER
        + """
    print(numbered("a"), numbered("a"), numbered("b"), count)
    print(metered(1), metered(1), Meter.total)
    print(outer(2), outer(2), count, Meter.total)
    """
    )
    results = ["a is number 1 a is number 2 b is number 3 3", "1.0 2.0 2.0", "('2 is number 4', 4.0) ('2 is number 5', 6.0) 5 6.0"]
    first = project.script(text).quiet
    assert [line for line in first if " " in line] == results
    assert project.run().quiet == results
    assert project.run().quiet == results


def test_another_value_before_is_another_call(project):
    """And the value before, once it is back, hits."""
    text = (
        COUNTER
        + """
    import sys
    count = int(sys.argv[1])
    print(numbered("a"), count)
    """
    )
    project.write("main.py", text)
    assert project.run("main.py", "0").quiet == ["numbered", "a is number 1 1"]
    assert project.run("main.py", "7").quiet == ["numbered", "a is number 8 8"]
    assert project.run("main.py", "0").quiet == ["a is number 1 1"]
    assert project.run("main.py", "7").quiet == ["a is number 8 8"]


def test_an_inner_hit_counts_for_the_outer_evaluation(project):
    """Where the inner function hits and the outer one runs, what the inner one bound is bound by later hits of the outer."""
    text = (
        COUNTER
        + """
    import sys
    if sys.argv[1] == "inner":
        print(numbered(2), count)
    else:
        print(outer(2), count, Meter.total)
    """
    )
    project.write("main.py", text)
    assert project.run("main.py", "inner").quiet == ["numbered", "2 is number 1 1"]
    assert project.run("main.py", "outer").quiet == ["outer", "metered", "('2 is number 1', 2.0) 1 2.0"]
    assert project.run("main.py", "outer").quiet == ["('2 is number 1', 2.0) 1 2.0"]


def test_a_variable_that_is_only_bound_is_bound_again(project):
    """Nothing in the function reads it, but what runs after it may; its value before does not count."""
    text = """
    import sys
    from hitsave import memo

    last = None
    kind = "none"

    def remember(x):
        global last, kind
        last, kind = x, type(x).__name__

    @memo
    def seen(x):
        print("seen")
        remember(x)

    kind = sys.argv[1]
    seen(3)
    print(last, kind)
    seen("text")
    print(last, kind)
    """
    project.write("main.py", text)
    assert project.run("main.py", "none").quiet == ["seen", "3 int", "seen", "text str"]
    assert project.run("main.py", "other").quiet == ["3 int", "text str"]


def test_a_variable_that_may_have_been_bound_to_what_it_was_counts(project):
    """Nobody can tell whether it was bound, so a call that finds another value runs."""
    text = """
    import sys
    from hitsave import memo

    last = int(sys.argv[1])

    @memo
    def seen(x):
        global last
        last = x

    seen(3)
    print(last)
    """
    project.write("main.py", text)
    assert project.run("main.py", "3").quiet == ["3"]
    assert project.run("main.py", "4").printed == ["3"]
    assert project.run("main.py", "5").printed == ["3"]
    assert project.run("main.py", "3").printed == ["3"]
    assert project.entries() == 2


DOUBTFUL = {
    "a generator": """
        @memo
        def f(x):
            global count
            for n in range(x):
                count += 1
                yield count
        print(list(f(2)), count)
    """,
    "a coroutine": """
        import asyncio
        @memo
        async def f(x):
            global count
            count += 1
            return count
        print(asyncio.run(f(2)), count)
    """,
    "another thread is there": """
        import threading
        @memo
        def f(x):
            global count
            count += 1
            return count
        stop = threading.Event()
        thread = threading.Thread(target=stop.wait)
        thread.start()
        print(f(2), count)
        stop.set()
        thread.join()
    """,
    "a value that can change in place": """
        @memo
        def f(x):
            global count
            count = [count]
            return x
        print(f(2), count)
    """,
    "a variable that is gone": """
        @memo
        def f(x):
            global count
            count += 1
            del count
            return x
        print(f(2), "count" in globals())
    """,
    "a metaclass that sees it": """
        class Seeing(type):
            def __setattr__(cls, name, value):
                print("set", name)
                super().__setattr__(name, value)
        class Meter(metaclass=Seeing):
            total = 0
        @memo
        def f(x):
            Meter.total += x
            return x
        print(f(2), Meter.total)
    """,
    "code that nobody foresaw": """
        import gc, sys, plugged
        @memo
        def f(name, x):
            return next(m for m in gc.get_objects() if type(m) is type(sys) and m.__name__ == name).update(x)
        print(f("plugged", 2), plugged.count)
    """,
}


@pytest.mark.parametrize("why", DOUBTFUL)
def test_what_others_may_have_had_a_hand_in_is_not_stored(project, why):
    """A result is given in every process as it would be without HitSave, with one warning."""
    project.write("plugged.py", "count = 1\ndef update(x):\n    global count\n    count += x\n    return count\n")
    text = "    from hitsave import memo\n    count = 0\n" + DOUBTFUL[why].replace("\n    ", "\n")
    seen = [project.script(text) for _ in range(2)]
    assert seen[0].printed == seen[1].printed
    assert project.entries() == 0
    for said in seen:
        assert "changed while it ran, which a stored result could not do again (rule HS006)" in said.warned


def test_threads_that_a_function_starts_and_ends_are_its_own(project):
    """What a pool within the evaluation binds is bound again."""
    text = """
        from concurrent.futures import ThreadPoolExecutor
        from hitsave import memo

        done = 0

        def work(x):
            global done
            done += 1
            return x

        @memo
        def f(n):
            print("f")
            with ThreadPoolExecutor(1) as pool:
                return list(pool.map(work, range(n)))

        print(f(3), done)
    """
    assert project.script(text).quiet == ["f", "[0, 1, 2] 3"]
    assert project.run().quiet == ["[0, 1, 2] 3"]


def test_a_damaged_result_binds_nothing(project):
    """What can't be read is computed again, from the counters as they were."""
    text = (
        COUNTER
        + """
    numbers = numbered("a" * 20_000)
    print(len(numbers), count)
    """
    )
    assert project.script(text).quiet == ["numbered", "20012 1"]
    (blob,) = [path for path in (project.store / "blobs").rglob("*") if path.is_file()]
    blob.chmod(0o600)
    blob.write_bytes(b"x" * blob.stat().st_size)
    assert project.run().printed == ["numbered", "20012 1"]
    assert project.run().quiet == ["20012 1"]

"""What worker processes do for an evaluation is part of it: the files that they read, the code that runs in them, what they log."""

from __future__ import annotations

import pytest

from tests.runtime.sweeping import sweep_twice

WORK = """
    import importlib
    import hitsave
    from hitsave import memo

    def measured(n):
        hitsave.log(n=n)
        with open("data.txt") as file:
            return file.read().strip() + importlib.import_module("plug" + "in").marked(n)

    @memo
    def inner(n):
        with open("data.txt") as file:
            return file.read().strip() * n
"""
MAIN = """
    import multiprocessing, sys
    from concurrent.futures import ProcessPoolExecutor
    import hitsave
    from hitsave import experiment
    import work

    def pooled(how, function, items):
        if how == "futures":
            with ProcessPoolExecutor(2) as pool:
                return list(pool.map(function, items))
        if how == "joblib":
            from joblib import Parallel, delayed
            return Parallel(n_jobs=2)(delayed(function)(item) for item in items)
        with multiprocessing.get_context(how).Pool(2) as pool:
            return pool.map(function, items)

    @experiment
    def run(how):
        print("runs")
        return pooled(how, work.measured, [1, 2])

    @experiment
    def around(how):
        print("runs")
        return pooled(how, work.inner, [1, 2])

    if __name__ == "__main__":
        print(run(sys.argv[1]), around(sys.argv[1]))
        from hitsave.storage.packing import unpack
        print(unpack(run.entries()[0].metrics)["n"][1:])
"""


@pytest.mark.parametrize(
    "how", ["fork", "spawn", pytest.param("forkserver", marks=pytest.mark.slow), pytest.param("futures", marks=pytest.mark.slow), "joblib"]
)
def test_what_workers_read_and_run_and_log_belongs_to_the_function_that_started_them(project, how):
    """An edit of a file that only they read, or of a module that only they imported, runs the function again; nothing else does."""
    project.write("work.py", WORK)
    project.write("plugin.py", "def marked(n):\n    return f'-{n}'\n")
    project.write("data.txt", "a")
    project.write("main.py", MAIN)

    def said():
        return project.run("-m", "main", how, HITSAVE_NOTICES="off").printed

    assert said() == ["runs", "runs", "['a-1', 'a-2'] ['a', 'aa']", "[1.0, 2.0, 2]"]
    assert said() == ["['a-1', 'a-2'] ['a', 'aa']", "[1.0, 2.0, 2]"]
    project.write("data.txt", "b")
    assert said() == ["runs", "runs", "['b-1', 'b-2'] ['b', 'bb']", "[1.0, 2.0, 2]"]
    project.edit("plugin.py", "-{n}", "+{n}")
    both = ["runs"] if how == "joblib" else []  # whose workers live on: what they ran for one evaluation counts for the next
    assert said() == ["runs", *both, "['b+1', 'b+2'] ['b', 'bb']", "[1.0, 2.0, 2]"]
    assert said() == ["['b+1', 'b+2'] ['b', 'bb']", "[1.0, 2.0, 2]"]


def test_workers_that_were_there_before_are_named(project):
    """Nobody told them, so what they read is not known."""
    said = project.script("""
        from concurrent.futures import ProcessPoolExecutor
        from hitsave import memo

        def read(n):
            with open("pyproject.toml") as file:
                return len(file.read())

        @memo(ignore="pool")
        def total(n, pool):
            return sum(pool.map(read, range(n)))

        if __name__ == "__main__":
            with ProcessPoolExecutor(1) as pool:
                pool.submit(int).result()
                total(2, pool)
                print(total.explain(2, pool))
    """)
    assert said.printed[0].startswith("fresh; not tracked: what worker processes read that were started before it is not recorded, main.py:")


def test_joblibs_workers_run_what_they_are_sent_of_a_main_program_uncached(project):
    """They have copies of its functions, classes and variables, and no module; a result under its name could be wrong. They say so, and the parent stores its own."""
    work = """
        from hitsave import memo

        @memo
        def apply(f, n):
            return f(n)

        @memo
        def far(point):
            return point.far()
    """
    script = """
        import sys
        from joblib import Parallel, delayed
        from joblib.externals.loky import get_reusable_executor
        import work
        from hitsave import memo

        FACTOR = 1

        class Point:
            def __init__(self, x):
                self.x = x

            def far(self):
                return self.x * 10

        def scaled(n):
            return n * FACTOR

        @memo
        def half(n):
            return n / 2

        @memo
        def product(n):
            return scaled(n) + half(0) + half.is_cached(1)

        if __name__ == "__main__":
            FACTOR = int(sys.argv[1])
            made = memo(lambda n: -n)
            print(Parallel(n_jobs=2)(delayed(product)(n) for n in (1, 2)), product.is_cached(1), product(1), product.is_cached(1))
            print(Parallel(n_jobs=2)([delayed(made)(1), delayed(work.apply)(scaled, 1), delayed(work.far)(Point(1))]))
            print(work.apply(scaled, 1), work.far(Point(1)), product.map([1, 3], workers=get_reusable_executor(2)))
    """
    project.write("work.py", work)
    project.write("main.py", script)
    first = project.run("main.py", "2", HITSAVE_NOTICES="off")
    project.edit("main.py", "self.x * 10", "self.x * 100")
    second = project.run("main.py", "5", HITSAVE_NOTICES="off")
    assert first.printed == ["[2.0, 4.0] False 2.0 True", "[-1, 2, 10]", "2 10 [2.0, 6.0]"]
    assert second.printed == ["[5.0, 10.0] False 5.0 True", "[-1, 5, 100]", "5 100 [5.0, 15.0]"]
    copied = "copy of what the main program of another process has"
    refused = {f"{name}() runs uncached: it is a {copied}. Move it to a module that both import." for name in ("product", "half", "<lambda>")}
    warned = set(first.warnings)
    assert refused < warned
    assert sorted(warning.partition("(")[0] for warning in warned - refused if f"is a {copied}; move it" in warning) == ["apply", "far"]


@pytest.mark.parametrize("how", ["spawn", pytest.param("forkserver", marks=pytest.mark.slow)])
def test_what_an_initializer_sets_in_a_worker_counts(project, how):
    """The main script's variables in a process that was started anew are not those of its module."""
    project.write(
        "main.py",
        """
        import multiprocessing, sys
        from hitsave import memo

        FACTOR = 1

        def start(factor):
            global FACTOR
            FACTOR = factor

        @memo
        def scaled(n):
            return n * FACTOR

        if __name__ == "__main__":
            for factor in (2, 5):
                with multiprocessing.get_context(sys.argv[1]).Pool(1, start, (factor,)) as pool:
                    print(pool.map(scaled, [1, 3]))
            print(scaled.is_cached(1))
            FACTOR = 5
            print(scaled.is_cached(1))
        """,
    )
    assert project.run("main.py", how, HITSAVE_NOTICES="off").printed == ["[2, 6]", "[5, 15]", "False", "True"]


@pytest.mark.parametrize("how", ["fork", *(pytest.param(how, marks=pytest.mark.slow) for how in ("spawn", "forkserver", "futures", "joblib"))])
def test_a_sweep_in_a_pool_that_is_run_twice_at_the_same_moment_is_computed_once(project, how):
    """64 calls on 8 workers, by two programs; what the workers stored, the parents find."""
    sweep_twice(project, how)

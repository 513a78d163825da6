"""What worker processes do for an evaluation is part of it: the files that they read, the code that runs in them, what they log."""

from __future__ import annotations

import pytest

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
